"""A backup: one file that gives back all that was in, or says what is wrong with it and changes nothing."""

from __future__ import annotations

import json
import random
import shutil
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest

from tests.vectorstore.writers import ALL, assert_sound
from vectorstore import Filters, InputError, LibraryBusyError, LibraryError, Paper
from vectorstore.embedding.chunking import chunk_id
from vectorstore.embedding.embedder import Embedder
from vectorstore.ingest.arxiv import subscriptions
from vectorstore.ingest.arxiv.subscriptions import Subscription, load_subscriptions, save_subscriptions
from vectorstore.library import Library
from vectorstore.maintenance import backup
from vectorstore.maintenance.backup_format import COMMENT, check, seal
from vectorstore.maintenance.restore import restore
from vectorstore.storage.file_lock import WaitPolicy, writer_lock

FOLLOWED = Subscription(
    "arxiv:cs.CV", "cat:cs.CV", since=date(2024, 1, 1), reached=datetime(2024, 2, 1, 12, tzinfo=UTC), whole=True
)


@pytest.fixture(scope="module")
def file(seeds_library: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of the library of the seeds."""
    file = tmp_path_factory.mktemp("backup") / "seeds.zip"
    contents = backup.write(seeds_library, file)
    assert (contents.papers, contents.chunks) == (249, 262)
    return file


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A library of one paper."""
    with Library.open(tmp_path / "small", create=True) as library:
        library.ingest(ALL[:1])
    return tmp_path / "small"


class _Unusable(Embedder):
    """The default model by name and hash, for what must work without embedding anything."""

    def embed(self, texts: object) -> np.ndarray:
        raise AssertionError(f"asked to embed {texts}")


def test_what_is_restored_is_what_was_backed_up(file: Path, seeds_library: Path, tmp_path: Path) -> None:
    restore(file, tmp_path / "new")
    with Library.open(tmp_path / "new", embedder=_Unusable()) as new, Library.open(seeds_library) as old:
        assert list(new.papers()) == list(old.papers())
        ids = [paper.arxiv_id for paper in old.papers()]
        before, after = old.vectors(ids), new.vectors(ids)
        assert all(np.allclose(before[arxiv_id], after[arxiv_id], atol=1e-6) for arxiv_id in ids)
        query = before[ids[7]]
        assert [i for i, _ in new.nearest(query, Filters(), 9)] == [i for i, _ in old.nearest(query, Filters(), 9)]
        assert new.matching("segmentation", Filters(), 9) == old.matching("segmentation", Filters(), 9)
    assert len(assert_sound(tmp_path / "new")) == 249


def test_any_program_that_reads_zip_archives_can_read_it(file: Path) -> None:
    with zipfile.ZipFile(file) as archive:
        assert archive.testzip() is None
        assert sorted(archive.namelist()) == ["library.json", "papers/00000.jsonl", "vectors/00000.npy"]


@pytest.mark.parametrize("damage", ["cut short", "one byte", "another file", "missing"])
def test_a_file_that_is_no_whole_backup_is_refused_and_nothing_is_made(file: Path, tmp_path: Path, damage: str) -> None:
    broken = tmp_path / "broken.zip"
    content = bytearray(file.read_bytes())
    if damage == "cut short":
        broken.write_bytes(content[:-1000])
    elif damage == "one byte":
        content[random.Random(1).randrange(len(content))] ^= 1
        broken.write_bytes(content)
    elif damage == "another file":
        broken.write_text("my notes")
    with pytest.raises(InputError, match=r"broken\.zip"):
        restore(broken, tmp_path / "library")
    assert not (tmp_path / "library").exists()


def test_a_library_with_papers_is_replaced_only_by_force_and_its_readers_see_it(file: Path, small: Path) -> None:
    with Library.open(small) as reader:
        with pytest.raises(LibraryError, match=r"has 1 papers already.*--force"):
            restore(file, small)
        assert reader.count() == 1
        restore(file, small, force=True)
        assert reader.count() == 249
        assert reader.get([ALL[0].arxiv_id]) == []
    assert len(assert_sound(small)) == 249
    assert len([place for place in (small / "chroma").iterdir() if place.is_dir()]) == 1


def test_what_is_followed_comes_back_and_an_update_goes_on_from_it(small: Path, tmp_path: Path) -> None:
    save_subscriptions(small, [FOLLOWED])
    backup.write(small, tmp_path / "small.zip")
    restore(tmp_path / "small.zip", tmp_path / "new")
    assert load_subscriptions(tmp_path / "new") == (FOLLOWED,)


def test_a_backup_that_follows_nothing_leaves_nothing_to_go_on_from(file: Path, small: Path) -> None:
    with zipfile.ZipFile(file) as archive:  # as an older arxivqa writes all of them
        assert subscriptions.NAME not in archive.namelist()
    save_subscriptions(small, [FOLLOWED])
    restore(file, small, force=True)
    assert load_subscriptions(small) == ()  # what it says is in is not


def test_a_restore_that_fails_keeps_what_is_followed(file: Path, small: Path, tmp_path: Path) -> None:
    save_subscriptions(small, [FOLLOWED])
    odd = Path(shutil.copy(file, tmp_path / "odd.zip"))
    with zipfile.ZipFile(odd, "a") as archive:
        archive.writestr("papers/00001.jsonl", "no paper")
        archive.comment = COMMENT
    seal(odd)
    with pytest.raises(InputError, match="no backup that this arxivqa can read"):
        restore(odd, small, force=True)
    assert load_subscriptions(small) == (FOLLOWED,)
    assert len(assert_sound(small)) == 1


def test_a_library_that_cannot_be_opened_is_put_aside(file: Path, small: Path) -> None:
    (small / "chroma" / "chroma.sqlite3").write_bytes(b"no database" * 1000)
    with pytest.raises(LibraryError, match="cannot be opened"):
        restore(file, small)
    restore(file, small, force=True)
    assert len(assert_sound(small)) == 249
    (aside,) = small.glob("chroma-damaged-*")
    assert (aside / "chroma.sqlite3").read_bytes() == b"no database" * 1000


def test_a_restore_beside_a_writer_changes_nothing(file: Path, small: Path) -> None:
    with writer_lock(small), pytest.raises(LibraryBusyError, match="process"):
        restore(file, small, force=True)
    assert len(assert_sound(small)) == 1


def test_a_backup_waits_for_a_writer_and_has_all_that_it_wrote(small: Path, tmp_path: Path) -> None:
    with Library.open(small) as writer:
        waited_for = threading.Event()

        def more() -> Iterator[Paper]:
            copying.start()
            waited_for.wait()
            yield from ALL[1:3]

        copying = threading.Thread(
            target=backup.write,
            args=(small, tmp_path / "small.zip"),
            kwargs={"patience": WaitPolicy(600.0, lambda _: waited_for.set())},
        )
        writer.ingest(more())
        copying.join()
    restore(tmp_path / "small.zip", tmp_path / "new")
    assert assert_sound(tmp_path / "new") == {paper.arxiv_id: paper for paper in ALL[:3]}


def test_a_backup_that_need_not_wait_names_the_writer(small: Path, tmp_path: Path) -> None:
    with writer_lock(small), pytest.raises(LibraryBusyError, match="is being written by process"):
        backup.write(small, tmp_path / "small.zip")
    assert not (tmp_path / "small.zip").exists()


def test_nobody_writes_while_a_backup_is_made_and_everybody_reads(small: Path, tmp_path: Path) -> None:
    refused: list[str] = []

    def meanwhile(*_: object) -> None:
        with Library.open(small) as other:
            assert other.count() == 1
            with pytest.raises(LibraryBusyError) as error:
                other.ingest(ALL[:2])
            refused.append(str(error.value))

    backup.write(small, tmp_path / "small.zip", meanwhile)
    assert "is being written by process" in refused[0]


def test_a_paper_that_stands_twice_in_an_older_backup_is_restored_as_it_was_last(tmp_path: Path) -> None:
    long, short = ALL[5], replace(ALL[5], version=2, abstract="A net counts flocks of goats.")
    chunks = []
    for name, paper in (("long", long), ("short", short)):
        with Library.open(tmp_path / name, create=True) as library:
            library.ingest([paper])
        chunks.append(backup.write(tmp_path / name, tmp_path / f"{name}.zip").chunks)
    assert chunks[0] > chunks[1] == 1
    with (
        zipfile.ZipFile(tmp_path / "short.zip") as second,
        zipfile.ZipFile(tmp_path / "long.zip") as first,
        zipfile.ZipFile(tmp_path / "older.zip", "w") as older,
    ):
        for number, archive in enumerate((first, second)):
            for part in ("papers/{:05d}.jsonl", "vectors/{:05d}.npy"):
                older.writestr(part.format(number), archive.read(part.format(0)))
        superseded = [chunk_id(long.arxiv_id, index) for index in range(1, chunks[0])]
        rows = json.loads(second.read("library.json")) | {"superseded": superseded}
        older.writestr("library.json", json.dumps(rows))
        older.comment = COMMENT
    seal(tmp_path / "older.zip")
    restore(tmp_path / "older.zip", tmp_path / "new")
    assert assert_sound(tmp_path / "new") == {short.arxiv_id: short}


def test_a_backup_replaces_an_older_one_and_nothing_else(file: Path, small: Path, tmp_path: Path) -> None:
    older = Path(shutil.copy(file, tmp_path / "older.zip"))
    assert backup.write(small, older).papers == check(older).papers == 1
    notes = tmp_path / "notes.txt"
    notes.write_text("my notes")
    with pytest.raises(InputError, match="is no backup"):
        backup.write(small, notes)
    assert notes.read_text() == "my notes"
    assert sorted(place.name for place in tmp_path.iterdir()) == ["notes.txt", "older.zip", "small"]


def test_a_folder_that_cannot_take_the_file_is_named(small: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be written"):
        backup.write(small, tmp_path / "none" / "file.zip")
