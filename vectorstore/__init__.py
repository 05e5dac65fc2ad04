"""From listing files to a searchable library of papers."""

from vectorstore.engine.merge import merge
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
from vectorstore.ingest.listings.rejects import Reject
from vectorstore.paper import Paper, Source
from vectorstore.text.arxiv_ids import split_id

__all__ = [
    "ArxivQAError",
    "Filters",
    "InputError",
    "LibraryBusyError",
    "LibraryError",
    "LibraryMismatchError",
    "ModelError",
    "Paper",
    "Reject",
    "SettingsError",
    "Source",
    "merge",
    "split_id",
]
