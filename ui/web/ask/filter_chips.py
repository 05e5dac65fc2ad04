"""The filters that were understood of a question, as chips that can be taken off and put back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from qa.history.models import Turn
from qa.query.describe import filters as words
from vectorstore import Filters


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
    return [words(part) for part in stated.union(turns[-1].dropped).parts()], [words(part) for part in stated.parts()]


def dropped(turn: Turn, kept: Sequence[str]) -> Filters:
    """Return what is off when only these chips are on.

    >>> from qa.answer import Answer
    >>> dropped(Turn("q", Answer("q", filters=Filters(venues=("ECCV",), authors=("Ada",)))), ["by Ada"]).venues
    ('ECCV',)
    """
    off = Filters()
    for part in _stated(turn).union(turn.dropped).parts():
        if words(part) not in kept:
            off = off.union(part)
    return off


def _stated(turn: Turn) -> Filters:
    """What the question itself says; what was set beside it is taken off there."""
    found = turn.answer.filters if turn.answer else Filters()
    stated = found.minus(turn.given)
    # Dates of both kinds have become one stretch, of which nobody can tell what the question said.
    return replace(stated, since=None, until=None) if turn.given.dated else stated
