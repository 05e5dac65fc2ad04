"""Question sets asked of one library, with the plain pipelines' figures beside: one table."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks import report
from benchmarks.quality import asking, baselines
from benchmarks.quality.asking import Asked
from benchmarks.report import Goal
from qa.evaluation.bootstrap import Figure

Goals = Mapping[tuple[str, str], Goal]
CONFIDENCE = "confidence"


def compare(library: Path, names: Sequence[str], goals: Goals, folder: Path, stock: Path | None = None) -> str:
    """Ask the sets and return the table, with a line that says of which library it is.

    Args:
        library: the library to ask.
        names: sets of `benchmarks/questions/`.
        goals: by set and measure.
        folder: where the answers are left.
        stock: a library of the same papers made by another model, whose vectors alone are set beside too.
    """
    asked = asking.ask(library, names, folder)
    asking.check(asked)
    heads = ["set", "measure", "goal", "measured (95 % interval)"]
    beside: list[list[Mapping[str, Figure]]] = []  # for each baseline, the figures of each set and of the confidence
    sets = [one.cases for one in asked]
    with baselines.opened(library) as own:
        stats = own.stats()
        for head, search in (("vectors alone", baselines.vectors(own)), ("BM25 alone", baselines.fulltext(own))):
            heads.append(head)
            figures, areas = baselines.figures(sets, search)
            beside.append([*figures, areas])
    about = f"{stats.papers:,} papers, model {Path(stats.model).name} ({stats.model_sha256[:12]})."
    if stock is not None:
        with baselines.opened(stock) as other:
            model = Path(other.stats().model).name
            heads.append(f"vectors alone, {model}")
            figures, areas = baselines.figures(sets, baselines.vectors(other))
            beside.append([*figures, areas])
    rows = []
    measured = [(_part(one), one.name, one.table.figures) for one in asked]
    measured.append((CONFIDENCE, CONFIDENCE, asking.confidence(asked)))
    for place, (part, name, found) in enumerate(measured):
        own_goals = {measure: goal for (of, measure), goal in goals.items() if of == name}
        columns = [column[place] for column in beside]
        # The plain pipeline has the stock model's vectors; the library's own stand for them where there are no others.
        rows += report.rows(part, found, own_goals, columns, columns[1:] if stock else columns)
    return f"{about}\n\n{report.table(heads, [row.cells for row in rows])}"


def _part(asked: Asked) -> str:
    return f"{asked.name}, {len(asked.cases)}"


def misses(folder: Path, names: Sequence[str]) -> str:
    """What was missed in the sets whose answers are in a folder, a line each."""
    lines = []
    for name in names:
        asked = Asked.read(name, folder)
        lines += [
            " | ".join(["miss", miss.qid, miss.question, " ".join(miss.wanted), miss.why])
            for miss in asked.table.misses
        ]
    return "\n".join(lines)


def publish(
    name: str, library: Path, sets: Sequence[str], goals: Goals, folder: Path, given: argparse.Namespace
) -> None:
    """Compare, print what `given` asks for, and write the table into the docs under a name."""
    text = compare(library, sets, goals, folder, given.stock)
    if given.misses:
        print(misses(folder, sets))
    print(text)
    report.write(name, text)


def arguments(description: str) -> argparse.ArgumentParser:
    """What both commands take."""
    parser = argparse.ArgumentParser(description=description.partition("\n")[0])
    parser.add_argument("--misses", action="store_true", help="also print what was missed")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="leave the answers there")
    parser.add_argument("--stock", type=Path, metavar="LIBRARY", help="the same papers, by another model")
    return parser


@contextmanager
def kept(folder: Path | None) -> Iterator[Path]:
    """The folder, made where it is missing; None is one for the while."""
    if folder is None:
        with tempfile.TemporaryDirectory() as name:
            yield Path(name)
    else:
        folder.mkdir(parents=True, exist_ok=True)
        yield folder.absolute()  # the questions are asked by a process that runs elsewhere
