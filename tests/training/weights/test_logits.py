"""The linear models, on data of which the right weights are known."""

from __future__ import annotations

import numpy as np
import pytest

from training.weights.logits import fit_conditional, fit_logistic

TRUE = np.array([1.5, -0.8, 0.0])


def test_a_logistic_regression_finds_the_weights_and_leaves_a_constant_alone() -> None:
    generator = np.random.default_rng(3)
    inputs = np.column_stack([generator.normal(2, 3, (4000, 3)), np.full(4000, 7.0)])
    chance = 1 / (1 + np.exp(-(inputs[:, :3] @ TRUE - 0.5)))
    truth = (generator.random(4000) < chance).astype(np.float64)
    weights, bias = fit_logistic(inputs, truth, np.ones(4000))
    assert weights[:3] == pytest.approx(TRUE, abs=0.15)
    assert weights[3] == 0
    assert bias == pytest.approx(-0.5, abs=0.3)
    # A row that counts twice is as good as two rows.
    twice = fit_logistic(np.concatenate([inputs, inputs[:500]]), np.concatenate([truth, truth[:500]]), np.ones(4500))
    weighted = fit_logistic(inputs, truth, np.where(np.arange(4000) < 500, 2.0, 1.0))
    assert weighted[0][:3] == pytest.approx(twice[0][:3], abs=1e-3)


def test_a_conditional_logit_finds_the_weights_of_choices_among_any_number() -> None:
    generator = np.random.default_rng(4)
    tables = [generator.normal(0, 2, (generator.integers(2, 30), 3)) for _ in range(3000)]
    right = [int(np.argmax(table @ TRUE + generator.gumbel(size=len(table)))) for table in tables]
    assert fit_conditional(tables, right) == pytest.approx(TRUE, abs=0.1)
    half = fit_conditional(tables[:1500], right[:1500])
    assert fit_conditional(tables, right, [1.0] * 1500 + [0.0] * 1500) == pytest.approx(half, abs=0.01)
