"""Running the program as people do: a process, in a pipe or on a terminal."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

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


@pytest.fixture(scope="session")
def arxivqa() -> Run:
    """Run `arxivqa ARGUMENTS`; what it prints goes into pipes."""

    def run(
        *arguments: str | Path,
        library: Path | None = None,
        stdin: str | bytes = "",
        cwd: Path | None = None,
        **environment: str,
    ) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, "-m", "qa.cli", *map(str, arguments)],
            input=stdin if isinstance(stdin, bytes) else stdin.encode(),
            capture_output=True,
            env=_environment(library, environment),
            cwd=cwd,
            timeout=120,
            check=False,
        )
        return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())

    return run


@pytest.fixture(scope="session")
def on_terminal() -> Callable[..., tuple[int, str]]:
    """Run `arxivqa ARGUMENTS` on a terminal; returns the exit status and all that the terminal got."""

    def run(*arguments: str | Path, library: Path, **environment: str) -> tuple[int, str]:
        master, slave = pty.openpty()
        environment = {"TERM": "xterm-256color", **environment}
        process = subprocess.Popen(
            [sys.executable, "-m", "qa.cli", *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            stdout=slave,
            stderr=slave,
            env=_environment(library, environment),
        )
        os.close(slave)
        got = b""
        try:
            while part := os.read(master, 65536):
                got += part
        except OSError:  # Linux says so when the other end has closed
            pass
        finally:
            os.close(master)
        return process.wait(timeout=120), got.decode()

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
