"""Check the checker of citations over the papers of `seeds/`, and write the table to `docs/measurements.md`.

    python -m benchmarks.citations.checks [--misses]

True sentences must be kept, with a mark on their paper; false ones must be caught. Deterministic; the sentences are
made by rules from the abstracts (`cases.py`), but for those of `citations/paraphrases.jsonl`, written by hand.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks import ROOT, report
from benchmarks.citations.cases import Case, Maker, written
from benchmarks.report import Goal
from qa.attribution.checker import Checked, check_citations
from qa.evaluation.bootstrap import ratio
from vectorstore import Paper
from vectorstore.ingest import find_listings, listings

SEEDS = ROOT / "seeds"
EACH = 100  # cases of a kind
SEED = 20
KEPT, CAUGHT, SWAPPED = Goal(0.95), Goal(0.90), Goal(0.99)
_SWAPS = ("number", "name")
_TIMED = 6, 8  # sentences of an answer, papers given


def seeds() -> list[Paper]:
    """The papers of `seeds/`."""
    found: dict[str, Paper] = {}
    for file in find_listings([SEEDS]):
        for record in listings.read_listing(file) if isinstance(file, Path) else ():
            if isinstance(record, Paper):
                found.setdefault(record.arxiv_id, record)
    return list(found.values())


def right(case: Case, checked: Sequence[Checked]) -> bool:
    """Whether a true sentence was kept, or a false one caught.

    A true one is kept when all of it counts as supported and its papers are cited. A false one is caught when some of
    it counts as unsupported; one whose only fault is its mark, also when the mark was moved to the right paper.
    """
    cited = {n for sentence in checked for n in sentence.citations}
    supported = bool(checked) and all(sentence.supported for sentence in checked)
    if case.true:
        return supported and case.right <= cited
    return not supported or (case.wrong != 0 and case.right <= cited and case.wrong not in cited)


def table(cases: Sequence[Case], found: Sequence[bool]) -> str:
    """What was kept and caught, kind by kind, as a Markdown table."""
    rows: list[list[str]] = []
    for true, name, goal in ((True, "kept", KEPT), (False, "caught", CAUGHT)):
        part = [(case.kind, ok) for case, ok in zip(cases, found, strict=True) if case.true == true]
        for kind in ("all", *dict.fromkeys(kind for kind, _ in part)):
            values = [float(ok) for own, ok in part if kind in ("all", own)]
            own_goal = goal if kind == "all" else SWAPPED if kind in _SWAPS and not true else None
            figure = ratio(values)
            measured = f"{figure.value:.3f} ({figure.low:.3f} to {figure.high:.3f})"
            if own_goal and not own_goal.met(figure.value, None):
                measured += ": not met"
            goal_said = str(own_goal) if own_goal else "–"
            rows.append(
                [f"{'supported' if true else 'corrupted'}, {name}", kind, str(len(values)), goal_said, measured]
            )
    return report.table(["sentences", "kind", "cases", "goal", "measured (95 % interval)"], rows)


def milliseconds(papers: Sequence[Paper]) -> float:
    """How long an answer takes one core to be checked, its papers seen for the first time."""
    sentences, given = _TIMED
    answers = []
    for start in range(0, len(papers) - given, given):
        shown = papers[start : start + given]
        quoted = [paper.abstract.split(". ")[0].rstrip(".") for paper in shown[:sentences]]
        answers.append((" ".join(f"{text} [{n}]." for n, text in enumerate(quoted, 1)), shown))
    check_citations(*answers[0])  # the word tables are read once a process
    taken = []
    for text, shown in answers[1:]:
        begin = time.process_time()
        check_citations(text, shown)
        taken.append(1000 * (time.process_time() - begin))
    return sorted(taken)[len(taken) // 2]


def main() -> None:
    """Make, check, print and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--misses", action="store_true", help="print how many were missed of each kind, and why")
    given = parser.parse_args()
    papers = seeds()
    taken = milliseconds(papers)
    maker = Maker(papers, SEED)
    cases = [*maker.supported(EACH, written()), *maker.corrupted(EACH)]
    checked = [check_citations(case.text, case.papers) for case in cases]
    found = [right(case, sentences) for case, sentences in zip(cases, checked, strict=True)]
    if given.misses:
        for case, sentences, ok in zip(cases, checked, found, strict=True):
            if case.true and not ok:
                print(case.kind, *(reason for sentence in sentences for reason in sentence.reasons), sep=" | ")
    sentences, shown = _TIMED
    text = (
        f"{len(papers)} papers, seed {SEED}; an answer of {sentences} sentences over {shown} abstracts takes"
        f" {taken:.0f} ms of one core.\n\n" + table(cases, found)
    )
    print(text)
    report.write("citations", text)


if __name__ == "__main__":
    main()
