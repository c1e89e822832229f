"""What an import writes: rows compared with the database, and only what differs is saved."""
