"""How far a figure would move with other questions of the same kind: percentile-bootstrap intervals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

RESAMPLES = 2000
LEVEL = 0.95
_SEED = 11  # fixed, so that the same answers give the same interval
_DRAWN = 1_000_000  # random numbers held at once; more questions than that still take little memory
Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Figure:
    """One measure of a set of questions.

    Attributes:
        value: the measure.
        low, high: its 95 % interval; None for what is no mean over questions (times, counts of lines).
        count: how many questions it is of.
    """

    value: float
    low: float | None = None
    high: float | None = None
    count: int = 0

    def to_json(self) -> dict[str, float | int | None]:
        """The figure as JSON-ready values."""
        return {"value": self.value, "low": self.low, "high": self.high, "count": self.count}


def ratio(sums: Sequence[float], counts: Sequence[float] | None = None) -> Figure:
    """The mean of a measure over questions, each of which may bring several values.

    For a difference of two systems that were asked the same questions, give the differences: they are drawn together.

    >>> figure = ratio([1, 1, 0, 1])
    >>> figure.value, figure.low, figure.high, figure.count
    (0.75, 0.25, 1.0, 4)

    Args:
        sums: each question's values together.
        counts: how many values each question brings; 1 each when None. The questions, not the values, are drawn again,
            since the turns of one conversation stand or fall together.

    Raises:
        ValueError: when there is no question.
    """
    if not len(sums):
        raise ValueError("A mean needs at least one question.")
    number = np.ones(len(sums)) if counts is None else np.asarray(counts, dtype=np.float64)

    def mean(total: Array, number: Array, axis: int) -> Array:
        means: Array = total.sum(axis=axis) / number.sum(axis=axis)
        return means

    return _figure(float(sum(sums) / number.sum()), mean, (sums, number), paired=True)


def area(positive: Sequence[float], negative: Sequence[float]) -> Figure:
    """The chance that a value of the first kind is above one of the second, a tie counting half: the AUROC.

    >>> area([0.9, 0.8, 0.4], [0.4, 0.1]).value
    0.9166666666666666

    Args:
        positive: for instance the confidences of questions that the library answers.
        negative: those of questions that it does not. Both kinds are drawn again, each among its own.

    Raises:
        ValueError: when one of them is empty.
    """
    if not len(positive) or not len(negative):
        raise ValueError("An area needs values of both kinds.")
    return _figure(_chance(positive, negative), _chance, (positive, negative), paired=False)


def _chance(high: Sequence[float] | Array, low: Sequence[float] | Array) -> float:
    ordered = np.sort(low)
    lower = np.searchsorted(ordered, high, "left") + np.searchsorted(ordered, high, "right")  # twice, ties once
    return float(lower.sum()) / 2 / (len(high) * len(low))


def _figure(
    value: float, statistic: Callable[..., Any], samples: Sequence[Sequence[float] | Array], *, paired: bool
) -> Figure:
    """Return a figure with the interval of its statistic over samples; of paired ones, rows are drawn."""
    # SciPy draws from two values or more: of a single one, as of the same one twice, no draw differs.
    drawn = [np.resize(np.asarray(sample, dtype=np.float64), max(len(sample), 2)) for sample in samples]
    found = stats.bootstrap(
        drawn,
        statistic,
        n_resamples=RESAMPLES,
        batch=max(1, _DRAWN // max(map(len, drawn))),
        vectorized=paired,
        paired=paired,
        confidence_level=LEVEL,
        method="percentile",
        rng=np.random.default_rng(_SEED),
    )
    low, high = found.confidence_interval
    count = len(samples[0]) if paired else sum(map(len, samples))
    return Figure(value, float(low), float(high), count)
