"""Ask questions of arXiv abstracts and get answers whose every sentence is cited.

import qa

with qa.open_assistant() as assistant:
    print(assistant.ask("Which papers deal with pruning?").text)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qa.answer import Answer, Citation, Evidence, Outcome, Retrieved, Statement
    from qa.assistant import Assistant, open_assistant
    from qa.errors import ConversationsError, LanguageModelError, MissingExtraError, PassingError, ReplyError
    from qa.settings import Settings
    from vectorstore import (
        ArxivQAError,
        FetchError,
        Filters,
        InputError,
        LibraryBusyError,
        LibraryError,
        LibraryMismatchError,
        ModelError,
        NoRecordError,
        Paper,
        ServerError,
        SettingsError,
        TooMuchError,
        UnknownLayoutError,
    )

# Imported on first use, so that `arxivqa --help` does not wait for a database.
_NAMES = {
    "qa.answer": ("Answer", "Citation", "Evidence", "Outcome", "Retrieved", "Statement"),
    "qa.assistant": ("Assistant", "open_assistant"),
    "qa.errors": ("ConversationsError", "LanguageModelError", "MissingExtraError", "PassingError", "ReplyError"),
    "qa.settings": ("Settings",),
    "vectorstore": (
        *("ArxivQAError", "FetchError", "InputError", "LibraryBusyError", "LibraryError", "LibraryMismatchError"),
        *("ModelError", "NoRecordError", "ServerError", "SettingsError", "TooMuchError", "UnknownLayoutError"),
        *("Filters", "Paper"),
    ),
}
_HOMES = {name: home for home, names in _NAMES.items() for name in names}

__all__ = [
    "Answer",
    "ArxivQAError",
    "Assistant",
    "Citation",
    "ConversationsError",
    "Evidence",
    "FetchError",
    "Filters",
    "InputError",
    "LanguageModelError",
    "LibraryBusyError",
    "LibraryError",
    "LibraryMismatchError",
    "MissingExtraError",
    "ModelError",
    "NoRecordError",
    "Outcome",
    "Paper",
    "PassingError",
    "ReplyError",
    "Retrieved",
    "ServerError",
    "Settings",
    "SettingsError",
    "Statement",
    "TooMuchError",
    "UnknownLayoutError",
    "open_assistant",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'qa' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
