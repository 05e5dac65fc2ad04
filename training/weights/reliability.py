"""The reliability of the confidence: of answers given with a chance, how many are answerable; as a table and a plot."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

BINS = 10
_SIDE, _MARGIN = 320, 46


@dataclass(frozen=True, slots=True)
class Bin:
    """Questions of like confidence.

    Attributes:
        confidence: their mean confidence.
        answerable: the share of them that the library answers.
        weight: the share of all questions that they are.
    """

    confidence: float
    answerable: float
    weight: float


def bins(chance: NDArray[np.float64], answerable: NDArray[np.float64], weight: NDArray[np.float64]) -> list[Bin]:
    """Questions in ten bins of equal width, empty ones left out; the arrays have shape (questions,)."""
    place = np.minimum((chance * BINS).astype(int), BINS - 1)
    found = []
    for number in range(BINS):
        own = place == number
        if own.any():
            mean, share = (float(np.average(values[own], weights=weight[own])) for values in (chance, answerable))
            found.append(Bin(mean, share, float(weight[own].sum() / weight.sum())))
    return found


def error(found: list[Bin]) -> float:
    """The expected calibration error: how far confidence and share lie apart on average."""
    return sum(b.weight * abs(b.confidence - b.answerable) for b in found)


def draw(found: list[Bin], path: Path) -> None:
    """Write the plot as SVG: a dot a bin, as large as its share of the questions, beside the diagonal."""

    def at(x: float, y: float) -> tuple[float, float]:
        return _MARGIN + x * _SIDE, 12 + (1 - y) * _SIDE

    size = _SIDE + _MARGIN + 14
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" width="{size}" height="{size}" '
        'font-family="sans-serif" font-size="12" fill="#24292f">',
        f'<rect width="{size}" height="{size}" fill="#ffffff"/>',
    ]
    for step in range(6):
        value = step / 5
        (x, bottom), (left, y) = at(value, 0), at(0, value)
        parts += [
            f'<path d="M{x:.1f} {bottom:.1f}V12M{left:.1f} {y:.1f}H{_MARGIN + _SIDE}" stroke="#d0d7de"/>',
            f'<text x="{x:.1f}" y="{bottom + 16:.1f}" text-anchor="middle">{value:.1f}</text>',
            f'<text x="{left - 6:.1f}" y="{y + 4:.1f}" text-anchor="end">{value:.1f}</text>',
        ]
    (x0, y0), (x1, y1) = at(0, 0), at(1, 1)
    parts.append(f'<path d="M{x0} {y0}L{x1} {y1}" stroke="#8c959f" stroke-dasharray="4 4"/>')
    line = " ".join("{:.1f},{:.1f}".format(*at(b.confidence, b.answerable)) for b in found)
    parts.append(f'<polyline points="{line}" fill="none" stroke="#0969da" stroke-width="2"/>')
    for b in found:
        x, y = at(b.confidence, b.answerable)
        parts.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{3 + 14 * b.weight**0.5:.1f}" fill="#0969da" opacity="0.75"/>'
        )
    parts += [
        f'<text x="{_MARGIN + _SIDE / 2}" y="{size - 6}" text-anchor="middle">confidence</text>',
        f'<text x="12" y="{12 + _SIDE / 2}" text-anchor="middle" transform="rotate(-90 12 {12 + _SIDE / 2})">'
        "share that the library answers</text>",
        "</svg>",
    ]
    path.write_text("\n".join(parts) + "\n", encoding="utf-8")
