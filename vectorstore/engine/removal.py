"""Taking papers out of a library: by id, date, category, or the listing that they were read from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath

from vectorstore.embedding.embedder import Embedder
from vectorstore.engine.commit import commit, explained
from vectorstore.engine.ingestion import cut_into_chunks
from vectorstore.errors import InputError
from vectorstore.filters import Filters
from vectorstore.index.fulltext import FullText
from vectorstore.paper import Paper
from vectorstore.storage.collection import PaperCollection

_BATCH = 500  # papers a commit


@dataclass(frozen=True, slots=True)
class Removal:
    """What is to be removed.

    Attributes:
        gone: ids of papers that will be out, the newest listed first.
        kept: ids of papers that stay, since they stand in other listings too.
        listings: the file names of listings that no paper will be said to stand in.
    """

    gone: tuple[str, ...]
    kept: tuple[str, ...] = ()
    listings: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.gone or self.kept)


@dataclass(frozen=True, slots=True)
class RemovalSummary:
    """What was removed, in papers.

    Attributes:
        removed: out of the library now.
        kept: in the library still, but no longer from the listings that were removed.
        papers: in the library now.
    """

    removed: int
    kept: int
    papers: int


def plan_removal(record: PaperCollection, fulltext: FullText, filters: Filters, listings: Sequence[str]) -> Removal:
    """See `Library.removal`."""
    if not filters and not listings:
        raise InputError("Nothing says which papers to remove. Name ids, a listing, dates or a category.")
    if not listings:
        return Removal(tuple(fulltext.newest(filters, None)))
    names = tuple(dict.fromkeys(PurePath(listing).name for listing in listings))
    found: dict[str, None] = {}
    for name in names:
        if not fulltext.listed_in(name, Filters()):
            raise InputError(f"No paper of the library was read from a listing {name!r}. See arxivqa show ID for one.")
        found.update(dict.fromkeys(fulltext.listed_in(name, filters)))
    gone: list[str] = []
    kept: list[str] = []
    for ids in _batches(tuple(found)):
        known = record.get(ids)
        for paper, _ in (known[arxiv_id] for arxiv_id in ids if arxiv_id in known):
            (kept if without(paper, names) else gone).append(paper.arxiv_id)
    return Removal(tuple(gone), tuple(kept), names)


def carry_out(record: PaperCollection, fulltext: FullText, embedder: Embedder, removal: Removal) -> RemovalSummary:
    """Take papers out of record and index. The caller holds the writer lock.

    What has been read since the plan was made counts: a paper that stands in another listing by now stays.
    """
    removed = kept = 0
    for ids in _batches((*removal.gone, *removal.kept)):
        known = record.get(ids)
        restated: list[Paper] = []
        gone: list[str] = []
        for paper, _ in known.values():
            rest = without(paper, removal.listings) if removal.listings else None
            if rest is None:
                gone.append(paper.arxiv_id)
            elif rest != paper:
                restated.append(rest)
        if gone or restated:
            counts = {arxiv_id: count for arxiv_id, (_, count) in known.items()}
            with explained(f"{removed:,} papers are removed, and the others are in as before"):
                commit(record, fulltext, (), None, cut_into_chunks(restated, embedder), counts, gone=gone)
            removed += len(gone)
            kept += len(restated)
    return RemovalSummary(removed, kept, fulltext.papers)


def without(paper: Paper, listings: Sequence[str]) -> Paper | None:
    """The paper as the other listings have it, its text as it is; None when it stands in no other one.

    Args:
        paper: a paper of the library.
        listings: file names.
    """
    rest = tuple(source for source in paper.sources if source.file not in listings)
    if not rest:
        return None
    return replace(
        paper,
        sources=rest,
        listed=min((source.listed for source in rest if source.listed is not None), default=None),
    )


def _batches(ids: Sequence[str]) -> list[Sequence[str]]:
    return [ids[start : start + _BATCH] for start in range(0, len(ids), _BATCH)]
