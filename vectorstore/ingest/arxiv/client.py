"""arXiv's API: the papers of a query or of a list of ids, slice by slice, so that each can be kept before the next."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice

import arxiv
import requests
from arxiv import SortCriterion, SortOrder

from vectorstore.errors import FetchError
from vectorstore.ingest.arxiv import session
from vectorstore.ingest.arxiv.entries import paper_of_entry
from vectorstore.ingest.arxiv.session import PoliteSession
from vectorstore.ingest.listings.rejects import Reject
from vectorstore.paper import Paper

ADDRESS = "https://export.arxiv.org/api/query"
PAGE = 500
"""Papers a request. The API gives up to 2,000, but large pages are where it fails most."""

_DEPTH = 5_000  # results of one query; further down the API gives empty pages, so the query is begun anew from there
_IDS = 100  # ids a request, which stand in its address
_FIRST = datetime(1991, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Slice:
    """Some papers of a query.

    Attributes:
        papers: in the query's order.
        refusals: entries that cannot be used.
        reached: all of the query's papers on this side of this time have come: those sent in before it, or those
            changed after it. None where papers were asked for by id.
        total: how many papers the query has, with those that came before.
    """

    papers: tuple[Paper, ...]
    refusals: tuple[Reject, ...]
    reached: datetime | None
    total: int


class Api:
    """arXiv's API, asked no more often than arXiv allows. Nothing is sent before papers are asked for.

    Args:
        tell: told what a person may want to know meanwhile, such as that arXiv asks to wait.
    """

    def __init__(self, tell: Callable[[str], None] = lambda _: None) -> None:
        self._client = _Client(PoliteSession(session.PAUSE, tell))

    def sent_in(self, query: str, since: datetime | None = None, until: datetime | None = None) -> Iterator[Slice]:
        """The papers of a query by when their first version was sent in, the oldest first.

        Args:
            query: in arXiv's own query language.
            since, until: bounds on that time, to the minute, both inclusive.

        Raises:
            FetchError: arXiv cannot be reached, or gives nothing sensible.
        """
        before, depth = 0, _DEPTH
        while True:
            search = arxiv.Search(
                _between(query, since, until),
                max_results=depth,
                sort_by=SortCriterion.SubmittedDate,
                sort_order=SortOrder.Ascending,
            )
            count, newest = 0, since
            for entries in self._pages(search):
                count += len(entries)
                newest = max(entry.published for entry in entries)
                yield _slice(entries, newest, before + self._client.total)
            if count < depth:
                return
            # Where a whole depth of papers came in one minute, beginning at that minute again would never end.
            depth = _DEPTH if newest != since else depth * 2
            before += count
            since = newest

    def changed(self, query: str, after: datetime, since: datetime | None = None) -> Iterator[Slice]:
        """The papers of a query of which a version is newer than a time, the newest version first.

        Args:
            query: in arXiv's own query language.
            after: where to stop.
            since: the earliest time for a first version.

        Raises:
            FetchError: as for `sent_in`.
        """
        # The API can sort by this date, but not choose by it: lastUpdatedDate:[A TO B] goes by the first version too.
        search = arxiv.Search(
            _between(query, since, None),
            max_results=None,
            sort_by=SortCriterion.LastUpdatedDate,
            sort_order=SortOrder.Descending,
        )
        for entries in self._pages(search):
            fresh = [entry for entry in entries if entry.updated >= after]
            yield _slice(fresh, entries[-1].updated, 0)
            if len(fresh) < len(entries):
                return

    def by_id(self, ids: Sequence[str]) -> Iterator[Slice]:
        """The newest versions of papers; an id that arXiv does not have gives nothing.

        Raises:
            FetchError: as for `sent_in`.
        """
        for start in range(0, len(ids), _IDS):
            some = list(ids[start : start + _IDS])
            for entries in self._pages(arxiv.Search(id_list=some, max_results=len(some))):
                yield _slice(entries, None, len(ids))

    def _pages(self, search: arxiv.Search) -> Iterator[list[arxiv.Result]]:
        results = self._client.results(search)
        while entries := self._some(results):
            yield entries

    def _some(self, results: Iterator[arxiv.Result]) -> list[arxiv.Result]:
        again = "What came before is kept; run the same command again later."
        try:
            return list(islice(results, PAGE))
        except arxiv.UnexpectedEmptyPageError as error:
            raise FetchError(
                f"arXiv gave an empty page where there are more papers, {error.retry + 1} times. {again}"
            ) from error
        except arxiv.HTTPError as error:
            raise FetchError(f"arXiv failed {error.retry + 1} times with HTTP {error.status}. {again}") from error
        except (requests.RequestException, ValueError) as error:  # a time in the feed that is none
            raise FetchError(f"arXiv gave no answer that can be used ({error}). {again}") from error


class _Client(arxiv.Client):  # type: ignore[misc]  # the package has no types
    """The package's client with a session that waits, and that knows an empty first page from an empty result."""

    def __init__(self, session: PoliteSession) -> None:
        super().__init__(page_size=PAGE, delay_seconds=0, num_retries=3)  # the session keeps the pause
        self.query_url_format = f"{ADDRESS}?{{}}"
        self._session = session
        self.total = 0

    def _parse_feed(self, url: str, first_page: bool = True, _try_index: int = 0) -> arxiv.ParsedFeed:
        feed = super()._parse_feed(url, first_page, _try_index)
        if first_page and not feed.results and feed.header.total_results:
            feed = super()._parse_feed(url, False)  # tried again, which the package does for later pages only
        self.total = feed.header.total_results
        return feed


def _slice(entries: Sequence[arxiv.Result], reached: datetime | None, total: int) -> Slice:
    found = [paper_of_entry(entry) for entry in entries]
    return Slice(
        tuple(one for one in found if isinstance(one, Paper)),
        tuple(one for one in found if isinstance(one, Reject)),
        reached,
        total,
    )


def _between(query: str, since: datetime | None, until: datetime | None) -> str:
    """The query, narrowed to papers whose first version was sent in between two times."""
    if since is None and until is None:
        return query
    # There is no open end; tomorrow stands for one, as no paper can have come later.
    first, last = since or _FIRST, until or datetime.now(UTC) + timedelta(days=1)
    return f"({query}) AND submittedDate:[{first:%Y%m%d%H%M} TO {last:%Y%m%d%H%M}]"
