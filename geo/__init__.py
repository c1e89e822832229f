"""Towns, districts (圏域), distance and travel time."""
