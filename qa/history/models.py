"""What the store hands out: values, none of which changes when the store does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from qa.answer import Answer
from qa.history.turn import Turn
from vectorstore import Filters


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
class Rated:
    """A turn that was rated, with what is needed to ask it again as it was asked then.

    Attributes:
        conversation, number: where it stands, numbers from 1.
        turn: the question, its answer, and the rating.
        history: the complete answers before it, oldest first.
    """

    conversation: str
    number: int
    turn: Turn
    history: tuple[Answer, ...] = ()


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
