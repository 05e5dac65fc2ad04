"""How far an intake is: what is told of it, and the account that it keeps while it runs."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal

from vectorstore.engine.ingestion import IngestSummary
from vectorstore.ingest.listings import Reject

_REFUSALS_KEPT = 500

FileState = Literal["waiting", "reading", "read", "refused"]
State = Literal["running", "stopping", "stopped", "done", "failed"]


@dataclass(frozen=True, slots=True)
class FileProgress:
    """How far one file is.

    Attributes:
        name: what its sender calls it, untrusted.
        state: "refused" where nothing of it could be used.
        papers: records taken from it so far.
        refused: records that could not be read.
    """

    name: str
    state: FileState = "waiting"
    papers: int = 0
    refused: int = 0


@dataclass(frozen=True, slots=True)
class IntakeProgress:
    """How far an intake is, or how it ended.

    Attributes:
        by: who sent the files.
        started: when.
        state: "stopped" after a stop; what was committed before stays in the library. "failed" says why in `failure`.
        files: each file, those of archives one by one as they are come to, in the order in which they are read.
        read, done: distinct papers read, and of those how many are in the library or about to be.
        refusals: what could not be read, the first 500.
        refused: how many there are.
        summary: what the library got; None until the end, and after a failure.
        failure: why it failed, in words for the person who sent the files.
        waiting: which other process it waits for before it can write, in words; None where it does not.
    """

    by: str
    started: datetime
    state: State = "running"
    files: tuple[FileProgress, ...] = ()
    read: int = 0
    done: int = 0
    refusals: tuple[Reject, ...] = ()
    refused: int = 0
    summary: IngestSummary | None = None
    failure: str | None = None
    waiting: str | None = None

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in ("stopped", "done", "failed")


class JobProgress:
    """What one intake has come to. All methods may be called from several threads.

    Args:
        by: who sent the files.
        names: of the files, in the order in which they are read.
    """

    def __init__(self, by: str, names: Sequence[str]) -> None:
        self._lock = threading.Lock()
        self._progress = IntakeProgress(by, datetime.now(UTC))
        self._files = [FileProgress(name) for name in names]
        self._refusals: list[Reject] = []
        self._refused = 0
        self._at = -1  # the file being read
        self._sent = ""  # the name of the one that it is, or that it is in
        self._stop = False

    @property
    def progress(self) -> IntakeProgress:
        """How far it is now."""
        with self._lock:
            ending = self._stop and not self._progress.is_over
            return replace(
                self._progress,
                state="stopping" if ending else self._progress.state,
                files=tuple(self._files),
                refusals=tuple(self._refusals),
                refused=self._refused,
            )

    @property
    def stopped(self) -> bool:
        """Whether it is to end."""
        return self._stop

    def stop(self) -> None:
        """Say that it is to end."""
        self._stop = True

    def say(self, **news: Any) -> None:
        """Set what is told, by the names of `IntakeProgress`."""
        with self._lock:
            self._progress = replace(self._progress, **news)

    def next_file(self) -> None:
        """The next of the files that were sent is read."""
        with self._lock:
            self._settle()
            self._at += 1
            self._sent = self._files[self._at].name
            self._become(state="reading")

    def begin(self, name: str) -> None:
        """A file is read: the one that was sent, or one in it, if it is an archive, in whose place it is told of."""
        with self._lock:
            if name == self._sent:
                return
            member = FileProgress(name, "reading")
            if self._files[self._at].name == self._sent:
                self._files[self._at] = member
            else:
                self._settle()
                self._at += 1
                self._files.insert(self._at, member)

    def take(self) -> None:
        """A record was taken from the file being read."""
        with self._lock:
            self._become(papers=1)

    def refuse(self, refusal: Reject) -> None:
        """Something could not be read."""
        with self._lock:
            self._refused += 1
            if len(self._refusals) < _REFUSALS_KEPT:
                self._refusals.append(refusal)
            if self._at >= 0 and refusal.file == self._files[self._at].name:
                self._become(refused=1)

    def end_of_files(self) -> None:
        """All files were read."""
        with self._lock:
            self._settle()

    def _settle(self) -> None:
        if self._at >= 0:
            self._become(state="read" if self._files[self._at].papers else "refused")

    def _become(self, state: FileState | None = None, papers: int = 0, refused: int = 0) -> None:
        file = self._files[self._at]
        self._files[self._at] = FileProgress(
            file.name, state or file.state, file.papers + papers, file.refused + refused
        )
