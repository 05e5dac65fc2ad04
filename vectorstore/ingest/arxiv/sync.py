"""From arXiv into a library: slice by slice, each kept before the next is asked for; a cut-off loses nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from vectorstore.engine.ingestion import IngestSummary, Progress
from vectorstore.ingest.arxiv.client import Api, Slice
from vectorstore.ingest.arxiv.entries import FILE
from vectorstore.ingest.arxiv.query import ArxivQuery
from vectorstore.ingest.arxiv.subscriptions import Subscription, load_subscriptions, remember_subscription
from vectorstore.ingest.listings.rejects import Reject
from vectorstore.library import Library
from vectorstore.text.arxiv_ids import id_in

LATE = timedelta(days=14)
"""How far an update looks back: arXiv shows a paper days after it was sent in, and one on hold even later."""

Report = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class SyncResult:
    """What became of a slice of papers.

    Attributes:
        summary: what the library got.
        refusals: what could not be used.
    """

    summary: IngestSummary
    refusals: tuple[Reject, ...] = ()


def fetch_papers(
    library: Library, api: Api, wish: ArxivQuery, since: date | None, until: date | None, report: Report
) -> Iterator[SyncResult]:
    """Fetch what is wished for, or what has come since it last was; a fetch that was cut off goes on.

    What was fetched is remembered in the library's folder, for `update`.

    Args:
        library: open for writing.
        api: what arXiv is asked through.
        wish: a query, or papers by id.
        since, until: days of first versions, both inclusive; nothing for papers by id.
        report: told how far it is.

    Raises:
        FetchError: arXiv cannot be asked; what came before is in the library.
    """
    if wish.ids:
        yield from by_id(library, api, wish.ids, report)
        return
    asked = Subscription(wish.words, wish.query, since, until, checked=datetime.now(UTC))
    known = {one.key: one for one in load_subscriptions(library.path)}.get(asked.key)
    if known is None or (known.whole and known.until):  # one with an end has no news: it begins again
        yield from _new(library, api, asked, report)
    else:
        yield from update_subscription(library, api, known, report)


def update_subscription(library: Library, api: Api, one: Subscription, report: Report) -> Iterator[SyncResult]:
    """Fetch what has come since a query was last fetched: new papers, then new versions of those that were in.

    Raises:
        FetchError: as for `fetch`.
    """
    started = datetime.now(UTC)
    yield from _new(library, api, one, report)
    if one.checked is not None and one.until is None:
        yield from _taken(library, api.changed(one.query, one.checked - LATE, _start(one.since)), report)
        for known in load_subscriptions(library.path):  # as it is now: what is new was remembered above
            if known.key == one.key:
                remember_subscription(library.path, replace(known, checked=started))


def by_id(library: Library, api: Api, ids: Sequence[str], report: Report) -> Iterator[SyncResult]:
    """Fetch papers by id, in their newest versions; one that arXiv does not have is refused.

    Raises:
        FetchError: as for `fetch`.
    """
    missing = dict.fromkeys(ids)
    for part in api.by_id(tuple(missing)):
        for paper in part.papers:
            missing.pop(paper.arxiv_id, None)
        for refusal in part.refusals:  # it has the paper, but nothing that can be used
            missing.pop(id_in(refusal.file) or "", None)
        yield from _taken(library, [part], report)
    if missing:
        refusals = tuple(Reject(FILE, None, f"arXiv gave no paper {arxiv_id}") for arxiv_id in missing)
        yield SyncResult(library.ingest(()), refusals)


def _new(library: Library, api: Api, one: Subscription, report: Report) -> Iterator[SyncResult]:
    """The papers that came after those that are in, remembering how far it is after each slice."""
    until = datetime.combine(one.until, time.max, UTC) if one.until else None
    for part in api.sent_in(one.query, one.reached or _start(one.since), until):
        yield from _taken(library, [part], report)
        one = replace(one, reached=part.reached)
        remember_subscription(library.path, one)
    remember_subscription(library.path, replace(one, whole=True))


def _taken(library: Library, slices: Iterable[Slice], report: Report) -> Iterator[SyncResult]:
    for part in slices:
        yield SyncResult(library.ingest(part.papers, progress=report), part.refusals)


def _start(day: date | None) -> datetime | None:
    return datetime.combine(day, time.min, UTC) if day else None
