"""Progress of long work on standard error: a bar on a terminal, now and then a line elsewhere."""

from __future__ import annotations

import glob
import io
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Self

from rich import progress
from rich.console import Console

from ui.cli.output import clean, note
from vectorstore.engine.ingestion import Progress
from vectorstore.ingest.discovery import STANDARD_INPUT
from vectorstore.ingest.inputs import Input
from vectorstore.ingest.listings.rejects import Reject, printable_path

_WINDOW = 120.0  # seconds that an estimate looks back: several batches
_QUICK = 0.1  # where fewer papers of a batch than this share are embedded, it says nothing of how long new ones take
_PAUSE, _LATER = 5.0, 30.0  # seconds between two lines of progress in a log, at first and later on
_SOON = 60.0


class Meter:
    """Shows how far long work is, how fast it goes, and how long the rest takes.

    Speed is measured by whole batches, since the papers of one are sorted by length, and the first one has to load the
    model. Papers that are in already pass a hundred times as fast as new ones, so that a batch of them says nothing of
    the rest: behind it, speed and time left are measured anew.

    Args:
        work: what is done, in a word.
        share: how much of all that is to be read has been read, from 0 to 1, asked for at each report; None where that
            cannot be known. Only with it there is an estimate of the time that is left.
        clock: seconds from any moment on.
    """

    def __init__(
        self,
        work: str = "ingesting",
        share: Callable[[], float | None] = lambda: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._bar = progress.Progress(
            progress.TextColumn("{task.description}", markup=False),
            progress.BarColumn(bar_width=16),
            progress.TextColumn("{task.fields[said]}", markup=False),
            progress.TimeElapsedColumn(),
            progress.TimeRemainingColumn(),
            console=Console(stderr=True),
            get_time=clock,
            speed_estimate_period=_WINDOW,
            transient=True,
            disable=not sys.stderr.isatty(),
        )
        self._clock = clock
        self._began = self._said = clock()
        self.begin(work, share)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def begin(self, work: str, share: Callable[[], float | None] = lambda: None) -> None:
        """Say what is done from now on."""
        self._work, self._share = clean(work), share
        self._read = self._committed = self._before = self._latest = 0
        self._reached = 0.0  # the share at the start of the batch at work
        for task in self._bar.task_ids:
            self._bar.remove_task(task)
        self._whole: progress.Task | None = None
        self._papers: progress.Task | None = None

    @property
    def committed(self) -> int:
        """How many of the papers read are surely in: those of the batches before the one at work."""
        return self._committed

    @property
    def rate(self) -> float | None:
        """Papers a second of late; None where that is not known, or not yet."""
        return self._papers.speed if self._papers else None

    @property
    def seconds_left(self) -> float | None:
        """How long the rest takes; None where that is not known, or not yet."""
        return self._whole.time_remaining if self._whole else None

    def say(self, text: str) -> None:
        """Say something in between."""
        if self._bar.disable:
            note(text)
        else:
            self._bar.console.print(clean(text), markup=False)

    def show_part(self, part: Progress) -> None:
        """Say how far it is with a part of the work that comes in many."""
        if part.done < self._latest:  # the next part has begun
            self._before += self._latest
        self._latest = part.done
        self.show(Progress(self._before + part.read, self._before + part.done))

    def show(self, reported: Progress) -> None:
        """Say how far an ingest is, in papers."""
        share = self._share()
        self._start_tasks(known=share is not None)
        if reported.read > self._read:  # a batch begins, so that those before it are in
            self._committed = self._read
            self._advance(self._reached, self._committed)
            if reported.read - reported.done < _QUICK * (reported.read - self._read):
                self._measure_anew()
            self._read, self._reached = reported.read, max(self._reached, share or 0.0)
        self._tell(
            f"{reported.done:,}/{reported.read:,}",
            f"{reported.done:,} of the {reported.read:,} papers read so far"
            + ("" if share is None else f" ({100 * share:.0f} % of the input)"),
        )

    def show_count(self, done: int, total: int) -> None:
        """Say how far work is of which all is counted beforehand."""
        self._start_tasks(known=True)
        share = done / total if total else 1.0
        self._advance(share, done)
        self._tell(f"{done:,}/{total:,}", f"{done:,} of {total:,} ({100 * share:.0f} %)")

    def _start_tasks(self, *, known: bool) -> None:
        """Begin the bar, and a hidden count of papers for the rate."""
        if self._whole is not None:
            return
        self._bar.add_task(self._work, total=1.0 if known else None, said="")
        self._bar.add_task("", total=None, visible=False)
        self._whole, self._papers = self._bar.tasks

    def _advance(self, share: float, papers: int) -> None:
        assert self._whole is not None
        assert self._papers is not None
        self._bar.update(self._whole.id, completed=share)
        self._bar.update(self._papers.id, completed=papers)

    def _measure_anew(self) -> None:
        for task in self._bar.tasks:
            began = task.start_time
            self._bar.reset(task.id, completed=task.completed)  # type: ignore[arg-type]
            task.start_time = began

    def _tell(self, short: str, words: str) -> None:
        assert self._whole is not None
        rate = [] if self.rate is None else [f"{self.rate:,.0f}/s"]
        self._bar.update(self._whole.id, said=", ".join([short, *rate]))
        now = self._clock()
        if self._bar.disable and now - self._said > (_PAUSE if now - self._began < _SOON else _LATER):
            self._said = now
            left = [] if self.seconds_left is None else [f"{in_words(self.seconds_left)} left"]
            print(", ".join([f"{self._work}: {words}", *rate, *left]), file=sys.stderr, flush=True)


def in_words(seconds: float) -> str:
    """Return a time that is estimated, no finer than it is known.

    >>> in_words(1900)
    'about 32 min'
    """
    minutes = round(seconds / 60)
    if minutes < 1:
        return "less than a minute"
    hours, rest = divmod(5 * round(minutes / 5), 60)
    return f"about {minutes} min" if minutes < 100 else f"about {hours} h {rest:02} min"


class InputBytes:
    """How much of some places has been read, in bytes, since nobody knows how many papers follow.

    Args:
        places: paths of files and folders, patterns, or "-", as `vectorstore.ingest.find_inputs` takes them.
    """

    def __init__(self, places: Sequence[str]) -> None:
        self._known = STANDARD_INPUT not in places  # nobody knows how much a pipe still brings
        self._sizes = dict(_file_sizes(places)) if self._known else {}
        self._total, self._before = sum(self._sizes.values()), 0
        self._current: Input | None = None

    def share(self) -> float | None:
        """Return how much has been read, from 0 to 1; None where that cannot be known."""
        if not self._known or not self._total:
            return None
        return min((self._before + self._within()) / self._total, 1.0)

    def follow(self, inputs: Iterable[Input | Reject]) -> Iterator[Input | Reject]:
        """Yield the inputs as they come, and watch each while it is read."""
        for each in inputs:
            if isinstance(each, Reject):
                self._total -= self._sizes.pop(each.file, 0)  # it is not read
                yield each
                continue
            self._current = each
            yield each
            self._current = None
            self._before += self._sizes.get(each.name, 0)

    def _within(self) -> int:
        """Return the position in the file that is being read; of a packed one, in what is packed."""
        if self._current is None:
            return 0
        raw = self._current.file.raw
        if not isinstance(raw, io.FileIO) or raw.closed:
            return self._sizes.get(self._current.name, 0)
        return raw.tell()


def _file_sizes(places: Sequence[str]) -> Iterator[tuple[str, int]]:
    """Yield the files below the places, as messages call them, and their bytes; what is hidden counts for nothing."""
    for place in places:
        place = os.path.expanduser(place)  # noqa: PTH111 (as `find_inputs` does)
        named = [place] if os.path.lexists(place) else sorted(glob.glob(place, recursive=True))  # noqa: PTH207
        for path in map(Path, named):
            if path.is_dir():
                for folder, inner, names in os.walk(path):
                    inner[:] = [name for name in inner if not name.startswith(".")]
                    yield from _sized(Path(folder, name) for name in names if not name.startswith("."))
            else:
                yield from _sized([path])


def _sized(paths: Iterable[Path]) -> Iterator[tuple[str, int]]:
    for path in paths:
        with suppress(OSError):  # it goes away, or may not be looked at: whoever reads it says so
            yield printable_path(path), path.stat().st_size
