"""The Library page as a researcher meets it: an empty library, listings dropped in, watched and stopped."""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Page, expect

from qa.assistant import open_assistant
from qa.settings import Settings
from tests.browser.conftest import ROOT, Visit
from ui.web import Server, serve
from vectorstore.embedding.embedder import Embedder
from vectorstore.library import Library
from vectorstore.storage.file_lock import writer_lock

Open = Callable[..., Visit]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Over a library of its own, empty at first; the tests below fill it in their order."""
    home = tmp_path_factory.mktemp("filling")
    settings = Settings(library=home / "library", conversations=home / "conversations.sqlite3", upload_limit=1)
    Library.open(settings.library, embedder=Embedder(), create=True).close()
    with open_assistant(settings=settings) as assistant, serve(assistant, port=0, settings=settings) as served:
        yield served


def sent(name: str, content: bytes) -> FilePayload:
    return {"name": name, "mimeType": "text/plain", "buffer": content}


def packed(members: dict[str, str]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def tarred(members: dict[str, str]) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as archive:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content.encode())
            archive.addfile(member, io.BytesIO(content.encode()))
    return file.getvalue()


def listing(first: int, count: int) -> str:
    records = (
        f"### Things {number}\n- **Arxiv ID**: http://arxiv.org/abs/2010.{number:05}\n- **Summary**: About {number}.\n"
        for number in range(first, first + count)
    )
    return "# Arxiv Papers in cs.CV on 2020-10-07\n" + "".join(records)


def drop(page: Page, *files: FilePayload) -> None:
    page.locator("#drop input[type=file]").set_input_files(list(files))


def overflow(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))


def test_an_empty_library_is_filled_by_dropping_listings(server: Server, visit: Open) -> None:
    seen = visit(f"{server.url}library", ready="#summary h2")
    page = seen.page
    expect(page.locator("#summary h2")).to_have_text("This library is empty")
    seeds = {
        f"2020/{file.name}": file.read_text(encoding="utf-8") for file in sorted((ROOT / "seeds").glob("*.txt"))[:2]
    }
    broken = "# Arxiv Papers in cs.CV on 2020-09-30\n### A <img src=x onerror=alert(1)> title\n- **Summary**: B.\n"
    drop(
        page,
        sent("october.zip", packed({**seeds, "../../escaped.txt": "no listing"})),
        sent("broken.txt", broken.encode()),
    )
    expect(page.locator("#intake h3")).to_have_text("Done", timeout=120_000)
    expect(page.locator("#intake")).to_contain_text("79 added. The library holds 79 papers.")
    expect(page.locator("#intake .refusals li")).to_have_count(2)
    expect(page.locator("#intake .refusals")).to_contain_text("broken.txt:2 the record has no Arxiv ID")
    page.locator("#intake .files summary").click()
    expect(page.locator("#intake .files li")).to_have_count(4)
    expect(page.locator("#summary .numbers dd").first).to_have_text("79")
    expect(page.get_by_role("img", name="Papers a month")).to_be_visible()
    expect(page.locator("#drop input[type=file]")).to_be_attached()


@pytest.mark.parametrize(("width", "dark"), [(1440, True), (390, False)])
def test_the_page_fits_its_window_and_reads_well(server: Server, visit: Open, width: int, dark: bool) -> None:
    seen = visit(f"{server.url}library", ready="#summary .bars", width=width, dark=dark)
    assert overflow(seen.page) == 0
    seen.keep(f"library-{width}{'-dark' if dark else ''}")


def test_it_can_be_stopped_and_says_what_stays(server: Server, visit: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vectorstore.engine.ingestion._BATCH", 16)
    seen = visit(f"{server.url}library", ready="#summary .bars", width=390)
    page = seen.page
    drop(page, *(sent(f"{number}.txt", listing(number * 500, 500).encode()) for number in range(8)))
    page.locator("#stop-intake").click(timeout=60_000)
    expect(page.locator("#intake h3")).to_have_text("Stopped", timeout=120_000)
    expect(page.locator("#intake")).to_contain_text("What was written before stays")
    expect(page.locator("#stop-intake")).to_be_hidden()
    assert overflow(page) == 0


def test_a_busy_library_names_who_writes_and_is_waited_for(server: Server, visit: Open) -> None:
    seen = visit(f"{server.url}library", ready="#summary .bars")
    folder = Path(seen.page.locator("#summary dd").last.inner_text())
    with writer_lock(folder):
        drop(seen.page, sent("days.tar.gz", tarred({"a.txt": listing(90_000, 1)})))
        expect(seen.page.locator("#intake .busy")).to_contain_text("Waiting for process", timeout=60_000)
    expect(seen.page.locator("#intake h3")).to_have_text("Done", timeout=60_000)
    expect(seen.page.locator("#intake")).to_contain_text("1 added.")
    seen.page.locator("#intake .files summary").click()
    expect(seen.page.locator("#intake .files li")).to_contain_text("days.tar.gz/a.txt")


def test_a_file_past_the_limit_is_refused_in_words(server: Server, visit: Open) -> None:
    seen = visit(f"{server.url}library", ready="#summary .bars")
    drop(seen.page, sent("large.txt", b"x" * 1_200_000))
    expect(seen.page.get_by_test_id("toast-body")).to_contain_text("maximum allowed size of 1.0 Mb")
    drop(seen.page, sent("a.txt", b"x" * 700_000), sent("b.txt", b"x" * 700_000))
    expect(seen.page.get_by_test_id("toast-body").last).to_contain_text("larger than 1 MB. Send less at once.")
    seen.errors.clear()  # the browser notes the refusal, and Gradio's question after an upload that never began
