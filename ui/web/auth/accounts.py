"""Accounts: who may sign in, in a file of hashed passwords that only its owner can read."""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from filelock import FileLock

from qa.history.store import LOCAL
from vectorstore import ArxivQAError, InputError

SHORTEST, LONGEST = 8, 1024
_NAME = re.compile(r"[a-z0-9][a-z0-9._@-]{0,63}")

# Argon2id as OWASP's cheat sheet on password storage has it (in kibibytes, with one pass). A check takes some 50 ms.
_MEMORY = 46 * 1024
# The page must still answer while someone guesses.
_AT_ONCE = 2


class AccountsError(ArxivQAError):
    """The file of users cannot be read or written."""


@dataclass(frozen=True, slots=True)
class _Users:
    """What the file states: each user's hashed password, and how often the user's sessions were ended (0: never)."""

    hashes: dict[str, str]
    sessions: dict[str, int]


class Accounts:
    """The users of one file. May be used from several threads, while other processes change the file.

    >>> with tempfile.TemporaryDirectory() as folder:
    ...     accounts = Accounts(Path(folder) / "users.json")
    ...     _ = accounts.put("Ana", "a long password")
    ...     accounts.names(), accounts.verify("ana", "a long password"), accounts.verify("ana", "another")
    (['ana'], True, False)

    Args:
        path: the file; there need not be one yet.

    Raises:
        AccountsError: it cannot be read or written; of every method.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._hasher = PasswordHasher(time_cost=1, memory_cost=_MEMORY, parallelism=1)
        self._turn = threading.Semaphore(_AT_ONCE)
        # Checked where there is no such user, so that the answer takes as long and tells nobody who has an account.
        self._nobody = self._hasher.hash(secrets.token_hex())
        self._read: tuple[tuple[int, ...], _Users] | None = None

    def names(self) -> list[str]:
        """Return everyone who may sign in, in order."""
        return sorted(self._users().hashes)

    def put(self, name: str, password: str) -> bool:
        """Make a user, or give one another password, which ends that user's sessions.

        Args:
            name: in any case; kept in small letters.
            password: 8 to 1,024 characters.

        Returns:
            Whether the user is new.

        Raises:
            InputError: the name or the password is not allowed.
        """
        name = normal(name)
        if not _NAME.fullmatch(name):
            raise InputError(
                f"{name!r} cannot be a user's name. Use up to 64 letters a to z, digits and . _ - @, the first one a "
                "letter or a digit."
            )
        if name == LOCAL:
            raise InputError(
                f"{LOCAL!r} is whoever uses the page on this machine without signing in. Choose another name."
            )
        if not SHORTEST <= len(password) <= LONGEST:
            raise InputError(f"A password has {SHORTEST} to {LONGEST:,} characters; this one has {len(password):,}.")
        hashed = self._hasher.hash(password)
        with self._changing() as users:
            new = name not in users.hashes
            users.hashes[name] = hashed
        return new

    def remove(self, name: str) -> None:
        """Take a user out, which ends the user's sessions; the conversations stay in their store.

        Raises:
            InputError: there is no such user.
        """
        with self._changing() as users:
            if users.hashes.pop(normal(name), None) is None:
                raise InputError(f"There is no user {normal(name)!r}. List them: arxivqa users list")
            users.sessions.pop(normal(name), None)

    def verify(self, name: str, password: str) -> bool:
        """Return whether this is the user's password; takes as long for a name that nobody has."""
        hashed = self._users().hashes.get(normal(name))
        if len(password) > LONGEST:
            hashed, password = None, ""
        with self._turn:
            try:
                return self._hasher.verify(hashed or self._nobody, password) and hashed is not None
            except (VerificationError, InvalidHashError):
                return False

    def session(self, name: str) -> str | None:
        """Return what a session of this user has to carry now; None for who is no user.

        It is another one after each end of the user's sessions and with each password, and tells neither.
        """
        users = self._users()
        if (hashed := users.hashes.get(name)) is None:
            return None
        return hashlib.sha256(f"{hashed}:{users.sessions.get(name, 0)}".encode()).hexdigest()[:24]

    def end_sessions(self, name: str) -> None:
        """End all sessions of a user, who has to sign in again everywhere."""
        with self._changing() as users:
            if name in users.hashes:
                users.sessions[name] = users.sessions.get(name, 0) + 1

    def _users(self) -> _Users:
        """Return the file's content, read again only when the file is another one: this is asked with each request."""
        try:
            found = self.path.stat()
            stamp = (found.st_mtime_ns, found.st_size, found.st_ino)
            if self._read is None or self._read[0] != stamp:
                self._read = (stamp, _parsed(self.path.read_text(encoding="utf-8"), self.path))
            return self._read[1]
        except FileNotFoundError:
            return _Users({}, {})
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
            raise AccountsError(f"The file of users {self.path} cannot be read: {reason}.") from error

    @contextmanager
    def _changing(self) -> Iterator[_Users]:
        """Change the users and write them, one process at a time; readers meanwhile see the old ones, or the new."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(self.path.with_name(f"{self.path.name}.lock")):
                now = self._users()
                users = _Users(dict(now.hashes), dict(now.sessions))
                yield users
                kept = {"users": users.hashes, "sessions": users.sessions}
                write_private(self.path, json.dumps(kept, indent=1, sort_keys=True) + "\n")
        except OSError as error:
            raise AccountsError(
                f"The file of users {self.path} cannot be written: {error.strerror or error}."
            ) from error


def normal(name: str) -> str:
    """Return a user's name as it is kept, however it was typed."""
    return name.strip().lower()


def secret(stated: str | None, users: Path) -> str:
    """Return what sessions are signed with.

    Args:
        stated: the setting; None makes one, once, and keeps it in a file beside the users, so that a restart signs
            nobody out.
        users: the file of users.

    Raises:
        AccountsError: the file cannot be read or written.
    """
    if stated is not None:
        return stated
    path = users.with_name(f"{users.name}.secret")
    try:
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(users.with_name(f"{users.name}.lock")):
                if not path.exists():
                    write_private(path, secrets.token_hex(32) + "\n")
        kept = path.read_text(encoding="ascii", errors="replace").strip()
    except OSError as error:
        raise AccountsError(f"The secret {path} cannot be kept: {error.strerror or error}.") from error
    if len(kept) < 32:
        raise AccountsError(f"{path} holds no secret. Delete it, and another one is made; everyone signs in again.")
    return kept


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, whole or not at all.

    Raises:
        OSError: it cannot be written.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # made with mode 600
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _parsed(text: str, path: Path) -> _Users:
    try:
        stated = json.loads(text)
        hashes, sessions = dict(stated["users"]), dict(stated.get("sessions", {}))
        if not all(isinstance(hashed, str) for hashed in hashes.values()):
            raise TypeError
        if not all(isinstance(number, int) for number in sessions.values()):
            raise TypeError
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise AccountsError(
            f"{path} is no file of users. Move it away, and make the users again: arxivqa users add NAME"
        ) from error
    return _Users(hashes, sessions)
