"""The one lock a library has: one process writes, and a second one learns which."""

from __future__ import annotations

import json
import os
import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from vectorstore.errors import LibraryBusyError, LibraryError

_LOCK = "writer.lock"
_HOLDER = "writer.json"


@contextmanager
def hold(library: Path) -> Iterator[None]:
    """Hold the library's writer lock. The operating system lets go of it when the process ends, however it ends.

    Raises:
        LibraryBusyError: when another process holds it; the message names that process.
        LibraryError: when the folder cannot be written.
    """
    lock = FileLock(library / _LOCK, timeout=0)
    try:
        lock.acquire()
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


def _holder(library: Path) -> str:
    try:
        held = json.loads((library / _HOLDER).read_text(encoding="utf-8"))
        return f"process {held['pid']} ({held['command']}) since {held['since']}"
    except (OSError, ValueError, KeyError, TypeError):
        # The holder has the lock but has not written its name yet, or has just let go.
        return "another process"
