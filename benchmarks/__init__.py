"""Measurements of answers and of time."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
