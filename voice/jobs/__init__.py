"""Durable background work: a table of jobs, workers that take them, and nothing about what the work is."""
