"""The pages of matching everyone at once: start, result, decisions, record and earlier runs."""
