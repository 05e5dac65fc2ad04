"""How long a question takes over a library that is named, without filters and with filters of every width.

    python -m benchmarks.speed.latency artifacts/category

Asks the training questions in their own words, each question once. Prints a Markdown table: how many papers pass, the
median and the 95th percentile of the time on the clock, the same of the processor's time, which other programs hardly
lengthen, the first question's time, and the most memory the process has had so far.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import cycle, islice, product
from pathlib import Path

import numpy as np

from benchmarks import ROOT, report
from benchmarks.processes import mebibytes
from qa.assistant import Assistant, open_assistant
from vectorstore import Filters

QUESTIONS = ROOT / "training" / "data" / "questions.jsonl"
HEADS = ("filter", "papers that pass", "p50 ms", "p95 ms", "CPU p50 ms", "CPU p95 ms", "first ms", "peak MiB")
_WARMING = 20  # questions before the first that counts
_SHARES = (0.5, 0.95)
_YEARS = range(2015, 2026)
_SURNAMES = (
    "Wang Li Zhang Liu Chen Yang Huang Zhao Wu Zhou Xu Sun Ma Zhu Hu Guo He Lin Luo Kim Lee Park Nguyen Kumar Singh "
    "Gupta Garcia Martinez Müller Schmidt Smith Johnson Williams Brown Jones Miller Davis Wilson Rossi Sato"
)
_VENUES = ("CVPR", "ICCV", "ECCV", "NeurIPS", "ICLR", "AAAI", "MICCAI", "WACV", "BMVC", "ICRA")


@dataclass(frozen=True, slots=True)
class Row:
    """What asking under one kind of filter took.

    Attributes:
        name: the filters in words.
        passing: how many papers pass; the median where each question has another filter.
        seconds, processor: of each question, in the order asked: on the clock, and of this process's processors.
        mebibytes: the most memory of the process so far.
    """

    name: str
    passing: int
    seconds: tuple[float, ...]
    processor: tuple[float, ...]
    mebibytes: float

    @property
    def cells(self) -> tuple[str, ...]:
        """The row as text, in the order of `HEADS`."""
        times = (*np.quantile(self.seconds, _SHARES), *np.quantile(self.processor, _SHARES), self.seconds[0])
        return (self.name, f"{self.passing:,}", *(f"{1000 * took:.0f}" for took in times), f"{self.mebibytes:.0f}")


def kinds(categories: Mapping[str, int], months: Mapping[str, int]) -> dict[str, list[Filters]]:
    """Filters by what they are in words: one for all questions, or several for the questions to take in turn.

    Args:
        categories: papers a category, the most first; each is a filter of its own.
        months: papers a month, such as {"2020-10": 1234}; those with the most are used.
    """
    one = {
        "none": Filters(),
        "since 2020": Filters(since=date(2020, 1, 1)),
        "since 2025": Filters(since=date(2025, 1, 1)),
        "2020": _in(2020),
        "March 2021": _month("2021-03"),
        "cs.LG": Filters(categories=("cs.LG",)),
        "eess.IV": Filters(categories=("eess.IV",)),
        "cs.RO": Filters(categories=("cs.RO",)),
        "cs.RO or cs.GR": Filters(categories=("cs.RO", "cs.GR")),
        "stat.ML": Filters(categories=("stat.ML",)),
        "math": Filters(categories=("math",)),
        "cs.LG in 2020": _in(2020, "cs.LG"),
        "not cs.LG": Filters(without_categories=("cs.LG",)),
        "not “transformer”": Filters(without=("transformer",)),
        "by Wang": Filters(authors=("Wang",)),
        "by Kaiming He": Filters(authors=("Kaiming He",)),
        "at CVPR": Filters(venues=("CVPR",)),
        "at CVPR 2020": Filters(venues=("CVPR 2020",)),
    }
    return {name: [filters] for name, filters in one.items()} | {
        "another category each": [Filters(categories=(code,)) for code in categories],
        "another category and year each": [_in(year, code) for code, year in product(islice(categories, 6), _YEARS)],
        "another month each": [_month(month) for month in sorted(months, key=lambda month: -months[month])],
        "another author each": [Filters(authors=(name,)) for name in _SURNAMES.split()],
        "another venue and year each": [Filters(venues=(f"{v} {y}",)) for v, y in product(_VENUES, _YEARS)],
    }


def _in(year: int, *categories: str) -> Filters:
    return Filters(since=date(year, 1, 1), until=date(year, 12, 31), categories=categories)


def _month(month: str) -> Filters:
    first = date.fromisoformat(f"{month}-01")
    after = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return Filters(since=first, until=date.fromordinal(after.toordinal() - 1))


def measure(assistant: Assistant, questions: Sequence[str], each: int) -> Iterator[Row]:
    """Ask under every kind of filter, no question twice: what was embedded once is remembered.

    Args:
        assistant: whom to ask.
        questions: what.
        each: how many questions a kind of filter.
    """
    library = assistant.library
    unasked = iter(questions)
    for question in islice(unasked, _WARMING):
        assistant.ask(question)
    for name, several in kinds(library.categories(), library.months()).items():
        asked = list(zip(islice(unasked, each), cycle(several), strict=False))
        seconds: list[float] = []
        processor: list[float] = []
        for question, filters in asked:
            started, spent = time.perf_counter(), time.process_time()
            assistant.ask(question, filters=filters)
            seconds.append(time.perf_counter() - started)
            processor.append(time.process_time() - spent)
        # Counted afterwards, so that no question finds its filter's papers counted.
        passing = int(statistics.median(library.count(filters) for _, filters in asked))
        peak = resource.getrusage(resource.RUSAGE_SELF)
        yield Row(name, passing, tuple(seconds), tuple(processor), mebibytes(peak.ru_maxrss))


def asked(number: int) -> list[str]:
    """So many training questions, from all over their file: neighbours in it are on one paper."""
    with QUESTIONS.open(encoding="utf-8") as lines:
        questions = [str(json.loads(line)["question"]) for line in lines]
    return questions[:: max(1, len(questions) // number)][:number]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="How long a question takes, by filter.")
    parser.add_argument("library", type=Path)
    parser.add_argument("--each", type=int, default=40, help="questions a kind of filter (40)")
    given = parser.parse_args(arguments)
    rows = []
    with open_assistant(given.library) as assistant:
        for row in measure(assistant, asked(_WARMING + 25 * given.each), given.each):
            print(row.name, file=sys.stderr, flush=True)
            rows.append(row.cells)
        print(f"{assistant.library.count():,} papers; {given.each} questions a row\n")
    print(report.table(HEADS, rows))


if __name__ == "__main__":
    main()
