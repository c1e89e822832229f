"""Enquiries and placements in rows: the lists, and what other pages show of them."""
