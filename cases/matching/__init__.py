"""From people and places to the matcher, and from its answer to what people read."""
