"""Tests of the bridge to the matcher."""
