"""Measured, compared with a named rival in the same run, written down; never asserted."""
