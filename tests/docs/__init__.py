"""Tests of the documentation that comes from the code."""
