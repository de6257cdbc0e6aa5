"""What start.py does before and around the server: installing, starting, stopping, looking. Standard library only."""
