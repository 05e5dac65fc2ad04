"""The sentences that the checker of citations is measured with."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from benchmarks import report
from benchmarks.citations import checks
from benchmarks.citations.cases import WRITTEN, Case, Maker, written
from qa.attribution.checker import Checked
from vectorstore import Paper


@pytest.fixture(scope="module")
def papers() -> list[Paper]:
    return checks.seeds()


def test_the_same_seed_makes_the_same_cases(papers: list[Paper]) -> None:
    def made() -> list[Case]:
        maker = Maker(papers[:60], 1)
        return [*maker.supported(2), *maker.corrupted(2)]

    cases = made()
    assert cases == made()
    assert len({case.kind for case in cases}) == 26
    for case in cases:
        assert all(1 <= n <= len(case.papers) for n in case.right)
        assert case.true or case.wrong or not case.right or case.kind != "wrong mark, right paper not given"


def test_there_are_a_thousand_of_each(papers: list[Paper]) -> None:
    maker = Maker(papers, checks.SEED)
    assert len(list(maker.supported(checks.EACH, written()))) >= 1000
    assert len(list(maker.corrupted(checks.EACH))) >= 1000


def test_what_is_written_by_hand_names_its_source(papers: list[Paper]) -> None:
    by_id = {paper.arxiv_id: paper for paper in papers}
    rows = [json.loads(line) for line in WRITTEN.read_text(encoding="utf-8").splitlines()]
    assert len(rows) >= 100
    for row in rows:
        assert row["source"] in by_id[row["arxiv_id"]].abstract
        assert row["text"] != row["source"]


def test_what_counts_as_kept_and_as_caught() -> None:
    good = Checked("It is.", 0, 6, (1,))
    bad = replace(good, supported=False)
    true = Case("k", True, "It is [1].", (), frozenset([1]))
    assert checks.right(true, [good])
    assert not checks.right(true, [bad])
    assert not checks.right(true, [replace(good, citations=(2,))])
    false = replace(true, true=False)
    assert checks.right(false, [bad])
    assert not checks.right(false, [good])
    moved = replace(false, wrong=2)
    assert checks.right(moved, [good])
    assert not checks.right(moved, [replace(good, citations=(2,))])
    assert not checks.right(moved, [replace(good, citations=(1, 2))])


def test_the_table_tells_kinds_and_goals() -> None:
    true = Case("verbatim", True, "", (), frozenset())
    false = Case("number", False, "", (), frozenset())
    drawn = checks.table([true, true, false], [True, False, True])
    assert "| verbatim | 2     | –      | 0.500" in drawn
    assert "0.500 (0.000 to 1.000): not met" in drawn
    assert "| number   | 1     | ≥ 0.99 | 1.000 (1.000 to 1.000)" in drawn
    assert report.MEASUREMENTS.read_text(encoding="utf-8").count("<!-- eval:citations -->\n") == 1
