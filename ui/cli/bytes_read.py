"""Reach: how much of the files being read has been read, in bytes, since nobody knows how many papers follow."""

from __future__ import annotations

import glob
import io
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from vectorstore.ingest.discovery import STANDARD_INPUT
from vectorstore.ingest.inputs import Input
from vectorstore.ingest.listings.rejects import Reject, shown


class Reach:
    """How much of some places has been read.

    Args:
        places: paths of files and folders, patterns, or "-", as `vectorstore.ingest.find` takes them.
    """

    def __init__(self, places: Sequence[str]) -> None:
        self._known = STANDARD_INPUT not in places  # nobody knows how much a pipe still brings
        self._sizes = dict(_sizes(places)) if self._known else {}
        self._total, self._before = sum(self._sizes.values()), 0
        self._current: Input | None = None

    @property
    def share(self) -> float | None:
        """How much has been read, from 0 to 1; None where that cannot be known."""
        if not self._known or not self._total:
            return None
        return min((self._before + self._within()) / self._total, 1.0)

    def follow(self, documents: Iterable[Input | Reject]) -> Iterator[Input | Reject]:
        """The documents as they come, each of them watched while it is read."""
        for document in documents:
            if isinstance(document, Reject):
                self._total -= self._sizes.pop(document.file, 0)  # it is not read
                yield document
                continue
            self._current = document
            yield document
            self._current = None
            self._before += self._sizes.get(document.name, 0)

    def _within(self) -> int:
        """The position in the file that is being read; of a packed one, in what is packed."""
        if self._current is None:
            return 0
        raw = self._current.file.raw
        if not isinstance(raw, io.FileIO) or raw.closed:
            return self._sizes.get(self._current.name, 0)
        return raw.tell()


def _sizes(places: Sequence[str]) -> Iterator[tuple[str, int]]:
    """The files below the places, as messages call them, and their bytes; what is hidden counts for nothing."""
    for place in places:
        place = os.path.expanduser(place)  # noqa: PTH111 (as `find` does)
        named = [place] if os.path.lexists(place) else sorted(glob.glob(place, recursive=True))  # noqa: PTH207
        for path in map(Path, named):
            if path.is_dir():
                for folder, inner, names in os.walk(path):
                    inner[:] = [name for name in inner if not name.startswith(".")]
                    yield from _sized(Path(folder, name) for name in names if not name.startswith("."))
            else:
                yield from _sized([path])


def _sized(paths: Iterable[Path]) -> Iterator[tuple[str, int]]:
    for path in paths:
        with suppress(OSError):  # it goes away, or may not be looked at: whoever reads it says so
            yield shown(path), path.stat().st_size
