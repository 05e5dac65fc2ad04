"""The record of a library: one Chroma collection of chunks, and how a paper is written into it and read back."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from chromadb.errors import ChromaError, NotFoundError

from vectorstore.embedding.chunking import Chunk, chunk_id
from vectorstore.errors import LibraryError, NoRecordError, ServerError
from vectorstore.paper import Paper
from vectorstore.storage.chroma_local import ADVICE, LocalChroma
from vectorstore.storage.chroma_server import ChromaServer
from vectorstore.storage.metadata import metadata_of, paper_from
from vectorstore.storage.server_address import Server
from vectorstore.storage.server_writer import refusal
from vectorstore.storage.state import State, Writer

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Row = TypeVar("Row")

COLLECTION = "papers"
_PAGE = 2_000  # records a read; SQLite's limit on variables in one statement is far above
_SAME_BATCH = 1_000


class PaperCollection:
    """An open collection.

    Args:
        home: Chroma's folder, or the server that keeps it.
        name: the collection.
        create: the state to make it with when it is not there; None to raise instead.

    Raises:
        NoRecordError: it is not there.
        LibraryError: Chroma cannot open the folder, or the server cannot be used.
    """

    def __init__(self, home: Path | Server, name: str = COLLECTION, create: State | None = None) -> None:
        self.home = home
        self.is_replaced = False  # whether another collection had the name when the state was last read
        self._chroma: LocalChroma | ChromaServer | None = None
        self._writer: Writer | None = None
        try:
            self._chroma = chroma = ChromaServer(home) if isinstance(home, Server) else LocalChroma(home)
            if create is None:
                self._collection = chroma.get_collection(name)
            else:
                self._collection = chroma.get_or_create_collection(
                    name, metadata=create.to_metadata(), configuration={"hnsw": {"space": "cosine"}}
                )
            if isinstance(home, Server) and "model_sha256" not in (self._collection.metadata or {}):
                raise ServerError(
                    f"The collection {name!r} on {home} is not a library of arxivqa. Name another database with "
                    "ARXIVQA_CHROMA_DATABASE (docs/scaling.md says how to make one)."
                )
        except BaseException as error:
            self.close()
            if isinstance(error, NotFoundError):
                there = f"There is no library on {home}" if isinstance(home, Server) else f"{home} holds no library"
                raise NoRecordError(f"{there}. Make one: arxivqa ingest PATH-OF-LISTINGS") from error
            if isinstance(error, ChromaError | OSError | ValueError):
                what = f"The record {'on' if isinstance(home, Server) else 'in'} {home} cannot be opened: {error}."
                todo = "See what the server logs." if isinstance(home, Server) else ADVICE
                raise LibraryError(f"{what} {todo}") from error
            raise
        self._most = chroma.most or sys.maxsize  # records at once

    def close(self) -> None:
        """Let go of it; a second call does nothing."""
        if self._chroma is not None:
            self._chroma.close()
            self._chroma = None

    def touched(self) -> tuple[int, ...] | None:
        """What tells without reading the state that nobody has written since; None where nothing does."""
        return self._open.touched()

    @property
    def identity(self) -> str:
        """What tells this collection from any other, also from one that takes its name."""
        return str(self._collection.id)

    @property
    def _open(self) -> LocalChroma | ChromaServer:
        if self._chroma is None:
            raise LibraryError(f"The record in {self.home} was closed.")
        return self._chroma

    @property
    def state(self) -> State:
        """The state as it is on disk now, whoever wrote it."""
        found = self._open.get_collection(self._collection.name)
        self.is_replaced = found.id != self._collection.id
        return State.read(found.metadata)

    def set_state(self, state: State) -> None:
        """Write the state; `check_writer` says what it raises."""
        self.check_writer()
        self._collection.modify(metadata=state.to_metadata())

    def claim(self, writer: Writer, take_over: bool) -> None:
        """Become who writes to it, on a server: where nobody is that yet, or where another one is to be no longer.

        Raises:
            LibraryBusyError: another one is, and is to stay it.
        """
        state = self.state
        if state.writer is None or (take_over and state.writer.number != writer.number):
            self._collection.modify(metadata=replace(state, writer=writer).to_metadata())
        self._writer = writer
        self.check_writer()

    def check_writer(self) -> None:
        """Make sure that no other one has become who writes to it, on a server.

        Raises:
            LibraryBusyError: another one has.
        """
        if not isinstance(self.home, Server):
            return
        writer = self.state.writer
        if writer is not None and (self._writer is None or writer.number != self._writer.number):
            raise refusal(self.home, writer)

    @property
    def chunks(self) -> int:
        """How many chunks are in."""
        return int(self._collection.count())

    def rename(self, name: str) -> None:
        """Give the collection another name, which no other one has."""
        self._collection.modify(name=name)

    def has(self, name: str) -> bool:
        """Whether a collection of this name is there."""
        try:
            self._open.get_collection(name)
        except NotFoundError:
            return False
        return True

    def drop(self, name: str) -> None:
        """Delete a collection of this name, if it is there."""
        if self.has(name):
            self._open.delete_collection(name)

    def put(
        self,
        chunks: Sequence[Chunk],
        vectors: NDArray[np.float32],
        counts: Mapping[str, int],
        generation: int,
        together: int | None = None,
    ) -> None:
        """Add or replace chunks.

        Args:
            chunks: the chunks.
            vectors: theirs, shape (len(chunks), dimension).
            counts: how many chunks each paper has, by id.
            generation: the generation they belong to.
            together: how many go in at once, where Chroma takes that many; None for as many as are usual.
        """
        # A paper is there when its first chunk is, so that one comes last: a kill in between leaves no half paper.
        order = sorted(range(len(chunks)), key=lambda place: -chunks[place].index)
        for places in self._parts(order, together):
            part = [chunks[place] for place in places]
            self._collection.upsert(
                ids=[chunk.chunk_id for chunk in part],
                embeddings=vectors[places],
                documents=[chunk.text for chunk in part],
                metadatas=[metadata_of(chunk, counts[chunk.paper.arxiv_id], generation) for chunk in part],
            )

    def update(self, chunks: Sequence[Chunk], counts: Mapping[str, int], generation: int) -> None:
        """Rewrite what is said of chunks whose text, and so whose vector, stays."""
        for part in self._parts(chunks):
            self._collection.update(
                ids=[chunk.chunk_id for chunk in part],
                metadatas=[metadata_of(chunk, counts[chunk.paper.arxiv_id], generation) for chunk in part],
            )

    def delete(self, chunk_ids: Sequence[str]) -> None:
        for part in self._parts(chunk_ids):
            self._collection.delete(ids=list(part))

    def ids(self) -> list[str]:
        """Every chunk id."""
        return self._ids(None)

    def chunk_counts(self) -> dict[str, int]:
        """Every paper, with the number of chunks that it says it has."""
        ids, counts = self._ids({"chunk": 0}), dict[str, int]()
        for start in range(0, len(ids), _PAGE):  # what else is said of them need not be in memory all at once
            found = self._found(ids[start : start + _PAGE], "metadatas")
            counts |= {i: int(m["chunks"]) for i, m in zip(found["ids"], found["metadatas"], strict=True)}
        return counts

    def written(self, since: int, until: int | None = None) -> list[str]:
        """Ids of the papers of these generations, both included; of all from `since` on when `until` is None."""
        where: list[dict[str, Any]] = [{"chunk": 0}, {"generation": {"$gte": since}}]
        if until is not None:
            where.append({"generation": {"$lte": until}})
        return self._ids({"$and": where})

    def stored(self, ids: Sequence[str]) -> list[tuple[list[Chunk], NDArray[np.float32]]]:
        """Papers as they were put in, each as its chunks and their vectors, shape (chunks, dimension).

        Args:
            ids: the papers'; those that are not in are left out.

        Raises:
            ChromaError: a vector cannot be read.
            KeyError: a chunk is not there.
        """
        import numpy as np

        papers = self.get(ids)
        names = [chunk_id(arxiv_id, k) for arxiv_id, (_, count) in papers.items() for k in range(count)]
        found = self._found(names, "metadatas")
        spans = {i: (int(m["start"]), int(m["end"])) for i, m in zip(found["ids"], found["metadatas"], strict=True)}
        vectors = self.vectors(names)
        stored = []
        for arxiv_id, (paper, count) in papers.items():
            pieces = [Chunk(paper, k, *spans[chunk_id(arxiv_id, k)]) for k in range(count)]
            stored.append((pieces, np.stack([vectors[piece.chunk_id] for piece in pieces])))
        return stored

    def get(self, ids: Sequence[str]) -> dict[str, tuple[Paper, int]]:
        """Papers by id, each with its number of chunks; ids that are not in are left out."""
        try:
            return self._papers(self._found(ids, "metadatas", "documents"))
        except KeyError:  # between two readings one of them got a shorter text from another process
            return self._papers(self._found(ids, "metadatas", "documents"))

    def all(self, since_generation: int = 0, until: int | None = None) -> Iterator[tuple[Paper, int, int]]:
        """Every paper of these generations, both included, with its number of chunks and its generation."""
        ids = self.written(since_generation, until)
        for start in range(0, len(ids), _PAGE):
            found = self._found(ids[start : start + _PAGE], "metadatas", "documents")
            generations = {i: int(m["generation"]) for i, m in zip(found["ids"], found["metadatas"], strict=True)}
            for arxiv_id, (paper, chunks) in self._papers(found).items():
                yield paper, chunks, generations[arxiv_id]

    def nearest(
        self, vector: NDArray[np.float32], limit: int, within: Sequence[str] | None = None
    ) -> list[tuple[str, float]]:
        """The chunks nearest to a unit vector: (chunk id, cosine), nearest first.

        Args:
            vector: shape (dimension,).
            limit: how many.
            within: chunk ids to choose from; None for all.
        """
        try:
            found = self._nearest(vector, limit, within)
        except ChromaError:  # it refuses all over one that is not there, which another process may have taken out
            there = self._found(within or ())["ids"]
            if len(there) == len(within or ()):
                raise
            found = self._nearest(vector, limit, there)
        distances = (found["distances"] or [[]])[0]
        return [(chunk, 1.0 - distance) for chunk, distance in zip(found["ids"][0], distances, strict=True)]

    def _nearest(self, vector: NDArray[np.float32], limit: int, within: Sequence[str] | None) -> Any:
        return self._collection.query(
            query_embeddings=vector.reshape(1, -1),
            n_results=min(limit, self._most),
            include=["distances"],
            ids=None if within is None else list(within),
        )

    def vectors(self, chunk_ids: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """The vector of each chunk that is in the record, shape (dimension,)."""
        found = self._found(chunk_ids, "embeddings")
        if not found["embeddings"]:
            return {}
        import numpy as np

        return dict(zip(found["ids"], np.asarray(found["embeddings"], dtype=np.float32), strict=True))

    def _parts(self, rows: Sequence[Row], together: int | None = None) -> Iterator[Sequence[Row]]:
        """Rows in parts that can be written at once: to a server some megabytes, which a gateway lets through."""
        usual = _SAME_BATCH if together is None or isinstance(self.home, Server) else together
        size = min(usual, self._most)
        return (rows[start : start + size] for start in range(0, len(rows), size))

    def _ids(self, where: dict[str, Any] | None) -> list[str]:
        """The ids of all chunks of which this is so."""
        if self._most == sys.maxsize:  # at once: a second page would have to count off the first
            return list(self._collection.get(where=where, include=[])["ids"])
        ids: list[str] = []
        while True:
            found = self._collection.get(where=where, include=[], limit=self._most, offset=len(ids))["ids"]
            ids += found
            if len(found) < self._most:
                return ids

    def _found(self, ids: Sequence[str], *include: Any) -> dict[str, list[Any]]:
        """What there is of these chunks; those that are not in are left out."""
        found: dict[str, list[Any]] = {name: [] for name in ("ids", *include)}
        for start in range(0, len(ids), min(_PAGE, self._most)):
            page: Any = self._collection.get(ids=list(ids[start : start + min(_PAGE, self._most)]), include=[*include])
            for name in found:
                found[name].extend(page[name] if page[name] is not None else ())
        return found

    def _papers(self, found: Mapping[str, Any]) -> dict[str, tuple[Paper, int]]:
        """Papers from their first chunks; the few that have more are put together from all."""
        texts = dict(zip(found["ids"], found["documents"], strict=True))
        more = [
            chunk_id(arxiv_id, index)
            for arxiv_id, metadata in zip(found["ids"], found["metadatas"], strict=True)
            for index in range(1, int(metadata["chunks"]))
        ]
        rest: dict[str, tuple[int, str]] = {}
        if more:
            extra = self._found(more, "metadatas", "documents")
            rest = {
                chunk: (int(metadata["start"]), text)
                for chunk, metadata, text in zip(extra["ids"], extra["metadatas"], extra["documents"], strict=True)
            }
        papers = {}
        for arxiv_id, metadata in zip(found["ids"], found["metadatas"], strict=True):
            count, text = int(metadata["chunks"]), texts[arxiv_id]
            for index in range(1, count):
                start, piece = rest[chunk_id(arxiv_id, index)]
                text = text[:start] + piece
            papers[arxiv_id] = (paper_from(metadata, text), count)
        return papers
