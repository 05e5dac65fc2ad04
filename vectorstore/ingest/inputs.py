"""Input: a file, or what stands for one in an archive or a pipe, that is read once from its beginning."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from vectorstore.ingest.listings.lines import HEAD, head_of


class Readable(Protocol):
    """Anything that gives bytes."""

    def read(self, size: int, /) -> bytes:
        """At most so many bytes; none at the end."""


@dataclass(frozen=True, slots=True)
class Input:
    """Something to read papers from.

    Attributes:
        name: what it is called in messages: a path, or "october.zip/2020-10-07.txt".
        file: its content, at its start.
        depth: how many archives it came out of.
        path: where it is, if it is a file of its own.
    """

    name: str
    file: io.BufferedReader
    depth: int = 0
    path: Path | None = None

    @property
    def head(self) -> bytes:
        """Its first bytes, enough to tell what it is; they are not used up."""
        return head_of(self.file)


class _Flow(io.RawIOBase):
    """Bytes from anything that gives them, always as many as are asked for until the end."""

    def __init__(self, source: Readable, count: Callable[[int], None]) -> None:
        self._source = source
        self._count = count

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        filled = 0
        while filled < len(buffer) and (piece := self._source.read(len(buffer) - filled)):
            buffer[filled : filled + len(piece)] = piece
            filled += len(piece)
        self._count(filled)
        return filled


def buffered(source: Readable, count: Callable[[int], None] = lambda _: None) -> io.BufferedReader:
    """A source of bytes as a file that can be looked into before it is read.

    Args:
        source: a pipe, or a member of an archive.
        count: told how many bytes came, each time some do; what it raises ends the reading.
    """
    return io.BufferedReader(_Flow(source, count), HEAD)
