"""A real HTTP server that answers as arXiv's API does, from a feed written by hand, with its faults on request."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from vectorstore import split_id
from vectorstore.ingest.arxiv import client, session

DATA = Path(__file__).parents[2] / "data"
FEED = (DATA / "atom" / "feed.xml").read_text(encoding="utf-8")
REFUSED = (DATA / "atom" / "refused.xml").read_bytes()
_ENTRY = re.compile(r"  <entry>.*?</entry>\n", re.S)
ENTRIES = tuple(_ENTRY.findall(FEED))


@dataclass(frozen=True)
class Fault:
    """An answer that is given once, in place of the right one.

    Attributes:
        status, headers, body: the answer; with no body the right page is sent.
        keep: how much of the right page is sent, as a fraction.
        empty: a page without entries that states the right total.
    """

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None
    keep: float = 1.0
    empty: bool = False


class Replay:
    """What the server has, what it was asked, and which faults come next."""

    def __init__(self) -> None:
        self.entries = list(ENTRIES)
        self.faults: list[Fault | None] = []
        self.asked: list[dict[str, str]] = []
        self.times: list[float] = []

    def answer(self, asked: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        self.times.append(time.monotonic())
        self.asked.append(asked)
        fault = (self.faults.pop(0) if self.faults else None) or Fault()
        page = self._page(asked, fault.empty)
        body = fault.body if fault.body is not None else page[: int(len(page) * fault.keep)]
        return fault.status, fault.headers, body

    def _page(self, asked: dict[str, str], empty: bool) -> bytes:
        found = self._found(asked)
        start = int(asked["start"])
        shown = [] if empty else found[start : start + int(asked["max_results"])]
        head, tail = FEED[: FEED.index("  <entry>")], "</feed>\n"
        head = re.sub(r"(totalResults>)\d+", rf"\g<1>{len(found)}", head)
        return (head + "".join(shown) + tail).encode()

    def _found(self, asked: dict[str, str]) -> list[str]:
        if asked["id_list"]:
            wanted = asked["id_list"].split(",")
            return [entry for entry in self.entries if split_id(id_of(entry))[0] in wanted]
        found = self.entries
        if bounds := re.search(r"submittedDate:\[(\d{12}) TO (\d{12})\]", asked["search_query"]):
            found = [entry for entry in found if bounds[1] <= _minute(entry, "published") <= bounds[2]]
        by = "published" if asked["sortBy"] == "submittedDate" else "updated"
        return sorted(found, key=lambda entry: _minute(entry, by), reverse=asked["sortOrder"] == "descending")


def id_of(entry: str) -> str:
    """The id of an entry, with its version."""
    found = re.search(r"<id>http://arxiv.org/abs/([^<]+)</id>", entry)
    assert found is not None
    return found[1]


def _minute(entry: str, field: str) -> str:
    found = re.search(rf"<{field}>([^<]+)</{field}>", entry)
    assert found is not None
    return re.sub(r"\D", "", found[1])[:12]


@contextmanager
def replaying() -> Iterator[tuple[Replay, str]]:
    """A server, and the address of its API."""
    replay = Replay()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True))
            status, headers, body = replay.answer(asked)
            self.send_response(status)
            for name, value in {"Content-Type": "application/atom+xml", **headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield replay, f"http://127.0.0.1:{server.server_port}/api/query"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def in_its_place(monkeypatch: pytest.MonkeyPatch) -> Iterator[Replay]:
    """The server, asked instead of arXiv: nothing waits between requests, and a page has three papers."""
    with replaying() as (replay, address):
        monkeypatch.setattr(client, "ADDRESS", address)
        monkeypatch.setattr(client, "PAGE", 3)
        monkeypatch.setattr(session, "PAUSE", 0.0)
        yield replay
