"""Serving the page: ports, hosts and headers. The page over a real, empty library needs no model."""

from __future__ import annotations

import socket
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from qa.assistant import Assistant, open_assistant
from ui import serve
from vectorstore import InputError
from vectorstore.embedding import Embedder
from vectorstore.library import Library


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    path = tmp_path_factory.mktemp("empty") / "library"
    Library.open(path, embedder=Embedder(), create=True).close()
    with open_assistant(path) as opened:
        yield opened


def test_a_busy_port_gives_way_to_the_next_free_one(assistant: Assistant) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with serve(assistant, port=port) as server:
            chosen = int(server.url.rstrip("/").rpartition(":")[2])
            assert chosen > port
            with urllib.request.urlopen(server.url, timeout=10) as answer:
                assert answer.status == 200


def test_an_address_that_is_not_this_machine_is_refused_in_words(assistant: Assistant) -> None:
    with pytest.raises(InputError, match="not an address of this machine"):
        serve(assistant, host="192.0.2.1")
    with pytest.raises(InputError, match="not an address of this machine"):
        serve(assistant, host="no such host")


def test_the_browser_is_told_to_keep_every_request_at_home(assistant: Assistant) -> None:
    with serve(assistant, port=0) as server, urllib.request.urlopen(server.url, timeout=10) as answer:
        policy = answer.headers["content-security-policy"]
        page = answer.read().decode()
    assert "default-src 'self'" in policy
    assert "connect-src 'self'" in policy
    assert "http" not in policy
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "arxivqa ingest PATH" in page


def test_a_closed_server_frees_its_port_and_leaves_the_assistant_open(assistant: Assistant) -> None:
    with serve(assistant, port=0) as server:
        port = int(server.url.rstrip("/").rpartition(":")[2])
    with socket.socket() as again:
        again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        again.bind(("127.0.0.1", port))
    assert assistant.stats().papers == 0


def test_the_stylesheet_names_every_colour_in_both_modes() -> None:
    style = (Path(__file__).parents[2] / "ui" / "style.css").read_text(encoding="utf-8")
    light, dark = style.partition(":root {")[2].partition("}")[0], style.partition(".dark {")[2].partition("}")[0]
    names = {line.split(":")[0].strip() for line in light.splitlines() if "#" in line}
    assert names
    assert names == {line.split(":")[0].strip() for line in dark.splitlines() if "#" in line}
    assert "url(" not in style
    assert "@import" not in style
