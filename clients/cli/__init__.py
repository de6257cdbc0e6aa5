"""A conversation from the command line."""
