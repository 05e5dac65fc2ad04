"""A language model whose every word a test decides: a small implementation of the protocol."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field

from qa.errors import LanguageModelError
from qa.llm.protocol import Delta, Message

Script = Callable[[Sequence[Message]], Sequence[Delta | LanguageModelError]]


def typed(text: str) -> list[Delta | LanguageModelError]:
    """A text as it arrives, a few characters at a time."""
    return [Delta(text[at : at + 7]) for at in range(0, len(text), 7)]


@dataclass
class Writer:
    """Writes what it is told to, and remembers what it was given.

    Attributes:
        answer: what it writes when asked for an answer: a text, or pieces and errors.
        question: what it writes when asked to rewrite a follow-up: a text, pieces, or an error where it cannot.
        broken: what is wrong with it before it can be asked at all.
        given: the messages of each answer that was asked of it.
        rewritten: the messages of each follow-up.
        taken: how many pieces of the last answer were taken.
        closed: whether the last stream was ended, by its end or by who read it.
        since: when each of its turns was said to have begun.
    """

    answer: str | Sequence[Delta | LanguageModelError] = ""
    question: str | Sequence[Delta] | LanguageModelError = ""
    broken: LanguageModelError | None = None
    context_window: int = 4096
    name: str = "test/writer"
    given: list[Sequence[Message]] = field(default_factory=list)
    most: int = 0
    rewritten: list[Sequence[Message]] = field(default_factory=list)
    taken: int = 0
    closed: bool = False
    since: list[float | None] = field(default_factory=list)

    def prepare(self) -> None:
        if self.broken:
            raise self.broken

    def count_tokens(self, text: str) -> int:
        return len(text) // 4 + 1

    def stream(
        self, messages: Sequence[Message], max_tokens: int, since: float | None = None
    ) -> Generator[Delta, None, None]:
        self.given.append(messages)
        self.most, self.taken = max_tokens, 0
        yield from self._said(typed(self.answer) if isinstance(self.answer, str) else self.answer, since)

    def complete(
        self, messages: Sequence[Message], max_tokens: int, since: float | None = None
    ) -> Generator[Delta, None, None]:
        assert max_tokens > 0
        self.rewritten.append(messages)
        question = self.question
        if isinstance(question, LanguageModelError):
            yield from self._said([question], since)
        else:
            yield from self._said([Delta(question)] if isinstance(question, str) else question, since)

    def _said(self, pieces: Sequence[Delta | LanguageModelError], since: float | None) -> Generator[Delta, None, None]:
        self.since.append(since)
        self.closed = False
        try:
            for piece in pieces:
                if isinstance(piece, LanguageModelError):
                    raise piece
                self.taken += 1
                yield piece
        finally:
            self.closed = True
