"""What can go wrong around the library, under the library's own errors (`vectorstore.errors`).

ArxivQAError
├── LanguageModelError      a language model cannot be used, or did not finish
│   ├── MissingExtraError   its provider's packages are not installed
│   ├── PassingError        it may be gone a moment later
│   └── ReplyError          what came back is no use
└── ConversationsError      the file of conversations cannot be used
"""

from __future__ import annotations

from vectorstore.errors import ArxivQAError


class LanguageModelError(ArxivQAError):
    """A language model cannot be used, or did not finish: one sentence on what happened and what to do; never a key."""


class MissingExtraError(LanguageModelError):
    """The packages of a provider are not installed; the message names the extra that brings them."""


class PassingError(LanguageModelError):
    """Something that may be gone a moment later; `after` is the number of seconds that the server asks for."""

    def __init__(self, said: str, after: float | None = None) -> None:
        super().__init__(said)
        self.after = after


class ReplyError(LanguageModelError):
    """The model was reached and took the question, but what came back is no use; another question may fare better."""


class ConversationsError(ArxivQAError):
    """The file of conversations cannot be opened, read or written."""
