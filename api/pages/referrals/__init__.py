"""Pages of what agencies ask of one another: つなぎ."""
