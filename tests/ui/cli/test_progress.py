"""What long work says of itself: how much of the input is read, how fast it goes, how long it will still take."""

from __future__ import annotations

import gzip
import io
import shutil
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from ui.cli.progress import InputBytes, Meter, in_words
from vectorstore.engine.ingestion import Progress
from vectorstore.ingest import find_inputs, read_papers

SEEDS = Path(__file__).resolve().parents[3] / "seeds"
BATCH = 500


def shares(*places: str) -> list[float | None]:
    """How much has been read when each record comes, and at the end."""
    read = InputBytes(places)
    said = [read.share() for _ in read_papers(read.follow(find_inputs(places)))]
    return [*said, read.share()]


def known(said: list[float | None]) -> list[float]:
    return [share for share in said if share is not None]


def test_it_grows_from_file_to_file_to_the_end() -> None:
    said = shares(str(SEEDS))
    assert said == sorted(known(said))
    assert known(said)[0] < 0.2
    assert len(set(said)) >= len(list(SEEDS.glob("*.txt")))
    assert said[-1] == 1.0


def test_patterns_count_and_what_is_passed_over_does_not(tmp_path: Path) -> None:
    for path in sorted(SEEDS.glob("*.txt"))[:2]:
        shutil.copy(path, tmp_path)
    (tmp_path / ".hidden").write_bytes(bytes(1_000_000))
    (tmp_path / "page.pdf").write_bytes(b"%PDF-1.7\0\0" + bytes(1_000_000))
    for places in ([str(tmp_path)], [str(tmp_path / "*.txt")]):
        said = known(shares(*places))
        assert said[-2] > 0.5
        assert said[-1] == 1.0


def test_packed_files_count_as_they_are_packed(tmp_path: Path) -> None:
    content = b"".join(path.read_bytes() for path in sorted(SEEDS.glob("*.txt")))
    (tmp_path / "one.txt.gz").write_bytes(gzip.compress(content * 8))
    with zipfile.ZipFile(tmp_path / "two.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        for number in range(8):
            packed.writestr(f"{number}.txt", content)
    for name in ("one.txt.gz", "two.zip"):
        said = known(shares(str(tmp_path / name)))
        assert len({round(share, 1) for share in said}) > 4
        assert said == sorted(said)
        assert said[-1] == 1.0


def test_of_a_pipe_nobody_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    pipe = io.TextIOWrapper(io.BytesIO(next(SEEDS.glob("*.txt")).read_bytes()))
    monkeypatch.setattr("sys.stdin", pipe)
    assert set(shares("-")) == {None}


def test_nothing_to_read_is_no_share(tmp_path: Path) -> None:
    assert set(shares(str(tmp_path / "none.txt"))) == {None}


class Clock:
    """Stands still until it is turned."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def told(
    batches: Sequence[tuple[float, int]], shares: Sequence[float] | None = None
) -> list[tuple[float, float | None]]:
    """How long the rest is said to take when each batch of an ingest begins, beside the truth.

    Args:
        batches: seconds that each takes, and how many of its papers are embedded.
        shares: how much of the input has been read when each begins; the same for each batch when None.
    """
    clock, number = Clock(), 0
    end = clock.now + sum(seconds for seconds, _ in batches)
    meter = Meter("ingesting", lambda: shares[number] if shares else (number + 1) / len(batches), clock)
    said = []
    for number, (seconds, embedded) in enumerate(batches):
        read = (number + 1) * BATCH
        before, steps = read - embedded, 10
        for step in range(steps):
            # Sorted by length: the papers at the end of a batch take longer than those at its start.
            meter.show(Progress(read, before + embedded * step // steps))
            if step == 0:
                said.append((end - clock.now, meter.seconds_left))
            clock.now += seconds * (2 * step + 1) / steps**2
        meter.show(Progress(read, read))
    return said


def near(truth: float, left: float | None) -> bool:
    return left is not None and abs(left - truth) <= 0.1 * truth + 1  # it is said in whole seconds


def test_nothing_is_said_before_two_batches_are_done_then_the_truth() -> None:
    said = told([(8.0, BATCH)] * 20)
    assert [left for _, left in said[:2]] == [None, None]
    assert all(near(truth, left) for truth, left in said[2:])


def test_the_load_of_the_model_is_no_measure_of_the_rest() -> None:
    said = told([(28.0, BATCH), *[(8.0, BATCH)] * 20])
    assert all(near(truth, left) for truth, left in said[2:])


def test_what_is_in_already_is_no_measure_of_new_papers() -> None:
    said = told([*[(0.1, 0)] * 30, *[(8.0, BATCH)] * 30])
    assert all(left is None for _, left in said[:31])
    assert all(near(truth, left) for truth, left in said[31:])


def test_new_papers_are_no_measure_of_what_is_in_already() -> None:
    said = told([*[(8.0, BATCH)] * 10, *[(0.1, 0)] * 30])
    assert all(near(80 - 8 * number + 240, left) for number, (_, left) in enumerate(said[2:10], 2))
    assert all(left is None for _, left in said[10:])


def test_where_half_of_each_batch_is_in_already_it_is_as_good() -> None:
    said = told([(4.0, BATCH // 2)] * 20)
    assert all(near(truth, left) for truth, left in said[2:])


def test_what_is_wanted_may_stand_at_the_end_of_the_input() -> None:
    # Of a snapshot of all of arXiv, from 1986 on, few of the first papers are of a young category.
    shares = [0.5, 0.7, *[0.7 + 0.3 * (number + 1) / 40 for number in range(40)]]
    said = told([(8.0, BATCH)] * 42, shares)
    assert all(near(truth, left) for truth, left in said[25:])


def test_a_machine_that_slows_down_is_believed_within_three_minutes() -> None:
    said = told([*[(8.0, BATCH)] * 20, *[(24.0, BATCH)] * 20])
    assert all(near(truth, left) for truth, left in said[27:])


def test_where_it_is_not_known_how_much_there_is_only_the_speed_is_said() -> None:
    clock = Clock()
    meter = Meter(clock=clock)
    for number in range(1, 5):
        meter.show(Progress(number * BATCH, (number - 1) * BATCH))
        clock.now += 10
    assert meter.seconds_left is None
    assert meter.rate == BATCH / 10
    assert meter.committed == 3 * BATCH


def test_in_a_log_a_line_now_and_then_says_all_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    clock = Clock()
    with Meter("ingesting", lambda: (clock.now - 990) / 1000, clock) as meter:
        for number in range(1, 13):
            meter.show(Progress(number * BATCH, (number - 1) * BATCH))
            clock.now += 10
        meter.begin("copying")
        meter.show_count(100, 400)
        clock.now += 40
        meter.show_count(300, 400)
    assert capsys.readouterr().err.splitlines() == [
        "ingesting: 500 of the 1,000 papers read so far (2 % of the input)",
        "ingesting: 1,000 of the 1,500 papers read so far (3 % of the input), 50/s, about 16 min left",
        "ingesting: 1,500 of the 2,000 papers read so far (4 % of the input), 50/s, about 16 min left",
        "ingesting: 2,000 of the 2,500 papers read so far (5 % of the input), 50/s, about 16 min left",
        "ingesting: 2,500 of the 3,000 papers read so far (6 % of the input), 50/s, about 16 min left",
        "ingesting: 4,500 of the 5,000 papers read so far (10 % of the input), 50/s, about 15 min left",
        "copying: 300 of 400 (75 %), 5/s, less than a minute left",
    ]


def test_parts_are_counted_on(capsys: pytest.CaptureFixture[str]) -> None:
    clock = Clock()
    meter = Meter("fetching", clock=clock)
    for read, done in ((100, 50), (100, 100), (60, 30)):
        clock.now += 100
        meter.show_part(Progress(read, done))
    assert capsys.readouterr().err.splitlines()[-1].startswith("fetching: 130 of the 160 papers read so far")


def test_time_is_said_in_words_no_finer_than_it_is_known() -> None:
    assert [in_words(seconds) for seconds in (5, 100, 1900, 7100, 34_000)] == [
        "less than a minute",
        "about 2 min",
        "about 32 min",
        "about 2 h 00 min",
        "about 9 h 25 min",
    ]
