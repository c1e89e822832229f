"""The documentation, and the code that writes the parts of it that come from the code."""
