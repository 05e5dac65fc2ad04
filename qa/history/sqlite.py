"""The SQLite file under the store: opened, made, checked, and every error of it in words."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock

from qa.errors import ConversationsError
from qa.history.migrations import MIGRATIONS

APPLICATION = 0x61725158  # "arQX", in the file's header: another program's file must not be written to
_SECONDS = 30.0  # until another process must be done writing


class Database:
    """One open file, made where there is none. Any number of threads and processes may use it at once.

    Args:
        path: the file; the folders above it are made.

    Raises:
        ConversationsError: it cannot be opened or made, is damaged, or is of a newer arxivqa or another program.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.RLock()  # one connection, which its threads take in turn
        with self._explained():
            path.parent.mkdir(parents=True, exist_ok=True)
            # Nobody else on the machine may read what was asked; SQLite gives its other files the same permissions.
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
            self._connection = sqlite3.connect(path, _SECONDS, isolation_level=None, check_same_thread=False)
        try:
            with self._explained():
                self._prepare()
        except BaseException:
            self._connection.close()
            raise

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A transaction in which all that is read is of one moment."""
        with self._transaction("BEGIN") as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction that alone may write; all of it happens, or nothing."""
        with self._transaction("BEGIN IMMEDIATE") as connection:
            yield connection

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[sqlite3.Connection]:
        with self._lock, self._explained():
            self._connection.execute(begin)
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            finally:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")

    def _prepare(self) -> None:
        self._connection.execute("PRAGMA foreign_keys = ON")
        # With a log beside the file nothing is damaged by a loss of power; at most the last question is lost, and none
        # has to wait for the disk.
        self._connection.execute("PRAGMA synchronous = NORMAL")
        if self._version() < len(MIGRATIONS):
            # Held meanwhile: SQLite does not wait for another process that changes the journal's mode.
            with FileLock(f"{self.path}.lock", timeout=_SECONDS):
                self._migrate()
        version = self._version()
        if self._number("application_id") != APPLICATION:
            raise ConversationsError(
                f"{self.path} is a database of another program. Name another file: ARXIVQA_CONVERSATIONS=PATH."
            )
        if version > len(MIGRATIONS):
            raise ConversationsError(
                f"The conversations in {self.path} were written by a newer arxivqa (layout {version}; this one reads "
                f"{len(MIGRATIONS)}). Update arxivqa, or name another file: ARXIVQA_CONVERSATIONS=PATH."
            )
        # Said now, and not after an answer that took a minute: nothing could be kept.
        with self.writing():
            pass

    def _migrate(self) -> None:
        """Run the migrations that the file has not had; each happens whole and once, or not at all."""
        if not self._connection.execute("SELECT 1 FROM sqlite_master").fetchone():
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute(f"PRAGMA application_id = {APPLICATION}")
        if self._number("application_id") != APPLICATION:
            return  # another program's, which the caller refuses
        for number, statements in enumerate(MIGRATIONS[self._version() :], start=self._version() + 1):
            with self.writing() as connection:
                for statement in statements:
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {number}")

    def _version(self) -> int:
        return self._number("user_version")

    def _number(self, pragma: str) -> int:
        return int(self._connection.execute(f"PRAGMA {pragma}").fetchone()[0])

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError, ValueError) as error:  # the last where a row holds what was never written
            raise ConversationsError(self._explain(error)) from error

    def _explain(self, error: sqlite3.Error | OSError | ValueError) -> str:
        said = str(error)
        if isinstance(error, OSError):
            return (
                f"The file of conversations {self.path} cannot be made or written: {error.strerror or error}. Name "
                "another one: ARXIVQA_CONVERSATIONS=PATH."
            )
        if isinstance(error, sqlite3.ProgrammingError) and "closed" in said:
            return f"The conversations in {self.path} were closed. Open them again to use them."
        if isinstance(error, ValueError) or "malformed" in said or "not a database" in said:
            return (
                f"The file of conversations {self.path} is damaged ({said}). Move it away, with the files beside it "
                "that begin with its name, and a new one is made; `sqlite3 FILE .recover` may save what was in it."
            )
        if "locked" in said:
            return f"Another program has been writing to {self.path} for {_SECONDS:.0f} seconds. Try again, or end it."
        if "readonly" in said or "unable to open" in said:
            return f"The file of conversations {self.path} cannot be written ({said}). Allow it, or name another file."
        return f"The conversations in {self.path} cannot be read or written: {said}. Is the disk full?"
