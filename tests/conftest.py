"""A real Chroma server for the tests that need one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.chroma import Chroma
from vectorstore.storage.server_address import Server


@pytest.fixture(scope="session")
def running_chroma(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chroma]:
    """A Chroma server; use `chroma`, which runs whatever the test before did to it."""
    running = Chroma(tmp_path_factory.mktemp("chroma"))
    running.start()
    yield running
    running.kill()


@pytest.fixture
def chroma(running_chroma: Chroma) -> Chroma:
    """A Chroma server that runs, and may be killed."""
    if not running_chroma.is_running:
        running_chroma.start()
    return running_chroma


@pytest.fixture
def server(chroma: Chroma) -> Server:
    """An empty database on a Chroma server."""
    return chroma.database()
