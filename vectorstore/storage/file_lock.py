"""The one lock a library has: one process writes, and a second one learns which."""

from __future__ import annotations

import json
import os
import shlex
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from vectorstore.errors import LibraryBusyError, LibraryError
from vectorstore.storage.read_only import hindrance

_LOCK = "writer.lock"
_HOLDER = "writer.json"
_POLL = 0.2  # seconds between two looks at a lock that is waited for
_LOOK = 1.0  # seconds between two questions whether to go on waiting


@dataclass(frozen=True, slots=True)
class WaitPolicy:
    """What a writer does where there is another one.

    Attributes:
        seconds: for how long; with 0 it fails at once.
        told: gets one sentence that names the other process, before the waiting begins.
        given_up: asked now and then whether to wait no longer.
        take_over: write to a record on a server from here also where another machine is the one that does.
    """

    seconds: float = 0.0
    told: Callable[[str], None] | None = None
    given_up: Callable[[], bool] = lambda: False
    take_over: bool = False


AT_ONCE = WaitPolicy()


@contextmanager
def writer_lock(library: Path, patience: WaitPolicy = AT_ONCE) -> Iterator[None]:
    """Hold the library's writer lock. The operating system lets go of it when the process ends, however it ends.

    Args:
        library: its folder.
        patience: how to wait where another process holds it.

    Raises:
        LibraryBusyError: when another process holds it, and goes on holding it; the message names that process.
        LibraryError: when the folder cannot be written.
    """
    if reason := hindrance(library):
        raise LibraryError(
            f"The library {library} cannot be written: {reason}. Change that, or choose another folder with --library."
        )
    lock = FileLock(library / _LOCK, timeout=0)
    try:
        try:
            lock.acquire()
        except Timeout:
            if patience.seconds <= 0:
                raise
            if patience.told is not None:
                patience.told(f"Waiting for {_holder(library)}, which is writing to the library {library}.")
            _wait(lock, patience)
    except Timeout:
        raise LibraryBusyError(
            f"The library {library} is being written by {_holder(library)}. Wait until it is done, or stop it, and run "
            "this again; asking and finding work meanwhile."
        ) from None
    except OSError as error:
        raise LibraryError(
            f"The library {library} cannot be written: {error.strerror or error}. Check the folder's permissions and "
            "the free space, or choose another folder with --library."
        ) from error
    holder = library / _HOLDER
    try:
        command = shlex.join([Path(sys.argv[0]).name or "python", *sys.argv[1:]])
        since = datetime.now(UTC).isoformat(timespec="seconds")
        with suppress(OSError):  # a full disk: the lock is held all the same
            holder.write_text(json.dumps({"pid": os.getpid(), "command": command, "since": since}), encoding="utf-8")
        yield
    finally:
        with suppress(OSError):
            holder.unlink()
        lock.release()


def _wait(lock: FileLock, patience: WaitPolicy) -> None:
    until = time.monotonic() + patience.seconds
    while True:
        try:
            lock.acquire(timeout=min(_LOOK, max(0.0, until - time.monotonic())), poll_interval=_POLL)
            return
        except Timeout:
            if patience.given_up() or time.monotonic() >= until:
                raise


def named(library: Path) -> str | None:
    """The process that took the lock and has not let go of it, dead or alive, in words; None where there is none."""
    try:
        held = json.loads((library / _HOLDER).read_text(encoding="utf-8"))
        return f"process {held['pid']} ({held['command']}) since {held['since']}"
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _holder(library: Path) -> str:
    # The holder has the lock but may not have written its name yet, or may have just let go.
    return named(library) or "another process"
