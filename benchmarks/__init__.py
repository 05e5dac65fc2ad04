"""Measurements of answers and of time."""
