"""The Library page: what is in, what is being added, and in which words; over a real, empty library."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import gradio as gr
import pytest

from qa.assistant import Assistant
from qa.history.store import Store
from qa.settings import Settings
from tests.ui.web.reading import Reader
from tests.ui.web.visiting import Visitor
from ui.web import Server
from ui.web.context import AppContext
from ui.web.library import view
from ui.web.library.page import LibraryPage
from ui.web.model_choice import Backends
from vectorstore.engine.ingestion import IngestSummary
from vectorstore.ingest.listings import Reject
from vectorstore.ingest.upload_progress import FileProgress, IntakeProgress

LISTING = "# Arxiv Papers in cs.CV on 2020-09-30\n" + "".join(
    f"### Things {n}\n- **Arxiv ID**: http://arxiv.org/abs/2009.0000{n}v1\n- **Summary**: We study things.\n"
    for n in (1, 2)
)


@pytest.fixture
def page(assistant: Assistant, settings: Settings) -> Iterator[LibraryPage]:
    with Store(settings.conversations) as store:
        found = LibraryPage(AppContext(assistant, settings, store, Backends(assistant, settings)))
        yield found
        found.close()


@pytest.fixture
def uploads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "uploads"))
    (tmp_path / "uploads").mkdir()
    return tmp_path / "uploads"


def test_an_empty_library_says_how_to_fill_it(page: LibraryPage, settings: Settings) -> None:
    words, summary, report, *_ = page.arrive(gr.Request(username="ana"))
    assert "This library is empty" in summary
    assert str(settings.library) in Reader(summary).text
    assert "up to 1 MB at once" in words
    assert "Everyone who can sign in may add listings" in words
    assert report == gr.skip()
    assert "Everyone" not in page.arrive(gr.Request())[0]


def test_a_file_that_was_not_uploaded_stays_where_it_is(page: LibraryPage, uploads: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine.txt"
    mine.write_text(LISTING)
    link = uploads / "link.txt"
    link.symlink_to(mine)
    for file in (mine, link, uploads / "missing.txt", uploads / ".." / "mine.txt"):
        report = page.take([str(file)], (0, ""), gr.Request())[1]
        assert "was not uploaded" in Reader(report).text
    assert mine.read_text() == LISTING


def test_what_was_dropped_goes_in_and_the_page_tells_it(at_home: Server, visitor: Callable[[Server], Visitor]) -> None:
    guest = visitor(at_home)
    place = guest.upload("listing.txt", f"{LISTING}### No id\n- **Summary**: <b>x</b>\n".encode()).json()[0]
    named = {"path": place, "meta": {"_type": "gradio.FileData"}, "orig_name": "listing.txt"}
    assert guest.call("take", [[named], None])["success"]
    assert not Path(place).exists()
    for _ in range(1200):
        _, shelf, report, *_ = guest.call("arrive_2", [])["output"]["data"]
        if "Done" in report:
            break
        time.sleep(0.1)
    text = Reader(report).text
    assert "2 added. The library holds 2 papers." in text
    assert "listing.txt:8 the record has no Arxiv ID" in text
    assert Reader(shelf).text.startswith("What is in the libraryPapers2Listings1Newest listing30 September 2020")
    assert not any(Path(place).parent.iterdir())


def progress(**given: object) -> IntakeProgress:
    return IntakeProgress("ana", datetime(2026, 11, 20, tzinfo=UTC), **given)  # type: ignore[arg-type]


def test_names_and_reasons_are_shown_as_they_are() -> None:
    name = "<img src=x onerror=alert(1)>.txt"
    html = view.progress(
        progress(files=(FileProgress(name, "read", 1, 1),), refusals=(Reject(name, 3, "<i>no</i>"),), refused=1)
    )
    read = Reader(html)
    assert not {"img", "i"} & set(read.tags)
    assert f"{name}:3 <i>no</i>" in read.text


def test_each_state_has_its_words() -> None:
    numbers = IngestSummary(added=3, replaced=1, unchanged=2, papers=9, seconds=1.0)
    files = (FileProgress("a.txt", "read", 6), FileProgress("b.txt", "reading"), FileProgress("c.txt"))
    said = {
        state: Reader(view.progress(progress(files=files, state=state, read=10, done=5, **more))).text
        for state, more in (
            ("running", {}),
            ("stopping", {}),
            ("stopped", {"summary": numbers}),
            ("done", {"summary": numbers}),
            ("failed", {"failure": "The disk is full."}),
        )
    }
    assert "1 of 3 files read · 5 of 10 papers inSent by ana" in said["running"]
    assert "finished first" in said["stopping"]
    assert "What was written before stays: 3 added, 1 changed, 2 known already." in said["stopped"]
    assert "c.txtnot read" in said["stopped"]
    assert "The library holds 9 papers." in said["done"]
    assert "The disk is full." in said["failed"]
    nothing = progress(state="done", summary=IngestSummary(0, 0, 0, 9, 1.0))
    assert Reader(view.progress(nothing)).text == "Nothing was addedSent by ana"


def test_while_it_waits_for_another_process_it_says_for_which() -> None:
    found = progress(files=(FileProgress("a.txt"),), waiting="Waiting for process 7 (<b>arxivqa</b> ingest).")
    text = Reader(view.progress(found)).text
    assert "Waiting for process 7 (<b>arxivqa</b> ingest)." in text
    assert "papers in" not in text


def test_of_many_files_those_that_matter_are_shown() -> None:
    files = [FileProgress(f"{number}.txt", "read", 1) for number in range(300)]
    files[7] = FileProgress("7.txt", "read", 1, 1)
    files[200] = FileProgress("200.txt", "reading")
    files[201:] = [FileProgress(f"{number}.txt") for number in range(201, 300)]
    text = Reader(view.progress(progress(files=tuple(files)))).text
    assert "7.txt1 paper, 1 not read" in text
    assert "199.txt1 paper200.txtreading201.txtwaiting" in text
    assert "and 260 files more" in text
    assert "100.txt" not in text
