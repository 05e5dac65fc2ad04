"""The filters that were understood of a question, as chips that can be taken off and put back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from qa.history.models import Turn
from qa.query.describe import filters as words
from vectorstore import Filters

_DATES = ("since", "until")


def chips(turns: Sequence[Turn]) -> tuple[list[str], list[str]]:
    """Return the chips of the last question, those that were taken off included, and which of them are on.

    >>> from qa.answer import Answer
    >>> answer = Answer("q", filters=Filters(authors=("Ada",)))
    >>> chips([Turn("q", answer, dropped=Filters(venues=("ECCV",)))])
    (['by Ada', 'at ECCV'], ['by Ada'])
    """
    if not turns or turns[-1].answer is None:
        return [], []
    stated = _stated(turns[-1])
    on = [words(part) for part in _parts(stated, Filters())]
    return [words(part) for part in _parts(stated, turns[-1].dropped)], on


def dropped(turn: Turn, kept: Sequence[str]) -> Filters:
    """Return what is off when only these chips are on.

    >>> from qa.answer import Answer
    >>> dropped(Turn("q", Answer("q", filters=Filters(venues=("ECCV",), authors=("Ada",)))), ["by Ada"]).venues
    ('ECCV',)
    """
    on = _stated(turn)
    off: dict[str, Any] = {}
    for part in _parts(on, turn.dropped):
        if words(part) not in kept:
            for name, value in part.to_json().items():
                if value and name not in _DATES:
                    off[name] = (*off.get(name, ()), *value)
            off |= {name: getattr(part, name) for name in _DATES if getattr(part, name)}
    return Filters(**off)


def _stated(turn: Turn) -> Filters:
    """Return what the question itself says; what was set beside it is taken off there."""
    found, given = turn.answer.filters if turn.answer else Filters(), turn.given
    named = (field.name for field in fields(Filters) if field.name not in _DATES)
    rest: dict[str, Any] = {
        name: tuple(value for value in getattr(found, name) if value not in getattr(given, name)) for name in named
    }
    dates = (None, None) if given.since or given.until else (found.since, found.until)
    return Filters(*dates, **rest)


def _parts(on: Filters, off: Filters) -> list[Filters]:
    """Return one filter a chip, in an order that does not depend on which are on; dates are one chip."""
    dates = on if on.since or on.until else off
    parts = [Filters(dates.since, dates.until)] if dates.since or dates.until else []
    for name in (field.name for field in fields(Filters) if field.name not in _DATES):
        alone: list[dict[str, Any]] = [{name: (value,)} for value in sorted({*getattr(on, name), *getattr(off, name)})]
        parts.extend(Filters(**one) for one in alone)
    return parts
