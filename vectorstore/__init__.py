"""From listing files to a searchable library of papers."""

from vectorstore.errors import (
    ArxivQAError,
    InputError,
    LibraryBusyError,
    LibraryError,
    LibraryMismatchError,
    ModelError,
    SettingsError,
)
from vectorstore.filters import Filters
from vectorstore.papers import Paper, Source, split_id

__all__ = [
    "ArxivQAError",
    "Filters",
    "InputError",
    "LibraryBusyError",
    "LibraryError",
    "LibraryMismatchError",
    "ModelError",
    "Paper",
    "SettingsError",
    "Source",
    "split_id",
]
