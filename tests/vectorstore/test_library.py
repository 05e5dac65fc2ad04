"""A library: what goes in can be found, ingesting again changes nothing, and a second process is told and shown."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest
import tantivy

from tests.vectorstore.making import other_model
from vectorstore import Filters, LibraryBusyError, LibraryError, LibraryMismatchError, Paper, Source
from vectorstore.embedding.chunking import chunks
from vectorstore.embedding.embedder import Embedder
from vectorstore.engine.ingestion import Progress
from vectorstore.library import Library
from vectorstore.storage.collection import PaperCollection
from vectorstore.storage.file_lock import writer_lock

RICH = Paper(
    arxiv_id="quant-ph/9802028",
    version=2,
    title="Quantum dots and $\\alpha$-particles",
    abstract="We show that dots glow. The glow lasts 3 s.",
    listed=date(1998, 2, 11),
    authors=("Ada Lovelace", "Grace B. Hopper"),
    categories=("quant-ph", "cs.CV"),
    published=datetime(1998, 2, 10, 12, 30, tzinfo=UTC),
    updated=datetime(1998, 3, 1, tzinfo=UTC),
    doi="10.1000/182",
    journal="J. Dots 1 (1998) 1",
    comment="4 pages",
    sources=(Source("19980211.md", 3, date(1998, 2, 11)),),
)
PLAIN = Paper(arxiv_id="2001.00001", title="Counting sheep", abstract="A net counts sheep from the air.", sources=())


@pytest.fixture
def library(tmp_path: Path) -> Library:
    with Library.open(tmp_path / "library", create=True) as opened:
        yield opened


def vector_of(library: Library, text: str) -> np.ndarray:
    return library.embedder.embed([text])[0]


def in_another_process(statement: str, library: Library) -> None:
    """Run a statement that may speak of `path`, the library's."""
    script = (
        "import sys\nfrom vectorstore import Paper\nfrom vectorstore.library import Library\n"
        f"path = sys.argv[1]\n{statement}\n"
    )
    subprocess.run([sys.executable, "-c", script, str(library.path)], check=True, timeout=120)


def test_a_paper_comes_back_as_it_went_in(library: Library) -> None:
    library.ingest([RICH, PLAIN])
    assert library.get(["2001.00001", "quant-ph/9802028"]) == [PLAIN, RICH]


def test_an_unknown_id_is_left_out(library: Library) -> None:
    library.ingest([PLAIN])
    assert library.get(["2001.00009", "2001.00001"]) == [PLAIN]


def test_ingesting_again_changes_nothing_and_embeds_nothing(library: Library) -> None:
    first = library.ingest([RICH, PLAIN])
    generation = library.stats().generation
    untouched = Library.open(library.path, embedder=_Unusable())
    second = untouched.ingest([RICH, PLAIN])
    assert (first.added, first.replaced, first.unchanged, first.papers) == (2, 0, 0, 2)
    assert (second.added, second.replaced, second.unchanged, second.papers) == (0, 0, 2, 2)
    assert library.stats().generation == generation


def test_a_paper_whose_facts_change_is_replaced_without_embedding(library: Library) -> None:
    library.ingest([PLAIN])
    stated = replace(PLAIN, authors=("Ada Lovelace",), comment="6 pages", listed=date(2020, 1, 2))
    with Library.open(library.path, embedder=_Unusable()) as untouched:
        summary = untouched.ingest([stated])
        assert summary.replaced == 1
        assert untouched.get([PLAIN.arxiv_id]) == [stated]
        assert untouched.count(Filters(authors=("lovelace",))) == 1


def test_a_newer_text_replaces_the_older_one_everywhere(library: Library) -> None:
    library.ingest([replace(PLAIN, version=1)])
    newer = replace(PLAIN, version=2, title="Counting goats", abstract="A net counts goats from the air.")
    summary = library.ingest([newer])
    assert (summary.replaced, summary.papers) == (1, 1)
    assert library.get([PLAIN.arxiv_id]) == [newer]
    assert library.matching("sheep", Filters(), 5) == []
    assert [paper for paper, _ in library.matching("goats", Filters(), 5)] == [PLAIN.arxiv_id]
    assert library.nearest(vector_of(library, newer.title), Filters(), 5)[0][0] == PLAIN.arxiv_id


def test_a_long_abstract_is_kept_whole_and_found_by_its_end(library: Library) -> None:
    filler = " ".join(f"Sentence number {n} speaks of roads, cars and lanes in towns." for n in range(60))
    long = replace(PLAIN, abstract=f"{filler} At last it is shown that volcanoes melt glaciers.")
    library.ingest([long, RICH])
    assert library.get([long.arxiv_id]) == [long]
    assert library.stats().chunks > library.stats().papers
    shorter = replace(long, version=1, abstract="A net counts sheep from the air.")
    library.ingest([shorter])
    assert library.stats().chunks == 2
    assert library.get([long.arxiv_id]) == [shorter]


def test_the_same_paper_twice_in_one_ingest_is_one_paper(library: Library) -> None:
    summary = library.ingest([PLAIN, replace(PLAIN, comment="6 pages")])
    assert (summary.added, summary.papers) == (1, 1)
    assert library.get([PLAIN.arxiv_id])[0].comment == "6 pages"


def test_what_is_being_ingested_may_ask_the_library(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vectorstore.engine.ingestion._BATCH", 1)
    papers = [PLAIN, RICH, replace(PLAIN, arxiv_id="2001.00002")]
    counts: list[int] = []
    summary = library.ingest(
        (paper for paper in papers if not library.get([paper.arxiv_id])),
        progress=lambda _: counts.append(library.count()),
    )
    assert (summary.added, summary.papers) == (3, 3)
    assert counts == [0, 0, 1, 1, 1, 2, 2, 2, 3]


def test_what_is_committed_can_be_read_while_another_thread_ingests(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vectorstore.engine.ingestion._BATCH", 1)
    library.ingest([RICH])
    asked, read = threading.Event(), threading.Event()
    last = replace(PLAIN, arxiv_id="2001.00003", title="Counting goats")

    def papers() -> Iterator[Paper]:
        yield PLAIN
        yield replace(PLAIN, arxiv_id="2001.00002")
        asked.set()  # by now the first one is committed, and the second is not
        read.wait()
        yield last

    ingesting = threading.Thread(target=library.ingest, args=(papers(),))
    ingesting.start()
    asked.wait()
    vector = vector_of(library, "sheep")
    assert (library.count(), library.stats().papers) == (2, 2)
    assert [paper for paper, _ in library.nearest(vector, Filters(), 9)] == [PLAIN.arxiv_id, RICH.arxiv_id]
    assert library.get([PLAIN.arxiv_id]) == [PLAIN]
    assert {paper.arxiv_id for paper in library.papers()} == {RICH.arxiv_id, PLAIN.arxiv_id}
    read.set()
    ingesting.join()
    assert library.count() == 4
    assert library.matching("goats", Filters(), 1)[0][0] == last.arxiv_id


def test_threads_that_write_to_one_library_take_turns(library: Library) -> None:
    with ThreadPoolExecutor(3) as pool:
        added = list(pool.map(lambda paper: library.ingest([paper]).added, [RICH, PLAIN, RICH]))
    assert sum(added) == library.count() == 2


def test_progress_reaches_the_number_of_papers(library: Library) -> None:
    seen: list[Progress] = []
    library.ingest([RICH, PLAIN], progress=seen.append)
    assert seen[-1] == Progress(read=2, done=2)
    assert all(report.done <= report.read for report in seen)


def test_filters_choose_by_date_category_author_and_id(seeds_library: Path) -> None:
    with Library.open(seeds_library) as library:
        december = Filters(since=date(2020, 12, 24), until=date(2020, 12, 24))
        listed = list(library.papers(december))
        assert len(listed) == library.count(december) > 0
        assert {paper.listed for paper in listed} == {date(2020, 12, 24)}
        vision = Filters(categories=("eess.IV",))
        assert {"eess.IV" in paper.categories for paper in library.papers(vision)} == {True}
        assert library.count(Filters(categories=("cs.CV",))) == 249
        archive = library.count(Filters(categories=("EESS",)))
        assert archive >= library.count(vision) > 0
        assert [p.arxiv_id for p in library.papers(Filters(ids=("2009.14376v2",)))] == ["2009.14376"]
        by = list(library.papers(Filters(authors=("Michelle Mancenido",))))
        assert [p.arxiv_id for p in by] == ["2009.14376"]
        assert library.count(Filters(authors=("Mancenido, Michelle",))) == 1
        assert library.count(Filters(authors=("Huan Mancenido",))) == 0


def test_searches_keep_to_the_filters(seeds_library: Path) -> None:
    with Library.open(seeds_library) as library:
        filters = Filters(since=date(2020, 12, 24))
        vector = vector_of(library, "medical image segmentation")
        found = library.nearest(vector, filters, 20)
        matched = library.matching("medical image segmentation", filters, 20)
        assert found
        assert matched
        listed = {paper.listed for paper in library.get([paper for paper, _ in (*found, *matched)])}
        assert listed == {date(2020, 12, 24)}


def test_the_whole_library_comes_newest_first(seeds_library: Path) -> None:
    with Library.open(seeds_library) as library:
        days = [paper.listed for paper in library.papers()]
        assert len(days) == 249
        assert days == sorted(days, reverse=True)
        stats = library.stats()
        assert list(stats.categories)[:2] == ["cs.CV", "cs.LG"]
        assert stats.categories["cs.CV"] == 249
        assert not [code for code in stats.categories if any(c.isdigit() for c in code)]
        assert (stats.papers, stats.listings, stats.oldest, stats.newest) == (249, 5, days[-1], days[0])


def test_latex_is_searchable_as_plain_words(library: Library) -> None:
    library.ingest([RICH, PLAIN])
    assert library.matching("alpha particles", Filters(), 5)[0][0] == RICH.arxiv_id


def test_a_search_of_an_empty_library_finds_nothing(library: Library) -> None:
    assert library.nearest(vector_of(library, "sheep"), Filters(), 5) == []
    assert library.matching("sheep", Filters(), 5) == []
    assert list(library.papers()) == []


def test_any_limit_can_be_asked_for(library: Library) -> None:
    library.ingest([RICH, PLAIN])
    assert len(list(library.papers(limit=10**15))) == 2
    assert len(library.matching("sheep dots", Filters(), 10**15)) == 2
    for filters in (Filters(), Filters(since=date(1990, 1, 1))):
        found = library.nearest(vector_of(library, "sheep"), filters, 10**15)
        assert len(found) == library.count(filters)


def test_rebuilding_again_and_again_leaves_nothing_behind(library: Library) -> None:
    library.ingest([RICH, PLAIN])
    library.close()
    folders = [len(list((library.path / "chroma").iterdir()))]
    for _ in range(2):
        Library.rebuild(library.path, embedder=library.embedder).close()
        folders.append(len(list((library.path / "chroma").iterdir())))
    assert folders == [folders[0]] * 3
    with Library.open(library.path) as again:
        assert again.nearest(vector_of(again, "sheep"), Filters(), 1)[0][0] == PLAIN.arxiv_id


def test_a_missing_library_is_an_error_that_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="arxivqa ingest"):
        Library.open(tmp_path / "nowhere")
    assert not (tmp_path / "nowhere").exists()


def test_a_closed_library_says_so(library: Library) -> None:
    library.close()
    library.close()
    for use in (library.count, library.stats, lambda: library.ingest([PLAIN])):
        with pytest.raises(LibraryError, match="was closed"):
            use()


def test_a_home_that_is_nobodys_is_no_library() -> None:
    with pytest.raises(LibraryError, match=r"no library in ~no-such-user"):
        Library.open("~no-such-user/library")


def test_a_library_of_another_format_is_refused_and_can_be_rebuilt(library: Library) -> None:
    library.ingest([RICH, PLAIN])
    library.close()
    record = PaperCollection(library.path / "chroma")
    record.set_state(replace(record.state, format=99))
    record.close()
    with pytest.raises(LibraryMismatchError, match=r"format 99.*arxivqa ingest --rebuild"):
        Library.open(library.path)
    with Library.rebuild(library.path) as rebuilt:
        assert rebuilt.get([RICH.arxiv_id, PLAIN.arxiv_id]) == [RICH, PLAIN]
        assert rebuilt.nearest(vector_of(rebuilt, "sheep"), Filters(), 1)[0][0] == PLAIN.arxiv_id
        assert rebuilt.matching("sheep", Filters(), 1)[0][0] == PLAIN.arxiv_id


def test_a_library_of_another_model_is_refused_by_name(library: Library, tmp_path: Path) -> None:
    other = other_model(tmp_path)
    with pytest.raises(LibraryMismatchError, match=r"arxivqa-minilm-l6.*arxivqa ingest --rebuild"):
        Library.open(library.path, embedder=Embedder(str(other)))


@pytest.mark.parametrize("damage", ["deleted", "garbage", "an older make"])
def test_full_text_that_is_lost_is_made_again(library: Library, damage: str) -> None:
    library.ingest([RICH, PLAIN])
    library.close()
    if damage == "deleted":
        shutil.rmtree(library.path / "fulltext")
    elif damage == "an older make":
        shutil.rmtree(library.path / "fulltext")
        (library.path / "fulltext").mkdir()
        tantivy.Index(tantivy.SchemaBuilder().add_text_field("text").build(), str(library.path / "fulltext"))
    else:
        (library.path / "fulltext" / "meta.json").write_text("{")
    with Library.open(library.path) as again:
        assert again.matching("sheep", Filters(), 1)[0][0] == PLAIN.arxiv_id
        assert again.stats().papers == 2


def test_a_second_writer_is_told_who_writes(library: Library) -> None:
    with writer_lock(library.path), Library.open(library.path) as second:
        with pytest.raises(LibraryBusyError, match=rf"process {os.getpid()} .* since \d{{4}}-"):
            second.ingest([PLAIN])
        assert second.count() == 0


def test_an_open_library_sees_what_another_process_adds(library: Library) -> None:
    library.ingest([RICH])
    assert library.count() == 1
    script = (
        "import sys, json\nfrom vectorstore import Paper\nfrom vectorstore.library import Library\n"
        "with Library.open(sys.argv[1]) as library:\n    library.ingest([Paper(**json.loads(sys.argv[2]))])\n"
    )
    added = json.dumps({"arxiv_id": PLAIN.arxiv_id, "title": PLAIN.title, "abstract": PLAIN.abstract})
    subprocess.run([sys.executable, "-c", script, str(library.path), added], check=True, timeout=120)
    assert library.count() == 2
    assert library.nearest(vector_of(library, PLAIN.title), Filters(), 1)[0][0] == PLAIN.arxiv_id
    assert library.get([PLAIN.arxiv_id]) == [PLAIN]


@pytest.mark.parametrize("beside", [False, True], ids=["alone", "beside another one in the same process"])
def test_a_library_that_was_there_sees_what_another_process_adds(library: Library, beside: bool) -> None:
    library.ingest([RICH])
    if not beside:
        library.close()
    with Library.open(library.path) as reader:
        vector = vector_of(reader, PLAIN.title)
        assert [paper for paper, _ in reader.nearest(vector, Filters(), 5)] == [RICH.arxiv_id]
        in_another_process(f"Library.open(path).ingest([Paper{PLAIN.arxiv_id, PLAIN.title, PLAIN.abstract}])", library)
        assert [paper for paper, _ in reader.nearest(vector, Filters(), 5)] == [PLAIN.arxiv_id, RICH.arxiv_id]


def test_reading_goes_on_while_another_process_rebuilds(library: Library) -> None:
    library.ingest([RICH, PLAIN])
    vector, category = vector_of(library, "sheep"), Filters(categories=("cs.CV",))
    rebuilding = threading.Thread(target=in_another_process, args=("Library.rebuild(path)", library))
    rebuilding.start()
    while rebuilding.is_alive():
        try:
            assert len(library.nearest(vector, Filters(), 5)) == 2
            assert [paper for paper, _ in library.nearest(vector, category, 5)] == [RICH.arxiv_id]
            assert library.matching("sheep", Filters(), 5)[0][0] == PLAIN.arxiv_id
            assert library.stats().papers == 2
        except LibraryError:
            continue  # the moment of the switch, which a caller is told of
    rebuilding.join()
    assert library.nearest(vector, Filters(), 1)[0][0] == PLAIN.arxiv_id
    assert library.stats().generation == 2


def test_a_reader_does_not_go_on_with_another_models_vectors(library: Library, tmp_path: Path) -> None:
    library.ingest([RICH, PLAIN])
    vector = vector_of(library, "sheep")
    other = other_model(tmp_path)
    Library.rebuild(library.path, embedder=Embedder(str(other))).close()
    with pytest.raises(LibraryMismatchError, match=r"other-model.*arxivqa ingest --rebuild"):
        library.nearest(vector, Filters(), 1)


def test_a_damaged_record_is_named_with_what_to_do(library: Library) -> None:
    library.ingest([PLAIN])
    library.close()
    (library.path / "chroma" / "chroma.sqlite3").write_bytes(b"no database" * 1000)
    for _ in range(2):
        with pytest.raises(LibraryError, match=r"cannot be opened: .*not a database.*--library"):
            Library.open(library.path)


def test_a_long_paper_that_was_cut_off_is_not_there_at_all(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vectorstore.storage.collection._SAME_BATCH", 1)
    library.close()
    long = replace(PLAIN, abstract=" ".join(f"Sentence number {n} speaks of roads in towns." for n in range(200)))
    pieces = chunks(long, library.embedder.count_tokens)
    assert len(pieces) > 2
    vectors = np.eye(len(pieces), 384, dtype=np.float32)
    record = PaperCollection(library.path / "chroma")
    with pytest.raises(KeyError, match="cut off"):
        record.put(pieces, vectors, _CutOff({long.arxiv_id: len(pieces)}), 1)
    assert record.chunks == 1
    assert record.get([long.arxiv_id]) == {}
    record.put(pieces, vectors, {long.arxiv_id: len(pieces)}, 1)
    assert record.get([long.arxiv_id]) == {long.arxiv_id: (long, len(pieces))}
    record.close()


@pytest.mark.parametrize("create", [False, True])
def test_a_rebuild_that_was_killed_while_it_switched_is_finished(library: Library, create: bool) -> None:
    library.ingest([RICH, PLAIN])
    library.close()
    # What a kill between dropping the old collection and naming the new one leaves behind.
    record = PaperCollection(library.path / "chroma")
    record.rename("papers-rebuilding")
    record.close()
    with Library.open(library.path, create=create) as again:
        assert again.get([RICH.arxiv_id, PLAIN.arxiv_id]) == [RICH, PLAIN]
        assert again.ingest([PLAIN]).unchanged == 1


def test_a_write_that_was_cut_off_is_finished_by_the_next_to_open(library: Library) -> None:
    library.ingest([RICH])
    library.close()
    # What a kill between the record and the full-text index leaves behind.
    record = PaperCollection(library.path / "chroma")
    state = record.state
    record.set_state(replace(state, writing=state.generation + 1))
    pieces = chunks(PLAIN, library.embedder.count_tokens)
    vectors = library.embedder.embed([chunk.embedded_text for chunk in pieces])
    record.put(pieces, vectors, {PLAIN.arxiv_id: len(pieces)}, state.generation + 1)
    record.close()
    with Library.open(library.path) as again:
        assert again.matching("sheep", Filters(), 1)[0][0] == PLAIN.arxiv_id
        assert (again.count(), again.stats().papers) == (2, 2)
        assert again.ingest([PLAIN, RICH]).unchanged == 2


class _CutOff(dict[str, int]):
    """Counts that can be read once, so that a write stops after its first part as a killed one does."""

    def __getitem__(self, key: str) -> int:
        if not self:
            raise KeyError("cut off")
        return self.pop(key)


class _Unusable(Embedder):
    """The default model by name and hash, for what must work without embedding anything."""

    def embed(self, texts: object) -> np.ndarray:
        raise AssertionError(f"asked to embed {texts}")
