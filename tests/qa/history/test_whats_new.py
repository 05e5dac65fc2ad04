"""What is new since a visit, and saved questions asked again over it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from qa.assistant import Assistant
from qa.history.models import SavedQuestion, Visit
from qa.history.store import Store
from qa.history.whats_new import News, ask_again, keep_visit, new_papers
from vectorstore import Filters, Paper
from vectorstore.library import Library

OLD, NEWEST, LATER = date(2020, 10, 7), date(2020, 12, 24), date(2020, 12, 25)
NOW = datetime(2026, 11, 20, tzinfo=UTC)
STAINS = "We propose a stain normalization network with only 1.28K parameters. It normalizes the colors of slides."
EVENTS = "We track a camera with an event camera at high speed. The tracker rejects outliers very fast."


def _paper(number: int, listed: date | None, title: str = "On stains", abstract: str = STAINS) -> Paper:
    return Paper(f"2012.{number:05}", f"{title} {number}", abstract, listed=listed, categories=("cs.CV",))


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """Two days of listings, and one paper without a date; read it only."""
    with Library.open(tmp_path_factory.mktemp("news") / "library", create=True) as opened:
        opened.ingest(
            [
                _paper(1, OLD),
                _paper(2, NEWEST),
                _paper(3, NEWEST, "Event cameras", EVENTS),
                _paper(4, None, "Without a date"),
            ]
        )
        yield opened


def _ids(library: Library, found: News, given: Filters = Filters()) -> list[str]:
    filters = found.within(given)
    return [] if filters is None else sorted(paper.arxiv_id for paper in library.papers(filters))


def test_at_the_first_visit_the_newest_listing_is_new(library: Library) -> None:
    found = new_papers(library, None)
    assert (found.newest, found.newer, found.total) == (NEWEST, False, 2)
    assert _ids(library, found) == ["2012.00002", "2012.00003"]


def test_papers_of_later_listings_are_new(library: Library) -> None:
    found = new_papers(library, Visit(NOW, OLD, frozenset({"2012.00001"})))
    assert (found.newest, found.newer, found.total) == (NEWEST, True, 2)
    assert _ids(library, found) == ["2012.00002", "2012.00003"]


def test_where_nothing_is_newer_the_newest_listing_is_shown_again(library: Library) -> None:
    found = new_papers(library, Visit(NOW, NEWEST, frozenset({"2012.00002", "2012.00003"})))
    assert (found.newer, found.total) == (False, 2)
    assert _ids(library, found) == ["2012.00002", "2012.00003"]
    # A library that was made again from fewer listings has nothing newer either.
    assert not new_papers(library, Visit(NOW, date(2021, 1, 1))).newer


def test_papers_of_a_day_that_was_seen_are_new_when_they_were_added_since(library: Library) -> None:
    found = new_papers(library, Visit(NOW, NEWEST, frozenset({"2012.00002"})))
    assert (found.newer, found.total) == (True, 1)
    assert _ids(library, found) == ["2012.00003"]
    assert _ids(library, new_papers(library, Visit(NOW, OLD, frozenset({"2012.99999"})))) == [
        "2012.00001",
        "2012.00002",
        "2012.00003",
    ]


def test_after_a_visit_to_a_library_without_dates_all_with_a_date_are_new(library: Library) -> None:
    found = new_papers(library, Visit(NOW, None))
    assert (found.newer, found.total) == (True, 3)


def test_other_filters_narrow_what_is_new(library: Library) -> None:
    everything = new_papers(library, Visit(NOW, OLD))
    late = new_papers(library, Visit(NOW, NEWEST, frozenset({"2012.00002"})))
    assert _ids(library, everything, Filters(ids=("2012.00001", "2012.00002"))) == ["2012.00002"]
    assert _ids(library, everything, Filters(since=LATER)) == []
    assert _ids(library, everything, Filters(until=OLD)) == []
    assert _ids(library, everything, Filters(categories=("cs.LG",))) == []
    assert _ids(library, everything, Filters(since=OLD, categories=("cs.CV",))) == ["2012.00002", "2012.00003"]
    assert _ids(library, late, Filters(ids=("2012.00002", "2012.00003"))) == ["2012.00003"]
    assert late.within(Filters(ids=("2012.00002",))) is None


def test_in_a_library_without_dates_nothing_is_new(tmp_path: Path) -> None:
    with Library.open(tmp_path / "library", create=True) as empty:
        found = new_papers(empty, None)
        assert found == News(None, 0, None, newer=False)
        assert found.within(Filters()) is None
        with Store(tmp_path / "conversations.sqlite3") as store:
            keep_visit(empty, store, "ada")
            assert store.last_visit("ada") is not None


def test_a_visit_ends_what_is_new_until_more_comes(tmp_path: Path) -> None:
    with (
        Store(tmp_path / "conversations.sqlite3") as store,
        Library.open(tmp_path / "library", create=True) as growing,
    ):
        growing.ingest([_paper(1, OLD), _paper(2, NEWEST)])
        keep_visit(growing, store, "ada")
        assert not new_papers(growing, store.last_visit("ada")).newer
        growing.ingest([_paper(3, NEWEST), _paper(4, OLD)])
        found = new_papers(growing, store.last_visit("ada"))
        assert (found.newer, _ids(growing, found)) == (True, ["2012.00003"])
        assert new_papers(growing, store.last_visit("bob")).total == 2
        keep_visit(growing, store, "ada")
        growing.ingest([_paper(5, LATER)])
        found = new_papers(growing, store.last_visit("ada"))
        assert (found.newer, _ids(growing, found)) == (True, ["2012.00005"])


def test_saved_questions_are_asked_over_what_is_new_and_those_it_does_not_answer_are_left_out(library: Library) -> None:
    assistant = Assistant(library)
    questions = [
        SavedQuestion("a", "How many parameters does the stain normalization network have?", Filters(), NOW),
        SavedQuestion("b", "Who won the football world cup?", Filters(), NOW),
        SavedQuestion("c", "How is a camera tracked at high speed?", Filters(categories=("cs.CV",)), NOW),
        SavedQuestion("d", "How is a camera tracked at high speed?", Filters(until=OLD), NOW),
    ]
    found = new_papers(library, Visit(NOW, OLD))
    answered = {question.id: answer for question, answer in ask_again(assistant, questions, found)}
    assert set(answered) == {"a", "c"}
    assert [c.paper.arxiv_id for c in answered["a"].citations] == ["2012.00002"]
    assert [c.paper.arxiv_id for c in answered["c"].citations] == ["2012.00003"]
    assert list(ask_again(assistant, questions, News(None, 0, None, newer=False))) == []
