"""The pages over a library on a Chroma server that goes away and comes back."""

from __future__ import annotations

from pathlib import Path

import gradio as gr
import pytest

from qa.assistant import open_assistant
from qa.history.store import Store
from qa.settings import Settings
from tests.chroma import Chroma
from tests.ui.web.library.test_page import LISTING
from tests.ui.web.reading import Reader
from ui.web.context import AppContext
from ui.web.library.page import LibraryPage
from ui.web.model_choice import Backends
from vectorstore.embedding.embedder import Embedder
from vectorstore.library import Library
from vectorstore.storage.server_address import Server


def test_the_library_page_says_that_the_server_is_away_and_goes_on_when_it_is_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chroma: Chroma, server: Server
) -> None:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    settings = Settings(library=tmp_path / "library", chroma=server.url, chroma_database=server.database)
    Library.open(settings.library, embedder=Embedder(), create=True, server=settings.server).close()
    with open_assistant(settings=settings) as assistant, Store(tmp_path / "conversations.sqlite3") as store:
        page = LibraryPage(AppContext(assistant, settings, store, Backends(assistant, settings)))

        def summary() -> str:
            return Reader(page.arrive(gr.Request())[1]).text

        def ended_after_dropping() -> str | None:
            (tmp_path / "listing.txt").write_text(LISTING)
            page.take([str(tmp_path / "listing.txt")], (0, ""), gr.Request())
            ended = page._job.wait()
            assert ended is not None
            return ended.failure

        assert f"{server}, {settings.library}" in summary()
        chroma.kill()
        assert f"The Chroma server {server.url} cannot be reached" in summary()
        assert f"The Chroma server {server.url} cannot be reached" in str(ended_after_dropping())
        chroma.start()
        assert ended_after_dropping() is None
        assert "Papers2" in summary().replace(" ", "").replace("\n", "")
        page.close()
