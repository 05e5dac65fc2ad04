"""Ask the project's question sets as a user would, and print the scorer's figures beside their goals.

    python benchmarks/run_eval.py [--misses] [--keep FOLDER]

Builds a library from `seeds/` in a temporary folder (or in FOLDER, where the answers then stay too), runs
`arxivqa ask --batch` on each set of `benchmarks/questions/` that belongs to those 249 papers, and scores the answers
with `benchmarks/score.py`. Takes about a minute.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
QUESTIONS = ROOT / "benchmarks" / "questions"
SETS = ("seeds", "lists", "unanswerable", "dialogs")
GOALS = {
    ("seeds", "cited"): ">= 0.94",
    ("seeds", "cited first"): ">= 0.86",
    ("seeds", "evidence"): ">= 0.60",
    ("seeds", "false abstention"): "<= 0.03",
    ("seeds", "p50 ms"): "<= 60",
    ("unanswerable", "abstained far"): ">= 0.90",
    ("dialogs", "answered lines"): "= 1.00",
}


def arxivqa(*arguments: str) -> str:
    """What the command prints to its output."""
    command = [sys.executable, "-m", "qa.cli", *arguments]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, encoding="utf-8")
    if done.returncode:
        sys.exit(f"arxivqa {' '.join(arguments)} ended with {done.returncode}")
    return done.stdout


def measure(folder: Path, misses: bool) -> dict[str, dict[str, float]]:
    """The figures of each set, by set and measure; the answers are left in the folder."""
    library = str(folder / "library")
    arxivqa("ingest", "--library", library, str(ROOT / "seeds"))
    pairs = []
    for name in SETS:
        answers = folder / f"{name}.answers.jsonl"
        questions = QUESTIONS / f"{name}.jsonl"
        answers.write_text(arxivqa("ask", "--library", library, "--batch", str(questions), "--json"), encoding="utf-8")
        pairs += [str(questions), str(answers)]
    scorer = [sys.executable, str(ROOT / "benchmarks" / "score.py"), *pairs]
    if misses:
        print(subprocess.run([*scorer, "--misses"], check=True, stdout=subprocess.PIPE, text=True).stdout)
    report = json.loads(subprocess.run([*scorer, "--json"], check=True, stdout=subprocess.PIPE, text=True).stdout)
    return {Path(name).stem: figures for name, figures in report.items()}


def main(arguments: list[str]) -> None:
    """Measure and print."""
    misses = "--misses" in arguments
    if "--keep" in arguments:
        kept = Path(arguments[arguments.index("--keep") + 1])
        kept.mkdir(parents=True, exist_ok=True)
        report = measure(kept, misses)
    else:
        with tempfile.TemporaryDirectory() as folder:
            report = measure(Path(folder), misses)
    for name, figures in report.items():
        print(name)
        for key, value in figures.items():
            goal = GOALS.get((name, key))
            print(f"  {key:28s} {value:9.3f}{f'   goal {goal}' if goal else ''}")


if __name__ == "__main__":
    main(sys.argv[1:])
