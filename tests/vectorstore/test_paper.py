"""Paper and what follows from an arXiv id."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vectorstore import Paper, Source


def test_links_carry_the_version_where_it_is_known() -> None:
    paper = Paper("2009.14376", "T", "A", version=2)
    assert (paper.versioned_id, paper.url) == ("2009.14376v2", "https://arxiv.org/abs/2009.14376v2")
    assert paper.pdf_url == "https://arxiv.org/pdf/2009.14376v2"
    assert Paper("cs/9810003", "T", "A").url == "https://arxiv.org/abs/cs/9810003"


@pytest.mark.parametrize(
    ("arxiv_id", "year"),
    [("2009.14376", 2020), ("0704.1267", 2007), ("cs/9810003", 1998), ("hep-th/9108001", 1991), ("math/0309136", 2003)],
)
def test_the_year_is_read_from_the_id_unless_stated(arxiv_id: str, year: int) -> None:
    assert Paper(arxiv_id, "T", "A").year == year
    assert Paper(arxiv_id, "T", "A", published=datetime(2001, 2, 3, tzinfo=UTC)).year == 2001


@given(st.lists(st.text(), max_size=3))
def test_a_bibtex_key_is_plain_whatever_the_names(names: list[str]) -> None:
    key = Paper("math/0309136", "T", "A", authors=tuple(names)).bibtex_key
    assert re.fullmatch(r"[a-z]+2003-math-0309136", key)


def test_json_holds_every_field_in_plain_values() -> None:
    paper = Paper(
        "2009.14376",
        "T",
        "A",
        version=2,
        listed=date(2020, 9, 30),
        authors=("A B",),
        categories=("cs.CV",),
        published=datetime(2020, 9, 30, 1, 25, tzinfo=UTC),
        sources=(Source("x.txt", 17, date(2020, 9, 30)), Source("y.txt", 2)),
    )
    row = json.loads(json.dumps(paper.to_json()))
    assert row["published"] == "2020-09-30T01:25:00+00:00"
    assert (row["listed"], row["updated"], row["authors"]) == ("2020-09-30", None, ["A B"])
    assert row["sources"][1] == {"file": "y.txt", "line": 2, "listed": None, "category": None}
    assert set(row) == {
        *("arxiv_id", "version", "title", "abstract", "authors", "categories", "listed", "published", "updated"),
        *("doi", "journal", "comment", "withdrawn", "replaced", "url", "pdf_url", "sources"),
    }


@pytest.mark.parametrize(
    ("paper", "standing"),
    [
        (Paper("2009.14376", "T", "A"), ""),
        (Paper("2009.14376", "T", "A", version=1), ""),
        (Paper("2009.14376", "T", "A", version=2), "replaced"),
        (Paper("2009.14376", "T", "A", version=2, updated=datetime(2020, 10, 17, tzinfo=UTC)), "replaced 2020-10-17"),
        (Paper("2009.14376", "T", "A", version=2, comment="Withdrawn by arXiv admins"), "withdrawn"),
        (Paper("2009.14376", "T", "This paper has been withdrawn."), "withdrawn"),
    ],
)
def test_what_a_reader_should_know_before_relying_on_it_is_said(paper: Paper, standing: str) -> None:
    assert paper.standing == standing
    assert paper.to_json()["withdrawn"] is (standing == "withdrawn")
    assert paper.to_json()["replaced"] is (paper.version == 2)


def test_a_source_without_a_line_is_its_file() -> None:
    assert (Source("x.txt", 12).place, Source("arXiv API", 0).place) == ("x.txt:12", "arXiv API")
