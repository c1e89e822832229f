"""The solver, its scores and their reasons."""
