"""Ask the question sets over the 249 papers of `seeds/` as a user would, and write what comes out to the docs.

    python -m benchmarks.quality.run_eval [--misses] [--keep FOLDER] [--stock LIBRARY]

Builds a library from `seeds/` in a temporary folder (or in FOLDER, where the answers then stay too), runs `arxivqa ask
--batch` on each set of `benchmarks/questions/` that belongs to those papers, measures the answers with `qa.evaluation`,
checks that `benchmarks/quality/score.py` says the same, prints the table with its goals, and puts it into
`docs/measurements.md`. Takes about a minute.
"""

from __future__ import annotations

from pathlib import Path

from benchmarks import ROOT
from benchmarks.quality import asking, side_by_side
from benchmarks.report import Goal

SETS = ("seeds", "lists", "unanswerable", "dialogs")
GOALS = {
    ("seeds", "recall@1"): Goal(0.94),
    ("seeds", "cited"): Goal(0.94),
    ("seeds", "cited first"): Goal(0.92),
    ("seeds", "evidence"): Goal(0.80),
    ("seeds", "false abstention"): Goal(0.03, most=True),
    ("seeds", "p50 ms"): Goal(60, most=True),
    ("lists", "f1"): Goal(0.80),
    ("unanswerable", "abstained near"): Goal(0.75),
    ("unanswerable", "abstained detail"): Goal(0.25),
    ("unanswerable", "abstained far"): Goal(1.0),
    ("dialogs", "follow-up: cited"): Goal(0.93),
    ("dialogs", "switch: cited"): Goal(0.95),
    ("dialogs", "answered lines"): Goal(1.0),
}


def main() -> None:
    """Measure, print and write."""
    given = side_by_side.arguments(__doc__ or "").parse_args()
    with side_by_side.kept(given.keep) as folder:
        library: Path = folder / "library"
        asking.arxivqa("ingest", "--library", library, ROOT / "seeds")
        side_by_side.publish("seeds", library, SETS, GOALS, folder, given)


if __name__ == "__main__":
    main()
