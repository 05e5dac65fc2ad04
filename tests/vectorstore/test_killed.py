"""Whatever ends a writer, and however many there are: what was reported as in is in, and a second run ends the job."""

from __future__ import annotations

import os
import random
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.vectorstore import writers
from tests.vectorstore.writers import ALL, assert_sound, killed, reported, started
from vectorstore import Filters
from vectorstore.library import Library

KILLS = [pytest.param(seed, marks=[] if seed < 3 else [pytest.mark.soak]) for seed in range(50)]
WHOLE = {paper.arxiv_id: paper for paper in ALL}


@pytest.fixture(scope="module", autouse=True)
def full(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of all the papers; copy it before writing to it."""
    path = tmp_path_factory.mktemp("full") / "library"
    with Library.open(path, create=True) as library:
        library.ingest(ALL)
    return path


@pytest.mark.parametrize("seed", KILLS)
def test_a_killed_ingest_keeps_what_it_reported_and_can_be_finished(tmp_path: Path, seed: int) -> None:
    path = tmp_path / "library"
    said = [paper for part in killed(writers.ingest, path, random.Random(seed)) for paper in part]
    with Library.open(path, create=True):
        pass  # the kill may have come before there was one
    found = assert_sound(path)
    assert set(said) <= found.keys()
    assert found.items() <= WHOLE.items()
    with Library.open(path) as library:
        summary = library.ingest(ALL)
    assert (summary.added, summary.unchanged, summary.replaced) == (len(ALL) - len(found), len(found), 0)
    assert assert_sound(path) == WHOLE


@pytest.mark.parametrize("seed", KILLS)
def test_a_killed_removal_keeps_all_others_and_can_be_finished(tmp_path: Path, full: Path, seed: int) -> None:
    path = Path(shutil.copytree(full, tmp_path / "library"))
    said = [paper for part in killed(writers.remove, path, random.Random(seed)) for paper in part]
    found = assert_sound(path)
    kept = {paper.arxiv_id: paper for paper in ALL[1::2]}
    assert not set(said) & found.keys()
    assert kept.items() <= found.items() <= WHOLE.items()
    with Library.open(path) as library:
        summary = library.remove(library.removal(Filters(ids=tuple(WHOLE.keys() - kept.keys()))))
    assert (summary.removed, summary.papers) == (len(found) - len(kept), len(kept))
    assert assert_sound(path) == kept


@pytest.mark.parametrize("seed", [0, *KILLS[3:]])
def test_a_killed_rebuild_leaves_the_library_as_it_was_or_made_again(tmp_path: Path, full: Path, seed: int) -> None:
    path = Path(shutil.copytree(full, tmp_path / "library"))
    killed(writers.rebuild, path, random.Random(seed))
    assert assert_sound(path) == WHOLE
    Library.rebuild(path).close()
    assert assert_sound(path) == WHOLE
    assert len([place for place in (path / "chroma").iterdir() if place.is_dir()]) == 1


def test_ten_writers_at_once_wait_their_turn_and_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "library"
    running = [started(writers.ingest_one_of_ten, path, number) for number in range(10)]
    pipes = [one.__enter__()[1] for one in running]
    told = [said for pipe in pipes for said in reported(pipe)]
    for one in running:
        one.__exit__(None, None, None)
    assert len(told) == 10
    assert all(line.startswith("Waiting for ") for lines in told for line in lines)
    assert assert_sound(path) == WHOLE


@pytest.mark.parametrize("more", [16_384, pytest.param(200_000, marks=pytest.mark.soak)])
def test_a_full_disk_keeps_what_was_reported_and_can_be_finished(tmp_path: Path, full: Path, more: int) -> None:
    path = Path(shutil.copytree(full, tmp_path / "library"))
    with Library.open(path) as library:
        library.remove(library.removal(Filters(ids=tuple(WHOLE)[4:])))
    before = assert_sound(path)
    room = (path / "chroma" / "chroma.sqlite3").stat().st_size // 2 + more
    with started(writers.ingest_without_room, path, room) as (_, reports):
        *parts, error = reported(reports)
    assert "Check the free space" in error
    found = assert_sound(path)
    assert {paper for part in parts for paper in part} | before.keys() <= found.keys()
    assert found.items() <= WHOLE.items()
    with Library.open(path) as library:
        library.ingest(ALL)
    assert assert_sound(path) == WHOLE


@pytest.fixture
def readable(full: Path) -> Iterator[Path]:
    """A library that others may read, and nobody but root may write."""
    with tempfile.TemporaryDirectory() as base:
        path = Path(shutil.copytree(full, Path(base) / "library"))
        everything = [Path(base), path, *path.rglob("*")]
        for place in everything:
            place.chmod(0o555 if place.is_dir() else 0o444)
        yield path
        for place in everything:
            place.chmod(stat.S_IRWXU)


def test_a_folder_that_may_only_be_read_gets_a_clear_word_and_is_not_harmed(readable: Path) -> None:
    with started(writers.write_as_somebody_else, readable) as (_, reports):
        reading, writing = reported(reports)
    assert "copy the library to a folder of your own" in reading
    assert "copy the library to a folder of your own" in writing
    for place in [readable, *readable.rglob("*")]:
        place.chmod(0o755 if place.is_dir() else 0o644)
    assert assert_sound(readable) == WHOLE
    assert os.access(readable, os.W_OK)
