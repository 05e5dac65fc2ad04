"""`arxivqa ingest`: files in, a bar while it works, and what became of each record."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from qa.cli.output import clean, print_json
from qa.settings import Settings
from vectorstore import listings
from vectorstore.embedding import Embedder
from vectorstore.ingestion import Progress
from vectorstore.library import Library
from vectorstore.papers import Paper

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

SHOWN = 20  # refusals that a person wants to see; a program gets them all
_PAUSE = 5.0  # seconds between two lines of progress in a log


def ingest(settings: Settings, paths: Sequence[Path], rebuild: bool, as_json: bool) -> int:
    """Read listings into the library; returns the exit status, 1 when anything was refused.

    What is no listing, in a folder of listings, is passed over with a note and is no failure.
    """
    started = time.perf_counter()
    problems: list[listings.Refusal] = []
    embedder = Embedder(settings.model)
    with Meter() as meter:
        if rebuild:
            meter.work = "rebuilding"
            Library.rebuild(settings.library, embedder=embedder, progress=meter.show).close()
            meter.work = "ingesting"
        with Library.open(settings.library, embedder=embedder, create=True) as library:
            summary = library.ingest(_papers(paths, problems), progress=meter.show)
    seconds = time.perf_counter() - started
    refusals = [problem for problem in problems if problem.kind != "skipped"]
    skipped = [problem for problem in problems if problem.kind == "skipped"]
    counts = {
        "added": summary.added,
        "replaced": summary.replaced,
        "unchanged": summary.unchanged,
        "refused": len(refusals),
        "papers": summary.papers,
    }
    if as_json:
        rows = {"refusals": _rows(refusals), "skipped": _rows(skipped)}
        print_json({**counts, "seconds": round(seconds, 3), "library": str(settings.library), **rows})
        return int(bool(refusals))
    _say("skipped", skipped)
    _say("refused", refusals)
    parts = ", ".join(f"{counts[name]:,} {name}" for name in ("added", "replaced", "unchanged", "refused"))
    print(f"{parts} in {seconds:.1f} s; {_papers_in_words(summary.papers)} in {clean(str(settings.library))}")
    return int(bool(refusals))


def _rows(problems: Iterable[listings.Refusal]) -> list[dict[str, str | int | None]]:
    return [{"file": p.file, "line": p.line, "reason": p.reason} for p in problems]


def _say(what: str, problems: Sequence[listings.Refusal]) -> None:
    shown = problems[:SHOWN] if sys.stderr.isatty() else problems
    for problem in shown:
        print(f"{what}: {clean(str(problem))}", file=sys.stderr)
    if len(problems) > len(shown):
        print(f"and {len(problems) - len(shown):,} more {what}; --json lists all", file=sys.stderr)


def _papers_in_words(count: int) -> str:
    return "1 paper" if count == 1 else f"{count:,} papers"


def _papers(paths: Iterable[Path], problems: list[listings.Refusal]) -> Iterator[Paper]:
    """The papers of every listing; what cannot be read goes to `problems`."""
    for found in listings.find(paths):
        records = [found] if isinstance(found, listings.Refusal) else listings.read(found)
        for record in records:
            if isinstance(record, listings.Refusal):
                problems.append(record)
            else:
                yield record


class Meter:
    """Shows progress on standard error: a bar on a terminal, now and then a line elsewhere."""

    def __init__(self) -> None:
        self.work = "ingesting"
        self._bar: Bar | None = None
        self._said = time.monotonic()

    def __enter__(self) -> Self:
        if sys.stderr.isatty():
            from rich import progress
            from rich.console import Console

            columns = (progress.TextColumn("{task.description}"), progress.BarColumn(), progress.MofNCompleteColumn())
            self._bar = progress.Progress(
                *columns, progress.TimeElapsedColumn(), console=Console(stderr=True), transient=True
            )
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def show(self, progress: Progress) -> None:
        """Say how far it is, in papers."""
        if self._bar is not None:
            if not self._bar.task_ids or self._bar.tasks[-1].description != self.work:
                self._bar.add_task(self.work, total=None)
            self._bar.update(self._bar.task_ids[-1], total=progress.read, completed=progress.done)
        elif time.monotonic() - self._said > _PAUSE:
            self._said = time.monotonic()
            print(
                f"{self.work}: {progress.done:,} of the {progress.read:,} papers read so far",
                file=sys.stderr,
                flush=True,
            )
