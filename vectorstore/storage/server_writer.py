"""Who may write to a record on a server, which no file lock reaches: one library folder of one machine, named in it."""

from __future__ import annotations

import hashlib
import os
import platform
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from platformdirs import user_data_path

from vectorstore.errors import LibraryBusyError, LibraryError
from vectorstore.storage.chroma_server import said
from vectorstore.storage.server_address import Server
from vectorstore.storage.state import State, Writer

_NAME = "machine-id"  # in the user's data folder


def this_writer(library: Path) -> Writer:
    """What stands in a record that is written to from here.

    Args:
        library: its folder, whose file lock keeps one writer among this machine's processes.

    Raises:
        LibraryError: there is no number of this machine, and none can be kept.
    """
    # The server learns no path: a folder is told from others by a number made of both.
    number = hashlib.sha256(f"{_machine()}\n{library.resolve()}".encode()).hexdigest()[:16]
    return Writer(number, platform.node(), datetime.now(UTC).isoformat(timespec="seconds"))


def is_written_here(state: State, library: Path) -> bool:
    """Whether the record on a server is written to from this machine and folder."""
    return state.writer is not None and _file().is_file() and state.writer.number == this_writer(library).number


def writing_elsewhere(state: State, library: Path) -> Writer | None:
    """Who is writing from elsewhere just now, or was when that was cut off; None where nobody is."""
    return state.writer if state.writing != state.generation and not is_written_here(state, library) else None


def refusal(server: Server, writer: Writer) -> LibraryBusyError:
    """What is said to whoever wants to write where another one does."""
    host = said(server, writer.host)
    where = f"another library folder or user of this machine, {host}," if host == platform.node() else host
    return LibraryBusyError(
        f"The library on {server} is written to from {where} since {said(server, writer.since)}: write there, or, when "
        "nothing is being written there any more, add --take-over to the command to write from here. What was "
        "reported as in is in, and asking and finding work here as ever."
    )


def _file() -> Path:
    return Path(user_data_path("arxivqa", False)) / _NAME


def _machine() -> str:
    """The number of this machine, by chance, for this user; made once."""
    file = _file()
    try:
        if not file.is_file():
            file.parent.mkdir(parents=True, exist_ok=True)
            made = file.with_name(f"{_NAME}.{uuid4().hex}")
            made.write_text(uuid4().hex, encoding="utf-8")
            with suppress(FileExistsError):  # of several that make one at once, the first one's stays
                os.link(made, file)
            made.unlink()
        return file.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise LibraryError(
            f"The number by which a Chroma server's library knows this machine cannot be kept in {file}: "
            f"{error.strerror or error}. Make that folder one that can be written, or set XDG_DATA_HOME."
        ) from error
