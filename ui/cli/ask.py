"""`arxivqa ask`: one question for a person or a program, or a file of them."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import qa
from qa.answer import Answer
from qa.settings import Settings
from ui.cli.output import Printer, clean, print_json
from vectorstore.errors import ArxivQAError, InputError
from vectorstore.filters import Filters
from vectorstore.text.cleaning import encodable

ABSTAINED = 3
MOST_RETRIEVED = 1000


def single(settings: Settings, question: str, filters: Filters, limit: int, as_json: bool) -> int:
    """Ask one question and print the answer; returns the exit status."""
    with qa.open_assistant(settings=settings) as assistant:
        answer = assistant.ask(encodable(question), filters=filters, limit=limit)
    if as_json:
        print_json({"qid": None, "turn": 0, **answer.to_json()})
    else:
        Printer().answer(answer)
    return ABSTAINED if answer.abstained else 0


@dataclass(frozen=True, slots=True)
class Dialog:
    """One line of a batch: the questions of one conversation, mostly one, each with the number of papers to rank."""

    qid: Any
    turns: tuple[tuple[str, int], ...]


def batch(settings: Settings, path: Path, filters: Filters, limit: int) -> int:
    """Ask every line of a file ("-" is standard input), printing one JSON object a turn.

    Returns:
        The exit status: 1 when a line could not be asked, else 0.
    """
    failed = False
    with qa.open_assistant(settings=settings) as assistant:
        for number, line in _lines(path):
            try:
                dialog = parse(line, limit)
                history: list[Answer] = []
                for turn, (question, most) in enumerate(dialog.turns):
                    answer = assistant.ask(question, history=tuple(history), filters=filters, limit=most)
                    history.append(answer)
                    print_json({"qid": dialog.qid, "turn": turn, **answer.to_json()})
            except ArxivQAError as error:
                failed = True
                name = "standard input" if str(path) == "-" else path.name
                print(f"arxivqa: {clean(f'{name}:{number}: {error}')}", file=sys.stderr, flush=True)
    return int(failed)


def parse(line: bytes, limit: int) -> Dialog:
    """Read one line of a batch; fields other than qid, question, turns and limit are never looked at.

    Raises:
        InputError: when it is not JSON, or asks nothing.
    """
    try:
        row = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError:
        raise InputError("the line is not UTF-8 text") from None
    except (ValueError, RecursionError) as error:
        raise InputError(f"the line is not JSON: {error}") from None
    if not isinstance(row, dict):
        raise InputError('the line is not a JSON object such as {"qid": "a1", "question": "…"}')
    qid = row.get("qid")
    if not isinstance(qid, str | int | float | None) or (isinstance(qid, float) and not math.isfinite(qid)):
        raise InputError('"qid" is neither a string nor a number')  # NaN, which Python reads, is no JSON
    limit = _limit(row, limit)
    turns = row.get("turns")
    if turns is None:
        return Dialog(qid, ((_question(row), limit),))
    if not isinstance(turns, list) or not turns or not all(isinstance(turn, dict) for turn in turns):
        raise InputError('"turns" is not a list of objects such as {"question": "…"}')
    return Dialog(qid, tuple((_question(turn), _limit(turn, limit)) for turn in turns))


def _question(row: dict[str, Any]) -> str:
    question = row.get("question")
    if not isinstance(question, str) or not question.strip():
        raise InputError('there is no "question", or it is empty')
    return encodable(question)


def _limit(row: dict[str, Any], default: int) -> int:
    limit = row.get("limit", default)
    if isinstance(limit, bool) or not isinstance(limit, int) or not 1 <= limit <= MOST_RETRIEVED:
        raise InputError(f'"limit" is not a whole number from 1 to {MOST_RETRIEVED}')
    return limit


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """The lines that are not blank, with their numbers from 1, as they come."""
    if str(path) == "-":
        yield from _numbered(iter(sys.stdin.buffer.readline, b""))
        return
    try:
        with path.open("rb") as file:
            yield from _numbered(file)
    except OSError as error:
        raise InputError(f"Cannot read {path}: {error.strerror or error}.") from None


def _numbered(lines: Any) -> Iterator[tuple[int, bytes]]:
    for number, line in enumerate(lines, 1):
        stripped = line.removeprefix(b"\xef\xbb\xbf").strip()
        if stripped:
            yield number, stripped
