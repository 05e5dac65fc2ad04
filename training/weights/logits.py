"""The two linear models that everything here is fitted with."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import optimize
from sklearn.linear_model import LogisticRegression

Array = NDArray[np.float64]


def fit_conditional(tables: Sequence[Array], right: Sequence[int], weight: Sequence[float] | None = None) -> Array:
    """Fit a conditional logit: of each table's candidates, the right one scores highest.

    Args:
        tables: the candidates' features of one choice each, shape (candidates, features).
        right: the place of the right candidate in each.
        weight: what each choice counts; the same when None.

    Returns:
        Weights, shape (features,).
    """
    rows = np.concatenate(list(tables))
    scale = rows.std(axis=0) + 1e-6
    rows = rows / scale
    sizes = np.array([len(table) for table in tables])
    starts = np.cumsum(sizes) - sizes
    chosen = starts + np.array(right)
    counts = np.ones(len(sizes)) if weight is None else np.asarray(weight, dtype=np.float64)
    counts = counts / counts.sum()

    def loss(w: Array) -> tuple[float, Array]:
        scores = rows @ w
        highest = np.maximum.reduceat(scores, starts)
        powers = np.exp(scores - np.repeat(highest, sizes))
        sums = np.add.reduceat(powers, starts)
        chances = powers / np.repeat(sums, sizes)
        value = float(counts @ (np.log(sums) + highest - scores[chosen])) + 1e-3 * float(w @ w)
        return value, (chances * np.repeat(counts, sizes)) @ rows - counts @ rows[chosen] + 2e-3 * w

    best: Array = optimize.minimize(loss, np.zeros(len(scale)), jac=True, tol=1e-8).x
    return best / scale


def fit_logistic(inputs: Array, truth: Array, weight: Array) -> tuple[Array, float]:
    """Fit a logistic regression: weights, shape (features,), and bias."""
    mean, scale = inputs.mean(axis=0), inputs.std(axis=0) + 1e-6
    # The mean loss plus 1e-4 of the weights' squares, as scikit-learn counts it.
    model = LogisticRegression(C=5e3 / weight.sum(), solver="newton-cholesky", tol=1e-8)
    model.fit((inputs - mean) / scale, truth > 0, sample_weight=weight)
    weights = model.coef_[0] / scale
    return weights, float(model.intercept_[0] - weights @ mean)
