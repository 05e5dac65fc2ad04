"""Measures as a table for the terminal and for `docs/measurements.md`, where they stand between markers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import ROOT
from qa.evaluation.bootstrap import Figure

MEASUREMENTS = ROOT / "docs" / "measurements.md"


@dataclass(frozen=True, slots=True)
class Goal:
    """What a measure should reach.

    Attributes:
        bound: the value to reach.
        most: whether it is an upper bound.
        times: whether it is a multiple of the best baseline.
    """

    bound: float
    most: bool = False
    times: bool = False

    def __str__(self) -> str:
        return f"{'≤' if self.most else '≥'} {self.bound:g}{' × the better' if self.times else ''}"

    def met(self, value: float, baseline: float | None) -> bool:
        """Whether a value reaches it; a multiple of a baseline that is not there is not reached."""
        if self.times:
            return baseline is not None and value >= self.bound * baseline
        return value <= self.bound if self.most else value >= self.bound


@dataclass(frozen=True, slots=True)
class Row:
    """One measure of one set.

    Attributes:
        part: the set's name and what it holds, said once in each table.
        measure: its name.
        figure: its value.
        goal: what it should reach; None where nothing was set.
        beside: the same measure of the baselines, in the order of the table's heads; None where one has no such.
        better: the value that a goal of "× the better" multiplies; None where there is none.
    """

    part: str
    measure: str
    figure: Figure
    goal: Goal | None = None
    beside: tuple[Figure | None, ...] = ()
    better: float | None = None

    @property
    def cells(self) -> tuple[str, ...]:
        """The row as text: set, measure, goal, measured, baselines."""
        digits = 1 if self.measure.endswith(" ms") else 3
        measured = f"{self.figure.value:.{digits}f}"
        if self.figure.low is not None and self.figure.high is not None:
            measured += f" ({self.figure.low:.{digits}f} to {self.figure.high:.{digits}f})"
        if self.goal is not None:
            if self.goal.times and self.better:
                measured += f", {self.figure.value / self.better:.2f} ×"
            if not self.goal.met(self.figure.value, self.better):
                measured += ": not met"
        beside = ("–" if figure is None else f"{figure.value:.{digits}f}" for figure in self.beside)
        return (self.part, self.measure, str(self.goal or "–"), measured, *beside)


def rows(
    part: str,
    figures: Mapping[str, Figure],
    goals: Mapping[str, Goal],
    beside: Sequence[Mapping[str, Figure]],
    plain: Sequence[Mapping[str, Figure]],
) -> list[Row]:
    """The rows of one set.

    Args:
        part: what the set is called in the table.
        figures: its measures.
        goals: what some of them should reach.
        beside: the measures of each baseline.
        plain: of these baselines, those that a goal of "× the better" means.
    """
    return [
        Row(
            part,
            name,
            figure,
            goals.get(name),
            tuple(baseline.get(name) for baseline in beside),
            max((baseline[name].value for baseline in plain if name in baseline), default=None),
        )
        for name, figure in figures.items()
    ]


def table(heads: Sequence[str], cells: Sequence[Sequence[str]]) -> str:
    """A Markdown table that is aligned, so that it reads as well on a terminal; a repeated first cell is said once."""
    said: list[list[str]] = []
    before = None
    for row in cells:
        said.append(["" if row[0] == before else row[0], *row[1:]])
        before = row[0]
    lines = [list(heads), *said]
    widths = [max(3, *(len(line[column]) for line in lines)) for column in range(len(heads))]
    drawn = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |" for line in lines
    ]
    return "\n".join([drawn[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *drawn[1:]])


def write(name: str, text: str, path: Path = MEASUREMENTS) -> None:
    """Put text between the markers `<!-- eval:NAME -->` and `<!-- /eval -->`; all else stays as it is.

    Raises:
        ValueError: the file does not have these markers exactly once.
    """
    try:
        page = between(path.read_text(encoding="utf-8"), f"<!-- eval:{name} -->", "<!-- /eval -->", text)
    except ValueError as error:
        raise ValueError(f"{path} {error}") from error
    path.write_text(page, encoding="utf-8")


def between(page: str, start: str, end: str, text: str) -> str:
    """A page with a text put between two markers.

    Raises:
        ValueError: it does not have these markers exactly once; the message wants the page's name before it.
    """
    pattern = re.compile(rf"({re.escape(start)}\n).*?({re.escape(end)})", re.S)
    if len(pattern.findall(page)) != 1:
        raise ValueError(f"needs the lines {start} and {end}, once each.")
    # A function, so that a backslash in the text is nothing but one.
    return pattern.sub(lambda match: f"{match[1]}\n{text.strip()}\n\n{match[2]}", page)
