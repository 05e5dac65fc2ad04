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

APPLICATION = 0x61725158  # "arQX", in the file's header: another program's file must not be written to
SCHEMA = 1
_SECONDS = 30.0  # until another process must be done writing

_TABLES = (
    "CREATE TABLE conversations (id TEXT PRIMARY KEY, user TEXT NOT NULL, title TEXT NOT NULL, created TEXT NOT NULL, "
    "updated TEXT NOT NULL)",
    "CREATE INDEX conversations_of_user ON conversations (user, updated)",
    "CREATE TABLE turns (conversation TEXT NOT NULL REFERENCES conversations ON DELETE CASCADE, number INTEGER NOT "
    "NULL, question TEXT NOT NULL, failure TEXT, stopped INTEGER NOT NULL, dropped TEXT NOT NULL, given TEXT NOT NULL, "
    "rating TEXT, answer TEXT, PRIMARY KEY (conversation, number))",
    # What is searched, apart from the answers, which are twenty times as long.
    # Number 0 is the title.
    "CREATE TABLE words (conversation TEXT NOT NULL REFERENCES conversations ON DELETE CASCADE, number INTEGER NOT "
    "NULL, text TEXT NOT NULL, PRIMARY KEY (conversation, number))",
    "CREATE TABLE questions (id TEXT PRIMARY KEY, user TEXT NOT NULL, question TEXT NOT NULL, filters TEXT NOT NULL, "
    "saved TEXT NOT NULL, UNIQUE (user, question, filters))",
    "CREATE TABLE visits (user TEXT PRIMARY KEY, at TEXT NOT NULL, newest TEXT, seen TEXT NOT NULL)",
)


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
        if self._version() == 0:
            # Held while the file is made: SQLite does not wait for another process that changes the journal's mode.
            with FileLock(f"{self.path}.lock", timeout=_SECONDS):
                if self._version() == 0:
                    self._make()
        version = self._version()
        if self._number("application_id") != APPLICATION:
            raise ConversationsError(
                f"{self.path} is a database of another program. Name another file: ARXIVQA_CONVERSATIONS=PATH."
            )
        if version > SCHEMA:
            raise ConversationsError(
                f"The conversations in {self.path} were written by a newer arxivqa (layout {version}; this one reads "
                f"{SCHEMA}). Update arxivqa, or name another file: ARXIVQA_CONVERSATIONS=PATH."
            )
        # Said now, and not after an answer that took a minute: nothing could be kept.
        with self.writing():
            pass

    def _make(self) -> None:
        if self._connection.execute("SELECT 1 FROM sqlite_master").fetchone():
            return  # another program's, which the caller refuses
        self._connection.execute("PRAGMA journal_mode = WAL")
        with self.writing() as connection:
            for table in _TABLES:
                connection.execute(table)
            connection.execute(f"PRAGMA application_id = {APPLICATION}")
            connection.execute(f"PRAGMA user_version = {SCHEMA}")

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
