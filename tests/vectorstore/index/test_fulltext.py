"""The full-text index: which papers each filter admits."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import tantivy

from vectorstore import Filters, LibraryError, Paper
from vectorstore.index.fulltext import FullText

PAPERS = (
    Paper("2001.00001", "A survey of pruning", "Pruning cuts weights.", comment="Accepted at ECCV 2020, 14 pages"),
    Paper(
        "2001.00002", "Pruning GANs", "We prune generators.", comment="ECCV'18 (oral)", categories=("cs.CV", "cs.LG")
    ),
    Paper("2001.00003", "Medical nets", "Lungs in CT.", journal="IEEE Trans. Pattern Anal. Mach. Intell. 12 (2019)"),
    Paper("2001.00004", "Sheep", "Counting sheep.", comment="2020 European Conference on Computer Vision (ECCV)"),
    Paper(
        "2001.00005",
        "Cows",
        "Surveying cows from drones.",
        comment="Workshop of CVPR2021",
        authors=("Ada Lovelace",),
        listed=date(2020, 1, 2),
    ),
    Paper("2001.00006", "Goats", "Goats.", authors=("Grace Hopper",), categories=("cs.RO",), listed=date(2019, 1, 2)),
)


@pytest.fixture
def index(tmp_path: Path) -> FullText:
    index = FullText(tmp_path / "fulltext")
    index.write(((paper, 1) for paper in PAPERS), 1)
    return index


def passing(index: FullText, **conditions: tuple[str, ...]) -> str:
    return "".join(sorted(paper[-1] for paper in index.newest(Filters(**conditions), None)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("venues", "papers"),
    [
        (("ECCV",), "124"),
        (("eccv 2020",), "14"),
        (("ECCV 2018",), "2"),
        (("European Conference on Computer Vision",), "124"),
        (("TPAMI",), "3"),
        (("TPAMI 2019",), "3"),
        (("CVPR 2021",), "5"),
        (("CVPR 2020", "PAMI"), "3"),
        (("ECCV", "CVPR"), "1245"),
        (("Computer",), "4"),
        (("...",), ""),
    ],
)
def test_a_venue_is_found_by_any_of_its_names_and_with_its_year(
    index: FullText, venues: tuple[str, ...], papers: str
) -> None:
    assert passing(index, venues=venues) == papers


@pytest.mark.parametrize(
    ("words", "papers"),
    [
        (("surveys",), "2346"),
        (("pruning",), "3456"),
        (("prune generators",), "13456"),
        (("GAN", "sheep"), "1356"),
        (("unheard",), "123456"),
        (("?!",), "123456"),
    ],
)
def test_papers_with_an_unwanted_word_or_phrase_are_left_out_in_any_form(
    index: FullText, words: tuple[str, ...], papers: str
) -> None:
    assert passing(index, without=words) == papers


def test_papers_of_an_unwanted_category_or_archive_are_left_out(index: FullText) -> None:
    assert passing(index, without_categories=("cs.LG",)) == "13456"
    assert passing(index, without_categories=("cs",)) == "1345"
    assert passing(index, without_categories=("cs.RO",), without=("pruning",), venues=("ECCV",)) == "4"


def test_an_author_may_be_a_choice_of_names(index: FullText) -> None:
    assert passing(index, authors=("Ada Lovelace or Grace Hopper",)) == "56"
    assert passing(index, authors=("Ada Lovelace", "Grace Hopper")) == ""


def test_searching_keeps_to_what_is_left(index: FullText) -> None:
    assert [paper for paper, _ in index.search("pruning", Filters(without=("survey",)), 5)] == ["2001.00002"]


def test_the_range_of_listing_days_follows_what_is_written(index: FullText) -> None:
    assert index.listed_range() == (date(2019, 1, 2), date(2020, 1, 2))
    index.write([(Paper("2101.00001", "New", "New.", listed=date(2021, 1, 4)), 1)], 2)
    assert index.listed_range() == (date(2019, 1, 2), date(2021, 1, 4))


def test_an_index_of_another_make_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "fulltext"
    folder.mkdir()
    tantivy.Index(tantivy.SchemaBuilder().add_text_field("text").build(), str(folder))
    with pytest.raises(LibraryError, match="derived from the record"):
        FullText(folder)


def test_a_word_is_found_in_its_other_spelling(tmp_path: Path) -> None:
    index = FullText(tmp_path / "fulltext")
    american = Paper("2001.00009", "Color quantization", "Gray tumors, analyzed.")
    index.write([(american, 1), (PAPERS[0], 1)], 1)
    for question in ("colour", "quantisation", "grey", "tumours", "analysing"):
        assert [paper for paper, _ in index.search(question, Filters(), 5)] == ["2001.00009"], question
        assert index.scores(question, ["2001.00009"])


def test_a_mistyped_word_is_forgiven_where_so_many_papers_would_have_it(tmp_path: Path) -> None:
    index = FullText(tmp_path / "fulltext")
    many = [Paper(f"2002.{number:05}", "Filler", "Nothing to see.") for number in range(1, 2001)]
    index.write([(paper, 1) for paper in PAPERS], 1)
    assert not index.search("seeg prunning", Filters(), 5)  # a small library just does not have the word
    index.write([(paper, 1) for paper in many], 2)
    assert {paper for paper, _ in index.search("prunning", Filters(), 5)} == {"2001.00001", "2001.00002"}
    assert {paper for paper, _ in index.search("shepe", Filters(), 5)} == {"2001.00004"}
    assert not index.search("Prunet", Filters(), 5)  # a name


def test_papers_a_month_are_counted_without_those_that_have_no_date(index: FullText) -> None:
    assert index.months(Filters()) == {"2019-01": 1, "2020-01": 1}
    assert index.months(Filters(authors=("Lovelace",))) == {"2020-01": 1}
    assert index.months(Filters(categories=("cs.LG",))) == {}


def test_a_commit_that_was_cut_off_does_not_hinder_the_next(tmp_path: Path) -> None:
    index = FullText(tmp_path / "fulltext")
    index.write([(paper, 1) for paper in PAPERS], 1)
    before = (tmp_path / "fulltext" / "meta.json").read_bytes()
    index.write([(PAPERS[0], 1)], 2)
    (tmp_path / "fulltext" / "meta.json").write_bytes(before)  # its files are there, and it was not heard of
    again = FullText(tmp_path / "fulltext")
    again.write([(PAPERS[0], 1)], 2)
    assert (again.papers, again.generation) == (len(PAPERS), 2)
