"""Question sets asked as a user asks them, `arxivqa ask --batch`, and measured."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import ROOT
from qa.evaluation.bootstrap import Figure
from qa.evaluation.dataset import Case, Reply
from qa.evaluation.metrics import Table, evaluate, separation

QUESTIONS = ROOT / "benchmarks" / "questions"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question set and the answers it got.

    Attributes:
        name: the set's, which is its file's name without ending.
        questions, answers: the files.
    """

    name: str
    questions: Path
    answers: Path
    cases: tuple[Case, ...]
    replies: tuple[Reply, ...]

    @classmethod
    def read(cls, name: str, folder: Path) -> Asked:
        """A set of `benchmarks/questions/` and its answers in a folder."""
        answers = folder / f"{name}.answers.jsonl"
        return cls(name, QUESTIONS / f"{name}.jsonl", answers, cases(name), tuple(map(Reply.read, _rows(answers))))

    @property
    def table(self) -> Table:
        """Its measures; a set is of one kind."""
        (table,) = evaluate(self.cases, self.replies).values()
        return table


def cases(name: str) -> tuple[Case, ...]:
    """The questions of a set of `benchmarks/questions/`."""
    return tuple(Case.read(row) for row in _rows(QUESTIONS / f"{name}.jsonl"))


def _rows(path: Path) -> list[dict[str, object]]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def arxivqa(*arguments: str | Path) -> str:
    """What the command prints to its output; what it says on standard error is seen as it comes."""
    command = [sys.executable, "-m", "ui.cli", *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, encoding="utf-8", check=False)
    if done.returncode:
        sys.exit(f"arxivqa {' '.join(map(str, arguments))} ended with {done.returncode}")
    return done.stdout


def ask(library: Path, names: Sequence[str], folder: Path) -> list[Asked]:
    """Ask sets of `benchmarks/questions/` of a library; the answers are left in the folder as `NAME.answers.jsonl`."""
    asked = []
    for name in names:
        print(f"asking {name}", file=sys.stderr, flush=True)
        printed = arxivqa("ask", "--library", library, "--batch", QUESTIONS / f"{name}.jsonl", "--json")
        (folder / f"{name}.answers.jsonl").write_text(printed, encoding="utf-8")
        asked.append(Asked.read(name, folder))
    return asked


def confidence(asked: Sequence[Asked]) -> dict[str, Figure]:
    """How well the confidence separates what is answered from what is not, over all sets."""
    return separation(*((one.cases, one.replies) for one in asked))


def check(asked: Sequence[Asked]) -> None:
    """End the program when `benchmarks/quality/score.py` finds another value for any of its figures."""
    pairs = [str(path) for one in asked for path in (one.questions, one.answers)]
    scorer = [sys.executable, str(Path(__file__).with_name("score.py")), *pairs, "--json"]
    scored = json.loads(subprocess.run(scorer, check=True, stdout=subprocess.PIPE, text=True).stdout)
    own: dict[str, Mapping[str, Figure]] = {str(one.questions): one.table.figures for one in asked}
    own["confidence"] = confidence(asked)
    for name, figures in scored.items():
        for measure, value in figures.items():
            if measure not in own[name] or abs(own[name][measure].value - value) > 1e-9:
                sys.exit(f"score.py says {value} for {measure} of {name}; qa.evaluation.metrics does not.")
