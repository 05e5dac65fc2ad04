"""From arXiv into a real library, through a server in arXiv's place: cut off, gone on with, and kept up to date."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tests.vectorstore.ingest.replaying import Fault, Replay
from vectorstore.embedding.embedder import Embedder
from vectorstore.errors import FetchError, LibraryError
from vectorstore.ingest.arxiv import subscriptions
from vectorstore.ingest.arxiv.client import Api
from vectorstore.ingest.arxiv.query import ArxivQuery
from vectorstore.ingest.arxiv.subscriptions import load_subscriptions, save_subscriptions
from vectorstore.ingest.arxiv.sync import SyncResult, fetch_papers, update_subscription
from vectorstore.library import Library

CV = ArxivQuery.read("arxiv:cs.CV")


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return Embedder()


@pytest.fixture
def library(tmp_path: Path, embedder: Embedder) -> Iterator[Library]:
    with Library.open(tmp_path / "library", embedder=embedder, create=True) as opened:
        yield opened


def fetch(
    library: Library, wish: ArxivQuery = CV, since: date | None = None, until: date | None = None
) -> list[SyncResult]:
    return list(fetch_papers(library, Api(), wish, since, until, lambda _: None))


def update(library: Library) -> list[SyncResult]:
    (one,) = load_subscriptions(library.path)
    return list(update_subscription(library, Api(), one, lambda _: None))


def added(parts: list[SyncResult]) -> tuple[int, int]:
    return sum(part.summary.added for part in parts), sum(part.summary.replaced for part in parts)


def versions(library: Library) -> set[str]:
    return {paper.versioned_id for paper in library.papers()}


def test_a_fetch_that_is_cut_off_keeps_what_came_and_goes_on_from_there(server: Replay, library: Library) -> None:
    server.faults = [None, *[Fault(503)] * 4]
    with pytest.raises(FetchError):
        fetch(library, since=date(2024, 1, 1))
    assert versions(library) == {"2401.00001v1", "2401.00002v3", "2401.00003v2"}
    (kept,) = load_subscriptions(library.path)
    assert (kept.reached, kept.whole) == (datetime(2024, 1, 3, 10, tzinfo=UTC), False)

    server.asked.clear()
    assert added(fetch(library, since=date(2024, 1, 1))) == (2, 0)
    assert "submittedDate:[202401031000 TO" in server.asked[0]["search_query"]
    (kept,) = load_subscriptions(library.path)
    assert (kept.reached, kept.whole) == (datetime(2024, 1, 6, 10, tzinfo=UTC), True)
    assert library.stats().papers == 5


def test_an_update_brings_new_papers_new_versions_and_late_ones_and_no_others(server: Replay, library: Library) -> None:
    everything = server.entries
    old, first, second, third, *_, late, last = everything
    server.entries = [old, first, second.replace("00002v3", "00002v1"), third]
    fetch(library, since=date(2024, 1, 1))
    assert versions(library) == {"2401.00001v1", "2401.00002v1", "2401.00003v2"}
    (kept,) = load_subscriptions(library.path)
    save_subscriptions(library.path, [replace(kept, checked=datetime(2024, 1, 10, tzinfo=UTC))])

    # The paper of 2 January was shown late: it had not come when one of 3 January had.
    shown_late = late.replace("2024-01-05T", "2024-01-02T").replace("2401.00005v1", "2401.00009v1")
    server.entries = [old, first, second, third, shown_late, last]
    assert added(update(library)) == (2, 1)
    assert versions(library) == {"2401.00001v1", "2401.00002v3", "2401.00003v2", "2401.00006v1", "2401.00009v1"}
    assert added(update(library)) == (0, 0)
    (kept,) = load_subscriptions(library.path)
    assert kept.checked is not None
    assert kept.checked.year > 2024


def test_an_update_that_is_cut_off_is_made_again_whole(server: Replay, library: Library) -> None:
    fetch(library)
    (before,) = load_subscriptions(library.path)
    server.faults = [None, *[Fault(500)] * 4]
    with pytest.raises(FetchError):
        update(library)
    assert load_subscriptions(library.path)[0].checked == before.checked


def test_a_withdrawn_version_takes_the_place_of_the_one_that_stood(server: Replay, library: Library) -> None:
    withdrawn = server.entries[3]
    standing = withdrawn.replace("00003v2", "00003v1").replace("We take it back.", "We prove it.")
    server.entries = [standing[: standing.index("<arxiv:comment>")] + standing[standing.index("<arxiv:primary") :]]
    fetch(library)
    assert [paper.standing for paper in library.papers()] == [""]
    server.entries = [withdrawn]
    (kept,) = load_subscriptions(library.path)
    save_subscriptions(library.path, [replace(kept, checked=datetime(2024, 1, 10, tzinfo=UTC))])
    update(library)
    assert [(paper.standing, paper.abstract) for paper in library.papers()] == [("withdrawn", "We take it back.")]


def test_a_query_with_an_end_is_not_followed_beyond_it(server: Replay, library: Library) -> None:
    assert added(fetch(library, since=date(2024, 1, 1), until=date(2024, 1, 2))) == (2, 0)
    assert "TO 202401022359]" in server.asked[-1]["search_query"]
    assert added(fetch(library, since=date(2024, 1, 1), until=date(2024, 1, 2))) == (0, 0)
    assert {asked["sortBy"] for asked in server.asked} == {"submittedDate"}


def test_a_query_that_failed_from_the_start_is_not_followed(server: Replay, library: Library) -> None:
    server.faults = [Fault(400)]
    with pytest.raises(FetchError, match="refused the request: HTTP 400"):
        fetch(library)
    assert load_subscriptions(library.path) == ()


@pytest.mark.usefixtures("server")
def test_papers_by_id_come_and_those_that_arxiv_lacks_are_said(library: Library) -> None:
    parts = fetch(library, ArxivQuery("these", ids=("2401.00006", "math/0309136", "2401.00004", "2401.99999")))
    assert versions(library) == {"2401.00006v1", "math/0309136v1"}
    said = [str(refusal) for part in parts for refusal in part.refusals]
    assert said == [
        "arXiv API, http://arxiv.org/abs/2401.00004v1: the record has no abstract",
        "arXiv API: arXiv gave no paper 2401.99999",
    ]
    assert load_subscriptions(library.path) == ()


def test_a_file_of_what_is_followed_that_is_damaged_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / subscriptions.NAME).write_text("{")
    with pytest.raises(LibraryError, match=r"cannot be read .*delete it and name what to follow again"):
        load_subscriptions(tmp_path)
