"""Answers and filters as JSON, with all that they hold: what is read back equals what was written.

`Answer.to_json` is what programs get, and leaves out what they need not know; this is for keeping.
"""

from __future__ import annotations

import json
from typing import TypeVar

from pydantic import TypeAdapter

from qa.answer import Answer
from vectorstore import Filters, InputError
from vectorstore.text.cleaning import encodable

T = TypeVar("T")
_ANSWER = TypeAdapter(Answer)
_FILTERS = TypeAdapter(Filters)


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


def _write(kind: TypeAdapter[T], value: T) -> str:
    return encodable(json.dumps(kind.dump_python(value, mode="json"), ensure_ascii=False))


def _read(kind: TypeAdapter[T], text: str, name: str) -> T:
    try:
        return kind.validate_python(json.loads(text))
    except (ValueError, RecursionError, InputError) as error:  # pydantic's own is a ValueError
        raise ValueError(f"no {name} as they are kept: {' '.join(str(error).split())[:300]}") from None
