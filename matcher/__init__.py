"""The solver: pseudonymous arrays in, an explained and certified assignment out."""
