"""Pace: how fast papers go into a library, and how long the rest will take."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from vectorstore.engine.ingestion import Progress

_WINDOW = 60.0  # seconds that an estimate looks back: several batches, whose long papers come last
_QUICK = 0.1  # where fewer papers of a batch than this share are embedded, it says nothing of how long new ones take


@dataclass(frozen=True, slots=True)
class Left:
    """How long work still takes.

    >>> print(Left(1900))
    about 32 min left
    >>> print(Left(130, unless_new=True))
    about 2 min left if the rest is in already too

    Attributes:
        seconds: the estimate.
        unless_new: whether it was made of papers that were in already; new ones take a hundred times as long.
    """

    seconds: float
    unless_new: bool = False

    def __str__(self) -> str:
        minutes = round(self.seconds / 60)
        hours, rest = divmod(5 * round(minutes / 5), 60)
        said = "less than a minute" if minutes < 1 else f"about {minutes} min" if minutes < 100 else ""
        return f"{said or f'about {hours} h {rest:02} min'} left{' if the rest is in already too' * self.unless_new}"


@dataclass(frozen=True, slots=True)
class _Stretch:
    """From the start of one batch to the start of the next."""

    seconds: float
    papers: int
    share: float
    quick: bool


class Pace:
    """Learns from reports of progress how fast the work goes.

    Whole batches are measured, since within one the papers are sorted by length. Papers that are in already pass a
    hundred times as fast as new ones, so batches of one kind say nothing of the other: where the kind changes, the
    estimate begins anew.

    Args:
        clock: seconds from any moment on.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._stretches: deque[_Stretch] = deque()
        self._begun: tuple[float, float, int, bool] | None = None  # of the batch at work: when, share, papers, quick
        self._batches = self._read = 0
        self._share = 0.0

    @property
    def committed(self) -> int:
        """How many of the papers read are surely in: those of the batches before the one at work."""
        return self._read - (self._begun[2] if self._begun else 0)

    @property
    def rate(self) -> float | None:
        """Papers a second of late; None before the first batch is done."""
        seconds = sum(stretch.seconds for stretch in self._stretches)
        return sum(stretch.papers for stretch in self._stretches) / seconds if seconds > 0 else None

    @property
    def left(self) -> Left | None:
        """How long the rest takes; None where that cannot be told, or not yet."""
        share = sum(stretch.share for stretch in self._stretches)
        if self._begun is None or share <= 0:
            return None
        began, done, _, _ = self._begun
        seconds = (1 - done) * sum(stretch.seconds for stretch in self._stretches) / share
        return Left(max(seconds - (self._clock() - began), 0.0), unless_new=self._stretches[-1].quick)

    def note(self, progress: Progress, share: float | None = None) -> None:
        """Take a report.

        Args:
            progress: as an ingest reports it.
            share: how much of all there is to read has been read, from 0 to 1; None where that is not known.
        """
        if progress.read <= self._read:
            return
        now = self._clock()
        taken, waiting = progress.read - self._read, progress.read - progress.done
        quick = waiting < _QUICK * taken
        if self._begun is not None:
            began, done, papers, was_quick = self._begun
            if self._batches == 2 and len(self._stretches) == 1:
                self._stretches.clear()  # the first one: the model was being loaded
            self._stretches.append(_Stretch(now - began, papers, self._share - done, was_quick))
            while sum(stretch.seconds for stretch in self._stretches) - self._stretches[0].seconds >= _WINDOW:
                self._stretches.popleft()
            if quick != was_quick:
                self._stretches.clear()
        self._batches += 1
        self._begun = (now, self._share, taken, quick)
        self._read = progress.read
        self._share = max(self._share, share or 0.0)
