"""記録: what was done and who looked, for those who keep watch and for those it is about."""
