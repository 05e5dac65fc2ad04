"""Chroma in this process, over a folder: the way to a record that no server keeps."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any

from chromadb import Collection
from chromadb.config import Settings

from vectorstore.storage.read_only_copy import embedded_client

ADVICE = "If it is damaged, put a copy back, or ingest the listings into another folder: --library PATH"
"""What to do about a folder that cannot be opened."""

_TICK = 2_000_000_000  # nanoseconds; the coarsest clocks of file systems tick every two seconds

# Chroma shares one client among all who name a path in the same words, and a shared one stays as it was opened: who
# closes it and opens it again sees nothing that another process has added. So each opening spells its path differently.
_spellings: set[str] = set()
_guard = threading.Lock()


def _take_spelling(path: Path) -> str:
    with _guard:
        spelling = next(s for n in count(1) if (s := f"{path}{'/.' * n}") not in _spellings)
        _spellings.add(spelling)
    return spelling


class LocalChroma:
    """An open folder of Chroma's: what a record asks of a Chroma client.

    Args:
        folder: Chroma's.
    """

    most: int | None = None  # it takes and gives as many records at once as there are

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._spelling = _take_spelling(folder)
        # No telemetry, and no settings from a .env file that lies in the folder the user happens to be in. What cannot
        # be opened Chroma keeps, half made, under this spelling: nobody may have it again.
        settings = Settings(_env_file=None, anonymized_telemetry=False)  # type: ignore[call-arg]
        self._client = embedded_client(folder, self._spelling, settings)

    def get_collection(self, name: str) -> Collection:
        """A collection by its name."""
        found: Collection = self._client.get_collection(name, embedding_function=None)
        return found

    def get_or_create_collection(self, name: str, metadata: dict[str, Any], configuration: Any) -> Collection:
        """A collection by its name, made if there is none."""
        made: Collection = self._client.get_or_create_collection(
            name, embedding_function=None, metadata=metadata, configuration=configuration
        )
        return made

    def delete_collection(self, name: str) -> None:
        """Delete a collection by its name."""
        self._client.delete_collection(name)

    def close(self) -> None:
        """Let go of the files; a second call does nothing."""
        self._client.close()
        with _guard:
            _spellings.discard(self._spelling)
            self._spelling = ""  # by now it may be another record's

    def touched(self) -> tuple[int, ...] | None:
        """What the file system says of the database: the same again where nobody has written to it meanwhile.

        None where that cannot be told, because a write within the last tick of the file system's clock leaves the same.
        A thousandth of what reading the state costs.
        """
        told: list[int] = []
        for name in ("chroma.sqlite3", "chroma.sqlite3-wal"):
            with suppress(FileNotFoundError):
                found = (self._folder / name).stat()
                told += (found.st_mtime_ns, found.st_size, found.st_ino)
                if time.time_ns() - found.st_mtime_ns < _TICK:
                    return None
        return tuple(told)
