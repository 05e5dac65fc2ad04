"""Turn: one question of a conversation and what came of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from qa.answer import Answer
from vectorstore import Filters

Rating = Literal["up", "down"]


@dataclass(frozen=True, slots=True)
class Turn:
    """One question and its answer.

    Attributes:
        question: as typed, untrusted.
        answer: the newest snapshot; None before the first one.
        failure: why there is no answer, in words for the person who asked.
        stopped: she stopped it before it was complete.
        dropped: what was understood as a filter, and taken off by her.
        given: the filters that she set beside the question.
        rating: what she thought of the answer; None where she did not say.
    """

    question: str
    answer: Answer | None = None
    failure: str | None = None
    stopped: bool = False
    dropped: Filters = Filters()
    given: Filters = Filters()
    rating: Rating | None = None


def history(turns: Iterable[Turn]) -> tuple[Answer, ...]:
    """Return the complete answers, oldest first: what a follow-up may build on."""
    return tuple(turn.answer for turn in turns if turn.answer is not None and turn.answer.complete)
