"""Who and what exists: organisations, resources, openings, schedules, where they serve."""
