"""A language model whose every word a test decides: a small implementation of the protocol."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field

from qa.llm.base import LanguageModelError, Message, Piece

Script = Callable[[Sequence[Message]], Sequence[Piece | LanguageModelError]]


def typed(text: str) -> list[Piece | LanguageModelError]:
    """A text as it arrives, a few characters at a time."""
    return [Piece(text[at : at + 7]) for at in range(0, len(text), 7)]


@dataclass
class Writer:
    """Writes what it is told to, and remembers what it was given.

    Attributes:
        answer: what it writes when asked for an answer: a text, or pieces and errors.
        question: what it writes when asked to rewrite a follow-up; an error where it cannot.
        given: the messages of each answer that was asked of it.
        rewritten: the messages of each follow-up.
        taken: how many pieces of the last answer were taken.
        closed: whether the last answer's stream was ended, by its end or by who read it.
    """

    answer: str | Sequence[Piece | LanguageModelError] = ""
    question: str | LanguageModelError = ""
    context_window: int = 4096
    name: str = "test/writer"
    given: list[Sequence[Message]] = field(default_factory=list)
    most: int = 0
    rewritten: list[Sequence[Message]] = field(default_factory=list)
    taken: int = 0
    closed: bool = False

    def count_tokens(self, text: str) -> int:
        return len(text) // 4 + 1

    def stream(self, messages: Sequence[Message], max_tokens: int) -> Generator[Piece, None, None]:
        self.given.append(messages)
        self.most, self.taken, self.closed = max_tokens, 0, False
        try:
            for piece in typed(self.answer) if isinstance(self.answer, str) else self.answer:
                if isinstance(piece, LanguageModelError):
                    raise piece
                self.taken += 1
                yield piece
        finally:
            self.closed = True

    def complete(self, messages: Sequence[Message], max_tokens: int) -> str:  # noqa: ARG002 (of the protocol)
        self.rewritten.append(messages)
        if isinstance(self.question, LanguageModelError):
            raise self.question
        return self.question
