"""Values of the history: turns, conversations, ratings, saved questions, visits. None changes when the store does."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
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
        stopped: whether the user stopped it before it was complete.
        dropped: what was understood as a filter, and taken off by the user.
        given: the filters that the user set beside the question.
        rating: what the user thought of the answer; None where it was not rated.
    """

    question: str
    answer: Answer | None = None
    failure: str | None = None
    stopped: bool = False
    dropped: Filters = Filters()
    given: Filters = Filters()
    rating: Rating | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """A conversation in a list.

    Attributes:
        id: what it is opened by; nobody can guess it.
        title: as named, else its first question on one line; "New conversation" where there is none yet.
        created, updated: when it was begun, and when a turn was last added or replaced; UTC.
        turns: how many.
    """

    id: str
    title: str
    created: datetime
    updated: datetime
    turns: int


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation with all its turns, oldest first; the rest as in `Summary`."""

    id: str
    title: str
    created: datetime
    updated: datetime
    turns: tuple[Turn, ...] = ()


@dataclass(frozen=True, slots=True)
class SavedQuestion:
    """A question that is asked again when papers come.

    Attributes:
        id: what it is forgotten by.
        question: as typed, untrusted.
        filters: which papers it is about.
        saved: when; UTC.
    """

    id: str
    question: str
    filters: Filters
    saved: datetime


@dataclass(frozen=True, slots=True)
class Visit:
    """The last time that someone looked at what is new.

    Attributes:
        when: UTC.
        newest: the newest listing in the library at that time; None where no paper had a date.
        seen: the papers of that listing's day that were there; empty where nobody noted them.
    """

    when: datetime
    newest: date | None
    seen: frozenset[str] = frozenset()


def history(turns: Iterable[Turn]) -> tuple[Answer, ...]:
    """Return the complete answers, oldest first: what a follow-up may build on."""
    return tuple(turn.answer for turn in turns if turn.answer is not None and turn.answer.complete)
