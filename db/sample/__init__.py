"""The fictional sample city つなぎ市, made from a seed: no real person, place or geometry."""
