"""Entry points: command line, pages, JSON, settings."""
