"""How long an ingest says it will still take, against how long it does, with a clock that the test turns."""

from __future__ import annotations

from collections.abc import Sequence

from ui.cli.eta import Left, Pace
from vectorstore.engine.ingestion import Progress

BATCH = 500


class Clock:
    """Stands still until it is turned."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def told(
    batches: Sequence[tuple[float, int]], shares: Sequence[float] | None = None
) -> list[tuple[float, Left | None]]:
    """What is said at each report of an ingest, each beside the truth.

    Args:
        batches: seconds that each takes, and how many of its papers are embedded.
        shares: how much of the input has been read when each begins; the same for each batch when None.
    """
    clock = Clock()
    pace = Pace(clock)
    end = clock.now + sum(seconds for seconds, _ in batches)
    said = []
    for number, (seconds, embedded) in enumerate(batches):
        read, share = (number + 1) * BATCH, shares[number] if shares else (number + 1) / len(batches)
        before = read - embedded
        steps = 10
        for step in range(steps):
            # Sorted by length: the papers at the end of a batch take longer than those at its start.
            pace.note(Progress(read, before + embedded * step // steps), share)
            said.append((end - clock.now, pace.left))
            clock.now += seconds * (2 * step + 1) / steps**2
        pace.note(Progress(read, read), share)
        said.append((end - clock.now, pace.left))
    return said


def near(truth: float, left: Left | None, within: float = 0.1) -> bool:
    return left is not None and abs(left.seconds - truth) <= within * truth + 0.1


def test_nothing_is_said_before_a_batch_is_done_then_the_truth() -> None:
    said = told([(8.0, BATCH)] * 20)
    assert all(left is None for _, left in said[:11])
    assert all(near(truth, left) for truth, left in said[11:])


def test_the_load_of_the_model_is_no_measure_of_the_rest() -> None:
    said = told([(28.0, BATCH), *[(8.0, BATCH)] * 20])
    assert all(near(truth, left) for truth, left in said[22:])


def test_what_is_in_already_is_no_measure_of_new_papers() -> None:
    said = told([*[(0.1, 0)] * 30, *[(8.0, BATCH)] * 30])
    assert all(left is None or left.unless_new for _, left in said[: 30 * 11])
    assert all(left is None for _, left in said[30 * 11 : 31 * 11])
    assert all(near(truth, left) and left and not left.unless_new for truth, left in said[31 * 11 :])


def test_new_papers_first_and_then_what_is_in_already() -> None:
    said = told([*[(8.0, BATCH)] * 10, *[(0.1, 0)] * 30])
    assert all(left and left.unless_new and left.seconds < 4 for _, left in said[12 * 11 :])


def test_where_half_of_each_batch_is_in_already_it_is_as_good() -> None:
    said = told([(4.0, BATCH // 2)] * 20)
    assert all(near(truth, left) for truth, left in said[22:])


def test_what_is_wanted_may_stand_at_the_end_of_the_input() -> None:
    # Of a snapshot of all of arXiv, from 1986 on, few of the first papers are of a young category.
    shares = [0.5, 0.7, *[0.7 + 0.3 * (number + 1) / 40 for number in range(40)]]
    said = told([(8.0, BATCH)] * 42, shares)
    assert all(near(truth, left) for truth, left in said[10 * 11 :])


def test_a_machine_that_slows_down_is_believed_within_two_minutes() -> None:
    said = told([*[(8.0, BATCH)] * 20, *[(24.0, BATCH)] * 20])
    assert all(near(truth, left) for truth, left in said[26 * 11 :])


def test_where_it_is_not_known_how_much_there_is_only_the_speed_is_said() -> None:
    clock = Clock()
    pace = Pace(clock)
    for number in range(1, 5):
        pace.note(Progress(number * BATCH, (number - 1) * BATCH))
        clock.now += 10
    assert pace.left is None
    assert pace.rate == BATCH / 10
    assert pace.committed == 3 * BATCH


def test_time_is_said_in_words_no_finer_than_it_is_known() -> None:
    assert [str(Left(seconds)) for seconds in (5, 100, 1900, 7100, 34_000)] == [
        "less than a minute left",
        "about 2 min left",
        "about 32 min left",
        "about 2 h 00 min left",
        "about 9 h 25 min left",
    ]
    assert str(Left(5, unless_new=True)) == "less than a minute left if the rest is in already too"
