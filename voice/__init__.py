"""The conversation, the voices in it, and their HTTP face."""
