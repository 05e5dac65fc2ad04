"""The doctor: sees damage that was done to a library's files, says it, and makes again what can be made again."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.vectorstore.making import ingest_into_files
from tests.vectorstore.writers import ALL, assert_sound
from vectorstore import Filters, LibraryBusyError, LibraryError, LibraryMismatchError
from vectorstore.embedding.embedder import Embedder
from vectorstore.engine.opening import REBUILDING
from vectorstore.library import Library
from vectorstore.maintenance.doctor import Finding, examine, repair
from vectorstore.storage.collection import PaperCollection
from vectorstore.storage.file_lock import WaitPolicy, writer_lock

EMBEDDER = Embedder()
PAPERS = ALL[:24]


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library whose vectors Chroma has moved from its log into files, as it does with each thousand."""
    path = tmp_path_factory.mktemp("doctor") / "library"
    ingest_into_files(path, PAPERS)
    return path


@pytest.fixture
def library(saved: Path, tmp_path: Path) -> Path:
    """A copy of it, to be damaged."""
    return Path(shutil.copytree(saved, tmp_path / "library"))


def vector_files(library: Path) -> Path:
    (folder,) = (place for place in (library / "chroma").iterdir() if place.is_dir())
    assert (folder / "index_metadata.pickle").is_file(), "Chroma has not moved the vectors into files"
    return folder


def ill(library: Path) -> dict[str, Finding]:
    return {finding.check: finding for finding in examine(library, EMBEDDER) if not finding.well}


def test_a_sound_library_is_found_well(library: Path) -> None:
    findings = list(examine(library, EMBEDDER))
    assert [finding.check for finding in findings] == ["lock", "record", "last write", "model", "vectors", "full text"]
    assert {finding.check for finding in findings if not finding.well} == set()
    told: list[tuple[int, int]] = []
    assert list(examine(library, EMBEDDER, report=lambda *now: told.append(now))) == findings
    assert told[0][0] == 0 < told[0][1]
    assert "24 papers" in findings[1].said


def truncated(folder: Path) -> None:
    # Chroma makes room for more vectors than there are, so that half of the file is empty.
    os.truncate(folder / "data_level0.bin", (folder / "data_level0.bin").stat().st_size // 10)


def deleted(folder: Path) -> None:
    shutil.rmtree(folder)


def garbage(folder: Path) -> None:
    for file in folder.iterdir():
        file.write_bytes(np.random.default_rng(0).bytes(file.stat().st_size or 100))


@pytest.mark.parametrize("damage", [truncated, deleted, garbage])
def test_damaged_vectors_are_seen_and_made_again_of_the_texts(library: Path, damage: Callable[[Path], None]) -> None:
    damage(vector_files(library))
    found = ill(library)
    assert found.keys() == {"vectors"}
    assert repair(library, EMBEDDER, list(found.values()))
    assert assert_sound(library) == {paper.arxiv_id: paper for paper in PAPERS}
    with Library.open(library) as again:
        vector = EMBEDDER.embed([f"{PAPERS[3].title}\n\n{PAPERS[3].abstract}"])[0]
        assert again.nearest(vector, Filters(), 1)[0][0] == PAPERS[3].arxiv_id


def test_using_a_library_with_damaged_vectors_names_the_doctor(library: Path) -> None:
    (vector_files(library) / "header.bin").unlink()
    vector = EMBEDDER.embed(["sheep"])[0]
    with Library.open(library) as opened, pytest.raises(LibraryError, match="arxivqa doctor"):
        opened.nearest(vector, Filters(), 1)


def test_vectors_of_other_texts_are_seen_and_made_again(library: Path) -> None:
    record = PaperCollection(library / "chroma")
    other = EMBEDDER.embed(["Volcanoes melt glaciers."])[0]
    record._collection.update(ids=[PAPERS[0].arxiv_id], embeddings=other.reshape(1, -1))
    record.close()
    found = ill(library)
    assert found.keys() == {"vectors"}
    assert PAPERS[0].arxiv_id in found["vectors"].said
    repair(library, EMBEDDER, list(found.values()))
    with Library.open(library) as again:
        assert again.nearest(other, Filters(), 1)[0][1] < 0.99


def lost_file(folder: Path) -> None:
    next(folder.glob("*.idx")).unlink()


def cut_short(folder: Path) -> None:
    file = next(folder.glob("*.store"))
    os.truncate(file, file.stat().st_size // 2)


def no_json(folder: Path) -> None:
    (folder / "meta.json").write_text("{")


def of_another_library(folder: Path) -> None:
    other = folder.parent.parent / "other"
    with Library.open(other, create=True) as library:
        library.ingest([replace(paper, arxiv_id=f"2202.{n:05d}") for n, paper in enumerate(PAPERS)])
    shutil.rmtree(folder)
    shutil.copytree(other / "fulltext", folder)


@pytest.mark.parametrize("damage", [lost_file, cut_short, no_json, of_another_library])
def test_damaged_full_text_is_seen_and_made_again_of_the_record(library: Path, damage: Callable[[Path], None]) -> None:
    damage(library / "fulltext")
    found = ill(library)
    assert found.keys() == {"full text"}
    assert repair(library, EMBEDDER, list(found.values()))
    assert assert_sound(library) == {paper.arxiv_id: paper for paper in PAPERS}


def test_a_lock_that_a_dead_process_left_is_no_obstacle(library: Path) -> None:
    (library / "writer.lock").touch()
    held = {"pid": 4_000_000, "command": "arxivqa ingest seeds", "since": "2026-11-01T10:00:00+00:00"}
    (library / "writer.json").write_text(json.dumps(held))
    first, *others = examine(library, EMBEDDER)
    assert first.well
    assert "process 4000000 (arxivqa ingest seeds)" in first.said
    assert all(finding.well for finding in others)
    with Library.open(library) as opened:
        assert opened.ingest(ALL[:25]).added == 1
    assert not (library / "writer.json").exists()


def test_a_doctor_who_need_not_wait_any_longer_stops_waiting(library: Path) -> None:
    told: list[str] = []
    patience = WaitPolicy(86_400.0, told.append, given_up=lambda: bool(told))
    with writer_lock(library), pytest.raises(LibraryBusyError, match="is being written by process"):
        next(examine(library, EMBEDDER, patience=patience))
    assert told[0].startswith("Waiting for process")


def test_a_write_and_a_rebuild_that_were_cut_off_are_seen_and_ended(library: Path) -> None:
    record = PaperCollection(library / "chroma")
    state = record.state
    record.delete([PAPERS[5].arxiv_id])  # a long paper, of which the other chunks stay
    record.set_state(replace(state, writing=state.generation + 1))
    beside = PaperCollection(library / "chroma", REBUILDING, create=state)
    beside.put([], np.zeros((0, 384), dtype=np.float32), {}, 1)
    beside.close()
    record.close()
    found = ill(library)
    assert {"record", "last write"} <= found.keys()
    repair(library, EMBEDDER, list(found.values()))
    assert len(assert_sound(library)) == 23
    record = PaperCollection(library / "chroma")
    assert not record.has(REBUILDING)
    record.close()


def test_a_damaged_database_is_said_to_need_a_backup(library: Path) -> None:
    file = library / "chroma" / "chroma.sqlite3"
    content = bytearray(file.read_bytes())
    for start in range(4096, len(content), 8192):
        content[start : start + 4096] = bytes(4096)
    file.write_bytes(content)
    *_, last = examine(library, EMBEDDER)
    assert (last.check, last.well, last.mend) == ("record", False, "")
    assert "arxivqa restore" in last.said


def test_another_model_is_named_and_nothing_is_made_with_it(library: Path) -> None:
    record = PaperCollection(library / "chroma")
    record.set_state(replace(record.state, model="elsewhere/model", model_sha256="f" * 64))
    record.close()
    deleted(vector_files(library))
    found = ill(library)
    assert "elsewhere/model" in found["model"].said
    with pytest.raises(LibraryMismatchError, match="elsewhere/model"):
        repair(library, EMBEDDER, list(found.values()))


def test_where_there_is_no_library_that_is_said(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="arxivqa ingest"):
        list(examine(tmp_path / "nowhere", EMBEDDER))
