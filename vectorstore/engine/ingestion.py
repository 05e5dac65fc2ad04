"""Writing papers into a library, batch by batch, so that a kill at any moment loses nothing that was reported as in."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

from vectorstore.embedding.chunking import Chunk, chunks, full_text
from vectorstore.embedding.embedder import Embedder
from vectorstore.embedding.worker import EmbeddingWorker, VectorsFuture
from vectorstore.engine.commit import commit, counted, explained
from vectorstore.engine.merge import merge
from vectorstore.index.fulltext import FullText
from vectorstore.paper import Paper
from vectorstore.storage.collection import PaperCollection

_Item = TypeVar("_Item")
_BATCH = 512  # papers a commit: long enough to sort by length, short enough to lose little


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an ingest is.

    Attributes:
        read: distinct papers taken from the source so far.
        done: of those, how many are in the library or in the batch being embedded.
    """

    read: int
    done: int


@dataclass(frozen=True, slots=True)
class IngestSummary:
    """What an ingest did, in papers.

    Attributes:
        added: not in the library before.
        replaced: in before, with another text or other facts.
        unchanged: in before, just so.
        papers: in the library now.
        seconds: wall time.
    """

    added: int
    replaced: int
    unchanged: int
    papers: int
    seconds: float


Report = Callable[[Progress], None]


def ingest(
    record: PaperCollection, fulltext: FullText, embedder: Embedder, papers: Iterable[Paper], report: Report
) -> IngestSummary:
    """Merge papers into the library. The caller holds the writer lock."""
    started = time.perf_counter()
    added = replaced = unchanged = written = 0
    with EmbeddingWorker(embedder) as ahead:
        for batch in _one_behind(_begun(record, ahead, embedder, papers)):
            embedded = len({chunk.paper.arxiv_id for chunk in batch.fresh})
            seen = written + batch.new + batch.replaced + batch.unchanged
            report(Progress(seen, seen - embedded))
            if batch.fresh or batch.restated:
                with explained(f"what was written before ({written:,} of the papers read) is kept"):
                    vectors = batch.collect(_offset(report, seen, embedded)) if batch.fresh else None
                    commit(record, fulltext, batch.fresh, vectors, batch.restated, batch.before)
            added, replaced, unchanged = added + batch.new, replaced + batch.replaced, unchanged + batch.unchanged
            written = seen
            report(Progress(seen, seen))
    return IngestSummary(added, replaced, unchanged, fulltext.papers, time.perf_counter() - started)


def rebuild(old: PaperCollection, new: PaperCollection, embedder: Embedder, report: Report) -> int:
    """Chunk and embed every paper of one record into another; returns how many. The caller holds the writer lock."""
    generation = new.state.writing
    done = 0
    with EmbeddingWorker(embedder) as ahead:
        begun = (_begin(ahead, embedder, batch) for batch in _batches(paper for paper, _, _ in old.all()))
        for pieces, collect in _one_behind(begun):
            counts = counted(pieces)
            done += len(counts)
            new.put(pieces, collect(_offset(report, done, len(counts))), counts, generation)
    return done


def _offset(report: Report, read: int, embedded: int) -> Callable[[int], None]:
    """A report of chunks embedded of a batch's papers as one of papers done in all.

    Args:
        read: papers read, with this batch.
        embedded: how many of the batch have a new text.
    """
    return lambda count: report(Progress(read, read - embedded + min(count, embedded)))


@dataclass(frozen=True, slots=True)
class _Batch:
    """Papers compared with what was known of them.

    Attributes:
        fresh: chunks of those with a new text.
        collect: gives the vectors of these.
        restated: chunks of those of which only something else is said.
        new, replaced, unchanged: how many papers.
        before: how many chunks each paper had that was known.
    """

    fresh: Sequence[Chunk]
    collect: VectorsFuture
    restated: Sequence[Chunk]
    new: int
    replaced: int
    unchanged: int
    before: Mapping[str, int]


def _begun(
    record: PaperCollection, ahead: EmbeddingWorker, embedder: Embedder, papers: Iterable[Paper]
) -> Iterator[_Batch]:
    """Batches whose new texts are being embedded."""
    last: dict[str, tuple[Paper, int]] = {}  # the batch before: it may not be written yet
    for batch in _batches(papers):
        ids = [paper.arxiv_id for paper in batch]
        known = record.get([i for i in ids if i not in last]) | {i: last[i] for i in ids if i in last}
        fresh: list[Paper] = []
        restated: list[Paper] = []
        unchanged: list[Paper] = []
        for paper in batch:
            before = known[paper.arxiv_id][0] if paper.arxiv_id in known else None
            after = merge(before, paper) if before else paper
            if before is None or full_text(after) != full_text(before):
                fresh.append(after)
            else:
                (unchanged if after == before else restated).append(after)
        pieces, collect = _begin(ahead, embedder, fresh)
        old = cut_into_chunks(restated, embedder)
        counts = counted((*pieces, *old))
        last = {paper.arxiv_id: (paper, counts[paper.arxiv_id]) for paper in (*fresh, *restated)}
        last |= {paper.arxiv_id: known[paper.arxiv_id] for paper in unchanged}
        new = sum(paper.arxiv_id not in known for paper in fresh)
        before_counts = {arxiv_id: count for arxiv_id, (_, count) in known.items()}
        replaced = len(fresh) + len(restated) - new
        yield _Batch(pieces, collect, old, new, replaced, len(unchanged), before_counts)


def _begin(ahead: EmbeddingWorker, embedder: Embedder, papers: Iterable[Paper]) -> tuple[list[Chunk], VectorsFuture]:
    """The papers' chunks, shortest papers first, and what gives their vectors, one row each."""
    pieces: list[Chunk] = []

    def texts() -> Iterator[str]:
        for paper in sorted(papers, key=lambda paper: len(full_text(paper))):
            pieces.extend(fresh := chunks(paper, embedder.count_tokens))
            yield from (chunk.embedded_text for chunk in fresh)

    collect = ahead.begin(texts())
    return pieces, collect


def cut_into_chunks(papers: Iterable[Paper], embedder: Embedder) -> list[Chunk]:
    """All chunks of the papers, as the model needs them."""
    return [chunk for paper in papers for chunk in chunks(paper, embedder.count_tokens)]


def _one_behind(items: Iterable[_Item]) -> Iterator[_Item]:
    """Each item, after the one that follows it was made; the last one made, too, where making another fails."""
    waiting: list[_Item] = []
    try:
        for item in items:
            yield from waiting
            waiting = [item]
    except Exception:
        yield from waiting
        raise
    yield from waiting


def _batches(papers: Iterable[Paper]) -> Iterator[list[Paper]]:
    """Papers in batches in which each stands once: two records of one paper are merged."""
    source = iter(papers)
    while taken := list(islice(source, _BATCH)):
        batch: dict[str, Paper] = {}
        for paper in taken:
            batch[paper.arxiv_id] = merge(batch[paper.arxiv_id], paper) if paper.arxiv_id in batch else paper
        yield list(batch.values())
