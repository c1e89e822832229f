"""受付: from the first word that is heard to a case, and what agencies pass on to one another."""
