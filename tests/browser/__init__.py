"""tests/browser."""
