"""The numbered digest, in both its variants."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vectorstore.ingest.listings.writing import DAYS, digest, digest_papers
from vectorstore import Paper, Reject, Source
from vectorstore.ingest.listings import read_listing


def only(path: Path, text: str) -> Paper | Reject:
    path.write_text(text, encoding="utf-8")
    (result,) = read_listing(path)
    return result


@pytest.mark.parametrize("label", ["pdf", ":arrow_down:"])
def test_a_record_gives_id_title_abstract_date_and_place(tmp_path: Path, label: str) -> None:
    paper = only(
        tmp_path / "digest.txt",
        f"# ArXiv cs.CV --Wed, 7 Oct 2020\n### 12.3D [Re]construction  [ {label} ](https://arxiv.org/pdf/2010.02893.pdf)\n"
        ">  The abstract. \n",
    )
    day = date(2020, 10, 7)
    expected = Paper("2010.02893", "3D [Re]construction", "The abstract.", listed=day)
    assert paper == replace(expected, sources=(Source("digest.txt", 2, day, "cs.CV"),))


@given(st.lists(digest_papers(), max_size=6), st.none() | DAYS, st.sampled_from(["pdf", ":arrow_down:"]))
def test_papers_written_as_a_digest_read_back_as_they_were(
    tmp_path_factory: pytest.TempPathFactory, papers: list[Paper], day: date | None, label: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "written-digest.txt"
    path.write_text("\n".join(digest(papers, day, label)) + "\n", encoding="utf-8")
    found = [paper for paper in read_listing(path) if isinstance(paper, Paper)]
    assert found == [
        replace(paper, listed=day, sources=(Source(path.name, 2 * n + 2, day, "cs.CV"),))
        for n, paper in enumerate(papers)
    ]


@pytest.mark.parametrize(
    ("link", "versioned_id"),
    [
        ("https://arxiv.org/pdf/cs/9810003.pdf", "cs/9810003"),
        ("https://arxiv.org/pdf/quant-ph/9802028v1.pdf", "quant-ph/9802028v1"),
        ("https://arxiv.org/pdf/2010.02893v3.pdf", "2010.02893v3"),
        ("https://arxiv.org/pdf/2010.02893v3", "2010.02893v3"),
    ],
)
def test_old_ids_and_versions_are_read_from_the_link(tmp_path: Path, link: str, versioned_id: str) -> None:
    paper = only(tmp_path / "x.txt", f"### 1.Title  [ pdf ]({link})\n> Abstract.\n")
    assert isinstance(paper, Paper)
    assert (paper.versioned_id, paper.listed) == (versioned_id, None)


def test_html_becomes_text_and_latex_stays(tmp_path: Path) -> None:
    paper = only(
        tmp_path / "x.txt",
        "### 1.Fire &amp; Smoke  [ pdf ](https://arxiv.org/pdf/1905.11922.pdf)\n"
        '>  It&#39;s $x^2$ (p&lt;0.01), &amp;lt; naÃ¯ve. <br>See <a class="link-https" data-arxiv-id="1810.03143"'
        ' href="https://arxiv.org/abs/1810.03143">arXiv:1810.03143</a>, <a class="link-external link-https"'
        ' href="https://example.org/a&amp;b" rel="external">this https URL</a>; deep <a href="http://models.In"'
        ">this http URL</a> this work, &lt;br&gt; <k>.\n",
    )
    assert isinstance(paper, Paper)
    assert paper.title == "Fire & Smoke"
    assert paper.abstract == (
        "It's $x^2$ (p<0.01), &lt; naïve. See arXiv:1810.03143, https://example.org/a&b; deep models. In this work,"
        " <br> <k>."
    )


def test_an_abstract_over_several_lines_is_one(tmp_path: Path) -> None:
    paper = only(tmp_path / "x.txt", "### 1.T  [ pdf ](https://arxiv.org/pdf/1905.11922.pdf)\n> One\n>\n> two.\n\n")
    assert isinstance(paper, Paper)
    assert paper.abstract == "One two."


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ("### 1.T  [ pdf ](https://arxiv.org/pdf/nonsense.pdf)\n> A.", "'https://arxiv.org/pdf/nonsense.pdf' holds no"),
        ("### 1.T  [ pdf ]()\n> A.", "'' holds no arXiv id"),
        ("### 1.T\n> A.", "has no link to arXiv, so no id"),
        ("### 1.  [ pdf ](https://arxiv.org/pdf/1905.11922.pdf)\n> A.", "has no title"),
        ("### 1.T  [ pdf ](https://arxiv.org/pdf/1905.11922.pdf)\n> ", "has no abstract"),
        ("### 1.T  [ pdf ](https://arxiv.org/pdf/1905.11922.pdf)", "has no abstract"),
    ],
)
def test_a_record_without_id_title_or_abstract_is_refused_and_its_neighbours_are_not(
    tmp_path: Path, record: str, reason: str
) -> None:
    good = "### 2.Good  [ pdf ](https://arxiv.org/pdf/1905.1190{}.pdf)\n> Abstract.\n"
    path = tmp_path / "x.txt"
    path.write_text(f"# ArXiv cs.CV\n{good.format(1)}{record}\n{good.format(2)}")
    before, refusal, after = read_listing(path)
    assert isinstance(before, Paper)
    assert isinstance(after, Paper)
    assert isinstance(refusal, Reject)
    assert (refusal.file, refusal.line, refusal.kind) == (str(path), 4, "record")
    assert reason in refusal.reason
