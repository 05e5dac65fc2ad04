"""Measure answers against question sets."""
