"""Private copies of a record that cannot be written: Chroma writes even to read.

It adds a row when it opens a database, and at the first query clears its queue. So where a folder cannot be written its
client gets a copy, in a folder for temporary files, which goes when the client is closed.
"""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, NoReturn

import chromadb
from chromadb.config import Settings

from vectorstore.errors import LibraryError
from vectorstore.storage.read_only import Place, hindrance

_DATABASE = "chroma.sqlite3"
_TRIES = 5
_PAUSE = 0.2  # seconds between two tries


def embedded_client(folder: Path, spelling: str, settings: Settings) -> Any:
    """Chroma's client for a folder, over a private copy of it where the folder cannot be written.

    Args:
        folder: Chroma's.
        spelling: the same folder, as no other open client spells it.
        settings: Chroma's.

    Raises:
        LibraryError: a copy is needed, and there is no room for one.
    """
    if (folder / _DATABASE).is_file() and (reason := hindrance(folder)):
        return _CopyClient(folder, reason, settings)
    return chromadb.PersistentClient(spelling, settings=settings)


class _CopyClient:
    """A client over a private copy, which refuses to write."""

    def __init__(self, folder: Path, reason: str, settings: Settings) -> None:
        self._folder = folder
        self._reason = reason
        self._place = Place(_size(folder))
        try:
            copy = _copied(folder, self._place.path / "chroma")
            self._client: Any = chromadb.PersistentClient(str(copy), settings=settings)
        except BaseException:
            self._place.close()
            raise

    def get_collection(self, name: str, **given: Any) -> _CopyCollection:
        found = self._client.get_collection(name, **given)
        return _CopyCollection(found, self._metadata(name) or dict(found.metadata or {}), self._refuse)

    def get_or_create_collection(self, name: str, **_: Any) -> _CopyCollection:
        return self.get_collection(name, embedding_function=None)

    def delete_collection(self, name: str) -> NoReturn:
        self._refuse(name)

    def close(self) -> None:
        self._client.close()
        self._place.close()

    def _metadata(self, name: str) -> dict[str, Any]:
        """A collection's metadata as they are now, where the copy has them as they were."""
        wanted = (
            "SELECT m.key, coalesce(m.str_value, m.int_value, m.float_value) "
            "FROM collection_metadata m JOIN collections c ON c.id = m.collection_id WHERE c.name = ?"
        )
        with suppress(sqlite3.Error), closing(_read_only(self._folder)) as database:
            return dict(database.execute(wanted, (name,)).fetchall())
        return {}

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise LibraryError(
            f"The library {self._folder.parent} cannot be written: {self._reason}. Once that is changed, open it again."
        )


class _CopyCollection:
    """A collection of a copy, which answers what is asked and refuses to be changed."""

    def __init__(self, collection: Any, metadata: dict[str, Any], refuse: Any) -> None:
        self._collection = collection
        self.metadata = metadata
        self.modify = self.add = self.upsert = self.update = self.delete = refuse

    def __getattr__(self, name: str) -> Any:
        return getattr(self._collection, name)


def _copied(folder: Path, copy: Path) -> Path:
    """A copy of Chroma's folder in which no write of another process is half.

    A transaction that was cut off has left a journal beside the database, from which SQLite undoes it in the copy.
    """
    for _ in range(_TRIES):
        before = dict(_told(folder))
        with suppress(FileNotFoundError):  # one that was there a moment ago: somebody writes
            copy.mkdir()
            for found in folder.rglob("*"):
                target = copy / found.relative_to(folder)
                if found.is_dir():
                    target.mkdir()
                else:
                    shutil.copyfile(found, target)
            if before == dict(_told(folder)):
                return copy
        shutil.rmtree(copy)
        time.sleep(_PAUSE)
    raise LibraryError(f"The library {folder.parent} is being written by another process. Try again when that is done.")


def _told(folder: Path) -> Iterator[tuple[str, tuple[int, int]]]:
    """What the file system says of each file."""
    for file in folder.rglob("*"):
        with suppress(FileNotFoundError):
            found = file.stat()
            if not file.is_dir():
                yield str(file), (found.st_mtime_ns, found.st_size)


def _size(folder: Path) -> int:
    return sum(size for _, (_, size) in _told(folder))


def _read_only(folder: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{(folder / _DATABASE).absolute().as_uri()}?mode=ro", uri=True)
