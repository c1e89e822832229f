"""会議: kinds and rhythm from the city's settings, agenda, decisions, and the room of 支援会議."""
