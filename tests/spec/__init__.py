"""Readable cases that become part of the manual: the tables in the docstrings are the data."""
