"""Measure what a user waits for, and the memory it takes.

    python benchmarks/bench.py

Every figure is of a real process on a library made from `seeds/` in a temporary folder: ingesting, a first answer from
a cold process, and the median of a batch of questions in one warm process. Prints each beside its goal.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COLD_RUNS = 3
QUESTION = "How many parameters does the stain normalization network have?"


@dataclass(frozen=True, slots=True)
class Run:
    """One process: its output, wall time in seconds, and peak resident memory in MiB."""

    output: str
    seconds: float
    mebibytes: float


def run(*arguments: str) -> Run:
    """Run the command to its end."""
    with tempfile.TemporaryFile() as output:
        began = time.perf_counter()
        actions = [(os.POSIX_SPAWN_DUP2, output.fileno(), 1)]
        command = [sys.executable, "-m", "qa.cli", *arguments]
        process = os.posix_spawn(sys.executable, command, dict(os.environ), file_actions=actions)
        # wait4 gives this child's own peak; getrusage(RUSAGE_CHILDREN) would give the largest of all so far.
        _, status, usage = os.wait4(process, 0)
        seconds = time.perf_counter() - began
        output.seek(0)
        text = output.read().decode()
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"arxivqa {' '.join(arguments)} ended with {os.waitstatus_to_exitcode(status)}")
    scale = 1024 if sys.platform.startswith("linux") else 1024 * 1024
    return Run(text, seconds, usage.ru_maxrss / scale)


def main() -> None:
    """Measure and print."""
    os.chdir(ROOT)
    with tempfile.TemporaryDirectory() as folder:
        library = str(Path(folder) / "library")
        ingest = run("ingest", "--library", library, "seeds")
        again = run("ingest", "--library", library, "seeds")
        cold = [run("ask", "--library", library, QUESTION) for _ in range(COLD_RUNS)]
        batch = run("ask", "--library", library, "--batch", "benchmarks/questions/seeds.jsonl", "--json")
    warm = sorted(json.loads(line)["seconds"] for line in batch.output.splitlines())
    lines = [
        ("ingest of seeds/ (s)", ingest.seconds, "<= 15"),
        ("ingest again, unchanged (s)", again.seconds, ""),
        ("cold process to a printed answer, median (s)", statistics.median(r.seconds for r in cold), "<= 12"),
        (f"warm ask, median of {len(warm)} (ms)", 1000 * statistics.median(warm), "<= 60"),
        ("warm ask, 95th percentile (ms)", 1000 * warm[int(len(warm) * 0.95)], ""),
        ("peak memory (MiB)", max(r.mebibytes for r in (ingest, again, *cold, batch)), "<= 1500"),
    ]
    for name, value, goal in lines:
        print(f"{name:46s} {value:9.2f}{f'   goal {goal}' if goal else ''}")


if __name__ == "__main__":
    main()
