"""The writer's lock of a record on a server, where the lock in a library's folder does not reach."""

from __future__ import annotations

import json
import os
import platform
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from chromadb.errors import ChromaError, NotFoundError

from vectorstore.errors import LibraryBusyError, LibraryError, ServerError
from vectorstore.storage.chroma_server import ChromaServer, said
from vectorstore.storage.file_lock import AT_ONCE, WaitPolicy, writer_lock
from vectorstore.storage.server_address import Server

if TYPE_CHECKING:
    from chromadb import Collection

# Chroma has no locks, but of several who make a collection of one name at once, one succeeds. So the lock is a
# collection without records; its holder says again and again that it is alive, by the server's clock.
LOCK = "papers-writer"
SILENCE = 60  # seconds without a word after which a holder is taken to be dead
_WORD = 5.0  # seconds between two words
_MISSED = 20  # times that a lock can neither be taken nor is held by anybody
_POLL = 0.5  # seconds between two looks at a lock that is waited for
_OURS = "server-writer.json"  # in the library's folder: the lock that a process of this folder took last

_held: dict[str, str] = {}  # by the server's key, the token of the lock that this process holds
_guard = threading.Lock()


@contextmanager
def record_lock(library: Path, home: Path | Server, patience: WaitPolicy = AT_ONCE) -> Iterator[None]:
    """Hold the library's writer lock, and that of the server which keeps its record.

    Args:
        library: its folder.
        home: where its record is; for a folder there is no second lock.
        patience: how to wait where another process holds one of them.

    Raises:
        LibraryBusyError: another process, here or on another machine, goes on holding it; the message names that one.
        LibraryError: the folder cannot be written, or the server cannot be used.
    """
    with writer_lock(library, patience):
        if not isinstance(home, Server):
            yield
            return
        with closing(ChromaServer(home)) as connection:
            token, since = uuid4().hex, datetime.now(UTC).isoformat(timespec="seconds")
            # It goes to the server: no paths and no commands.
            words = {"token": token, "name": f"process {os.getpid()} on {platform.node()} since {since}"}
            taken = _take(connection, library, words, patience)
            with _guard:
                _held[home.key] = token
            ended = threading.Event()
            word = threading.Thread(target=_keep, args=(connection, taken, words, ended), daemon=True)
            word.start()
            try:
                yield
            finally:
                ended.set()
                word.join(1.0)  # one that waits for an answer is waited for no longer
                with _guard:
                    _held.pop(home.key, None)
                # Where the server is gone, its lock is left behind; by the file in the folder it is known to be ours.
                with suppress(ChromaError, LibraryError):
                    if _holder(connection).get("token") == token:
                        connection.delete_collection(LOCK)


def assert_held(connection: ChromaServer) -> None:
    """Make sure that this process still holds the lock of a server.

    Raises:
        LibraryError: it does not, since it was silent for too long and another one took its place.
    """
    with _guard:
        token = _held.get(connection.server.key)
    if token is None or _holder(connection).get("token") != token:
        raise LibraryError(
            f"This process no longer writes to the library on {connection.server}: it was not heard of for {SILENCE} "
            "seconds, and another one took its place. What was reported as in is in; run this again for the rest."
        )


def _take(connection: ChromaServer, library: Path, words: dict[str, Any], patience: WaitPolicy) -> Collection:
    server, ours = connection.server, library / _OURS
    before = _left_behind(ours)
    with suppress(OSError):  # a full disk: the lock is held all the same
        ours.write_text(json.dumps({"token": words["token"]}), encoding="utf-8")
    deadline = time.monotonic() + patience.seconds
    told, missed = False, 0
    while True:
        try:
            return connection.create_collection(LOCK, _said_now(connection, words))
        except ChromaError as error:
            holder = _holder(connection)
            if not holder:  # given back between the two
                missed += 1
                if missed > _MISSED:
                    raise ServerError(
                        f"The Chroma server {server.url} does not let the lock be made: {said(server, str(error))}"
                    ) from error
                continue
        word = holder.get("word")
        silent = connection.heartbeat() // 10**9 - (word if isinstance(word, int) else 0)
        # Whoever held it in this folder is dead, since the folder's own lock was free.
        if silent > SILENCE or holder.get("token") == before:
            _clear(connection, holder)
            continue
        who = said(server, str(holder.get("name", "another process")))
        if time.monotonic() >= deadline or patience.given_up():
            raise LibraryBusyError(
                f"The library on {server} is being written by {who}, last heard of {max(silent, 0)} s ago. Wait until "
                f"it is done, or stop it, and run this again; after {SILENCE} s of silence its place is taken. Asking "
                "and finding work meanwhile."
            ) from None
        if not told and patience.told is not None:
            patience.told(f"Waiting for {who}, which is writing to the library on {server}.")
        told = True
        time.sleep(_POLL)


def _keep(connection: ChromaServer, taken: Collection, words: dict[str, Any], ended: threading.Event) -> None:
    """Say now and then that the holder is alive."""
    while not ended.wait(_WORD):
        try:
            taken.modify(metadata=_said_now(connection, words))
        except NotFoundError:
            return  # lost, which the next who writes the state will notice
        except (ChromaError, LibraryError):
            continue  # the server may be back in time


def _said_now(connection: ChromaServer, words: dict[str, Any]) -> dict[str, Any]:
    """What the lock says of its holder, with the server's own time: clocks of machines differ."""
    return {**words, "word": connection.heartbeat() // 10**9}


def _holder(connection: ChromaServer) -> dict[str, Any]:
    """What the lock says; nothing where nobody holds it."""
    try:
        return dict(connection.get_collection(LOCK).metadata or {})
    except NotFoundError:
        return {}


def _clear(connection: ChromaServer, holder: dict[str, Any]) -> None:
    """Take a dead holder's lock away, and nobody else's: two may find it dead, and one of them take it meanwhile."""
    with suppress(NotFoundError):
        found = connection.get_collection(LOCK)
        if (found.metadata or {}).get("token") == holder.get("token"):
            aside = f"{LOCK}-{uuid4().hex}"
            found.modify(name=aside)  # by its own id, where deleting goes by a name that may be another's by now
            connection.delete_collection(aside)


def _left_behind(ours: Path) -> str | None:
    """The token of the lock that a process of this folder took last."""
    try:
        return str(json.loads(ours.read_text(encoding="utf-8"))["token"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
