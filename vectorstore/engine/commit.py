"""Record and full-text index in step: a batch written as one generation, and what was cut off put right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from chromadb.errors import ChromaError

from vectorstore.embedding.chunking import Chunk, chunk_id, paper_of
from vectorstore.engine.index_sync import is_level
from vectorstore.errors import LibraryError
from vectorstore.filters import Filters
from vectorstore.index.fulltext import FullText
from vectorstore.storage.collection import PaperCollection

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_PAGE = 4096  # papers indexed at once


def commit(
    record: PaperCollection,
    fulltext: FullText,
    fresh: Sequence[Chunk],
    vectors: NDArray[np.float32] | None,
    restated: Sequence[Chunk],
    before: Mapping[str, int],
    gone: Sequence[str] = (),
) -> None:
    """Write one batch, as one generation. The caller holds the writer lock.

    Args:
        record, fulltext: what is written to, in step with each other.
        fresh: all chunks of papers with a new text.
        vectors: theirs, shape (chunks, dimension); None where there are none.
        restated: all chunks of papers whose text stays and of which something else is said.
        before: how many chunks each paper of the batch that was in had.
        gone: ids of papers that are taken out.
    """
    state = record.state
    generation = state.generation + 1
    # Said first: whoever finds `writing` ahead of `generation` knows that a write was cut off, and from where.
    record.set_state(replace(state, writing=generation))
    counts = counted((*fresh, *restated))
    if vectors is not None:
        record.put(fresh, vectors, counts, generation)
    record.update(restated, counts, generation)
    # A paper is there when its first chunk is, so that one goes first: a kill in between leaves no half paper.
    record.delete([*gone, *(chunk_id(paper, k) for paper in gone for k in range(1, before[paper]))])
    record.delete([chunk_id(i, k) for i, had in before.items() for k in range(counts.get(i, had), had)])
    papers = (chunk.paper for chunk in (*fresh, *restated) if chunk.index == 0)
    fulltext.write(((paper, counts[paper.arxiv_id]) for paper in papers), generation, without=gone)
    record.set_state(
        replace(
            state,
            generation=generation,
            writing=generation,
            papers=fulltext.papers,
            indexed=fulltext.generation,
        )
    )


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


def recover(record: PaperCollection, fulltext: FullText) -> None:
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


def _sweep(record: PaperCollection, fulltext: FullText) -> None:
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


def in_step(record: PaperCollection, fulltext: FullText) -> bool:
    """Whether the last write ended and the full-text index holds all of it."""
    state = record.state
    return state.writing == state.generation and is_level(fulltext, state)


def assert_complete(new: PaperCollection, papers: int) -> None:
    """Say of a record that was made beside another one that all of it is there."""
    state = new.state
    indexed = state.writing if papers else 0
    new.set_state(replace(state, generation=state.writing, papers=papers, indexed=indexed))


def counted(pieces: Iterable[Chunk]) -> dict[str, int]:
    """How many chunks each paper has."""
    return Counter(chunk.paper.arxiv_id for chunk in pieces)


def _reindex(record: PaperCollection, fulltext: FullText, since: int) -> None:
    """Index what the record has from a generation on, oldest generation first, a commit each."""
    papers = record.all(since)
    while page := list(islice(papers, _PAGE)):
        for generation in sorted({found for _, _, found in page}):
            fulltext.write(((p, count) for p, count, found in page if found == generation), generation)
