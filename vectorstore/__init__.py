"""From listing files to a searchable library of papers."""

from vectorstore.engine.merge import merge
from vectorstore.errors import (
    ArxivQAError,
    FetchError,
    InputError,
    LibraryBusyError,
    LibraryError,
    LibraryMismatchError,
    ModelError,
    NoRecordError,
    ServerError,
    SettingsError,
    TooMuchError,
    UnknownLayoutError,
)
from vectorstore.filters import Filters
from vectorstore.ingest.listings.rejects import Reject
from vectorstore.paper import Paper, Source
from vectorstore.text.arxiv_ids import split_id

__all__ = [
    "ArxivQAError",
    "FetchError",
    "Filters",
    "InputError",
    "LibraryBusyError",
    "LibraryError",
    "LibraryMismatchError",
    "ModelError",
    "NoRecordError",
    "Paper",
    "Reject",
    "ServerError",
    "SettingsError",
    "Source",
    "TooMuchError",
    "UnknownLayoutError",
    "merge",
    "split_id",
]
