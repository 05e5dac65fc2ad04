"""Turn: one question on the page and what has come of it so far."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from qa.answers import Answer
from vectorstore import Filters


@dataclass(frozen=True, slots=True)
class Turn:
    """One question and its answer, kept on the server as long as the page is open.

    Attributes:
        question: as typed, untrusted.
        answer: the newest snapshot; None before the first one.
        failure: why there is no answer, in words for the person who asked.
        stopped: she stopped it before it was complete.
        dropped: what was understood as a filter, and taken off by her.
    """

    question: str
    answer: Answer | None = None
    failure: str | None = None
    stopped: bool = False
    dropped: Filters = Filters()


def history(turns: Iterable[Turn]) -> tuple[Answer, ...]:
    """Return the complete answers, oldest first: what a follow-up may build on."""
    return tuple(turn.answer for turn in turns if turn.answer is not None and turn.answer.complete)
