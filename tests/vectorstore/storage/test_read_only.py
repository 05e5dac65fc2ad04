"""A library that cannot be written can still be read: a folder that may only be read, a disk without room."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tests.vectorstore import places, writers
from tests.vectorstore.places import Unwritable
from tests.vectorstore.writers import ALL, assert_sound, reported, started
from vectorstore import LibraryError
from vectorstore.library import Library
from vectorstore.maintenance import backup
from vectorstore.maintenance.backup_format import check
from vectorstore.storage.read_only import Place

WHOLE = {paper.arxiv_id: paper for paper in ALL}
PART = ALL[:16]


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("saved") / "library"
    with Library.open(path, create=True) as library:
        library.ingest(PART)
    return path


@pytest.fixture(params=[places.read_only, places.by_permission, places.full], ids=lambda way: way.__name__)
def unwritable(request: pytest.FixtureRequest, saved: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Unwritable]:
    make: Callable[[Path], AbstractContextManager[Unwritable]] = request.param
    with make(saved) as found:
        monkeypatch.setattr("tempfile.tempdir", str(found.temporary))
        yield found


def test_the_shell_reads_what_it_cannot_write_and_says_why_it_writes_nothing(
    unwritable: Unwritable,
) -> None:
    place = unwritable
    stats = place.arxivqa("stats", "--json")
    assert (stats.returncode, stats.stderr) == (0, "")
    assert json.loads(stats.stdout)["papers"] == len(PART)
    asked = place.arxivqa("ask", "How many sheep does the net count?", "--json")
    assert asked.returncode in (0, 1), asked.stderr
    assert "sheep" in json.loads(asked.stdout)["text"]
    listing = place.temporary / "listing.txt"
    listing.write_text("# Arxiv Papers in cs.CV on 2020-09-30\n### A\n- **Arxiv ID**: 2009.00001\n- **Summary**: B.\n")
    listing.chmod(0o644)
    refused = place.arxivqa("ingest", listing)
    assert refused.returncode == 1
    assert "Traceback" not in refused.stderr
    assert "free space" in refused.stderr or "cannot be written: i" in refused.stderr
    listing.unlink()
    assert list(place.temporary.glob("arxivqa-copy-*")) == []  # nothing is left of what was copied
    place.mend()
    assert assert_sound(place.library) == {paper.arxiv_id: paper for paper in PART}
    with Library.open(place.library) as library:
        assert library.ingest(ALL).added == len(ALL) - len(PART)
    assert assert_sound(place.library) == WHOLE


def test_what_another_process_adds_is_seen(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with places.full(saved) as place:
        monkeypatch.setattr("tempfile.tempdir", str(place.temporary))
        with Library.open(place.library) as reader:
            assert reader.count() == len(PART)
            place.mend()
            with Library.open(place.library) as writer:
                writer.ingest(ALL)
            assert reader.count() == len(ALL)
            assert {paper.arxiv_id: paper for paper in reader.papers()} == WHOLE
            assert len(reader.vectors(list(WHOLE))) == len(ALL)


def test_a_reader_of_a_copy_makes_another_when_the_library_has_changed(
    saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with places.read_only(saved) as place:
        monkeypatch.setattr("tempfile.tempdir", str(place.temporary))
        with Library.open(place.library) as reader:
            assert reader.count() == len(PART)
            with pytest.raises(LibraryError, match="cannot be written"):
                reader.ingest(ALL)
            place.mend()
            with Library.open(place.library) as writer:
                writer.ingest(ALL)
            place.spoil()
            assert reader.count() == len(ALL)
            assert len(reader.vectors(list(WHOLE))) == len(ALL)
        assert list(place.temporary.glob("arxivqa-copy-*/chroma")) == []


def test_a_backup_can_be_made_of_what_cannot_be_written(unwritable: Unwritable, tmp_path: Path) -> None:
    assert backup.write(unwritable.library, tmp_path / "backup.zip").papers == len(PART)
    assert check(tmp_path / "backup.zip").papers == len(PART)


def test_a_disk_that_fills_up_during_an_ingest_keeps_what_was_reported(saved: Path) -> None:
    with places.full(saved) as place:
        place.mend()
        with started(writers.ingest_without_room, place.library, place.limit) as (_, reports):
            first = reports.recv()
            if place.limit is None:
                place.spoil()
            *parts, error = [first, *reported(reports)]
            assert "free" in error
        stats = place.arxivqa("stats", "--json")
        assert stats.returncode == 0, stats.stderr
        said = {paper for part in parts for paper in part}
        assert json.loads(stats.stdout)["papers"] >= len(said)
        with Library.open(place.library) as library:
            assert said <= {paper.arxiv_id for paper in library.papers()}
        place.mend()
        with Library.open(place.library) as library:
            library.ingest(ALL)
        assert assert_sound(place.library) == WHOLE


def test_without_room_for_a_copy_it_says_what_is_needed() -> None:
    with pytest.raises(LibraryError, match=r"no room in .* set TMPDIR"):
        Place(1 << 60)


def test_a_copy_that_a_killed_process_left_behind_is_deleted_by_the_next(tmp_path: Path) -> None:
    script = (
        "import os, signal, sys, tempfile\n"
        "from vectorstore.storage.read_only import Place\n"
        f"tempfile.tempdir = {str(tmp_path)!r}\n"
        "kept = Place(0)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    subprocess.run([sys.executable, "-c", script], check=False, timeout=60)
    (left,) = tmp_path.glob("arxivqa-copy-*")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tempfile.tempdir", str(tmp_path))
        first = Place(0)
        assert not left.exists()
        Place(0).close()  # one in use stays
        assert first.path.is_dir()
        first.close()
    assert list(tmp_path.iterdir()) == []
