"""The table over the full-text index: what is found while it is typed, the orders, and the pages."""

from __future__ import annotations

import random
from datetime import date
from pathlib import Path

import pytest

from vectorstore import Filters, InputError, Paper
from vectorstore.index.fulltext import FullText
from vectorstore.index.paging import Order

TITLES = (
    "Zebra crossings",
    "a view of pruning",
    "$\\alpha$-Matting",
    "Éclairs in the wild",
    "Image segmentation",
    "生物",
)


@pytest.fixture
def index(tmp_path: Path) -> FullText:
    index = FullText(tmp_path / "fulltext")
    papers = [
        Paper(
            f"2001.0000{number}",
            title,
            "Nothing." if number else "Generalization across cities; segmentations of roads.",
            authors=authors,
            listed=date(2020, 1, number + 1),
        )
        for number, (title, authors) in enumerate(
            zip(
                TITLES,
                (("Ana Zorn",), ("Bo van Abel", "Ana Zorn"), (), ("Øyvind Åberg",), ("Kaiming He",), ("Wei Li",)),
                strict=True,
            )
        )
    ]
    index.write(((paper, 1) for paper in papers), 1)
    return index


def found(index: FullText, typed: str, order: Order = "listed", descending: bool = False, **span: int) -> str:
    _, ids = index.page(typed, Filters(), order, descending, span.get("offset", 0), span.get("limit", 10))
    return "".join(arxiv_id[-1] for arxiv_id in ids)


@pytest.mark.parametrize(
    ("typed", "papers"),
    [
        ("", "012345"),
        ("  ", "012345"),
        ("segm", "04"),
        ("segmentati", "04"),
        ("segmentation", "04"),
        ("image segm", "4"),
        ("generaliz", "0"),
        ("gener", "0"),
        ("general ", "0"),
        ("kaim", "4"),
        ("zorn ana", "01"),
        ("kaiming pruning", ""),
        ("eclair", "3"),
        ("alpha mat", "2"),
        ("2001.0000", "012345"),
        ("arXiv:2001.00003v2", "3"),
        ("2001.00003 ", "3"),
        ("???", ""),
        ("the ", "3"),
        ("segm ", ""),
    ],
)
def test_a_paper_is_found_while_its_words_are_typed(index: FullText, typed: str, papers: str) -> None:
    assert found(index, typed) == papers


def test_papers_are_sorted_as_a_reader_expects(index: FullText) -> None:
    assert found(index, "", "title") == "123405"  # α is "alpha"; what has no letters of ours comes last
    assert found(index, "", "title", descending=True) == "504321"
    assert found(index, "", "authors") == "134502"  # Abel, Åberg, He, Li, Zorn, nobody
    assert found(index, "", "listed", descending=True) == "543210"


def test_pages_follow_on_in_every_order_even_where_titles_begin_the_same(tmp_path: Path) -> None:
    index = FullText(tmp_path / "fulltext")
    chosen = random.Random(1)
    words = "deep learning for the image of a network".split()
    papers = [
        Paper(f"2001.{n:05}", " ".join(chosen.choices(words, k=9)), "", authors=(chosen.choice(words),))
        for n in range(300)
    ]
    index.write(((paper, 1) for paper in papers), 1)
    expected = [p.arxiv_id for p in sorted(papers, key=lambda p: (p.title[:36], -int(p.arxiv_id[5:])))]
    for descending in (False, True):
        for order in ("title", "authors", "listed"):
            whole = index.page("", Filters(), order, descending, 0, 300)[1]  # type: ignore[arg-type]
            parts = [index.page("", Filters(), order, descending, at, 7)[1] for at in range(0, 307, 7)]  # type: ignore[arg-type]
            assert [arxiv_id for part in parts for arxiv_id in part] == whole
            assert sorted(whole) == [paper.arxiv_id for paper in papers]
    assert index.page("", Filters(), "title", False, 0, 300)[1] == expected


def test_a_page_behind_the_end_is_empty_and_says_how_many_there_are(index: FullText) -> None:
    for order in ("title", "authors", "listed", "relevance"):
        assert index.page("", Filters(), order, False, 10**9, 50) == (6, [])  # type: ignore[arg-type]


@pytest.mark.parametrize(("order", "offset", "limit"), [("size", 0, 1), ("title", -1, 1), ("title", 0, 0)])
def test_a_page_that_cannot_be_made_is_refused(index: FullText, order: Order, offset: int, limit: int) -> None:
    with pytest.raises(InputError):
        index.page("", Filters(), order, False, offset, limit)
