"""A program run to its end in a process of its own: what it printed, how long it took and how much memory it held."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Run:
    """One process: its output, wall time in seconds, and peak resident memory in MiB."""

    output: str
    seconds: float
    mebibytes: float


def python(*arguments: str, allowed: Collection[int] = (0,), variables: Mapping[str, str] | None = None) -> Run:
    """Run this Python with arguments; what it says on standard error is seen as it comes.

    The peak that Linux reports of a child is at least that of its parent when it was started, so the caller should be
    a small process: it imports no database and no model.

    Args:
        arguments: as on a command line, such as "-m", "ui.cli", "--help".
        allowed: exit statuses that are no failure; any other one ends the benchmark.
        variables: what the environment has besides.
    """
    with tempfile.TemporaryFile() as output:
        began = time.perf_counter()
        process = os.posix_spawn(
            sys.executable,
            [sys.executable, *arguments],
            {**os.environ, **(variables or {})},
            file_actions=[(os.POSIX_SPAWN_DUP2, output.fileno(), 1)],
        )
        try:
            # wait4 gives this child's own peak; getrusage(RUSAGE_CHILDREN) would give the largest of all so far.
            _, status, usage = os.wait4(process, 0)
        except BaseException:
            os.kill(process, signal.SIGTERM)  # whoever stops the benchmark does not want its child to go on
            os.waitpid(process, 0)
            raise
        seconds = time.perf_counter() - began
        output.seek(0)
        text = output.read().decode()
    if (code := os.waitstatus_to_exitcode(status)) not in allowed:
        sys.exit(f"{' '.join(arguments[:4])} … ended with {code}")
    return Run(text, seconds, mebibytes(usage.ru_maxrss))


def mebibytes(peak: int) -> float:
    """What `getrusage` gives as the largest resident memory: KiB on Linux, bytes on macOS."""
    return peak / (1024 * 1024 if sys.platform == "darwin" else 1024)
