"""Files that were sent, on their way into a library: progress, what is refused, stopping, and one sender at a time."""

from __future__ import annotations

import io
import json
import os
import tarfile
import threading
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from vectorstore.embedding.embedder import Embedder
from vectorstore.engine import ingestion
from vectorstore.errors import LibraryBusyError
from vectorstore.ingest.archives import Limits
from vectorstore.ingest.upload_job import UploadJob
from vectorstore.ingest.upload_progress import IntakeProgress
from vectorstore.library import Library
from vectorstore.storage.file_lock import writer_lock


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


def finished(intake: UploadJob) -> IntakeProgress:
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
    intake = UploadJob(library)
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
    intake = UploadJob(library)
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
    intake = UploadJob(library)
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


def waiting(intake: UploadJob) -> str:
    """What is said of whom an intake waits for."""
    while (found := intake.progress()) is not None and not found.is_over:
        if found.waiting is not None:
            return found.waiting
        time.sleep(0.02)
    pytest.fail(f"it waits for nobody: {found}")


def test_where_another_process_writes_it_waits_and_says_for_whom(library: Path, send: Callable[..., Path]) -> None:
    intake = UploadJob(library)
    with writer_lock(library):
        intake.start([send("a.txt", listing(1, 1))], by="ana")
        assert waiting(intake).startswith(f"Waiting for process {os.getpid()} (")
    found = finished(intake)
    assert (found.state, found.waiting, found.failure) == ("done", None, None)
    assert found.summary is not None
    assert found.summary.added == 1


def test_waiting_ends_when_somebody_stops_it_or_it_was_long_enough(library: Path, send: Callable[..., Path]) -> None:
    patient, hasty = UploadJob(library), UploadJob(library, patience=0)
    with writer_lock(library):
        patient.start([send("a.txt", listing(1, 1))], by="ana")
        waiting(patient)
        patient.stop()
        found = finished(patient)
        assert (found.state, found.failure, found.summary) == ("stopped", None, None)
        hasty.start([send("a.txt", listing(1, 1))], by="ana")
        found = finished(hasty)
    assert found.state == "failed"
    assert "is being written by process" in (found.failure or "")


SNAPSHOT = json.dumps(
    {
        "id": "2101.00001",
        "authors": "Ana Diaz",
        "title": "Counting sheep",
        "categories": "cs.CV",
        "abstract": "We count sheep.",
        "versions": [{"version": "v1", "created": "Fri, 1 Jan 2021 10:00:00 GMT"}],
        "update_date": "2021-01-02",
    }
)


@pytest.mark.parametrize("kind", ["tar", "tar.gz", "tar.xz", "tar.bz2"])
def test_what_the_shell_reads_can_be_sent(library: Path, send: Callable[..., Path], kind: str) -> None:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode=f"w:{kind.partition('.')[2]}") as archive:
        for name, content in (("days/one.txt", listing(1, 2)), ("days/arxiv.json", SNAPSHOT), ("days/x.md", "# No\n")):
            member = tarfile.TarInfo(name)
            member.size = len(content.encode())
            archive.addfile(member, io.BytesIO(content.encode()))
    intake = UploadJob(library)
    intake.start([send(f"days.{kind}", packed.getvalue()), send("more.jsonl", SNAPSHOT + "\n")], by="ana")
    found = finished(intake)
    assert (found.state, found.failure) == ("done", None)
    assert [(file.name, file.state, file.papers, file.refused) for file in found.files] == [
        (f"days.{kind}/days/one.txt", "read", 2, 0),
        (f"days.{kind}/days/arxiv.json", "read", 1, 0),
        (f"days.{kind}/days/x.md", "refused", 0, 1),
        ("more.jsonl", "read", 1, 0),
    ]
    assert found.summary is not None
    assert found.summary.papers == 3


def test_archives_give_no_more_than_is_allowed(library: Path, send: Callable[..., Path]) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(3):
            archive.writestr(f"{number}.txt", listing(number * 10 + 1, 1))
    intake = UploadJob(library, limits=Limits(files=2, bytes=1 << 20))
    intake.start([send("many.zip", packed.getvalue())], by="ana")
    found = finished(intake)
    assert "holds more than 2 files" in "\n".join(map(str, found.refusals))
    assert found.summary is not None
    assert found.summary.added == 2


def test_papers_that_are_only_named_are_said_to_be_missing(library: Path, send: Callable[..., Path]) -> None:
    intake = UploadJob(library)
    listed = send("listed.txt", listing(1, 1))
    intake.start([listed, send("wanted.txt", "arXiv:2009.00001\narXiv:2009.00002\n")], by="ana")
    found = finished(intake)
    assert [(file.name, file.state) for file in found.files] == [("listed.txt", "read"), ("wanted.txt", "read")]
    (missing,) = map(str, found.refusals)
    assert "2009.00002 is not in the library" in missing


def test_only_so_many_refusals_are_kept_and_all_are_counted(library: Path, send: Callable[..., Path]) -> None:
    intake = UploadJob(library)
    intake.start(
        [send("a.txt", "# Arxiv Papers in cs.CV on 2020-09-30\n" + "### A\n- **Summary**: B.\n" * 700)], by="ana"
    )
    found = finished(intake)
    assert (found.refused, len(found.refusals)) == (700, 500)
    assert found.files[0].state == "refused"


def test_progress_can_be_asked_for_by_many_at_once(library: Path, send: Callable[..., Path]) -> None:
    intake = UploadJob(library)
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
