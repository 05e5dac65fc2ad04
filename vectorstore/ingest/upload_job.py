"""UploadJob: files that somebody sent, read into a library in the background, with progress and a way to stop."""

from __future__ import annotations

import logging
import shutil
import tempfile
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

from vectorstore.embedding.embedder import Embedder
from vectorstore.engine.ingestion import Progress
from vectorstore.errors import ArxivQAError, LibraryBusyError
from vectorstore.ingest import Reference, read_papers
from vectorstore.ingest.archives import Limits
from vectorstore.ingest.inputs import Input
from vectorstore.ingest.listings import Reject
from vectorstore.ingest.listings.lines import open_listing
from vectorstore.ingest.listings.rejects import printable_path, refuse_error
from vectorstore.ingest.upload_progress import IntakeProgress, JobProgress, State
from vectorstore.library import Library
from vectorstore.paper import Paper
from vectorstore.storage.file_lock import WaitPolicy
from vectorstore.storage.server_address import Server

_LOG = logging.getLogger("arxivqa.intake")
_CLOSING = 20.0  # seconds; a batch takes less, the first load of a model may take more
_PAGE = 500


class UploadJob:
    """Reads files into one library, one sending at a time. All methods may be called from several threads.

    It opens the library for itself: whoever has it open goes on reading, and sees each batch when it is committed.

    Args:
        library: the library's folder; there has to be one.
        model: the model it was made with, as in the settings.
        limits: how much may come out of archives.
        patience: for how many seconds to wait where another process is writing.
        server: what keeps the library's record; None for the folder.
    """

    def __init__(
        self,
        library: Path,
        model: str | None = None,
        limits: Limits | None = None,
        patience: float = 600.0,
        server: Server | None = None,
    ) -> None:
        self._library = library
        self._server = server
        self._model = model
        self._limits = limits or Limits()
        self._patience = patience
        self._lock = threading.Lock()
        self._account: JobProgress | None = None
        self._thread: threading.Thread | None = None

    def start(self, files: Sequence[Path], by: str) -> None:
        """Take files away from where they are, and read them in the background. They are deleted afterwards.

        Args:
            files: whatever `vectorstore.ingest` reads: listings, archives of them, snapshots of arXiv's metadata.
            by: who sent them.

        Raises:
            LibraryBusyError: files are being read already; the message says whose. These are deleted all the same.
        """
        with self._lock:
            running = self._account.progress if self._account else None
            if running is None or running.is_over:
                folder, moved = _taken(files)
                self._account = account = JobProgress(by, [printable_path(file.name) for file in moved])
                self._thread = threading.Thread(
                    target=self._run, args=(account, moved, folder), name="arxivqa-intake", daemon=True
                )
                self._thread.start()
                return
        for file in files:
            file.unlink(missing_ok=True)
        raise LibraryBusyError(
            f"{running.by} is adding listings just now. Wait until that is done, or stop it, and send yours again."
        )

    def progress(self) -> IntakeProgress | None:
        """How far the newest intake is; None before the first."""
        with self._lock:
            return self._account.progress if self._account else None

    def stop(self) -> None:
        """Read no further. The papers being written are finished first, so that the library stays whole."""
        with self._lock:
            if self._account is not None:
                self._account.stop()

    def wait(self) -> IntakeProgress | None:
        """Return how the newest intake ended, when it has; None where there was none."""
        if self._thread is not None:
            self._thread.join()
        return self.progress()

    def close(self) -> None:
        """Stop, and wait a while until nothing is written any more; an end in between loses nothing that is in."""
        self.stop()
        if self._thread is not None:
            self._thread.join(_CLOSING)

    def _run(self, account: JobProgress, files: Sequence[Path], folder: Path) -> None:
        summary, failure = None, None
        state: State = "done"
        patience = WaitPolicy(self._patience, lambda whom: account.say(waiting=whom), lambda: account.stopped)

        def advance(progress: Progress) -> None:
            account.say(read=progress.read, done=progress.done)

        try:
            embedder = Embedder(self._model)
            with Library.open(self._library, embedder=embedder, patience=patience, server=self._server) as library:
                named: list[Reference] = []
                summary = library.ingest(_papers(account, files, self._limits, named), progress=advance)
                _refuse_missing(account, library, named)
                if account.stopped and any(file.state in ("waiting", "reading") for file in account.progress.files):
                    state = "stopped"
        except ArxivQAError as error:
            if isinstance(error, LibraryBusyError) and account.stopped:
                state = "stopped"  # while it waited
            else:
                state, failure = "failed", str(error)
        except Exception as error:
            _LOG.error("%s while adding listings: %s", type(error).__name__, error)
            _LOG.debug("where it happened", exc_info=True)
            state, failure = "failed", "Something went wrong inside arxivqa. The terminal it runs in says what."
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            account.say(state=state, summary=summary, failure=failure, waiting=None)


def _papers(account: JobProgress, files: Sequence[Path], limits: Limits, named: list[Reference]) -> Iterator[Paper]:
    """Every paper of the files, until they end or someone stops; papers that are only named are put in a list."""
    account.say(waiting=None)  # asked for papers, the library can be written
    for found in read_papers(_documents(account, files), limits=limits, begun=account.begin):
        if account.stopped:
            return
        if isinstance(found, Reject):
            account.refuse(found)
            continue
        account.take()
        if isinstance(found, Reference):
            named.append(found)
        else:
            yield found
    account.end_of_files()


def _documents(account: JobProgress, files: Sequence[Path]) -> Iterator[Input | Reject]:
    for file in files:
        account.next_file()
        try:
            yield Input(printable_path(file.name), open_listing(file), path=file)
        except OSError as error:
            yield refuse_error(printable_path(file.name), error)
        file.unlink(missing_ok=True)


def _refuse_missing(account: JobProgress, library: Library, named: Sequence[Reference]) -> None:
    """Say which papers of a list are not in the library: the page asks arXiv for nothing."""
    for start in range(0, len(named), _PAGE):
        page = named[start : start + _PAGE]
        known = {paper.arxiv_id for paper in library.get([reference.arxiv_id for reference in page])}
        for reference in page:
            if reference.arxiv_id not in known:
                reason = f"{reference.arxiv_id} is not in the library; in a terminal, arxivqa ingest --fetch gets it"
                account.refuse(Reject(reference.place, None, reason))


def _taken(files: Sequence[Path]) -> tuple[Path, list[Path]]:
    """A new folder that nobody else may read, and the files moved there, each in a place of its own."""
    folder = Path(tempfile.mkdtemp(prefix="arxivqa-intake-"))
    moved = []
    for number, file in enumerate(files):
        place = folder / f"sent-{number}"
        place.mkdir()
        moved.append(Path(shutil.move(file, place / file.name)))
    return folder, moved
