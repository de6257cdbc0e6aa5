"""Programs that talk to the server; each runs without the server's own modules."""
