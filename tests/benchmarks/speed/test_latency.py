"""The measurement of how long questions take."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from benchmarks.speed import latency
from benchmarks.speed.latency import Row
from vectorstore import Filters


def test_every_kind_of_filter_gets_a_row(seeds_library: Path, capsys: pytest.CaptureFixture[str]) -> None:
    latency.main([str(seeds_library), "--each", "2"])
    printed = capsys.readouterr().out.splitlines()
    assert printed[0] == "249 papers; 2 questions a row"
    table = [[cell.strip() for cell in line.strip("|").split("|")] for line in printed if line.startswith("| ")]
    assert table[0] == list(latency.HEADS)
    assert [row[0] for row in table[1:]] == [*latency.kinds({"cs.CV": 1}, {"2020-10": 1})]
    assert table[1][1] == "249"
    assert all(cell.replace(",", "").isdigit() for row in table[1:] for cell in row[1:])


def test_each_question_of_a_row_can_have_a_filter_of_its_own() -> None:
    several = latency.kinds({"cs.LG": 3, "cs.RO": 2}, {"2020-11": 5, "2020-12": 9})
    assert several["another category each"] == [Filters(categories=("cs.LG",)), Filters(categories=("cs.RO",))]
    december, november = several["another month each"]
    assert (december.since, december.until) == (date(2020, 12, 1), date(2020, 12, 31))
    assert (november.since, november.until) == (date(2020, 11, 1), date(2020, 11, 30))
    assert several["cs.LG in 2020"] == [several["another category and year each"][5]]


def test_a_row_shows_milliseconds_of_clock_and_processor() -> None:
    row = Row("cs.RO", 10712, (0.4, *(0.05,) * 99), (0.02,) * 100, 960.4)
    assert row.cells == ("cs.RO", "10,712", "50", "50", "20", "20", "400", "960")


def test_no_question_is_asked_twice() -> None:
    asked = latency.asked(200)
    assert len(set(asked)) == len(asked) == 200
