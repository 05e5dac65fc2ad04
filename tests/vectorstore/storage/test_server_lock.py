"""One machine writes to a server's record: the others learn who, and take the place of one that is gone."""

from __future__ import annotations

import threading
import time
from contextlib import closing
from multiprocessing.connection import Connection as Pipe
from pathlib import Path

import pytest

from tests.vectorstore.writers import ALL, started
from vectorstore import LibraryError
from vectorstore.embedding.embedder import Embedder
from vectorstore.errors import LibraryBusyError
from vectorstore.library import Library
from vectorstore.storage.chroma_server import ChromaServer
from vectorstore.storage.collection import PaperCollection
from vectorstore.storage.file_lock import WaitPolicy
from vectorstore.storage.server_address import Server
from vectorstore.storage.server_lock import LOCK, SILENCE, record_lock

PAPERS = ALL[:9]
EMBEDDER = Embedder()


def test_a_second_writer_learns_who_writes_and_reading_goes_on(tmp_path: Path, server: Server) -> None:
    with (
        Library.open(tmp_path / "one", create=True, embedder=EMBEDDER, server=server) as one,
        Library.open(tmp_path / "two", create=True, embedder=EMBEDDER, server=server) as two,
    ):
        with record_lock(tmp_path / "one", server):
            with pytest.raises(LibraryBusyError, match=rf"{server.url}.* is being written by process \d+ on .* since"):
                two.ingest(ALL[:2])
            assert two.count() == 0
        assert two.ingest(ALL[:2]).added == 2
        assert one.count() == 2


def test_writers_of_many_folders_at_once_wait_their_turn_and_lose_nothing(tmp_path: Path, server: Server) -> None:
    told: list[str] = []

    def write(number: int) -> None:
        patience = WaitPolicy(300, told.append)
        with Library.open(
            tmp_path / str(number), create=True, patience=patience, embedder=EMBEDDER, server=server
        ) as library:
            library.ingest(PAPERS[number::3])

    threads = [threading.Thread(target=write, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with Library.open(tmp_path / "all", embedder=EMBEDDER, server=server) as library:
        assert {paper.arxiv_id: paper for paper in library.papers()} == {paper.arxiv_id: paper for paper in PAPERS}
        assert library.stats().generation == 3
    assert all(line.startswith("Waiting for process ") for line in told)


@pytest.mark.parametrize(("silent", "taken"), [(SILENCE + 5, True), (SILENCE // 2, False)])
def test_the_place_of_a_writer_that_is_long_silent_is_taken(
    tmp_path: Path, server: Server, silent: int, taken: bool
) -> None:
    with closing(ChromaServer(server)) as connection:
        word = connection.heartbeat() // 10**9 - silent
        connection.create_collection(LOCK, {"token": "another", "name": "process 1 on \x1b[31melsewhere", "word": word})
        with Library.open(tmp_path, create=True, embedder=EMBEDDER, server=server) as library:
            if taken:
                assert library.ingest(ALL[:2]).added == 2
            else:
                with pytest.raises(LibraryBusyError, match=r"by process 1 on \[31melsewhere, last heard of \d+ s ago"):
                    library.ingest(ALL[:2])


def test_a_writer_that_lost_its_place_writes_no_more(tmp_path: Path, server: Server) -> None:
    with Library.open(tmp_path, create=True, embedder=EMBEDDER, server=server) as library:
        library.ingest(ALL[:2])
    with (
        record_lock(tmp_path, server),
        closing(PaperCollection(server)) as record,
        closing(ChromaServer(server)) as connection,
    ):
        state = record.state
        record.set_state(state)
        connection.get_collection(LOCK).modify(metadata={"token": "another", "name": "process 1", "word": 0})
        with pytest.raises(LibraryError, match=r"no longer writes to the library on .*run this again"):
            record.set_state(state)
        assert record.state == state


def ingest_until_killed(folder: Path, reports: Pipe, server: Server) -> None:
    with Library.open(folder, create=True, embedder=EMBEDDER, server=server) as library:

        def papers():  # type: ignore[no-untyped-def]
            yield from ALL[:2]
            reports.send("half")
            time.sleep(600)

        library.ingest(ALL[2:4])
        library.ingest(papers())


def test_a_killed_writer_is_followed_at_once_in_its_own_folder(tmp_path: Path, server: Server) -> None:
    with started(ingest_until_killed, tmp_path / "one", server) as (process, reports):
        assert reports.recv() == "half"
        process.kill()
    with (
        Library.open(tmp_path / "two", embedder=EMBEDDER, server=server) as two,
        pytest.raises(LibraryBusyError, match="its place is taken"),
    ):
        two.ingest(ALL[:4])
    with Library.open(tmp_path / "one", embedder=EMBEDDER, server=server) as one:
        assert one.ingest(ALL[:4]).added == 2
