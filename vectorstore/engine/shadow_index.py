"""A full-text index made beside the one in use, while its papers go into a record that is to replace the one in use."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from vectorstore.index.fulltext import FullText
from vectorstore.paper import Paper

_WAITING = 2  # parts that are held in memory until they are indexed
NAME = "fulltext-beside"


class IndexBeside:
    """An index that a thread of its own writes, since Chroma leaves a core free.

    It is derived, so that nothing is lost where it cannot be written: then the one in use is made level as ever.

    Args:
        path: the library's folder.
        generation: of all the papers that it gets.
    """

    def __init__(self, path: Path, generation: int) -> None:
        self._place = path / NAME
        self._generation = generation
        self._thread = ThreadPoolExecutor(1, "arxivqa-index")
        self._written: list[Future[None]] = []

    def __enter__(self) -> Self:
        shutil.rmtree(self._place, ignore_errors=True)  # what a process that was killed has left
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._thread.shutdown(cancel_futures=True)
        shutil.rmtree(self._place, ignore_errors=True)  # where it was not put in use

    def add(self, papers: Sequence[tuple[Paper, int]]) -> None:
        """Index papers, each with its number of chunks; returns before it is done."""
        if len(self._written) >= _WAITING:
            self._written[-_WAITING].exception()  # waits for it
        self._written.append(self._thread.submit(self._write, papers))

    def put_in_use(self, folder: Path) -> None:
        """Move it to where the library's index is, if all of it could be written."""
        if self._written and all(one.exception() is None for one in self._written):
            shutil.rmtree(folder, ignore_errors=True)
            with suppress(OSError):
                folder.parent.mkdir(parents=True, exist_ok=True)
                self._place.rename(folder)

    def _write(self, papers: Sequence[tuple[Paper, int]]) -> None:
        FullText(self._place).write(papers, self._generation)
