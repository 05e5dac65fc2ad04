"""`arxivqa eval`: a file of questions with what is known of their answers, asked and measured."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ui.cli.options import json_option, library_options, llm_options, settings
from ui.cli.output import Printer, clean, print_json
from vectorstore.errors import ArxivQAError, InputError

if TYPE_CHECKING:
    from qa.evaluation.dataset import Case, Reply
    from qa.evaluation.metrics import Figure
    from qa.settings import Settings

TITLES = {
    "single": "questions that one paper answers",
    "lists": "lists, of all papers that belong",
    "topics": "topics, by the ranks of some papers that belong",
    "unanswerable": "questions that the library does not answer",
    "dialogs": "conversations",
}
_FILE = click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path)


@click.command("eval")
@click.argument("questions", metavar="QUESTIONS.jsonl", type=_FILE)
@click.option("--answers", metavar="FILE", type=_FILE, help="Measure what `arxivqa ask --batch` printed; ask nothing.")
@click.option("--misses", is_flag=True, help="List the questions that were not answered as they should have been.")
@click.option(
    "--limit", metavar="N", type=click.IntRange(1, 1000), help="How many ranked papers to ask for; 10, of a topic 100."
)
@llm_options
@json_option
@library_options
@click.pass_context
def evaluate(
    context: click.Context,
    /,
    questions: Path,
    answers: Path | None,
    misses: bool,
    limit: int | None,
    as_json: bool,
    **common: Any,
) -> int:
    """Ask each question of a file and say how good the answers are, with 95 % intervals.

    A line is {"question": "…"} with what is known of the right answer:

    \b
      "gold": ["2012.12535"]         papers each of which answers it
      "spans": ["1.28K parameters"]  passages each of which answers it
      "relevant": ["2009.14376"]     some papers on a topic, or with
      "partial": []                  all of a list, less arguable ones
      "answerable": false            the library does not answer it;
      "kind": "near"                 and in what way (near, detail, far)
      "turns": [{"question": "…"}]   a conversation, with gold or spans
      "topic_switch": true           whose last turn leaves its topic

    "qid" names a line, "limit" says how many ranked papers to ask for. A line that cannot be used is reported on
    standard error, the others go on, and the status is 1. A question that got no answer counts as a miss. The 95 %
    intervals say how far a figure would move with other questions of the same kind.

    \b
    Examples:
      arxivqa eval questions.jsonl --misses
      arxivqa eval questions.jsonl --answers answers.jsonl --json
    """
    run = _Run()
    if str(questions) == "-" == str(answers):
        raise click.UsageError("Standard input can be QUESTIONS or --answers, not both.")
    cases = _cases(run, questions, limit, named=answers is not None)
    if not cases:
        raise InputError(
            f"There is no question in {_name(questions)} to measure. A line of it looks like "
            '{"question": "…", "gold": ["2012.12535"]}.'
        )
    if answers is None:
        replies = _ask(run, settings(context, **common), questions, cases)
    else:
        replies = _read_answers(run, answers, cases)
    _print(run, _name(questions), [case for _, case in cases], replies, misses, as_json)
    return int(bool(run.problems))


@dataclass(slots=True)
class _Run:
    """What went wrong so far, said at once and kept for JSON."""

    problems: list[dict[str, Any]] = field(default_factory=list)

    def report(self, path: Path, line: int, reason: object) -> None:
        self.problems.append({"file": _name(path), "line": line, "reason": str(reason)})
        print(f"arxivqa: {clean(f'{_name(path)}:{line}: {reason}')}", file=sys.stderr, flush=True)


def _name(path: Path) -> str:
    return "standard input" if str(path) == "-" else path.name


def _rows(run: _Run, path: Path) -> Iterator[tuple[int, Any]]:
    """What each line that is not blank holds, with its number from 1; one that is no JSON is reported."""
    try:
        data = sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
    except OSError as error:
        raise InputError(f"Cannot read {path}: {error.strerror or error}.") from None
    for number, line in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            yield number, json.loads(line.decode("utf-8"))
        except UnicodeDecodeError:
            run.report(path, number, "the line is not UTF-8 text. Save the file as UTF-8")
        except (ValueError, RecursionError) as error:
            run.report(path, number, f"the line is not JSON: {error}. Write one JSON object a line")


def _cases(run: _Run, path: Path, limit: int | None, *, named: bool) -> list[tuple[int, Case]]:
    """The questions of a file, with the numbers of their lines."""
    from qa.evaluation.dataset import Case

    cases: list[tuple[int, Case]] = []
    seen: dict[Any, int] = {}
    for number, row in _rows(run, path):
        try:
            case = Case.read(row, None if named else f"line {number}", limit)
            if case.qid is None:
                raise InputError('it has no "qid", by which --answers finds its answer. Give it one and ask again')
            if case.qid in seen:
                raise InputError(f"line {seen[case.qid]} has the qid {case.qid!r} too. Give each line its own")
        except InputError as error:
            run.report(path, number, error)
            continue
        seen[case.qid] = number
        cases.append((number, case))
    return cases


def _ask(run: _Run, chosen: Settings, path: Path, cases: Sequence[tuple[int, Case]]) -> list[Reply]:
    import qa
    from qa.evaluation.metrics import ask

    replies: list[Reply] = []
    with qa.open_assistant(settings=chosen) as assistant:
        assistant.library.embedder.load()  # else the first question's time would be the model's
        for number, case in _counted(cases):
            try:
                replies += ask(assistant, case)
            except ArxivQAError as error:
                run.report(path, number, f"it could not be asked: {error}")
    return replies


def _counted(cases: Sequence[tuple[int, Case]]) -> Iterable[tuple[int, Case]]:
    """Return the same cases, with a bar on a terminal."""
    if not sys.stderr.isatty():
        return cases
    from rich.console import Console
    from rich.progress import track

    return track(cases, "asking", console=Console(stderr=True), transient=True)


def _read_answers(run: _Run, path: Path, cases: Sequence[tuple[int, Case]]) -> list[Reply]:
    from qa.evaluation.dataset import Reply

    known = {(case.qid, turn) for _, case in cases for turn in range(len(case.turns))}
    replies = []
    for number, row in _rows(run, path):
        try:
            reply = Reply.read(row)
            if (reply.qid, reply.turn) not in known:
                raise InputError(f"no question has the qid {reply.qid!r} and a turn {reply.turn}; it is left out")
        except InputError as error:
            run.report(path, number, error)
            continue
        replies.append(reply)
    return replies


def _print(
    run: _Run,
    name: str,
    cases: Sequence[Case],
    replies: Sequence[Reply],
    misses: bool,
    as_json: bool,
) -> None:
    from qa.evaluation import metrics

    tables = metrics.evaluate(cases, replies)
    confidence = metrics.separation((cases, replies))
    if as_json:
        figures: dict[str, Mapping[str, Figure]] = {
            **{kind: table.figures for kind, table in tables.items()},
            "confidence": confidence,
        }
        found = {part: {name: f.to_json() for name, f in own.items()} for part, own in figures.items() if own}
        missed = [{"kind": kind, **asdict(miss)} for kind, table in tables.items() for miss in table.misses]
        print_json(
            {
                "questions": name,
                "figures": found,
                **({"misses": missed} if misses else {}),
                "problems": run.problems,
            }
        )
        return
    printer = Printer()
    for index, (kind, table) in enumerate(tables.items()):
        if index:
            printer.line()
        _print_table(printer, f"{TITLES[kind]}: {table.questions}", table.figures)
        if misses:
            for miss in table.misses:
                parts = (miss.qid, miss.question, " ".join(miss.wanted), miss.why)
                printer.line((" | ".join(["miss", *map(clean, filter(None, parts))]), "dim"), indent=2)
    if confidence:
        printer.line()
        _print_table(printer, "the confidence", confidence)


def _print_table(printer: Printer, title: str, figures: Mapping[str, Figure]) -> None:
    rows = [("", "value", "95 % interval", "questions")]
    for name, figure in figures.items():
        digits = 1 if name.endswith(" ms") else 3
        known = figure.low is not None and figure.high is not None
        between = f"{figure.low:.{digits}f} to {figure.high:.{digits}f}" if known else ""
        rows.append((clean(name), f"{figure.value:.{digits}f}", between, str(figure.count)))
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    printer.line((title, "bold"))
    for place, (name, value, between, count) in enumerate(rows):
        # A cell is a part of its own: the printer keeps the spaces at a part's ends only.
        cells = (
            f"  {name:<{widths[0]}}",
            f"{value:>{widths[1] + 2}}",
            f"  {between:<{widths[2]}}",
            f"{count:>{widths[3] + 2}}",
        )
        printer.line(*((cell, "" if place else "dim") for cell in cells))
