"""One machine writes to a server's record: the others learn which, read, and write after they have taken its place."""

from __future__ import annotations

import os
import platform
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from multiprocessing.connection import Connection as Pipe
from pathlib import Path

import pytest
from chromadb.errors import NotFoundError

from tests.vectorstore.writers import ALL, started
from vectorstore import LibraryBusyError, LibraryError, Paper
from vectorstore.embedding.embedder import Embedder
from vectorstore.engine.ingestion import Progress
from vectorstore.library import Library
from vectorstore.maintenance import backup, doctor
from vectorstore.storage.chroma_server import ChromaServer
from vectorstore.storage.collection import PaperCollection
from vectorstore.storage.file_lock import AT_ONCE, WaitPolicy, writer_lock
from vectorstore.storage.server_address import Server
from vectorstore.storage.server_writer import this_writer
from vectorstore.storage.state import Writer

EMBEDDER = Embedder()
TAKING_OVER = WaitPolicy(take_over=True)
REFUSED = r"written to from .* since \d{4}-.* --take-over"
ELSEWHERE = Writer("1234", "\x1b[31melsewhere", "2026-11-01T10:00:00+00:00")


def opened(folder: Path, server: Server, patience: WaitPolicy = AT_ONCE) -> Library:
    """A library over a server; another folder is to the server as another machine is."""
    return Library.open(folder, create=True, embedder=EMBEDDER, patience=patience, server=server)


def written_from_elsewhere(server: Server, **state: int) -> None:
    """Let a record say that another machine is the one that writes to it."""
    with closing(PaperCollection(server)) as record:
        record.claim(ELSEWHERE, take_over=True)
        record.set_state(replace(record.state, **state))


def test_a_second_machine_is_told_who_writes_and_reads_on_until_it_takes_over(tmp_path: Path, server: Server) -> None:
    with opened(tmp_path / "one", server) as one, opened(tmp_path / "two", server) as two:
        assert one.ingest(ALL[:2]).added == 2
        with pytest.raises(LibraryBusyError, match=REFUSED) as refused:
            two.ingest(ALL[:4])
        assert f"another library folder or user of this machine, {platform.node()}," in str(refused.value)
        assert str(tmp_path) not in str(refused.value)
        assert two.count() == 2
        with opened(tmp_path / "two", server, TAKING_OVER) as taking_over:
            assert taking_over.ingest(ALL[:4]).added == 2
        assert two.ingest(ALL[:5]).added == 1  # nothing has to be said twice
        with pytest.raises(LibraryBusyError, match=REFUSED):
            one.remove(one.removal(listings=["listing-0.txt"]))
        assert one.count() == 5


def test_the_name_of_the_other_machine_commands_no_terminal(tmp_path: Path, server: Server) -> None:
    with opened(tmp_path, server) as library:
        written_from_elsewhere(server)
        with pytest.raises(LibraryBusyError, match=r"written to from \[31melsewhere since 2026-11-01T10:00:00"):
            library.ingest(ALL[:1])


def test_two_processes_on_one_machine_wait_for_each_other_by_the_folders_lock(tmp_path: Path, server: Server) -> None:
    told: list[str] = []
    let_go = threading.Event()

    def tell(holder: str) -> None:
        told.append(holder)
        let_go.set()

    with opened(tmp_path, server, WaitPolicy(600.0, tell)) as library, ThreadPoolExecutor() as pool:
        with writer_lock(tmp_path):
            ingested = pool.submit(library.ingest, ALL[:2])
            let_go.wait()
        assert ingested.result().added == 2
    assert told[0].startswith(f"Waiting for process {os.getpid()} ")


def test_a_machine_whose_place_was_taken_in_the_middle_writes_no_more(tmp_path: Path, server: Server) -> None:
    def papers() -> Iterator[Paper]:
        yield ALL[2]
        written_from_elsewhere(server)

    with opened(tmp_path, server) as library:
        library.ingest(ALL[:2])
        with pytest.raises(LibraryBusyError, match=r"What was reported as in is in"):
            library.ingest(papers())
        assert library.count() == 2
    with closing(PaperCollection(server)) as record:
        assert record.state.writer == ELSEWHERE


def test_a_rebuild_is_not_put_in_use_where_another_machine_has_taken_over(tmp_path: Path, server: Server) -> None:
    with opened(tmp_path, server) as library:
        library.ingest(ALL[:2])

        def taken(_: Progress) -> None:
            written_from_elsewhere(server)

        with pytest.raises(LibraryBusyError, match="--take-over"):
            Library.rebuild(tmp_path, embedder=EMBEDDER, progress=taken, server=server)
        assert library.stats().generation == 1
    with closing(ChromaServer(server)) as connection, pytest.raises(NotFoundError):
        connection.get_collection("papers-rebuilding")


def test_a_rebuild_stays_with_the_machine_that_writes(tmp_path: Path, server: Server) -> None:
    with opened(tmp_path / "one", server) as one:
        one.ingest(ALL[:2])
    Library.rebuild(tmp_path / "one", embedder=EMBEDDER, server=server).close()
    with closing(PaperCollection(server)) as record:
        assert record.state.writer is not None
        assert record.state.writer.number == this_writer(tmp_path / "one").number
    with pytest.raises(LibraryBusyError, match=REFUSED):
        Library.rebuild(tmp_path / "two", embedder=EMBEDDER, server=server)


def ingest_until_killed(folder: Path, reports: Pipe, server: Server) -> None:
    with opened(folder, server) as library:

        def papers() -> Iterator[Paper]:
            yield from ALL[:2]
            reports.send("half")
            threading.Event().wait()

        library.ingest(ALL[2:4])
        library.ingest(papers())


def test_a_killed_writer_is_followed_in_its_folder_and_elsewhere_when_told_to(tmp_path: Path, server: Server) -> None:
    with started(ingest_until_killed, tmp_path / "one", server) as (process, reports):
        assert reports.recv() == "half"
        process.kill()
    with opened(tmp_path / "one", server) as one:
        assert one.ingest(ALL[:4]).added == 2
    with opened(tmp_path / "two", server, TAKING_OVER) as two:
        assert two.ingest(ALL[:6]).added == 2


def test_what_another_machine_was_writing_is_left_to_it(tmp_path: Path, server: Server) -> None:
    with opened(tmp_path / "one", server) as one:
        one.ingest(ALL[:2])
    written_from_elsewhere(server, writing=2)
    with opened(tmp_path / "one", server) as one:
        assert one.count() == 2
    with closing(PaperCollection(server)) as record:
        assert record.state.writing == 2  # not taken for cut off
    with pytest.raises(LibraryBusyError, match="--take-over"):
        list(doctor.examine(tmp_path / "one", EMBEDDER, server=server))
    with pytest.raises(LibraryBusyError, match="is being written to from elsewhere"):
        backup.write(tmp_path / "one", tmp_path / "copy.zip", server=server)
    findings = list(doctor.examine(tmp_path / "one", EMBEDDER, patience=TAKING_OVER, server=server))
    assert [finding.check for finding in findings if not finding.well] == ["last write", "full text"]
    doctor.repair(tmp_path / "one", EMBEDDER, findings, patience=TAKING_OVER, server=server)
    assert backup.write(tmp_path / "one", tmp_path / "copy.zip", server=server).papers == 2


def test_a_backup_of_what_another_machine_writes_to_meanwhile_is_not_kept(tmp_path: Path, server: Server) -> None:
    with opened(tmp_path / "one", server) as one:
        one.ingest(ALL[:2])

        def meanwhile(*_: object) -> None:
            one.ingest(ALL[:3])

        with pytest.raises(LibraryBusyError, match="is being written to from elsewhere"):
            backup.write(tmp_path / "two", tmp_path / "copy.zip", meanwhile, server=server)
    assert not (tmp_path / "copy.zip").exists()


def test_a_machine_has_one_number_however_many_ask_for_it_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "first"))
    together = threading.Barrier(8)

    def ask(_: int) -> str:
        together.wait()
        return this_writer(tmp_path).number

    with ThreadPoolExecutor(8) as pool:
        (number,) = set(pool.map(ask, range(8)))
    assert number == this_writer(tmp_path).number != this_writer(tmp_path / "elsewhere").number
    assert [file.name for file in (tmp_path / "first" / "arxivqa").iterdir()] == ["machine-id"]
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "second"))
    assert this_writer(tmp_path).number != number


def test_a_machine_that_can_keep_no_number_does_not_write_and_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "file"))
    with pytest.raises(LibraryError, match=r"cannot be kept in .*machine-id: .* XDG_DATA_HOME"):
        this_writer(tmp_path)
