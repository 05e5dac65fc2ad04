"""Whatever ends a writer, and however many there are: what was reported as in is in, and a second run ends the job."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from tests.vectorstore import writers
from tests.vectorstore.making import ingest_into_files, other_model
from tests.vectorstore.writers import ALL, assert_sound, assert_tidy, found_or_told, killed, reported, started
from vectorstore import Filters
from vectorstore.embedding.embedder import Embedder
from vectorstore.engine.swap import vector_folders
from vectorstore.library import Library
from vectorstore.maintenance import backup
from vectorstore.maintenance.doctor import examine, repair
from vectorstore.maintenance.restore import restore

KILLS = [pytest.param(seed, marks=[] if seed < 3 else [pytest.mark.soak]) for seed in range(50)]
FEWER_KILLS = [pytest.param(seed, marks=[] if seed < 1 else [pytest.mark.soak]) for seed in range(30)]
WHOLE = {paper.arxiv_id: paper for paper in ALL}


@pytest.fixture(scope="module", autouse=True)
def full(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of all the papers; copy it before writing to it."""
    path = tmp_path_factory.mktemp("full") / "library"
    with Library.open(path, create=True) as library:
        library.ingest(ALL)
    return path


@pytest.fixture(scope="module")
def another_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The default model but for one bit of one weight."""
    return other_model(tmp_path_factory.mktemp("model"))


@pytest.fixture(scope="module")
def in_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of all the papers whose vectors Chroma has moved from its log into files."""
    path = tmp_path_factory.mktemp("in-files") / "library"
    ingest_into_files(path, ALL)
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


@pytest.mark.parametrize("seed", FEWER_KILLS)
def test_a_killed_change_of_model_leaves_one_of_both_and_can_be_finished(
    tmp_path: Path, full: Path, another_model: Path, seed: int
) -> None:
    path = Path(shutil.copytree(full, tmp_path / "library"))
    killed(writers.rebuild, path, random.Random(seed), another_model)
    other = Embedder(str(another_model))
    found = found_or_told(path)
    if isinstance(found, str):
        assert "arxivqa ingest --rebuild" in found
        found = assert_sound(path, other)
    assert found == WHOLE
    Library.rebuild(path, embedder=other).close()
    assert assert_sound(path, other) == WHOLE
    assert_tidy(path)


@pytest.mark.parametrize("seed", FEWER_KILLS)
@pytest.mark.parametrize("over", ["nothing", "a library"])
def test_a_killed_restore_leaves_what_was_there_or_all_that_is_new_and_can_be_finished(
    tmp_path: Path, full: Path, seed: int, over: str
) -> None:
    path, file = tmp_path / "library", tmp_path / "backup.zip"
    backup.write(full, file)
    before = {}
    if over == "a library":
        shutil.copytree(full, path)
        with Library.open(path) as library:
            library.remove(library.removal(Filters(ids=tuple(WHOLE)[5:])))
        before = dict(list(WHOLE.items())[:5])
    killed(writers.restore, path, random.Random(seed), file)
    found = found_or_told(path)
    if isinstance(found, str):
        assert not before
        assert "arxivqa ingest" in found
    else:
        assert found in (before, WHOLE)
    restore(file, path, force=True)
    assert assert_sound(path) == WHOLE
    assert_tidy(path)


@pytest.mark.parametrize("seed", FEWER_KILLS)
@pytest.mark.parametrize("damage", ["vectors deleted", pytest.param("full text deleted", marks=pytest.mark.soak)])
def test_a_killed_repair_loses_nothing_and_can_be_finished(
    tmp_path: Path, in_files: Path, seed: int, damage: str
) -> None:
    path = Path(shutil.copytree(in_files, tmp_path / "library"))
    for folder in [path / "fulltext"] if damage == "full text deleted" else vector_folders(path):
        shutil.rmtree(folder)
    killed(writers.repair, path, random.Random(seed))
    embedder = Embedder()
    repair(path, embedder, list(examine(path, embedder)))
    assert all(finding.well for finding in examine(path, embedder))
    assert assert_sound(path) == WHOLE
    assert_tidy(path)


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
