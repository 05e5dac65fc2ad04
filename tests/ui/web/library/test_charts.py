"""Bars: what is drawn, and the same in words."""

from __future__ import annotations

import re

from tests.ui.web.reading import Reader
from ui.web.library import charts


def heights(html: str) -> list[float]:
    return [float(height) for height in re.findall(r"height:([\d.]+)%", html)]


def test_months_without_papers_have_their_place() -> None:
    html = charts.months({"2020-11": 50, "2021-02": 100})
    assert heights(html) == [50.0, 0.0, 0.0, 100.0]
    read = Reader(html)
    assert dict(read.attributes)["aria-label"] == (
        "Papers a month from November 2020 to February 2021; the most in February 2021, 100."
    )
    assert "Month" in read.text
    assert "November 202050February 2021100" in read.text  # the table, without months that have none


def test_a_long_time_is_drawn_by_year() -> None:
    counts = {f"{year}-{month:02}": 1 for year in range(1998, 2021) for month in (1, 7)}
    html = charts.months(counts)
    assert len(heights(html)) == 23
    assert "Papers a year from 1998 to 2020; the most in 1998, 2." in str(Reader(html).attributes)


def test_one_paper_among_many_can_still_be_seen() -> None:
    assert heights(charts.months({"2020-01": 1, "2020-02": 10_000})) == [2.0, 100.0]


def test_the_axis_names_months_and_over_several_years_the_years() -> None:
    def axis(html: str) -> list[str]:
        return re.findall(r"<span style=[^>]*>([^<]*)</span>", html)

    assert axis(charts.months({"2020-11": 1, "2021-01": 1})) == ["Nov 2020", "Dec 2020", "Jan 2021"]
    assert axis(charts.months({"2018-06": 1, "2020-12": 1})) == ["Jun 2018", "2019", "2020"]


def test_nothing_is_drawn_of_nothing() -> None:
    assert charts.months({}) == ""
    assert charts.ranked({}) == ""


def test_the_first_names_are_shown_and_the_others_can_be_opened() -> None:
    html = charts.ranked({f"cs.{letter}": count for count, letter in enumerate("ABCDE", 1)} | {"<b>": 6}, shown=2)
    shown, _, folded = html.partition("<details>")
    assert Reader(shown).text == "<b>6cs.E5"
    assert "4 more" in folded
    assert "b" not in Reader(html).tags
