"""定着支援: asking both sides how it goes, at the right time, and seeing what changed."""
