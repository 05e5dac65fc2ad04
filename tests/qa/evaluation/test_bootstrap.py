"""Intervals: wide for few questions, the same each time, conversations drawn as wholes."""

from __future__ import annotations

import pytest

from qa.evaluation import bootstrap


def test_an_interval_holds_its_value_and_narrows_with_more_questions() -> None:
    few, many = bootstrap.ratio([1, 0] * 10), bootstrap.ratio([1, 0] * 200)
    for figure in (few, many):
        assert figure.low is not None
        assert figure.high is not None
        assert figure.low < figure.value == 0.5 < figure.high
    # The binomial's own interval: 0.5 -+ 1.96 * sqrt(0.25 / n).
    assert (few.low, few.high) == (pytest.approx(0.28, abs=0.04), pytest.approx(0.72, abs=0.04))
    assert (many.low, many.high) == (pytest.approx(0.451, abs=0.01), pytest.approx(0.549, abs=0.01))


def test_an_interval_is_the_same_each_time_and_takes_any_number_of_questions() -> None:
    assert bootstrap.ratio([1, 0, 0]) == bootstrap.ratio([1, 0, 0])
    assert bootstrap.area([0.5, 0.7], [0.1, 0.6]) == bootstrap.area([0.5, 0.7], [0.1, 0.6])
    alone = bootstrap.ratio([1.0])
    assert (alone.value, alone.low, alone.high) == (1.0, 1.0, 1.0)
    assert bootstrap.ratio([0, 1] * 2_000).count == 4_000


def test_the_turns_of_a_conversation_are_drawn_together() -> None:
    together = bootstrap.ratio([3, 0] * 10, [3, 3] * 10)
    apart = bootstrap.ratio([1, 1, 1, 0, 0, 0] * 10)
    assert together.value == apart.value == 0.5
    assert together.high is not None
    assert apart.high is not None
    assert together.high > apart.high
