"""Tests of the catalogue: its values, schedules, code lists, search and similarity."""
