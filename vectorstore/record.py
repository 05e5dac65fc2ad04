"""The record of a library: one Chroma collection of chunks, and how a paper is written into it and read back."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import chromadb
from chromadb.config import Settings
from chromadb.errors import ChromaError, NotFoundError

from vectorstore.chunking import Chunk, chunk_id
from vectorstore.errors import LibraryError
from vectorstore.metadata import metadata_of, paper_from
from vectorstore.papers import Paper

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

COLLECTION = "papers"
_PAGE = 2_000  # records a read; SQLite's limit on variables in one statement is far above
_SAME_BATCH = 1_000
_TICK = 2_000_000_000  # nanoseconds; the coarsest clocks of file systems tick every two seconds

# Chroma shares one client among all who name a path in the same words, and a shared one stays as it was opened: who
# closes it and opens it again sees nothing that another process has added. So each record spells its path differently.
_spellings: set[str] = set()
_guard = threading.Lock()


def _advice(path: Path) -> str:
    if not all(os.access(place, os.W_OK) for place in (path, path / "chroma.sqlite3") if place.exists()):
        return "Its database needs to write there even to read: allow it, or copy the library to a folder of your own."
    return "If it is damaged, put a copy back, or ingest the listings into another folder: --library PATH"


def _take_spelling(path: Path) -> str:
    with _guard:
        spelling = next(s for n in count(1) if (s := f"{path}{'/.' * n}") not in _spellings)
        _spellings.add(spelling)
    return spelling


@dataclass(frozen=True, slots=True)
class State:
    """What a library says of itself, kept in the collection's metadata.

    Attributes:
        format: the layout of the records.
        model, model_sha256: what made the vectors.
        generation: grows with each write; a reader that finds it changed reopens.
        writing: the generation being written; equal to `generation` unless a write was cut off.
        papers: how many papers are in.
        indexed: the newest generation that a paper carries; below `generation` where the last write removed papers.
    """

    format: int
    model: str
    model_sha256: str
    generation: int = 0
    writing: int = 0
    papers: int = 0
    indexed: int = 0

    @classmethod
    def read(cls, metadata: Mapping[str, Any] | None) -> State:
        """From a collection's metadata; anything missing reads as a format that no program writes."""
        found = dict(metadata or {})
        generation, papers = int(found.get("generation", 0)), int(found.get("papers", 0))
        return cls(
            format=int(found.get("format", 0)),
            model=str(found.get("model", "unknown")),
            model_sha256=str(found.get("model_sha256", "")),
            generation=generation,
            writing=int(found.get("writing", 0)),
            papers=papers,
            indexed=int(found.get("indexed", generation if papers else 0)),  # libraries that nothing was removed from
        )

    def to_metadata(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


class Record:
    """An open collection.

    Args:
        path: Chroma's folder.
        name: the collection.
        create: the state to make it with when it is not there; None to raise instead.

    Raises:
        LibraryError: when it is not there, or Chroma cannot open the folder.
    """

    def __init__(self, path: Path, name: str = COLLECTION, create: State | None = None) -> None:
        self._client: Any = None
        self._folder = path
        self._spelling = _take_spelling(path)
        try:
            # No telemetry, and no settings from a .env file that lies in the folder the user happens to be in.
            settings = Settings(_env_file=None, anonymized_telemetry=False)  # type: ignore[call-arg]
            self._client = chromadb.PersistentClient(self._spelling, settings=settings)
            if create is None:
                self._collection = self._client.get_collection(name, embedding_function=None)
            else:
                self._collection = self._client.get_or_create_collection(
                    name,
                    embedding_function=None,
                    metadata=create.to_metadata(),
                    configuration={"hnsw": {"space": "cosine"}},
                )
        except BaseException as error:
            self.close()
            if isinstance(error, NotFoundError):
                raise LibraryError(f"{path} holds no library. Make one: arxivqa ingest PATH-OF-LISTINGS") from error
            if isinstance(error, ChromaError | OSError | ValueError):
                raise LibraryError(f"The record in {path} cannot be opened: {error}. {_advice(path)}") from error
            raise

    def close(self) -> None:
        """Let go of the files; a second call does nothing."""
        if self._client is None:
            return  # Chroma keeps what failed to open, half made, under this spelling: nobody may have it again
        self._client.close()
        with _guard:
            _spellings.discard(self._spelling)
            self._spelling = ""  # by now it may be another record's

    def touched(self) -> tuple[int, ...] | None:
        """What the file system says of the database: the same again where nobody has written to it meanwhile.

        None where that cannot be told, because a write within the last tick of the file system's clock leaves the same.
        A thousandth of what reading the state costs.
        """
        told: list[int] = []
        for name in ("chroma.sqlite3", "chroma.sqlite3-wal"):
            with suppress(FileNotFoundError):
                found = (self._folder / name).stat()
                told += (found.st_mtime_ns, found.st_size, found.st_ino)
                if time.time_ns() - found.st_mtime_ns < _TICK:
                    return None
        return tuple(told)

    @property
    def state(self) -> State:
        """The state as it is on disk now, whoever wrote it."""
        return State.read(self._client.get_collection(self._collection.name, embedding_function=None).metadata)

    def set_state(self, state: State) -> None:
        self._collection.modify(metadata=state.to_metadata())

    @property
    def chunks(self) -> int:
        """How many chunks are in."""
        return int(self._collection.count())

    def rename(self, name: str) -> None:
        """Give the collection another name; one that has it already is deleted."""
        if name in {c.name for c in self._client.list_collections()}:
            self._client.delete_collection(name)
        self._collection.modify(name=name)

    def has(self, name: str) -> bool:
        """Whether a collection of this name is there."""
        return name in {c.name for c in self._client.list_collections()}

    def drop(self, name: str) -> None:
        """Delete a collection of this name, if it is there."""
        if self.has(name):
            self._client.delete_collection(name)

    def put(
        self, chunks: Sequence[Chunk], vectors: NDArray[np.float32], counts: Mapping[str, int], generation: int
    ) -> None:
        """Add or replace chunks.

        Args:
            chunks: the chunks.
            vectors: theirs, shape (len(chunks), dimension).
            counts: how many chunks each paper has, by id.
            generation: the generation they belong to.
        """
        # A paper is there when its first chunk is, so that one comes last: a kill in between leaves no half paper.
        order = sorted(range(len(chunks)), key=lambda place: -chunks[place].index)
        for start in range(0, len(order), _SAME_BATCH):
            places = order[start : start + _SAME_BATCH]
            part = [chunks[place] for place in places]
            self._collection.upsert(
                ids=[chunk.chunk_id for chunk in part],
                embeddings=vectors[places],
                documents=[chunk.text for chunk in part],
                metadatas=[metadata_of(chunk, counts[chunk.paper.arxiv_id], generation) for chunk in part],
            )

    def update(self, chunks: Sequence[Chunk], counts: Mapping[str, int], generation: int) -> None:
        """Rewrite what is said of chunks whose text, and so whose vector, stays."""
        for start in range(0, len(chunks), _SAME_BATCH):
            part = chunks[start : start + _SAME_BATCH]
            self._collection.update(
                ids=[chunk.chunk_id for chunk in part],
                metadatas=[metadata_of(chunk, counts[chunk.paper.arxiv_id], generation) for chunk in part],
            )

    def delete(self, chunk_ids: Sequence[str]) -> None:
        for start in range(0, len(chunk_ids), _SAME_BATCH):
            self._collection.delete(ids=list(chunk_ids[start : start + _SAME_BATCH]))

    def ids(self) -> list[str]:
        """Every chunk id."""
        return list(self._collection.get(include=[])["ids"])

    def chunk_counts(self) -> dict[str, int]:
        """Every paper, with the number of chunks that it says it has."""
        counts: dict[str, int] = {}
        offset = 0
        while True:
            found: Any = self._collection.get(where={"chunk": 0}, include=["metadatas"], limit=_PAGE, offset=offset)
            counts |= {i: int(m["chunks"]) for i, m in zip(found["ids"], found["metadatas"], strict=True)}
            offset += _PAGE
            if len(found["ids"]) < _PAGE:
                return counts

    def written(self, since: int, until: int | None = None) -> list[str]:
        """Ids of the papers of these generations, both included; of all from `since` on when `until` is None."""
        where: list[dict[str, Any]] = [{"chunk": 0}, {"generation": {"$gte": since}}]
        if until is not None:
            where.append({"generation": {"$lte": until}})
        return list(self._collection.get(where={"$and": where}, include=[])["ids"])

    def stored(self, ids: Sequence[str], generation: int) -> list[tuple[list[Chunk], NDArray[np.float32]]]:
        """Papers as they were put in, each as its chunks and their vectors, shape (chunks, dimension).

        Args:
            ids: the papers'; those that are not in, or are newer than the generation, are left out.
            generation: the newest that is taken.

        Raises:
            ChromaError: a vector cannot be read.
            KeyError: a chunk is not there.
        """
        if not ids:
            return []
        import numpy as np

        first: Any = self._collection.get(ids=list(ids), include=["metadatas", "documents"])
        kept = [i for i, m in zip(first["ids"], first["metadatas"], strict=True) if int(m["generation"]) <= generation]
        papers = self._papers(first)
        names = [chunk_id(arxiv_id, k) for arxiv_id in kept for k in range(papers[arxiv_id][1])]
        found: Any = self._collection.get(ids=names, include=["metadatas"])
        spans = {i: (int(m["start"]), int(m["end"])) for i, m in zip(found["ids"], found["metadatas"], strict=True)}
        vectors = self.vectors(names)
        stored = []
        for arxiv_id in kept:
            paper, count = papers[arxiv_id]
            pieces = [Chunk(paper, k, *spans[chunk_id(arxiv_id, k)]) for k in range(count)]
            stored.append((pieces, np.stack([vectors[piece.chunk_id] for piece in pieces])))
        return stored

    def get(self, ids: Sequence[str]) -> dict[str, tuple[Paper, int]]:
        """Papers by id, each with its number of chunks; ids that are not in are left out."""
        if not ids:
            return {}
        found = self._collection.get(ids=list(ids), include=["metadatas", "documents"])
        return self._papers(found)

    def all(self, since_generation: int = 0) -> Iterator[tuple[Paper, int, int]]:
        """Every paper written in or after a generation, with its number of chunks and its generation."""
        where: Any = {"$and": [{"chunk": 0}, {"generation": {"$gte": since_generation}}]}
        offset = 0
        while True:
            found: Any = self._collection.get(
                where=where, include=["metadatas", "documents"], limit=_PAGE, offset=offset
            )
            if not found["ids"]:
                return
            generations = {i: int(m["generation"]) for i, m in zip(found["ids"], found["metadatas"], strict=True)}
            for arxiv_id, (paper, chunks) in self._papers(found).items():
                yield paper, chunks, generations[arxiv_id]
            offset += len(found["ids"])

    def nearest(
        self, vector: NDArray[np.float32], limit: int, within: Sequence[str] | None = None
    ) -> list[tuple[str, float]]:
        """The chunks nearest to a unit vector: (chunk id, cosine), nearest first.

        Args:
            vector: shape (dimension,).
            limit: how many.
            within: chunk ids to choose from, all of them in the record; None for all.
        """
        found = self._collection.query(
            query_embeddings=vector.reshape(1, -1),
            n_results=limit,
            include=["distances"],
            ids=None if within is None else list(within),
        )
        distances = (found["distances"] or [[]])[0]
        return [(chunk, 1.0 - distance) for chunk, distance in zip(found["ids"][0], distances, strict=True)]

    def vectors(self, chunk_ids: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """The vector of each chunk that is in the record, shape (dimension,)."""
        if not chunk_ids:
            return {}
        found = self._collection.get(ids=list(chunk_ids), include=["embeddings"])
        embeddings = found["embeddings"]
        if embeddings is None or not len(embeddings):
            return {}
        import numpy as np

        return dict(zip(found["ids"], np.asarray(embeddings, dtype=np.float32), strict=True))

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
            extra = self._collection.get(ids=more, include=["metadatas", "documents"])
            rest = {
                chunk: (int(metadata["start"]), text)
                for chunk, metadata, text in zip(
                    extra["ids"], extra["metadatas"] or [], extra["documents"] or [], strict=True
                )
            }
        papers = {}
        for arxiv_id, metadata in zip(found["ids"], found["metadatas"], strict=True):
            count, text = int(metadata["chunks"]), texts[arxiv_id]
            for index in range(1, count):
                start, piece = rest[chunk_id(arxiv_id, index)]
                text = text[:start] + piece
            papers[arxiv_id] = (paper_from(metadata, text), count)
        return papers
