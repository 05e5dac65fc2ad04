"""What the tests of the pages share: an assistant over the seeds, the pages' context, and real servers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import gradio as gr
import pytest

from qa.assistant import Assistant, open_assistant
from qa.history.store import Store
from qa.settings import Settings
from tests.ui.web.visiting import Visitor
from ui.web import Server, serve
from ui.web.auth.accounts import Accounts
from ui.web.context import AppContext
from ui.web.model_choice import Backends
from vectorstore.embedding.embedder import Embedder
from vectorstore.library import Library

PASSWORDS = {"ana": "correct horse battery", "ben": "staple of the same"}


@pytest.fixture(scope="session")
def seeds_assistant(seeds_library: Path) -> Iterator[Assistant]:
    with open_assistant(seeds_library) as opened:
        yield opened


@pytest.fixture
def context(seeds_assistant: Assistant, tmp_path: Path) -> Iterator[AppContext]:
    with Store(tmp_path / "conversations.sqlite3") as store:
        yield AppContext(seeds_assistant, Settings(), store, Backends(seeds_assistant, Settings()))


def request(user: str = "ada", **address: str) -> gr.Request:
    """A request as Gradio hands it to an event."""
    return gr.Request(username=user, session_hash="page", query_params=address)


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """An empty library, a store of conversations and two users, all in a folder of their own."""
    home = tmp_path_factory.mktemp("server")
    found = Settings(
        library=home / "library",
        conversations=home / "conversations.sqlite3",
        users=home / "users.json",
        upload_limit=1,
    )
    Library.open(found.library, embedder=Embedder(), create=True).close()
    for name, password in PASSWORDS.items():
        Accounts(found.users).put(name, password)
    return found


@pytest.fixture(scope="module")
def assistant(settings: Settings) -> Iterator[Assistant]:
    """An assistant over the empty library, which needs no model."""
    with open_assistant(settings=settings) as opened:
        yield opened


@pytest.fixture(scope="module")
def at_home(assistant: Assistant, settings: Settings) -> Iterator[Server]:
    """A server that only this machine can reach."""
    with serve(assistant, port=0, settings=settings) as server:
        yield server


@pytest.fixture(scope="module")
def for_others(assistant: Assistant, settings: Settings) -> Iterator[Server]:
    """A server that other machines can reach."""
    with serve(assistant, host="0.0.0.0", port=0, settings=settings) as server:
        yield server


@pytest.fixture
def visitor() -> Iterator[Callable[[Server], Visitor]]:
    """Visit a server; each visit has its own cookies."""
    visitors: list[Visitor] = []

    def visit(server: Server) -> Visitor:
        visitors.append(Visitor(server.url))
        return visitors[-1]

    yield visit
    for each in visitors:
        each.close()


@pytest.fixture
def users(tmp_path: Path) -> Path:
    """Where a file of users may be made."""
    return tmp_path / "somewhere" / "users.json"
