"""Enquiries and placements."""
