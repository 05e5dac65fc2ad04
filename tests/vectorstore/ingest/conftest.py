"""A server in arXiv's place, and small pages, so that a feed of seven entries has several."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.vectorstore.ingest.replaying import Replay, in_its_place


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Replay]:
    """arXiv's API on this machine; nothing waits between requests, and a page has three papers."""
    with in_its_place(monkeypatch) as replay:
        yield replay
