"""The tables of the measurements, and their way into the docs."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import report
from benchmarks.report import Goal, Row
from qa.evaluation.bootstrap import Figure

PAGE = """# Measurements

Prose with a <!-- comment -->.

<!-- eval:seeds -->
old
<!-- /eval -->

More prose.

<!-- eval:category -->
<!-- /eval -->
"""


def test_a_table_goes_between_its_markers_and_nowhere_else(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(PAGE, encoding="utf-8")
    report.write("category", r"a \1 table", page)
    report.write("seeds", "new", page)
    report.write("seeds", "newer", page)
    expected = PAGE.replace("\nold\n", "\n\nnewer\n\n").replace(
        "<!-- eval:category -->\n", "<!-- eval:category -->\n\na \\1 table\n\n"
    )
    assert page.read_text(encoding="utf-8") == expected


@pytest.mark.parametrize("text", ["", PAGE + PAGE, PAGE.replace("seeds -->", "seeds --> ")])
def test_a_page_without_the_markers_is_left_alone(tmp_path: Path, text: str) -> None:
    page = tmp_path / "page.md"
    page.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match="eval:seeds"):
        report.write("seeds", "new", page)
    assert page.read_text(encoding="utf-8") == text


def test_the_docs_have_a_place_for_each_table() -> None:
    page = report.MEASUREMENTS.read_text(encoding="utf-8")
    for name in ("seeds", "category", "ablation-seeds", "ablation-category"):
        assert page.count(f"<!-- eval:{name} -->\n") == 1


def test_a_table_is_aligned_and_says_a_set_once() -> None:
    drawn = report.table(["set", "measure"], [["seeds, 125", "mrr"], ["seeds, 125", "cited first"], ["lists", "f1"]])
    assert drawn.splitlines() == [
        "| set        | measure     |",
        "|------------|-------------|",
        "| seeds, 125 | mrr         |",
        "|            | cited first |",
        "| lists      | f1          |",
    ]


def test_a_row_says_its_interval_and_whether_its_goal_is_met() -> None:
    met = Row("s", "cited", Figure(0.95, 0.9, 0.98, 100), Goal(0.94), (Figure(0.8), None))
    assert met.cells == ("s", "cited", "≥ 0.94", "0.950 (0.900 to 0.980)", "0.800", "–")
    assert Row("s", "p50 ms", Figure(81.24), Goal(80, most=True)).cells[2:] == ("≤ 80", "81.2: not met")
    assert Row("s", "mrr", Figure(0.5)).cells[2:] == ("–", "0.500")


def test_a_goal_may_be_a_multiple_of_the_better_plain_pipeline() -> None:
    figures = {"ndcg@20": Figure(0.3, 0.25, 0.35, 33)}
    beside = [{"ndcg@20": Figure(0.28)}, {"ndcg@20": Figure(0.2)}, {"ndcg@20": Figure(0.15)}]
    goals = {"ndcg@20": Goal(1.3, times=True)}
    (all_plain,) = report.rows("topics", figures, goals, beside, beside)
    (without_own,) = report.rows("topics", figures, goals, beside, beside[1:])
    assert all_plain.cells[2:4] == ("≥ 1.3 × the better", "0.300 (0.250 to 0.350), 1.07 ×: not met")
    assert without_own.cells[3] == "0.300 (0.250 to 0.350), 1.50 ×"
    assert without_own.cells[4:] == ("0.280", "0.200", "0.150")
