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
    from qa.settings import Settings
    from vectorstore import ArxivQAError, Filters, Paper

# Imported on first use, so that `arxivqa --help` does not wait for a database.
_HOMES = {
    **dict.fromkeys(("Answer", "Citation", "Evidence", "Outcome", "Retrieved", "Statement"), "qa.answer"),
    **dict.fromkeys(("Assistant", "open_assistant"), "qa.assistant"),
    "Settings": "qa.settings",
    **dict.fromkeys(("ArxivQAError", "Filters", "Paper"), "vectorstore"),
}

__all__ = [
    "Answer",
    "ArxivQAError",
    "Assistant",
    "Citation",
    "Evidence",
    "Filters",
    "Outcome",
    "Paper",
    "Retrieved",
    "Settings",
    "Statement",
    "open_assistant",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'qa' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
