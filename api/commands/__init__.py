"""The commands of `tsunagite`, one file for each kind of work."""
