"""A server in arXiv's place, and small pages, so that a feed of seven entries has several."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.vectorstore.sources.replaying import Replay, replaying
from vectorstore.sources import api, session


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Replay]:
    """arXiv's API on this machine; nothing waits between requests, and a page has three papers."""
    with replaying() as (replay, address):
        monkeypatch.setattr(api, "ADDRESS", address)
        monkeypatch.setattr(api, "PAGE", 3)
        monkeypatch.setattr(session, "PAUSE", 0.0)
        yield replay
