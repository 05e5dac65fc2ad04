"""Writing papers into a library, batch by batch, so that a kill at any moment loses nothing that was reported as in."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING

from chromadb.errors import ChromaError

from vectorstore.chunking import Chunk, chunk_id, chunks, full_text, paper_of
from vectorstore.embedding import Embedder
from vectorstore.errors import LibraryError
from vectorstore.filters import Filters
from vectorstore.fulltext import FullText
from vectorstore.merging import merge
from vectorstore.papers import Paper
from vectorstore.record import Record

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

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
    record: Record, fulltext: FullText, embedder: Embedder, papers: Iterable[Paper], report: Report
) -> IngestSummary:
    """Merge papers into the library. The caller holds the writer lock."""
    started = time.perf_counter()
    added = replaced = unchanged = 0
    for batch in _batches(papers):
        known = record.get([paper.arxiv_id for paper in batch])
        fresh, restated = [], []
        for paper in batch:
            before = known[paper.arxiv_id][0] if paper.arxiv_id in known else None
            after = merge(before, paper) if before else paper
            if before is None:
                fresh.append(after)
            elif after == before:
                unchanged += 1
            elif full_text(after) == full_text(before):
                restated.append(after)
            else:
                fresh.append(after)
        added += sum(paper.arxiv_id not in known for paper in fresh)
        replaced += len(restated) + sum(paper.arxiv_id in known for paper in fresh)
        done = added + replaced + unchanged - len(fresh)
        seen = added + replaced + unchanged
        report(Progress(seen, done))
        if fresh or restated:
            before_counts = {arxiv_id: count for arxiv_id, (_, count) in known.items()}
            with explained(f"what was written before ({seen - len(batch):,} of the papers read) is kept"):
                commit(record, fulltext, embedder, fresh, restated, before_counts, _offset(report, seen, done))
        report(Progress(seen, seen))
    return IngestSummary(added, replaced, unchanged, fulltext.papers, time.perf_counter() - started)


@contextmanager
def explained(kept: str) -> Iterator[None]:
    """Say in words what keeps a write from going on, and that nothing of what was in is lost.

    Args:
        kept: what has been done and stays so.

    Raises:
        LibraryError: in place of the database's, the index's or the operating system's error.
    """
    try:
        yield
    except (ChromaError, OSError, ValueError) as error:  # tantivy raises the last
        raise LibraryError(
            f"Writing to the library stopped: {error}. Check the free space and the folder's permissions, and "
            f"run this again: {kept}."
        ) from error


def recover(record: Record, fulltext: FullText) -> None:
    """Bring the full-text index level with the record after a cut-off write. The caller holds the writer lock."""
    state = record.state
    if fulltext.generation > state.writing:
        fulltext.write([], 0, clear=True)  # it belongs to another record
    behind = fulltext.generation + 1 if fulltext.papers else 0
    _reindex(record, fulltext, since=behind)
    if sum(fulltext.chunk_counts(Filters()).values()) != record.chunks:
        _sweep(record, fulltext)
    record.set_state(
        replace(
            state,
            generation=state.writing,
            writing=state.writing,
            papers=fulltext.papers,
            indexed=fulltext.generation,
        )
    )


def _sweep(record: Record, fulltext: FullText) -> None:
    """Take out of the index what the record has no more, and out of the record what belongs to no paper."""
    found = record.ids()
    papers = {found_id for found_id in found if paper_of(found_id) == found_id}
    counts = fulltext.chunk_counts(Filters())
    if papers - counts.keys():
        fulltext.write([], 0, clear=True)
        _reindex(record, fulltext, since=0)
    else:
        fulltext.write([], 0, without=counts.keys() - papers)
    counts = fulltext.chunk_counts(Filters())
    belong = {chunk_id(paper, index) for paper, count in counts.items() for index in range(count)}
    record.delete([found_id for found_id in found if found_id not in belong])


def in_step(record: Record, fulltext: FullText) -> bool:
    """Whether the last write ended and the full-text index holds all of it."""
    state = record.state
    return (
        state.writing == state.generation and fulltext.papers == state.papers and fulltext.generation == state.indexed
    )


def rebuild(old: Record, new: Record, embedder: Embedder, report: Report) -> int:
    """Chunk and embed every paper of one record into another; returns how many. The caller holds the writer lock."""
    generation = new.state.writing
    done = 0
    for batch in _batches(paper for paper, _, _ in old.all()):
        pieces, vectors = _embed(embedder, batch, _offset(report, done + len(batch), done))
        new.put(pieces, vectors, _counts(pieces), generation)
        done += len(batch)
    return done


def whole(new: Record, papers: int) -> None:
    """Say of a record that was made beside another one that all of it is there."""
    state = new.state
    indexed = state.writing if papers else 0
    new.set_state(replace(state, generation=state.writing, papers=papers, indexed=indexed))


def commit(
    record: Record,
    fulltext: FullText,
    embedder: Embedder,
    fresh: Sequence[Paper],
    restated: Sequence[Paper],
    before: Mapping[str, int],
    report: Callable[[int], None] = lambda _: None,
    gone: Sequence[str] = (),
) -> None:
    """Write one batch, as one generation. The caller holds the writer lock.

    Args:
        record, fulltext: what is written to, in step with each other.
        embedder: for the texts that are new.
        fresh: papers with a new text.
        restated: papers whose text stays and of which something else is said.
        before: how many chunks each paper of the batch that was in had.
        report: told how many texts are embedded.
        gone: ids of papers that are taken out.
    """
    state = record.state
    generation = state.generation + 1
    # Said first: whoever finds `writing` ahead of `generation` knows that a write was cut off, and from where.
    record.set_state(replace(state, writing=generation))
    new_chunks: list[Chunk] = []
    if fresh:
        new_chunks, vectors = _embed(embedder, fresh, report)
        record.put(new_chunks, vectors, _counts(new_chunks), generation)
    old_chunks = [chunk for paper in restated for chunk in chunks(paper, embedder.count_tokens)]
    record.update(old_chunks, _counts(old_chunks), generation)
    counts = _counts((*new_chunks, *old_chunks))
    # A paper is there when its first chunk is, so that one goes first: a kill in between leaves no half paper.
    record.delete([*gone, *(chunk_id(paper, k) for paper in gone for k in range(1, before[paper]))])
    record.delete([chunk_id(i, k) for i, had in before.items() for k in range(counts.get(i, had), had)])
    fulltext.write(((paper, counts[paper.arxiv_id]) for paper in (*fresh, *restated)), generation, without=gone)
    record.set_state(
        replace(
            state,
            generation=generation,
            writing=generation,
            papers=fulltext.papers,
            indexed=fulltext.generation,
        )
    )


def _offset(report: Report, read: int, done: int) -> Callable[[int], None]:
    """A report of papers embedded in this batch as one of papers done in all."""
    return lambda count: report(Progress(read, done + count))


def _embed(
    embedder: Embedder, papers: Sequence[Paper], report: Callable[[int], None]
) -> tuple[list[Chunk], NDArray[np.float32]]:
    """The papers' chunks, shortest papers first, and their vectors, one row each."""
    pieces: list[Chunk] = []

    def texts() -> Iterator[str]:
        for paper in sorted(papers, key=lambda paper: len(full_text(paper))):
            pieces.extend(cut := chunks(paper, embedder.count_tokens))
            yield from (chunk.embedded_text for chunk in cut)

    vectors = embedder.embed(texts(), lambda count: report(min(count, len(papers))))
    return pieces, vectors


def _counts(pieces: Iterable[Chunk]) -> dict[str, int]:
    """How many chunks each paper has."""
    return Counter(chunk.paper.arxiv_id for chunk in pieces)


def _reindex(record: Record, fulltext: FullText, since: int) -> None:
    """Index what the record has from a generation on, oldest generation first, a commit each."""
    papers = record.all(since)
    while page := list(islice(papers, _BATCH * 8)):
        for generation in sorted({found for _, _, found in page}):
            fulltext.write(((p, count) for p, count, found in page if found == generation), generation)


def _batches(papers: Iterable[Paper]) -> Iterator[list[Paper]]:
    """Papers in batches in which each stands once: two records of one paper are merged."""
    source = iter(papers)
    while taken := list(islice(source, _BATCH)):
        batch: dict[str, Paper] = {}
        for paper in taken:
            batch[paper.arxiv_id] = merge(batch[paper.arxiv_id], paper) if paper.arxiv_id in batch else paper
        yield list(batch.values())
