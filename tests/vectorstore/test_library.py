"""A library: what goes in can be found, ingesting again changes nothing, and a second process is told and shown."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest

from vectorstore import Filters, LibraryBusyError, LibraryError, LibraryMismatchError, Paper, Source
from vectorstore.chunking import chunks
from vectorstore.embedding import Embedder
from vectorstore.ingestion import Progress
from vectorstore.library import Library
from vectorstore.lock import hold
from vectorstore.record import Record

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


def test_a_missing_library_is_an_error_that_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="arxivqa ingest"):
        Library.open(tmp_path / "nowhere")
    assert not (tmp_path / "nowhere").exists()


def test_a_library_of_another_format_is_refused_and_can_be_rebuilt(library: Library) -> None:
    library.ingest([RICH, PLAIN])
    library.close()
    record = Record(library.path / "chroma")
    record.set_state(replace(record.state, format=99))
    record.close()
    with pytest.raises(LibraryMismatchError, match=r"format 99.*arxivqa ingest --rebuild"):
        Library.open(library.path)
    with Library.rebuild(library.path) as rebuilt:
        assert rebuilt.get([RICH.arxiv_id, PLAIN.arxiv_id]) == [RICH, PLAIN]
        assert rebuilt.nearest(vector_of(rebuilt, "sheep"), Filters(), 1)[0][0] == PLAIN.arxiv_id
        assert rebuilt.matching("sheep", Filters(), 1)[0][0] == PLAIN.arxiv_id


def test_a_library_of_another_model_is_refused_by_name(library: Library, tmp_path: Path) -> None:
    other = tmp_path / "other-model"
    shutil.copytree(Embedder().folder, other)
    weights = other / "model.safetensors"
    with weights.open("r+b") as file:  # one bit of one weight: the same model to the eye, another one to the hash
        file.seek(-1, os.SEEK_END)
        last = file.read(1)
        file.seek(-1, os.SEEK_END)
        file.write(bytes([last[0] ^ 1]))
    with pytest.raises(LibraryMismatchError, match=r"all-MiniLM-L6-v2.*arxivqa ingest --rebuild"):
        Library.open(library.path, embedder=Embedder(str(other)))


@pytest.mark.parametrize("damage", ["deleted", "garbage"])
def test_full_text_that_is_lost_is_made_again(library: Library, damage: str) -> None:
    library.ingest([RICH, PLAIN])
    library.close()
    if damage == "deleted":
        shutil.rmtree(library.path / "fulltext")
    else:
        (library.path / "fulltext" / "meta.json").write_text("{")
    with Library.open(library.path) as again:
        assert again.matching("sheep", Filters(), 1)[0][0] == PLAIN.arxiv_id
        assert again.stats().papers == 2


def test_a_second_writer_is_told_who_writes(library: Library) -> None:
    with hold(library.path), Library.open(library.path) as second:
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


def test_a_write_that_was_cut_off_is_finished_by_the_next_to_open(library: Library) -> None:
    library.ingest([RICH])
    library.close()
    # What a kill between the record and the full-text index leaves behind.
    record = Record(library.path / "chroma")
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


class _Unusable(Embedder):
    """The default model by name and hash, for what must work without embedding anything."""

    def embed(self, texts: object) -> np.ndarray:
        raise AssertionError(f"asked to embed {texts}")
