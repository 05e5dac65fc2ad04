"""Convert the store's values to rows and JSON and back: what is read equals what was written.

`Answer.to_json` is what programs get, and leaves out what they need not know; the JSON here is for keeping.
"""

from __future__ import annotations

import json
import unicodedata
from datetime import UTC, date, datetime
from typing import Any, TypeVar

from pydantic import TypeAdapter

from qa.answer import Answer
from qa.history.models import SavedQuestion, Summary, Turn, Visit
from vectorstore import Filters, InputError
from vectorstore.text.cleaning import encodable

T = TypeVar("T")
_ANSWER = TypeAdapter(Answer)
_FILTERS = TypeAdapter(Filters)
UNTITLED = "New conversation"
LONGEST_TITLE = 120
TURN = "question, answer, failure, stopped, dropped, given, rating"


def answer_to_json(answer: Answer) -> str:
    """Return an answer as JSON, its papers in full.

    >>> answer_from_json(answer_to_json(Answer("Why?"))) == Answer("Why?")
    True
    """
    return _write(_ANSWER, answer)


def answer_from_json(text: str) -> Answer:
    """Return the answer that was written.

    Raises:
        ValueError: it is not one.
    """
    return _read(_ANSWER, text, "answers")


def filters_to_json(filters: Filters) -> str:
    """Return filters as JSON."""
    return _write(_FILTERS, filters)


def filters_from_json(text: str) -> Filters:
    """Return the filters that were written.

    Raises:
        ValueError: they are none.
    """
    return _read(_FILTERS, text, "filters")


def turn_to_row(turn: Turn) -> tuple[Any, ...]:
    """Return the columns of `TURN`."""
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
    """Build a turn of the columns of `TURN`."""
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
    """Build a summary of id, title, created, updated, number of turns, and first question."""
    id, title, created, updated, turns, first = row
    title = title or " ".join((first or "").split()) or UNTITLED
    if len(title) > LONGEST_TITLE:
        title = f"{title[: LONGEST_TITLE - 1].rstrip()}…"
    return Summary(id, title, datetime.fromisoformat(created), datetime.fromisoformat(updated), turns)


def question_from_row(row: tuple[Any, ...]) -> SavedQuestion:
    """Build a saved question of id, question, filters and time."""
    id, question, filters, saved = row
    return SavedQuestion(id, question, filters_from_json(filters), datetime.fromisoformat(saved))


def visit_from_row(row: tuple[Any, ...]) -> Visit:
    """Build a visit of time, newest listing, and ids."""
    when, newest, seen = row
    day = date.fromisoformat(newest) if newest else None
    return Visit(datetime.fromisoformat(when), day, frozenset(seen.split()))


def folded(text: str) -> str:
    """Return text as it is searched: without capitals, and with what only looks different made the same.

    >>> folded("STRASSE") == folded("Straße")
    True
    """
    return unicodedata.normalize("NFKC", encodable(text)).casefold()


def now() -> str:
    """Return the time in UTC, always as long, so that texts sort as times do."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def _write(kind: TypeAdapter[T], value: T) -> str:
    text = json.dumps(kind.dump_python(value, mode="json"), ensure_ascii=False)
    # Half a character, from an escape that is not Unicode, has no bytes to be kept as.
    return text.encode("utf-8", "replace").decode("utf-8")


def _read(kind: TypeAdapter[T], text: str, name: str) -> T:
    try:
        return kind.validate_python(json.loads(text))
    except (ValueError, RecursionError, InputError) as error:  # pydantic's own is a ValueError
        raise ValueError(f"no {name} as they are kept: {' '.join(str(error).split())[:300]}") from None
