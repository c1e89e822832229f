"""The pages of persons: the list, registering and editing, the record, and the places for one."""
