"""Running the program as people do, in a pipe or on a terminal; in this process, since a new one takes seconds."""

from __future__ import annotations

import io
import os
import pty
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import pytest

from arxivqa import main
from vectorstore import Paper

Run = Callable[..., subprocess.CompletedProcess[str]]

# What a terminal would obey: colour, a title change, a link, clearing the screen in one C1 code, a bell, reordering.
HOSTILE = "\x1b[31mred\x1b]0;owned\x07 \x1b]8;;https://evil.example\x1b\\link\x9b2J\x00\x08 \u202eesrever\r over"


def _environment(library: Path | None, extra: Mapping[str, str]) -> dict[str, str]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("ARXIVQA_")}
    environment |= {"OMP_NUM_THREADS": "1", "PYTHONUTF8": "1", "COLUMNS": "80"}
    if library is not None:
        environment["ARXIVQA_LIBRARY"] = str(library)
    return {**environment, **extra}


@contextmanager
def _variables(environment: Mapping[str, str]) -> Iterator[None]:
    """The environment of one run; what the program sets in it is gone afterwards."""
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(environment)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _status(arguments: Sequence[str | Path], stdin: TextIO, stdout: TextIO, stderr: TextIO) -> int:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.argv", ["arxivqa", *map(str, arguments)])
        for name, stream in (("stdin", stdin), ("stdout", stdout), ("stderr", stderr)):
            patch.setattr(f"sys.{name}", stream)
        with pytest.raises(SystemExit) as ended:
            main()
    return int(ended.value.code or 0)


@pytest.fixture(scope="session")
def arxivqa() -> Run:
    """Run `arxivqa ARGUMENTS`; what it prints goes where pipes would take it."""

    def run(
        *arguments: str | Path,
        library: Path | None = None,
        stdin: str | bytes = "",
        cwd: Path | None = None,
        **environment: str,
    ) -> subprocess.CompletedProcess[str]:
        given = io.TextIOWrapper(io.BytesIO(stdin if isinstance(stdin, bytes) else stdin.encode()), "utf-8")
        said, complained = io.BytesIO(), io.BytesIO()
        pipes = [io.TextIOWrapper(pipe, "utf-8") for pipe in (said, complained)]
        with _variables(_environment(library, environment)), pytest.MonkeyPatch.context() as patch:
            if cwd is not None:
                patch.chdir(cwd)
            status = _status(arguments, given, *pipes)
        command = ["arxivqa", *map(str, arguments)]
        return subprocess.CompletedProcess(command, status, said.getvalue().decode(), complained.getvalue().decode())

    return run


@pytest.fixture(scope="session")
def on_terminal() -> Callable[..., tuple[int, str]]:
    """Run `arxivqa ARGUMENTS` on a terminal; returns the exit status and all that the terminal got.

    What is `typed` waits in its keyboard; without that, standard input is no terminal.
    """

    def run(*arguments: str | Path, library: Path, typed: str = "", **environment: str) -> tuple[int, str]:
        master, slave = pty.openpty()
        os.write(master, typed.encode())
        got = bytearray()

        def read() -> None:
            try:
                while part := os.read(master, 65536):
                    got.extend(part)
            except OSError:  # Linux says so when the other end has closed
                pass

        reader = threading.Thread(target=read)
        reader.start()
        try:
            with (
                _variables(_environment(library, {"TERM": "xterm-256color", **environment})),
                open(os.dup(slave), encoding="utf-8") if typed else io.StringIO() as keyboard,  # noqa: PTH123
                open(slave, "w", encoding="utf-8") as terminal,  # noqa: PTH123 (a descriptor, not a path)
            ):
                status = _status(arguments, keyboard, terminal, terminal)
        finally:
            reader.join()
            os.close(master)
        return status, got.decode()

    return run


@pytest.fixture(scope="session")
def hostile_library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of one paper whose every text tries to command the terminal."""
    from vectorstore.library import Library

    path = tmp_path_factory.mktemp("hostile") / "library"
    paper = Paper(
        "2101.00001",
        f"Zebra stripes {HOSTILE}",
        f"We count the stripes of zebras {HOSTILE} in photographs. The zebra counter reaches 97 percent accuracy.",
        authors=(f"Ana {HOSTILE}",),
        categories=("cs.CV",),
        journal=HOSTILE,
        comment=HOSTILE,
    )
    with Library.open(path, create=True) as library:
        library.ingest([paper])
    return path
