"""Where a library cannot be written: how that is told, and what stands in for its folder while it is read.

tantivy only wants to make a lock beside its files, so links to them do. What Chroma wants, `read_only_copy.py` says.
"""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout

from vectorstore.errors import LibraryError

_PARTS = ("", "chroma.sqlite3", "chroma", "chroma/chroma.sqlite3", "fulltext")
_ROOM = 16 << 20  # bytes that must be free: Chroma's queue of a thousand records passes through SQLite's journal
_PREFIX = "arxivqa-copy-"
_LOCK = "in-use.lock"
_IN_MEMORY = Path("/dev/shm")  # has room where the disk with the temporary files is the full one


def hindrance(library: Path) -> str:
    """What keeps a library's folder from being written, in words; empty where nothing is known to.

    Args:
        library: the folder, or one in it.
    """
    for place in (library / part for part in _PARTS):
        if place.exists() and not os.access(place, os.W_OK):
            return "it may only be read"
    with suppress(OSError):
        disk = shutil.disk_usage(library)
        if disk.total and disk.free < _ROOM:  # a file system that does not count its room says 0 of 0
            return f"its disk is full (less than {_ROOM >> 20} MB are free)"
    return ""


class Links:
    """A folder of links to an index's files, where the index's own cannot take a lock.

    Args:
        folder: the index's.

    Raises:
        OSError: there is no place for links either.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._place = Place(0)
        self.path = self._place.path / "links"
        self.path.mkdir()
        self.refresh()

    def refresh(self) -> None:
        """Link to what is new in the folder."""
        for file in self._folder.iterdir():
            link = self.path / file.name
            if file.suffix != ".lock" and not link.is_symlink():
                link.symlink_to(file.absolute())


class Place:
    """A folder for temporary files with some room, gone when it is closed, collected, or left behind by a dead process.

    Args:
        size: how many bytes it must take.
    """

    def __init__(self, size: int) -> None:
        places = list(_places())
        for place in places:
            _sweep(place)
            with suppress(OSError):
                if shutil.disk_usage(place).free > size + _ROOM:
                    self._made = tempfile.TemporaryDirectory(prefix=_PREFIX, dir=place, ignore_cleanup_errors=True)
                    self.path = Path(self._made.name)
                    self._lock = FileLock(self.path / _LOCK, timeout=0, thread_local=False)
                    self._lock.acquire()
                    return
        named = " or ".join(map(str, places)) or "any folder for temporary files"
        raise LibraryError(
            f"The library cannot be written, and its database can then only be read from a copy of {size / 1e6:,.0f} "
            f"MB, for which there is no room in {named}. Make room, or set TMPDIR to a folder that has some."
        )

    def close(self) -> None:
        self._lock.release()
        self._made.cleanup()


def _places() -> Iterator[Path]:
    with suppress(FileNotFoundError):  # where no folder for temporary files can be written
        yield Path(tempfile.gettempdir())
    if _IN_MEMORY.is_dir():
        yield _IN_MEMORY


def _sweep(place: Path) -> None:
    """Delete copies whose process was killed: the operating system has let go of their locks."""
    myself = os.geteuid() if hasattr(os, "geteuid") else 0
    for left in place.glob(f"{_PREFIX}*"):
        with suppress(OSError, Timeout):
            found = left.lstat()
            # What others have put there is not touched. One that is just being made has no lock yet.
            if stat.S_ISDIR(found.st_mode) and found.st_uid == myself and (left / _LOCK).is_file():
                with FileLock(left / _LOCK, timeout=0):
                    shutil.rmtree(left, ignore_errors=True)
