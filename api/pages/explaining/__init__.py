"""Why a place fits a person or not, on its own and as one run knows the pair."""
