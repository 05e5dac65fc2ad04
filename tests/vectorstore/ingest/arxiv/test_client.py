"""arXiv's API over real HTTP: its feed, its faults, and its wish to be asked slowly."""

from __future__ import annotations

import socket
from datetime import UTC, date, datetime
from itertools import pairwise

import pytest

from tests.vectorstore.ingest.replaying import REFUSED, Fault, Replay
from vectorstore import Paper, Source
from vectorstore.errors import FetchError
from vectorstore.ingest.arxiv import client, session
from vectorstore.ingest.arxiv.client import Api
from vectorstore.ingest.arxiv.session import PoliteSession

ALL = ["math/0309136", "2401.00001", "2401.00002", "2401.00003", "2401.00005", "2401.00006"]


def ids(asked: Api, query: str = "cat:cs.CV", since: datetime | None = None) -> list[str]:
    return [paper.arxiv_id for part in asked.sent_in(query, since) for paper in part.papers]


def by_id(*wanted: str) -> list[Paper]:
    return [paper for part in Api().by_id(wanted) for paper in part.papers]


@pytest.mark.usefixtures("server")
def test_an_entry_becomes_a_paper_with_all_that_it_states() -> None:
    assert by_id("2401.00001", "2401.00002") == [
        Paper(
            "2401.00001",
            "Counting Zebras in Photographs",
            r"We count the stripes of zebras, with p < 0.01 and $x > y$, on \emph{real} photographs.",
            version=1,
            listed=date(2024, 1, 1),
            authors=("Ana Example", "Ben Example"),
            categories=("cs.CV", "cs.LG"),
            published=datetime(2024, 1, 1, 10, tzinfo=UTC),
            updated=datetime(2024, 1, 1, 10, tzinfo=UTC),
            comment="12 pages, 4 figures",
            sources=(Source("arXiv API", 0, date(2024, 1, 1)),),
        ),
        Paper(
            "2401.00002",
            'Schr\\"odinger Bridges & Rivers',
            "We span rivers with bridges.",
            version=3,
            listed=date(2024, 1, 2),
            authors=("C. Balázs",),
            categories=("cs.CV",),
            published=datetime(2024, 1, 2, 10, tzinfo=UTC),
            updated=datetime(2024, 1, 20, 9, 30, tzinfo=UTC),
            doi="10.1000/bridges.4",
            journal="J. Bridges 4 (2024) 1-9",
            comment="Accepted at a conference",
            sources=(Source("arXiv API", 0, date(2024, 1, 2)),),
        ),
    ]


@pytest.mark.usefixtures("server")
def test_withdrawn_and_replaced_papers_and_collaborations_are_known() -> None:
    by = {paper.arxiv_id: paper for paper in by_id("2401.00003", "2401.00002", "2401.00005")}
    assert by["2401.00003"].standing == "withdrawn"
    assert by["2401.00002"].standing == "replaced 2024-01-20"
    assert by["2401.00005"].authors == ("ZOO Collaboration", "G. Aardvark")


def test_every_page_is_read_and_an_entry_without_an_abstract_is_refused(server: Replay) -> None:
    parts = list(Api().sent_in("cat:cs.CV"))
    assert [paper.arxiv_id for part in parts for paper in part.papers] == ALL
    assert [str(refusal) for part in parts for refusal in part.refusals] == [
        "arXiv API, http://arxiv.org/abs/2401.00004v1: the record has no abstract"
    ]
    assert [(part.total, part.reached and part.reached.day) for part in parts] == [(7, 2), (7, 5), (7, 6)]
    assert [asked["start"] for asked in server.asked] == ["0", "3", "6"]
    assert {asked["sortBy"] + " " + asked["sortOrder"] for asked in server.asked} == {"submittedDate ascending"}


def test_an_old_id_is_the_paper_by_its_canonical_name(server: Replay) -> None:
    (part,) = Api().sent_in("cat:math.GT", until=datetime(2003, 12, 31, tzinfo=UTC))
    assert [paper.versioned_id for paper in part.papers] == ["math/0309136v1"]
    assert server.asked[0]["search_query"] == "(cat:math.GT) AND submittedDate:[199101010000 TO 200312310000]"


@pytest.mark.parametrize("place", [0, 1, 2])
def test_an_empty_page_where_there_are_papers_is_asked_for_again(server: Replay, place: int) -> None:
    server.faults = [*[None] * place, Fault(empty=True)]
    assert ids(Api()) == ALL
    assert [asked["start"] for asked in server.asked].count(str(3 * place)) == 2


def test_pages_that_stay_empty_are_an_error_and_what_came_before_was_given(server: Replay) -> None:
    server.faults = [None, *[Fault(empty=True)] * 4]
    parts = Api().sent_in("cat:cs.CV")
    assert len(next(parts).papers) == 3
    with pytest.raises(FetchError, match="an empty page where there are more papers, 4 times"):
        next(parts)


def test_nothing_found_is_no_fault(server: Replay) -> None:
    assert list(Api().sent_in("cat:cs.CV", since=datetime(2025, 1, 1, tzinfo=UTC))) == []
    assert len(server.asked) == 1


def test_a_page_that_is_cut_off_is_asked_for_again(server: Replay) -> None:
    server.faults = [None, Fault(keep=0.7)]
    assert ids(Api()) == ALL


def test_a_busy_server_is_given_the_time_it_asks_for(server: Replay) -> None:
    said: list[str] = []
    server.faults = [Fault(503, {"Retry-After": "1"}), Fault(429)]
    assert ids(Api(said.append)) == ALL
    assert said == ["arXiv is busy and asks to wait 1 seconds"]
    assert server.times[1] - server.times[0] >= 1


def test_a_server_that_asks_for_hours_ends_it(server: Replay) -> None:
    server.faults = [Fault(503, {"Retry-After": "7200"})]
    with pytest.raises(FetchError, match=r"left alone for 120 minutes\. Run the same command again"):
        ids(Api())


def test_a_server_that_keeps_failing_ends_it(server: Replay) -> None:
    server.faults = [Fault(500)] * 4
    with pytest.raises(FetchError, match="failed 4 times with HTTP 500"):
        ids(Api())


@pytest.mark.parametrize("status", [200, 400])
def test_a_request_that_arxiv_refuses_is_not_repeated_and_its_reason_is_said(server: Replay, status: int) -> None:
    server.faults = [Fault(status, body=REFUSED)]
    with pytest.raises(FetchError, match=r"refused the request: incorrect id format for 1234\.12345"):
        by_id("1234.12345")
    assert len(server.asked) == 1


def test_far_down_the_query_is_begun_anew_from_where_it_is(server: Replay, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "_DEPTH", 4)
    assert list(dict.fromkeys(ids(Api()))) == ALL
    assert {int(asked["start"]) for asked in server.asked} == {0, 3}
    assert "submittedDate:[202401031000 TO" in server.asked[2]["search_query"]


def test_more_papers_in_one_minute_than_a_depth_are_all_read(server: Replay, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "_DEPTH", 2)
    server.entries = [_sent_in_at_once(entry) for entry in server.entries]
    assert set(ids(Api())) == set(ALL)


def _sent_in_at_once(entry: str) -> str:
    before, after = entry.index("<published>"), entry.index("</published>")
    return entry[:before] + "<published>2024-01-09T10:00:00Z" + entry[after:]


def test_what_changed_comes_newest_first_until_the_time_asked_for(server: Replay) -> None:
    parts = Api().changed("cat:cs.CV", datetime(2024, 1, 6, tzinfo=UTC))
    assert [paper.versioned_id for part in parts for paper in part.papers] == [
        "2401.00002v3",
        "2401.00003v2",
        "2401.00006v1",
    ]
    assert server.asked[0]["sortBy"] == "lastUpdatedDate"


def test_without_a_network_it_says_so_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    monkeypatch.setattr(client, "ADDRESS", f"http://127.0.0.1:{port}/api/query")
    with pytest.raises(FetchError, match=r"arXiv cannot be reached \(the connection was refused"):
        ids(Api())


def test_a_pause_lies_between_two_requests_of_whatever_kind(server: Replay) -> None:
    assert client.ADDRESS.startswith("http://127")
    slow = PoliteSession(0.2, lambda _: None)
    server.faults = [None, Fault(500), Fault(503)]
    for _ in range(4):
        slow.get(
            f"{client.ADDRESS}?search_query=x&id_list=&start=0&max_results=1&sortBy=submittedDate&sortOrder=ascending"
        )
    assert all(later - earlier >= 0.2 for earlier, later in pairwise(server.times))


def test_arxivs_pause_is_what_its_terms_ask_for() -> None:
    assert session.PAUSE == 3.0
