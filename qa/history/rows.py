"""Rows of the store's tables to values, and turns to rows."""

from __future__ import annotations

import unicodedata
from datetime import UTC, date, datetime
from typing import Any

from qa.history.json_codec import answer_from_json, answer_to_json, filters_from_json, filters_to_json
from qa.history.models import SavedQuestion, Summary, Visit
from qa.history.turn import Turn
from vectorstore.text.cleaning import encodable

UNTITLED = "New conversation"
LONGEST_TITLE = 120
TURN = "question, answer, failure, stopped, dropped, given, rating"


def turn_to_row(turn: Turn) -> tuple[Any, ...]:
    """The columns of `TURN`."""
    return (
        encodable(turn.question),
        None if turn.answer is None else answer_to_json(turn.answer),
        None if turn.failure is None else encodable(turn.failure),
        turn.stopped,
        filters_to_json(turn.dropped),
        filters_to_json(turn.given),
        turn.rating,
    )


def turn_from_row(row: tuple[Any, ...]) -> Turn:
    """The turn of the columns of `TURN`."""
    question, answer, failure, stopped, dropped, given, rating = row
    return Turn(
        question,
        answer=None if answer is None else answer_from_json(answer),
        failure=failure,
        stopped=bool(stopped),
        dropped=filters_from_json(dropped),
        given=filters_from_json(given),
        rating=rating,
    )


def summary_from_row(row: tuple[Any, ...]) -> Summary:
    """The summary of id, title, created, updated, number of turns, and first question."""
    id, title, created, updated, turns, first = row
    title = title or " ".join((first or "").split()) or UNTITLED
    if len(title) > LONGEST_TITLE:
        title = f"{title[: LONGEST_TITLE - 1].rstrip()}…"
    return Summary(id, title, datetime.fromisoformat(created), datetime.fromisoformat(updated), turns)


def question_from_row(row: tuple[Any, ...]) -> SavedQuestion:
    """The saved question of id, question, filters and time."""
    id, question, filters, saved = row
    return SavedQuestion(id, question, filters_from_json(filters), datetime.fromisoformat(saved))


def visit_from_row(row: tuple[Any, ...]) -> Visit:
    """The visit of time, newest listing, and ids."""
    when, newest, seen = row
    day = date.fromisoformat(newest) if newest else None
    return Visit(datetime.fromisoformat(when), day, frozenset(seen.split()))


def folded(text: str) -> str:
    """Text as it is searched: without capitals, and with what only looks different made the same.

    >>> folded("STRASSE") == folded("Straße")
    True
    """
    return unicodedata.normalize("NFKC", encodable(text)).casefold()


def now() -> str:
    """The time in UTC, always as long, so that texts sort as times do."""
    return datetime.now(UTC).isoformat(timespec="microseconds")
