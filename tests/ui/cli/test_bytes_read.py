"""How much of its input an ingest says it has read."""

from __future__ import annotations

import gzip
import io
import shutil
import zipfile
from pathlib import Path

import pytest

from ui.cli.bytes_read import Reach
from vectorstore.ingest import find_inputs, read_papers

SEEDS = Path(__file__).resolve().parents[3] / "seeds"


def shares(*places: str) -> list[float | None]:
    """How much has been read when each record comes, and at the end."""
    reach = Reach(places)
    said = [reach.share for _ in read_papers(reach.follow(find_inputs(places)))]
    return [*said, reach.share]


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
