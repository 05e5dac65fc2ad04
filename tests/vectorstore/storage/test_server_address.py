"""A library whose record a Chroma server keeps: as over a folder, from several machines, and after a crash."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import chromadb
import numpy as np
import pytest
from chromadb.config import Settings
from llama_index.core import VectorStoreIndex
from llama_index.vector_stores.chroma import ChromaVectorStore

from qa import Assistant
from qa.llama_index import LibraryEmbedding
from tests.chroma import Chroma, killing
from tests.vectorstore.writers import ALL
from vectorstore import ArxivQAError, Filters, LibraryError, Paper
from vectorstore.embedding.chunking import chunk_id
from vectorstore.embedding.embedder import Embedder
from vectorstore.engine.opening import REBUILDING
from vectorstore.library import Library
from vectorstore.maintenance import backup, doctor
from vectorstore.maintenance import restore as maintenance_restore
from vectorstore.storage.file_lock import WaitPolicy
from vectorstore.storage.server_address import Server

PAPERS = ALL[:20]
SOME, MORE = PAPERS[:8], PAPERS[8:]
WHOLE = {paper.arxiv_id: paper for paper in PAPERS}
_REQUESTS = 36  # of an ingest and a removal; there are a few more
EMBEDDER = Embedder()  # one, since loading the model takes longer than most tests


class Idle(Embedder):
    """A model that must not be used."""

    def embed(self, *_: object, **__: object) -> NoReturn:
        raise AssertionError("something was embedded")


def taking_over(folder: Path, server: Server) -> Library:
    """A library that writes from this folder, whichever wrote before."""
    return Library.open(folder, create=True, embedder=EMBEDDER, patience=WaitPolicy(take_over=True), server=server)


def whole(library: Library) -> dict[str, Paper]:
    """The papers of a library, after making sure that record, vectors and full text have the same ones."""
    papers = {paper.arxiv_id: paper for paper in library.papers()}
    record, fulltext = library._parts.record, library._parts.fulltext
    counts, ids = record.chunk_counts(), record.ids()
    assert sorted(ids) == sorted(chunk_id(paper, index) for paper, count in counts.items() for index in range(count))
    assert fulltext.chunk_counts(Filters()) == counts
    assert papers.keys() == counts.keys()
    vectors = record.vectors(ids)
    assert len(vectors) == len(ids)
    assert np.allclose([np.linalg.norm(vector) for vector in vectors.values()], 1, atol=1e-3)
    assert library.stats().papers == len(papers)
    return papers


def test_papers_go_in_and_are_found_as_in_a_folder(tmp_path: Path, server: Server) -> None:
    with Library.open(tmp_path / "here", create=True, embedder=EMBEDDER, server=server) as library:
        summary = library.ingest(PAPERS)
        assert (summary.added, summary.papers) == (len(PAPERS), len(PAPERS))
        assert library.ingest(PAPERS).unchanged == len(PAPERS)
        assert whole(library) == WHOLE
        assert library.stats().server == str(server)
        vector = library.embedder.embed(["Counting 7 sheep from the air"])[0]
        on_server = library.nearest(vector, Filters(), 5)
        narrow = library.nearest(vector, Filters(ids=tuple(WHOLE)[:9]), 5)
    assert not (tmp_path / "here" / "chroma").exists()
    with Library.open(tmp_path / "there", create=True, embedder=EMBEDDER) as library:
        library.ingest(PAPERS)
        for found, expected in ((on_server, Filters()), (narrow, Filters(ids=tuple(WHOLE)[:9]))):
            beside = library.nearest(vector, expected, 5)
            assert [paper for paper, _ in found] == [paper for paper, _ in beside]
            assert np.allclose([score for _, score in found], [score for _, score in beside], atol=1e-4)


def test_a_server_that_takes_and_gives_few_records_at_once_is_enough(tmp_path: Path, server: Server) -> None:
    with Library.open(tmp_path, create=True, embedder=EMBEDDER, server=replace(server, most=7)) as library:
        library.ingest(PAPERS)
        library.remove(library.removal(Filters(ids=tuple(WHOLE)[::2])))
        assert whole(library) == {paper.arxiv_id: paper for paper in PAPERS[1::2]}


def test_a_stock_vector_store_index_opens_the_collection(tmp_path: Path, chroma: Chroma, server: Server) -> None:
    with Library.open(tmp_path, create=True, embedder=EMBEDDER, server=server) as library:
        library.ingest(SOME)
    settings = Settings(anonymized_telemetry=False)
    with chromadb.HttpClient("127.0.0.1", chroma.port, settings=settings, database=server.database) as client:
        store = ChromaVectorStore(chroma_collection=client.get_collection("papers"))
        index = VectorStoreIndex.from_vector_store(store, embed_model=LibraryEmbedding(EMBEDDER))
        nodes = index.as_retriever(similarity_top_k=3).retrieve(SOME[7].title)
    assert SOME[7].arxiv_id in {node.node.metadata["arxiv_id"] for node in nodes}


def test_another_machine_catches_up_by_generation_without_embedding(tmp_path: Path, server: Server) -> None:
    with Library.open(tmp_path / "one", create=True, embedder=EMBEDDER, server=server) as one:
        one.ingest(SOME)
        with Library.open(tmp_path / "two", embedder=Idle(), server=server) as two:
            assert whole(two) == {paper.arxiv_id: paper for paper in SOME}
            one.ingest(MORE)
            assert two.count() == len(PAPERS)  # which was open already
            assert two.matching("meadow 17", Filters(), 1)[0][0] == PAPERS[17].arxiv_id
            one.remove(one.removal(Filters(ids=tuple(WHOLE)[:3])))
            assert two.count() == len(PAPERS) - 3
            assert whole(two) == {paper.arxiv_id: paper for paper in PAPERS[3:]}
            assert two._parts.fulltext.generation == one._parts.fulltext.generation
        restated = replace(PAPERS[5], title="Counting goats instead", version=2)
        one.ingest([restated])
        one.remove(one.removal(Filters(ids=(PAPERS[4].arxiv_id,))))
    with Library.open(tmp_path / "two", embedder=Idle(), server=server) as two:  # after it was closed meanwhile
        assert whole(two)[restated.arxiv_id].title == "Counting goats instead"
        assert two.matching("goats", Filters(), 5)[0][0] == restated.arxiv_id
        assert PAPERS[4].arxiv_id not in whole(two)


def test_a_steady_block_looks_once_at_what_others_write(tmp_path: Path, chroma: Chroma, server: Server) -> None:
    looks: list[str] = []

    def look(method: str, path: str) -> bool:
        looks.extend([path] * (method == "GET" and path.endswith("/collections/papers")))
        return False

    with (
        Library.open(tmp_path / "one", create=True, embedder=EMBEDDER, server=server) as one,
        killing(chroma, look) as url,
        Library.open(tmp_path / "two", embedder=EMBEDDER, server=replace(server, url=url)) as two,
    ):
        one.ingest(SOME)
        with two.steady():
            looks.clear()
            assert two.count() == len(SOME)
            one.ingest(MORE)
            assert (two.count(), looks) == (len(SOME), [])
        assert two.count() == len(PAPERS)
        looks.clear()
        Assistant(two).ask("How many sheep does the net count?")
        assert len(looks) == 1


def test_a_search_among_papers_that_went_meanwhile_finds_the_others(tmp_path: Path, server: Server) -> None:
    with Library.open(tmp_path, create=True, embedder=EMBEDDER, server=server) as library:
        library.ingest(SOME)
        vector = EMBEDDER.embed([SOME[1].title])[0]
        found = library._parts.record.nearest(vector, 2, within=[SOME[1].arxiv_id, "2101.99999", SOME[2].arxiv_id])
    assert [chunk for chunk, _ in found] == [SOME[1].arxiv_id, SOME[2].arxiv_id]


def test_machines_that_take_each_others_place_lose_nothing(tmp_path: Path, server: Server) -> None:
    with taking_over(tmp_path / "one", server) as one, taking_over(tmp_path / "two", server) as two:
        for number, start in enumerate(range(0, len(PAPERS), 5)):
            (one, two)[number % 2].ingest(PAPERS[start : start + 5])
        two.remove(two.removal(Filters(ids=(PAPERS[-1].arxiv_id,))))
        one.ingest(PAPERS[-1:])
        assert whole(one) == whole(two) == WHOLE


def test_a_rebuild_on_one_machine_is_seen_on_another(tmp_path: Path, server: Server) -> None:
    with Library.open(tmp_path / "one", create=True, embedder=EMBEDDER, server=server) as one:
        one.ingest(PAPERS)
    with taking_over(tmp_path / "two", server) as two:
        Library.rebuild(tmp_path / "one", embedder=EMBEDDER, server=server).close()
        assert whole(two) == WHOLE
        assert two.ingest(PAPERS).unchanged == len(PAPERS)
    assert len(list(next((tmp_path / "two").glob("fulltext-*")).iterdir())) == 1


def test_a_rebuild_that_was_killed_while_it_switched_is_finished_by_any_machine(tmp_path: Path, server: Server) -> None:
    with Library.open(tmp_path / "one", create=True, embedder=EMBEDDER, server=server) as one:
        one.ingest(SOME)
        one._parts.record.rename(REBUILDING)
    with Library.open(tmp_path / "two", embedder=Idle(), server=server) as two:
        assert whole(two) == {paper.arxiv_id: paper for paper in SOME}


def test_a_full_text_index_of_another_record_is_not_taken_for_this_one(tmp_path: Path, chroma: Chroma) -> None:
    for papers in (SOME, MORE[:8]):
        with Library.open(tmp_path, create=True, embedder=EMBEDDER, server=chroma.database()) as library:
            library.ingest(papers)
            assert whole(library) == {paper.arxiv_id: paper for paper in papers}
    with Library.open(tmp_path, create=True, embedder=EMBEDDER) as library:  # and the folder's own is neither's
        assert library.count() == 0


def test_a_backup_goes_from_a_folder_to_a_server_and_back(tmp_path: Path, server: Server) -> None:
    with Library.open(tmp_path / "folder", create=True, embedder=EMBEDDER) as library:
        library.ingest(PAPERS)
    backup.write(tmp_path / "folder", tmp_path / "first.zip")
    maintenance_restore.restore(tmp_path / "first.zip", tmp_path / "here", server=server)
    with Library.open(tmp_path / "here", embedder=EMBEDDER, server=server) as library:
        assert whole(library) == WHOLE
    with pytest.raises(LibraryError, match=r"has 20 papers already.*--force"):
        maintenance_restore.restore(tmp_path / "first.zip", tmp_path / "here", server=server)
    backup.write(tmp_path / "here", tmp_path / "second.zip", server=server)
    maintenance_restore.restore(tmp_path / "second.zip", tmp_path / "back")
    with Library.open(tmp_path / "back", embedder=EMBEDDER) as library:
        assert whole(library) == WHOLE


def test_the_doctor_looks_at_a_server_and_mends_what_is_derived(tmp_path: Path, server: Server) -> None:
    embedder = EMBEDDER
    with Library.open(tmp_path, create=True, embedder=EMBEDDER, server=server) as library:
        library.ingest(SOME)
    assert all(finding.well for finding in doctor.examine(tmp_path, embedder, server=server))
    shutil.rmtree(next(tmp_path.glob("fulltext-*")))
    with Library.open(tmp_path, embedder=EMBEDDER, server=server) as library:
        assert whole(library).keys() == {paper.arxiv_id for paper in SOME}
        library._parts.record.delete([SOME[3].arxiv_id])
    findings = list(doctor.examine(tmp_path, embedder, server=server))
    assert {finding.check for finding in findings if not finding.well} == {"record", "full text"}
    doctor.repair(tmp_path, embedder, findings, server=server)
    assert all(finding.well for finding in doctor.examine(tmp_path, embedder, server=server))


def _nth(number: int, method: str, end: str) -> Callable[[str, str], bool]:
    """Whether a request is the nth of its kind."""
    left = [number]

    def is_it(asked: str, path: str) -> bool:
        left[0] -= asked == method and path.endswith(end)
        return asked == method and path.endswith(end) and left[0] == 0

    return is_it


@pytest.mark.parametrize(
    ("number", "method", "end"),
    [
        pytest.param(2, "POST", "/upsert", id="between two batches"),
        pytest.param(1, "POST", "/upsert", id="after it was said that a write begins", marks=pytest.mark.soak),
        pytest.param(2, "PUT", "", id="before it is said that a write has ended", marks=pytest.mark.soak),
    ],
)
def test_a_server_killed_in_the_middle_of_an_ingest_loses_nothing(
    tmp_path: Path, chroma: Chroma, server: Server, number: int, method: str, end: str
) -> None:
    with Library.open(tmp_path / "one", create=True, embedder=EMBEDDER, server=server) as library:
        library.ingest(SOME)
    with (
        killing(chroma, _nth(number, method, end)) as url,
        taking_over(tmp_path / "two", replace(server, url=url, most=8)) as library,
    ):
        with pytest.raises(LibraryError, match=rf"The Chroma server {url} cannot be reached .*do this again"):
            library.ingest(PAPERS)
        with pytest.raises(LibraryError, match="cannot be reached"):
            library.count()
        chroma.start()
        assert {paper.arxiv_id for paper in SOME} <= {paper.arxiv_id for paper in library.papers()}
        library.ingest(PAPERS)  # with the same object
        assert whole(library) == WHOLE
    with Library.open(tmp_path / "one", embedder=EMBEDDER, server=server) as library:
        assert whole(library) == WHOLE


def _write(library: Library) -> None:
    library.ingest([replace(SOME[0], title="Counting other sheep", version=2), *PAPERS[1:]])
    library.remove(library.removal(Filters(ids=(SOME[2].arxiv_id,))))


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(20))
def test_a_server_killed_at_any_request_loses_nothing(
    tmp_path: Path, chroma: Chroma, server: Server, seed: int
) -> None:
    left = random.Random(seed).randrange(_REQUESTS)
    counting = False

    def is_it(_: str, __: str) -> bool:
        nonlocal left
        left -= counting
        return left < 0

    with (
        killing(chroma, is_it) as url,
        Library.open(
            tmp_path / "one", create=True, embedder=EMBEDDER, server=replace(server, url=url, most=8)
        ) as library,
    ):
        library.ingest(SOME)
        counting = True
        with pytest.raises(LibraryError, match="cannot be reached"):
            _write(library)
        chroma.start()
        library.ingest(PAPERS)
        assert whole(library).keys() == WHOLE.keys()
    with Library.open(tmp_path / "two", embedder=EMBEDDER, server=server) as library:
        assert whole(library).keys() == WHOLE.keys()


def test_asking_fails_clearly_while_the_server_is_away_and_works_when_it_is_back(
    tmp_path: Path, chroma: Chroma, server: Server
) -> None:
    with Library.open(tmp_path, create=True, embedder=EMBEDDER, server=server) as library:
        library.ingest(SOME)
        assistant = Assistant(library)
        question = "How many sheep does the net of flocks of 9 sheep err by?"
        before = assistant.ask(question)
        chroma.kill()
        with pytest.raises(ArxivQAError, match=f"The Chroma server {server.url} cannot be reached"):
            assistant.ask(question)
        chroma.start()
        after = assistant.ask(question)
        assert after.text == before.text
        assert library.ingest(PAPERS).added == len(MORE)
