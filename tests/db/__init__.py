"""Tests of the tables, the stores, the encryption and the audit chain."""
