"""The HTTP face: routes, their guards and their errors."""
