"""`arxivqa ask`: one question for a person or a program, or a file of them."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ui.cli.options import filter_options, filters, json_option, library_options, llm_options, settings
from ui.cli.output import Printer, clean, print_json
from vectorstore.errors import ArxivQAError, InputError
from vectorstore.text.cleaning import encodable

if TYPE_CHECKING:
    from qa.answer import Answer
    from qa.settings import Settings
    from vectorstore.filters import Filters

ABSTAINED = 3
MOST_RETRIEVED = 1000


@click.command()
@click.argument("question", nargs=-1)
@click.option(
    "--batch",
    metavar="FILE.jsonl",
    type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path),
    help="Ask every line of a file, or of standard input (-), and print JSON lines.",
)
@click.option(
    "--limit", metavar="N", type=click.IntRange(1, 1000), default=10, help="How many ranked papers --json lists; 10."
)
@filter_options
@llm_options
@json_option
@library_options
@click.pass_context
def ask(
    context: click.Context,
    /,
    question: tuple[str, ...],
    batch: Path | None,
    limit: int,
    as_json: bool,
    **common: Any,
) -> int:
    """Answer QUESTION from the library, with citations.

    Filters narrow the papers an answer may use; a date means the day a paper was listed. The question may state them
    too: "by Kaiming He", "accepted at ECCV", "since March 2019", "but not medical". Where the library does not
    answer, the nearest papers are named and the exit status is 3.

    With --llm a language model writes the answer. Each of its sentences is checked against the abstracts: one that they
    do not bear out is marked as not found in them, or left out with --strict.

    A line of a batch is {"qid": "a1", "question": "…"}, where "limit" may say how many ranked papers to list, or a
    conversation {"qid": "a2", "turns": [{"question": "…"}, …]}, each turn seeing those before it. One JSON object a
    turn comes out. A line that cannot be asked is reported on standard error, the others go on, and the status is 1.

    \b
    Examples:
      arxivqa ask "Which papers detect small objects in aerial images?" --since 2020
      arxivqa ask "Which papers restore old films?" --venue "CVPR 2020" --without survey
      arxivqa ask "What loss does it use?" --id 2009.14376 --json
      arxivqa ask "Why do GANs collapse?" --llm ollama/llama3.2 --strict
      arxivqa ask --batch questions.jsonl --json > answers.jsonl
    """
    if bool(question) == (batch is not None):
        raise click.UsageError("Give either a QUESTION or --batch FILE.jsonl.")
    narrowed = filters(common)
    chosen = settings(context, **common)
    if batch is not None:
        return _ask_batch(chosen, batch, narrowed, limit)
    return _ask_one(chosen, " ".join(question), narrowed, limit, as_json)


def _ask_one(chosen: Settings, question: str, narrowed: Filters, limit: int, as_json: bool) -> int:
    """Ask one question and print the answer; returns the exit status."""
    import qa

    with qa.open_assistant(settings=chosen) as assistant:
        answer = assistant.ask(encodable(question), filters=narrowed, limit=limit)
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


def _ask_batch(chosen: Settings, path: Path, narrowed: Filters, limit: int) -> int:
    """Ask every line of a file ("-" is standard input), printing one JSON object a turn.

    Returns:
        The exit status: 1 when a line could not be asked, else 0.
    """
    import qa

    failed = False
    with qa.open_assistant(settings=chosen) as assistant:
        for number, line in _lines(path):
            try:
                dialog = parse(line, limit)
                history: list[Answer] = []
                for turn, (question, most) in enumerate(dialog.turns):
                    answer = assistant.ask(question, history=tuple(history), filters=narrowed, limit=most)
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
