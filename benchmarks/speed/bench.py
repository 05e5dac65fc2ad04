"""Measure what a user waits for, and the memory it takes; and how much faster papers go in than with stock llama-index.

    python -m benchmarks.speed.bench [--listings PATH --papers N] [--repeats N]

Every figure is of a real process on a library made from `seeds/` in a temporary folder: ingesting, a first answer from
a cold process, and the median of a batch of questions in one warm process. Prints each beside its goal.

Then arxivqa and the stock llama-index pipeline (`benchmarks/speed/pipelines.py`) put the same papers in, in turns, and
the ratio of each pair is taken: the machine's other work slows both. Both parse the listings, embed with the same
weights and write to disk. Two ratios are printed: without the start of the processes (and the load of the stock
pipeline's model), which is what counts for many papers, and with it. The ONNX files of the model, which arxivqa makes
once a machine, are there by then; how long an ingest takes that has to make them stands in a line of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks import ROOT
from benchmarks.processes import Run, python

COLD_RUNS = 3
REPEATS = 3
SEEDS = 249
WARMING = "16"  # papers, before the turns: the first run of a program reads its packages from disk
QUESTION = "How many parameters does the stain normalization network have?"

arxivqa = partial(python, "-m", "ui.cli")


@dataclass(frozen=True, slots=True)
class Turn:
    """One pipeline's run: papers a second from the first listing to disk, and the seconds of its whole process."""

    rate: float
    seconds: float


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--listings", type=Path, help="where the papers come from after those of seeds/")
    parser.add_argument("--papers", type=int, default=SEEDS, help=f"how many the pipelines put in; {SEEDS}")
    parser.add_argument("--repeats", type=int, default=REPEATS, help=f"how many turns each takes; {REPEATS}")
    given = parser.parse_args()
    if given.papers > SEEDS and given.listings is None:
        parser.error(f"seeds/ has {SEEDS} papers: say with --listings where more are")
    listings = [str(given.listings.absolute())] if given.listings else []
    os.chdir(ROOT)
    with tempfile.TemporaryDirectory() as folder:
        waits(Path(folder))
        ours, stock = side_by_side(Path(folder), given.papers, listings, given.repeats)
    print(
        f"\n{given.papers:,} papers put in by arxivqa and by the stock llama-index pipeline, {given.repeats} turns each"
    )
    rates = [one.rate / other.rate for one, other in zip(ours, stock, strict=True)]
    wholes = [other.seconds / one.seconds for one, other in zip(ours, stock, strict=True)]
    _ratio("from listings to disk (papers/s)", [t.rate for t in ours], [t.rate for t in stock], rates, ">= 4")
    _ratio("whole processes (s)", [t.seconds for t in ours], [t.seconds for t in stock], wholes)


def waits(folder: Path) -> None:
    """Measure and print what a user waits for."""
    library, other = str(folder / "library"), str(folder / "other")
    cache = {"XDG_CACHE_HOME": str(folder / "cache")}
    help_ = [arxivqa("--help") for _ in range(COLD_RUNS)]
    first = arxivqa("ingest", "--library", other, "seeds", variables=cache)
    arxivqa("ask", "--library", other, QUESTION)  # makes the ONNX files of the user's own cache, where there are none
    ingest = arxivqa("ingest", "--library", library, "seeds")
    again = arxivqa("ingest", "--library", library, "seeds")
    cold = [arxivqa("ask", "--library", library, QUESTION) for _ in range(COLD_RUNS)]
    batch = arxivqa("ask", "--library", library, "--batch", "benchmarks/questions/seeds.jsonl", "--json")
    warm = sorted(json.loads(line)["seconds"] for line in batch.output.splitlines())
    lines = [
        ("arxivqa --help, median (s)", _median(help_), "<= 0.3"),
        ("ingest of seeds/, ONNX files made (s)", first.seconds, ""),
        ("ingest of seeds/ (s)", ingest.seconds, "<= 15"),
        ("ingest again, unchanged (s)", again.seconds, ""),
        ("cold process to a printed answer, median (s)", _median(cold), "<= 2.5"),
        (f"warm ask, median of {len(warm)} (ms)", 1000 * statistics.median(warm), "<= 60"),
        ("warm ask, 95th percentile (ms)", 1000 * warm[int(len(warm) * 0.95)], ""),
        (
            "peak memory of the largest process (MiB)",
            max(r.mebibytes for r in (ingest, again, *cold, batch)),
            "<= 1500",
        ),
        ("… of that which makes the ONNX files (MiB)", first.mebibytes, ""),
    ]
    for name, value, goal in lines:
        print(f"{name:46s} {value:9.2f}{f'   goal {goal}' if goal else ''}", flush=True)


def side_by_side(folder: Path, papers: int, listings: Sequence[str], repeats: int) -> tuple[list[Turn], list[Turn]]:
    """Put papers in with both pipelines, in turns, each into a new folder; who goes first changes each time.

    Returns:
        The turns of arxivqa and those of the stock pipeline, in the order in which they stood side by side.
    """
    turns: dict[str, list[Turn]] = {"ours": [], "stock": []}
    for pipeline in turns:
        python("-m", "benchmarks.speed.pipelines", pipeline, str(folder / f"{pipeline}-warming"), WARMING)
    for number in range(repeats):
        for pipeline in (*turns,) if number % 2 == 0 else (*reversed(turns),):
            place = str(folder / f"{pipeline}-{number}")
            done = python("-m", "benchmarks.speed.pipelines", pipeline, place, str(papers), *listings)
            told = json.loads(done.output)
            turns[pipeline].append(Turn(told["papers"] / told["seconds"], done.seconds))
    return turns["ours"], turns["stock"]


def _median(runs: Sequence[Run]) -> float:
    return statistics.median(run.seconds for run in runs)


def _ratio(name: str, ours: Sequence[float], stock: Sequence[float], ratios: Sequence[float], goal: str = "") -> None:
    print(
        f"{name:34s} {statistics.median(ours):8.1f} and {statistics.median(stock):8.1f}: "
        f"{statistics.median(ratios):.2f} x ({min(ratios):.2f} to {max(ratios):.2f}){f'   goal {goal}' if goal else ''}"
    )


if __name__ == "__main__":
    main()
