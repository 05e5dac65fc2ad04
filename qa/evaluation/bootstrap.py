"""How far a figure would move with other questions of the same kind: percentile-bootstrap intervals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 2000
LEVEL = 95  # per cent
_SEED = 11  # fixed, so that the same answers give the same interval
_DRAWN = 1_000_000  # random numbers held at once; more questions than that still take little memory


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
    total = np.asarray(sums, dtype=np.float64)
    number = np.ones(len(total)) if counts is None else np.asarray(counts, dtype=np.float64)

    def again(generator: np.random.Generator, times: int) -> NDArray[np.float64]:
        drawn = generator.integers(len(total), size=(times, len(total)))
        means: NDArray[np.float64] = total[drawn].sum(axis=1) / number[drawn].sum(axis=1)
        return means

    return _figure(float(sum(sums) / number.sum()), again, len(total))


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
    levels, places = np.unique(np.array([*positive, *negative], dtype=np.float64), return_inverse=True)
    above, below = places[: len(positive)], places[len(positive) :]

    def chance(high: NDArray[np.intp], low: NDArray[np.intp]) -> float:
        at = np.bincount(low, minlength=len(levels))
        beaten = np.cumsum(at) - at / 2  # all that are lower, and half of those at the same level
        return float(beaten[high].sum()) / (len(high) * len(low))

    def again(generator: np.random.Generator, times: int) -> NDArray[np.float64]:
        return np.array(
            [chance(generator.choice(above, len(above)), generator.choice(below, len(below))) for _ in range(times)]
        )

    return _figure(chance(above, below), again, len(positive) + len(negative))


def _figure(value: float, again: Callable[[np.random.Generator, int], NDArray[np.float64]], count: int) -> Figure:
    """A figure from its value and a function that works it out for so many resamples."""
    generator = np.random.default_rng(_SEED)
    block = max(1, min(RESAMPLES, _DRAWN // count))
    sizes = [min(block, RESAMPLES - done) for done in range(0, RESAMPLES, block)]
    values = np.concatenate([again(generator, size) for size in sizes])
    low, high = np.percentile(values, [(100 - LEVEL) / 2, (100 + LEVEL) / 2])
    return Figure(value, float(low), float(high), count)
