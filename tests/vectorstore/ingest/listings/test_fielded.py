"""The fielded export."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vectorstore.ingest.listings.writing import DAYS, fielded, fielded_papers
from vectorstore import Paper, Reject, Source
from vectorstore.ingest.listings import read_listing

RECORD = """\
# Arxiv Papers in cs.CV on 2020-09-30
### Toward Utility
- **Arxiv ID**: http://arxiv.org/abs/2009.14376v2
- **DOI**: 10.1/x 10.1/x
- **Categories**: eess.IV, **cs.CV**, 68U10,
  I.4.7; I.5.2
- **Links**: [PDF](http://arxiv.org/pdf/2009.14376v2)
- **Published**: 2020-09-30 01:25:00+00:00
- **Updated**: 2020-10-17T18:27:59+02:00
- **Authors**: Ana Müller, Yasin N. Silva
- **Comment**: Accepted at
  a conference, see
  https://example.org
- **Journal**: None
- **Summary**: We use ### and - **DOI**: in $x_i$ with \\emph{care}
and go on &amp; on.



"""


def one(path: Path, text: str) -> Paper | Reject:
    path.write_text(text, encoding="utf-8")
    (result,) = read_listing(path)
    return result


def test_everything_that_a_record_states_becomes_a_field(tmp_path: Path) -> None:
    assert one(tmp_path / "x.md", RECORD) == Paper(
        "2009.14376",
        "Toward Utility",
        r"We use ### and - **DOI**: in $x_i$ with \emph{care} and go on & on.",
        version=2,
        listed=date(2020, 9, 30),
        authors=("Ana Müller", "Yasin N. Silva"),
        categories=("cs.CV", "eess.IV", "68U10", "I.4.7; I.5.2"),
        published=datetime(2020, 9, 30, 1, 25, tzinfo=UTC),
        updated=datetime(2020, 10, 17, 16, 27, 59, tzinfo=UTC),
        doi="10.1/x",
        comment="Accepted at a conference, see https://example.org",
        sources=(Source("x.md", 2, date(2020, 9, 30), "cs.CV"),),
    )


@given(st.lists(fielded_papers(), max_size=5), st.none() | DAYS)
def test_papers_written_as_an_export_read_back_as_they_were(
    tmp_path_factory: pytest.TempPathFactory, papers: list[Paper], day: date | None
) -> None:
    path = tmp_path_factory.getbasetemp() / "written-export.md"
    path.write_text("\n".join(fielded(papers, day)) + "\n", encoding="utf-8")
    found = [paper for paper in read_listing(path) if isinstance(paper, Paper)]
    assert found == [
        replace(paper, listed=day, sources=(Source(path.name, 14 * n + 2, day, "cs.CV"),))
        for n, paper in enumerate(papers)
    ]


@pytest.mark.parametrize("name", ["DOI", "Categories", "Published", "Updated", "Authors", "Comment", "Journal"])
def test_none_and_an_empty_value_mean_absent(tmp_path: Path, name: str) -> None:
    for value in ("None", ""):
        text = re.sub(rf"^- \*\*{name}\*\*:.*\n(?:  .*\n)*", f"- **{name}**: {value}\n", RECORD, flags=re.M)
        paper = one(tmp_path / "x.md", text)
        assert isinstance(paper, Paper)
        assert getattr(paper, name.lower()) in (None, ())


def test_an_old_id_is_an_id(tmp_path: Path) -> None:
    paper = one(tmp_path / "x.md", RECORD.replace("2009.14376v2", "quant-ph/9802028v1"))
    assert isinstance(paper, Paper)
    assert paper.versioned_id == "quant-ph/9802028v1"


def test_a_title_over_two_lines_is_one(tmp_path: Path) -> None:
    paper = one(tmp_path / "x.md", RECORD.replace("Toward Utility", "Toward\n  Utility"))
    assert isinstance(paper, Paper)
    assert paper.title == "Toward Utility"


@pytest.mark.parametrize(
    ("was", "becomes", "reason"),
    [
        (
            "http://arxiv.org/abs/2009.14376v2\n- **DOI",
            "http://arxiv.org/abs/2009\n- **DOI",
            "'http://arxiv.org/abs/2009'",
        ),
        ("- **Arxiv ID**: http://arxiv.org/abs/2009.14376v2\n", "", "has no Arxiv ID"),
        ("### Toward Utility", "### ", "has no title"),
        ("### Toward Utility\n", "", "has no heading, so no title"),
        ("We use ### and - **DOI**: in $x_i$ with \\emph{care}\nand go on &amp; on.", "None", "has no abstract"),
        ("2020-09-30 01:25:00+00:00", "yesterday", "its Published is not a time: 'yesterday'"),
    ],
)
def test_a_record_that_cannot_be_used_is_refused_and_its_neighbours_are_not(
    tmp_path: Path, was: str, becomes: str, reason: str
) -> None:
    assert was in RECORD
    heading, good = RECORD.split("\n", 1)
    bad = good.replace(was, becomes)
    path = tmp_path / "x.md"
    path.write_text(f"{heading}\n{good}{bad}{good}", encoding="utf-8")
    before, refusal, after = read_listing(path)
    assert isinstance(before, Paper)
    assert isinstance(after, Paper)
    assert (before.title, before.abstract) == (after.title, after.abstract)
    assert isinstance(refusal, Reject)
    assert (refusal.line, refusal.kind) == (20, "record")
    assert reason in refusal.reason
