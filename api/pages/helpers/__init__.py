"""Helpers and groups: the second matching, and what somebody offers as a helper."""
