"""Intake: files that somebody sent, read into a library in the background, with progress by file and a way to stop."""

from __future__ import annotations

import logging
import shutil
import tempfile
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from vectorstore import listings
from vectorstore.embedding import Embedder
from vectorstore.errors import ArxivQAError, LibraryBusyError
from vectorstore.ingestion import IngestSummary, Progress
from vectorstore.library import Library
from vectorstore.listings import Refusal
from vectorstore.papers import Paper
from vectorstore.unpacking import Limits, Unpacked, unpack

_LOG = logging.getLogger("arxivqa.intake")
_REFUSALS_KEPT = 500
_PATIENCE = 20.0  # seconds; a batch takes less, the first load of a model may take more

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
        state: "stopped" after `stop`; what was committed before stays in the library. "failed" says why in `failure`.
        files: each file, those of archives one by one, in the order in which they are read.
        read, done: distinct papers read, and of those how many are in the library or about to be.
        refusals: what could not be read, the first 500.
        refused: how many there are.
        summary: what the library got; None until the end, and after a failure.
        failure: why it failed, in words for the person who sent the files.
    """

    by: str
    started: datetime
    state: State = "running"
    files: tuple[FileProgress, ...] = ()
    read: int = 0
    done: int = 0
    refusals: tuple[Refusal, ...] = ()
    refused: int = 0
    summary: IngestSummary | None = None
    failure: str | None = None

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in ("stopped", "done", "failed")


@dataclass(slots=True)
class _Work:
    """The state of one intake while it runs; guarded by the lock of its `Intake`."""

    progress: IntakeProgress
    files: list[FileProgress] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    refused: int = 0
    stop: bool = False
    cut: bool = False  # something was left unread


class Intake:
    """Reads files into one library, one sending at a time. All methods may be called from several threads.

    It opens the library for itself: whoever has it open goes on reading, and sees each batch when it is committed.

    Args:
        library: the library's folder; there has to be one.
        model: the model it was made with, as in the settings.
        limits: how much may come out of archives.
    """

    def __init__(self, library: Path, model: str | None = None, limits: Limits | None = None) -> None:
        self._library = library
        self._model = model
        self._limits = limits or Limits()
        self._lock = threading.Lock()
        self._work: _Work | None = None
        self._thread: threading.Thread | None = None

    def start(self, files: Sequence[Path], by: str) -> None:
        """Take files away from where they are, and read them in the background. They are deleted afterwards.

        Args:
            files: listings, and zip archives of listings.
            by: who sent them.

        Raises:
            LibraryBusyError: files are being read already; the message says whose. These are deleted all the same.
        """
        with self._lock:
            running = self._work
            if running is None or running.progress.is_over:
                folder, moved = _taken(files)
                self._work = work = _Work(IntakeProgress(by, datetime.now(UTC)))
                self._thread = threading.Thread(
                    target=self._run, args=(work, moved, folder), name="arxivqa-intake", daemon=True
                )
                self._thread.start()
                return
        for file in files:
            file.unlink(missing_ok=True)
        raise LibraryBusyError(
            f"{running.progress.by} is adding listings just now. Wait until that is done, or stop it, and send yours "
            "again."
        )

    def progress(self) -> IntakeProgress | None:
        """How far the newest intake is; None before the first."""
        with self._lock:
            work = self._work
            if work is None:
                return None
            state: State = "stopping" if work.stop and not work.progress.is_over else work.progress.state
            return replace(
                work.progress,
                state=state,
                files=tuple(work.files),
                refusals=tuple(work.refusals),
                refused=work.refused,
            )

    def stop(self) -> None:
        """Read no further. The papers being written are finished first, so that the library stays whole."""
        with self._lock:
            if self._work is not None:
                self._work.stop = True

    def wait(self) -> IntakeProgress | None:
        """Return how the newest intake ended, when it has; None where there was none."""
        if self._thread is not None:
            self._thread.join()
        return self.progress()

    def close(self) -> None:
        """Stop, and wait a while until nothing is written any more; an end in between loses nothing that is in."""
        self.stop()
        if self._thread is not None:
            self._thread.join(_PATIENCE)

    def _run(self, work: _Work, files: Sequence[Path], folder: Path) -> None:
        summary, failure = None, None
        try:
            with Library.open(self._library, embedder=Embedder(self._model)) as library:
                papers = self._papers(work, files, folder)
                summary = library.ingest(papers, progress=lambda progress: self._advance(work, progress))
        except ArxivQAError as error:
            failure = str(error)
        except Exception as error:
            _LOG.error("%s while adding listings: %s", type(error).__name__, error)
            _LOG.debug("where it happened", exc_info=True)
            failure = "Something went wrong inside arxivqa. The terminal it runs in says what."
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            state: State = "failed" if failure else "stopped" if work.cut else "done"
            with self._lock:
                work.progress = replace(work.progress, state=state, summary=summary, failure=failure)

    def _advance(self, work: _Work, progress: Progress) -> None:
        with self._lock:
            work.progress = replace(work.progress, read=progress.read, done=progress.done)

    def _papers(self, work: _Work, files: Sequence[Path], folder: Path) -> Iterator[Paper]:
        """Every paper of the files, until they end or someone stops."""
        unpacked = folder / "unpacked"
        unpacked.mkdir()
        sent: list[Unpacked] = []
        for found in unpack(files, unpacked, self._limits):
            if work.stop:
                work.cut = True
                return
            if isinstance(found, Refusal):
                self._refuse(work, None, found)
            else:
                sent.append(found)
                with self._lock:
                    work.files.append(FileProgress(found.name))
        for number, file in enumerate(sent):
            self._become(work, number, state="reading")
            for record in listings.read(file.path):
                if work.stop:
                    work.cut = True
                    return
                if isinstance(record, Refusal):
                    self._refuse(work, number, replace(record, file=file.name))
                else:
                    self._become(work, number, papers=1)
                    yield record
            file.path.unlink()
            self._become(work, number, state="read" if work.files[number].papers else "refused")

    def _become(self, work: _Work, number: int, state: FileState | None = None, papers: int = 0) -> None:
        with self._lock:
            file = work.files[number]
            work.files[number] = replace(file, state=state or file.state, papers=file.papers + papers)

    def _refuse(self, work: _Work, number: int | None, refusal: Refusal) -> None:
        with self._lock:
            work.refused += 1
            if len(work.refusals) < _REFUSALS_KEPT:
                work.refusals.append(refusal)
            if number is not None:
                file = work.files[number]
                work.files[number] = replace(file, refused=file.refused + 1)


def _taken(files: Sequence[Path]) -> tuple[Path, list[Path]]:
    """A new folder that nobody else may read, and the files moved there, each in a place of its own."""
    folder = Path(tempfile.mkdtemp(prefix="arxivqa-intake-"))
    moved = []
    for number, file in enumerate(files):
        place = folder / f"sent-{number}"
        place.mkdir()
        moved.append(Path(shutil.move(file, place / file.name)))
    return folder, moved
