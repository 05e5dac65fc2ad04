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
from vectorstore.listings.refusals import Refusal
from vectorstore.merging import merge
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
    "Refusal",
    "SettingsError",
    "Source",
    "merge",
    "split_id",
]
