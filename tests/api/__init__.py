"""The entry points: settings, sign-in, pages, JSON, command line."""
