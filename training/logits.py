"""The two linear models that everything here is fitted with."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray

Array = NDArray[np.float64]


def fit_conditional(tables: Sequence[Array], right: Sequence[int], weight: Sequence[float] | None = None) -> Array:
    """A conditional logit: of each table's candidates, the right one scores highest.

    Args:
        tables: the candidates' features of one choice each, shape (candidates, features).
        right: the place of the right candidate in each.
        weight: what each choice counts; the same when None.

    Returns:
        Weights, shape (features,).
    """
    scale = np.concatenate(list(tables)).std(axis=0) + 1e-6
    inputs = torch.zeros(len(tables), max(map(len, tables)), len(scale))
    real = torch.zeros(inputs.shape[:2], dtype=torch.bool)
    for i, table in enumerate(tables):
        inputs[i, : len(table)] = torch.tensor(table / scale)
        real[i, : len(table)] = True
    targets = torch.tensor(list(right))
    counts = torch.ones(len(tables)) if weight is None else torch.tensor(list(weight))

    def loss(w: torch.Tensor) -> torch.Tensor:
        logits = (inputs @ w).masked_fill(~real, -1e4)
        losses = torch.nn.functional.cross_entropy(logits, targets, reduction="none")
        return (losses * counts).sum() / counts.sum() + 1e-3 * (w**2).sum()

    return _minimise(loss, len(scale)) / scale


def fit_logistic(inputs: Array, truth: Array, weight: Array) -> tuple[Array, float]:
    """A logistic regression: weights, shape (features,), and bias."""
    mean, scale = inputs.mean(axis=0), inputs.std(axis=0) + 1e-6
    x, y, each = (torch.tensor(v).float() for v in ((inputs - mean) / scale, truth, weight))

    def loss(w: torch.Tensor) -> torch.Tensor:
        logits = x @ w[:-1] + w[-1]
        value = torch.nn.functional.binary_cross_entropy_with_logits(logits, y, weight=each, reduction="sum")
        return value / each.sum() + 1e-4 * (w[:-1] ** 2).sum()

    w = _minimise(loss, inputs.shape[1] + 1)
    weights = w[:-1] / scale
    return weights, float(w[-1] - weights @ mean)


def _minimise(loss: Callable[[torch.Tensor], torch.Tensor], size: int) -> Array:
    w = torch.zeros(size, requires_grad=True)
    optimiser = torch.optim.LBFGS([w], max_iter=200, line_search_fn="strong_wolfe")

    def step() -> torch.Tensor:
        optimiser.zero_grad()
        value = loss(w)
        value.backward()
        return value

    optimiser.step(step)
    return w.detach().double().numpy()
