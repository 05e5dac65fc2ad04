"""Each thing that goes wrong with a model becomes the one sentence that docs/language-models.md has for it."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from qa.errors import LanguageModelError
from qa.llm import discovery
from qa.llm.factory import open_model
from qa.llm.protocol import LanguageModel, Message
from qa.settings import Settings
from tests.qa.llm.scripted_server import SCRIPTS, Asked, Part, Raw, ScriptedServer, Status

DOCS = Path(__file__).parents[3] / "docs" / "language-models.md"
ASKED = [Message("user", "Hello")]
KEY = "sk-secret-1234"


def documented() -> dict[str, str]:
    table = DOCS.read_text().partition("## What can go wrong")[2]
    rows = re.findall(r"^\| (?!what happens|---)(.+?) \| (.+) \|$", table, re.M)
    assert len(rows) == len({sentence for _, sentence in rows}), "two failures share a sentence"
    return dict(rows)


def said(provider: str, address: str, key: str = KEY, **settings: float) -> str:
    """What is said when that address is asked, as the documentation writes it."""
    chosen = {"first_token_timeout": 60.0, "total_timeout": 90.0, **settings}
    model = open_model(Settings(llm=f"{provider}/m", llm_url=address, **chosen), {"ARXIVQA_LLM_KEY": key})
    usual = {"openai": "http://127.0.0.1:8000/v1", "ollama": "http://127.0.0.1:11434"}.get(provider, "")
    return complaint(model).replace(address, usual)


def complaint(model: LanguageModel) -> str:
    """The one sentence on why a model cannot be used."""
    with pytest.raises(LanguageModelError) as caught:
        list(model.stream(ASKED, 4000))
    sentence = str(caught.value)
    assert KEY not in sentence
    assert sentence.endswith(".")
    assert "\n" not in sentence
    return sentence


@pytest.fixture(scope="module")
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as server:
        yield server


def refuses_the_request(_: Asked) -> Iterator[Part]:
    yield Status(400, body='{"error": "the context is too long"}')


def asks_to_wait(_: Asked) -> Iterator[Part]:
    yield Status(429, {"Retry-After": "3000"})


def reports_an_error_while_writing(_: Asked) -> Iterator[Part]:
    yield from ("The ", Raw(b'data: {"error": {"message": "out of memory"}}\n\n'))


def is_no_model(_: Asked) -> Iterator[Part]:
    yield Raw(b"data: <html>It works!</html>\n\n")


CASES = {
    "the key is wrong": ("wrong_key", {}),
    "there is no such model": ("unknown_model", {}),
    "too many requests (429)": ("too_many_requests", {}),
    "… and a long wait is asked for": (asks_to_wait, {}),
    "the server fails (500)": ("fails", {}),
    "the server refuses the request (400)": (refuses_the_request, {}),
    "the server redirects": ("redirects", {}),
    "the server reports an error while it writes": (reports_an_error_while_writing, {}),
    "what answers is no model": (is_no_model, {}),
    "the stream dies half-way": ("dies_half_way", {}),
    "the reply is empty": ("says_nothing", {}),
    "the reply is only reasoning": ("only_thinks", {}),
    "the reply is not UTF-8": ("is_not_utf8", {}),
    "no first word comes": ("never_begins", {"first_token_timeout": 0.5}),
    "the reply does not end": ("never_stops", {"total_timeout": 0.5}),
}


@pytest.mark.parametrize("what", CASES)
def test_a_failure_is_told_as_documented(server: ScriptedServer, what: str) -> None:
    script, settings = CASES[what]
    server.script = SCRIPTS[script] if isinstance(script, str) else script
    assert said("openai", server.url, **settings) == documented()[what]


def test_a_stream_that_ends_without_its_end_died_half_way(server: ScriptedServer) -> None:
    server.script = "ends_without_an_end"
    assert said("openai", server.url) == documented()["the stream dies half-way"]


def test_a_server_that_wants_a_key_names_its_variable(server: ScriptedServer) -> None:
    server.script = "wrong_key"
    assert said("openai", server.url, key="") == documented()["no key is set for a server that wants one"]


def test_a_refused_connection_is_told_as_documented() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, but nothing listens
        port = taken.getsockname()[1]
        assert said("openai", f"http://127.0.0.1:{port}/v1") == documented()["nothing listens there"]
        assert said("ollama", f"http://127.0.0.1:{port}") == documented()["Ollama does not run"]


def test_a_connection_that_nobody_accepts_is_told_as_documented() -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen(0)
        address = busy.getsockname()
        waiting = [socket.socket() for _ in range(4)]
        for client in waiting:  # fill the queue, so that the next one is not answered
            client.setblocking(False)
            client.connect_ex(address)
        sentence = said("openai", f"http://127.0.0.1:{address[1]}/v1", connect_timeout=0.5)
        assert sentence == documented()["no connection is accepted"]
        for client in waiting:
            client.close()


def test_a_host_that_does_not_exist_is_told_as_documented() -> None:
    sentence = said("openai", "http://no-such-host.invalid/v1")
    assert sentence == documented()["there is no such host"]


def test_an_unknown_model_of_ollama_says_how_to_fetch_it(server: ScriptedServer) -> None:
    server.script = "unknown_model"
    assert said("ollama", server.root) == documented()["Ollama has no such model"]


def test_a_key_that_is_not_there_is_told_as_documented() -> None:
    sentence = complaint(open_model(Settings(llm="openai/gpt-4.1-mini"), {"ARXIVQA_LLM_KEY": KEY}))
    assert sentence == documented()["there is no key for a hosted API"]


def test_that_auto_finds_nothing_is_told_as_documented(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, but nothing listens
        port = taken.getsockname()[1]
        monkeypatch.setattr(discovery, "PORTS", (port,))
        sentence = complaint(open_model(Settings(llm="auto"), {}))
        assert sentence.replace(str(port), "11434, 8000, 8080, 1234") == documented()["`auto` finds no server"]
        url = f"http://127.0.0.1:{port}/v1"
        sentence = complaint(open_model(Settings(llm="auto", llm_url=url), {}))
    assert sentence.replace(str(port), "8000") == documented()["`auto` finds no model at the server that is named"]


def test_every_documented_failure_is_tested() -> None:
    others = {
        "there is no key for a hosted API",
        "`auto` finds no server",
        "`auto` finds no model at the server that is named",
        "no key is set for a server that wants one",
        "nothing listens there",
        "Ollama does not run",
        "no connection is accepted",
        "there is no such host",
        "Ollama has no such model",
    }
    assert documented().keys() == CASES.keys() | others
