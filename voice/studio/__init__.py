"""Making a voice: characters, their recordings, and what becomes of them."""
