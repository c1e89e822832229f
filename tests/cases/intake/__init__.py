"""First words and what agencies pass on: rules and counts."""
