"""What a library says of itself: its format, its model, and how far it has been written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple, dataclass
from typing import Any

_WRITER = ("writer", "writer_host", "writer_since")  # as Chroma keeps what a `Writer` says


@dataclass(frozen=True, slots=True)
class Writer:
    """Who writes to a record on a server.

    Attributes:
        number: of the machine and the library folder there.
        host: the machine's name.
        since: when it began to be the one that writes, in UTC.
    """

    number: str
    host: str
    since: str


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
        writer: who alone writes to it, on a server; None before the first write there, and in a folder.
    """

    format: int
    model: str
    model_sha256: str
    generation: int = 0
    writing: int = 0
    papers: int = 0
    indexed: int = 0
    writer: Writer | None = None

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
            writer=Writer(*(str(found.get(key, "unknown")) for key in _WRITER)) if _WRITER[0] in found else None,
        )

    def to_metadata(self) -> dict[str, Any]:
        stated = {name: getattr(self, name) for name in self.__slots__ if name != "writer"}
        return stated | (dict(zip(_WRITER, astuple(self.writer), strict=True)) if self.writer else {})
