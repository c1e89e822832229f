"""One participant's story, and the bridge to the matcher."""
