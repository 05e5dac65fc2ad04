"""Files that were sent, on their way into a library: progress, what is refused, stopping, and one sender at a time."""

from __future__ import annotations

import io
import threading
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from vectorstore import ingestion
from vectorstore.embedding import Embedder
from vectorstore.errors import LibraryBusyError
from vectorstore.intake import Intake, IntakeProgress
from vectorstore.library import Library
from vectorstore.lock import hold


def record(number: int, abstract: str = "We study things and report what we found.") -> str:
    return f"### Things {number}\n- **Arxiv ID**: http://arxiv.org/abs/2009.{number:05}v1\n- **Summary**: {abstract}\n"


def listing(first: int, count: int) -> str:
    return "# Arxiv Papers in cs.CV on 2020-09-30\n" + "".join(record(first + number) for number in range(count))


@pytest.fixture
def library(tmp_path: Path) -> Path:
    path = tmp_path / "library"
    Library.open(path, embedder=Embedder(), create=True).close()
    return path


@pytest.fixture
def send(tmp_path: Path) -> Callable[..., Path]:
    """Make a file in a folder of its own, as an upload is."""

    def make(name: str, content: str | bytes) -> Path:
        path = tmp_path / "sent" / str(len(list((tmp_path / "sent").glob("*")))) / name
        path.parent.mkdir(parents=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return make


def finished(intake: Intake) -> IntakeProgress:
    found = intake.wait()
    assert found is not None
    assert found.is_over
    return found


def test_files_and_those_of_an_archive_go_in_and_are_deleted(library: Path, send: Callable[..., Path]) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("october/first.txt", listing(1, 3))
        archive.writestr("october/notes.md", "# Notes\nnot a listing\n")
    broken = listing(10, 1) + "### No id\n- **Summary**: Nothing.\n" + record(11)
    files = [send("october.zip", packed.getvalue()), send("more.txt", broken)]
    intake = Intake(library)
    assert intake.progress() is None
    with Library.open(library) as reader:
        intake.start(files, by="ana")
        found = finished(intake)
        assert reader.count() == 5  # who has the library open sees them
    assert (found.by, found.state, found.failure) == ("ana", "done", None)
    assert [(file.name, file.state, file.papers, file.refused) for file in found.files] == [
        ("october.zip/october/first.txt", "read", 3, 0),
        ("october.zip/october/notes.md", "refused", 0, 1),
        ("more.txt", "read", 2, 1),
    ]
    assert found.summary is not None
    assert (found.summary.added, found.summary.papers) == (5, 5)
    assert (found.read, found.done, found.refused) == (5, 5, 2)
    assert [str(refusal).partition(": ")[0] for refusal in found.refusals] == [
        "october.zip/october/notes.md",
        "more.txt:5",
    ]
    assert not any(file.exists() for file in files)


def test_stopping_keeps_what_was_written(
    library: Path, send: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingestion, "_BATCH", 16)
    intake = Intake(library)
    intake.start([send(f"{number}.txt", listing(number * 100, 100)) for number in range(4)], by="ana")
    while (found := intake.progress()) is not None and not found.done:
        time.sleep(0.02)
    intake.stop()
    stopping = intake.progress()
    assert stopping is not None
    assert stopping.state in ("stopping", "stopped")
    found = finished(intake)
    assert found.state == "stopped"
    assert found.summary is not None
    assert 0 < found.summary.papers < 400
    with Library.open(library) as after:
        assert after.count() == found.summary.papers


def test_a_second_sender_is_told_who_is_first_and_her_files_go(library: Path, send: Callable[..., Path]) -> None:
    intake = Intake(library)
    intake.start([send("a.txt", listing(1, 100))], by="ana")
    second = send("b.txt", listing(1, 1))
    with pytest.raises(LibraryBusyError, match="ana is adding listings"):
        intake.start([second], by="ben")
    assert not second.exists()
    intake.stop()
    intake.wait()
    third = send("c.txt", listing(1, 1))
    intake.start([third], by="ben")
    assert finished(intake).by == "ben"


def test_a_library_that_another_process_writes_is_left_alone(library: Path, send: Callable[..., Path]) -> None:
    intake = Intake(library)
    with hold(library):
        intake.start([send("a.txt", listing(1, 1))], by="ana")
        found = finished(intake)
    assert found.state == "failed"
    assert "is being written by process" in (found.failure or "")


def test_only_so_many_refusals_are_kept_and_all_are_counted(library: Path, send: Callable[..., Path]) -> None:
    intake = Intake(library)
    intake.start(
        [send("a.txt", "# Arxiv Papers in cs.CV on 2020-09-30\n" + "### A\n- **Summary**: B.\n" * 700)], by="ana"
    )
    found = finished(intake)
    assert (found.refused, len(found.refusals)) == (700, 500)
    assert found.files[0].state == "refused"


def test_progress_can_be_asked_for_by_many_at_once(library: Path, send: Callable[..., Path]) -> None:
    intake = Intake(library)
    intake.start([send("a.txt", listing(1, 50))], by="ana")
    seen: list[int] = []

    def watch() -> None:
        while (found := intake.progress()) is not None and not found.is_over:
            seen.append(found.done)

    watchers = [threading.Thread(target=watch) for _ in range(3)]
    for watcher in watchers:
        watcher.start()
    for watcher in watchers:
        watcher.join()
    assert seen
    assert finished(intake).done == 50
