"""What may be asked of arXiv, and how it is put in arXiv's query language."""

from __future__ import annotations

import pytest

from vectorstore.errors import InputError
from vectorstore.ingest.arxiv.query import ArxivQuery


@pytest.mark.parametrize(
    ("words", "query"),
    [
        ("arxiv:cs.CV", "cat:cs.CV"),
        ("arXiv:cond-mat.dis-nn", "cat:cond-mat.dis-nn"),
        ("arxiv:CS.cv", "cat:cs.CV"),
        ("arxiv:q-bio.NC", "cat:q-bio.NC"),
        ("arxiv:astro-ph", "(cat:astro-ph OR cat:astro-ph.*)"),
        ("arxiv:au:Kaiming He", 'au:"Kaiming He"'),
        ("arxiv:au:he_k", "au:he_k"),
        ("arxiv:ti:matting AND cat:cs.CV", "ti:matting AND cat:cs.CV"),
        ('arxiv: all:"image matting"  ANDNOT (cat:cs.LG)', 'all:"image matting" ANDNOT (cat:cs.LG)'),
    ],
)
def test_categories_archives_and_queries(words: str, query: str) -> None:
    wish = ArxivQuery.read(words)
    assert (wish.query, wish.ids) == (query, ())


def test_categories_of_their_own_narrow_a_query_or_are_one() -> None:
    assert ArxivQuery.read("arxiv:au:he_k", ["cs.CV", "eess"]).query == (
        "(au:he_k) AND (cat:cs.CV OR (cat:eess OR cat:eess.*))"
    )
    assert ArxivQuery.read("arxiv:", ["cs.CV", "cs.LG"]) == ArxivQuery("arxiv:cs.CV cs.LG", "cat:cs.CV OR cat:cs.LG")


@pytest.mark.parametrize("words", ["2009.14376", "arxiv:2009.14376v2", "arxiv:https://arxiv.org/abs/2009.14376"])
def test_an_id_is_a_paper(words: str) -> None:
    assert ArxivQuery.read(words).ids == ("2009.14376",)


@pytest.mark.parametrize("words", ["arxiv:", "arxiv:zebras", "arxiv:how do zebras see?", "arxiv:cs.CV!"])
def test_what_arxiv_cannot_be_asked_is_refused_with_examples(words: str) -> None:
    with pytest.raises(InputError, match=r"Name a category \(arxiv:cs.CV\)"):
        ArxivQuery.read(words)


def test_a_category_that_is_none_is_refused() -> None:
    with pytest.raises(InputError, match="'cs CV' is no category of arXiv"):
        ArxivQuery.read("arxiv:au:he_k", ["cs CV"])
