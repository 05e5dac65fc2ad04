"""What servers on this machine offer: asked for lists only, and no reply can do harm."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import pytest

from qa.errors import LanguageModelError, MissingExtraError
from qa.llm import discovery, factory
from qa.llm.availability import Choice, choices
from qa.llm.discovery import Found
from qa.llm.factory import open_model
from qa.llm.protocol import Message, ModelName
from qa.settings import Settings
from tests.qa.llm.scripted_server import MODEL, ScriptedServer

TAGS = {
    "models": [
        {"name": "nomic-embed-text:latest", "digest": "a" * 64},
        {"name": "llama3.2:3b", "digest": "b" * 64},
        {"name": "gpt-oss:120b-cloud", "digest": "c" * 64},
        {"name": "kimi-k2:cloud", "digest": "d" * 64},
        {"name": "alias", "digest": "e" * 64, "remote_host": "https://ollama.com:443", "remote_model": "gpt-oss"},
    ]
}


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as server:
        yield server


def names(server: ScriptedServer) -> list[str]:
    return [str(found.name) for found in discovery.servers([server.port])]


def test_ollama_offers_what_runs_on_this_machine(server: ScriptedServer) -> None:
    server.listing["/api/tags"] = TAGS
    assert names(server) == ["ollama/nomic-embed-text:latest", "ollama/llama3.2:3b"]
    assert server.paths == ["/api/tags"]
    assert not server.requests


def test_other_servers_offer_what_they_list(server: ScriptedServer) -> None:
    assert names(server) == ["openai/scripted"]
    assert [found.url for found in discovery.servers([server.port])] == [server.url]
    assert set(server.paths) == {"/api/tags", "/v1/models"}
    # As llama.cpp's server does for clients of Ollama.
    server.listing["/api/tags"] = {"models": [{"name": "scripted", "digest": ""}]}
    assert names(server) == ["openai/scripted"]


def test_auto_takes_the_first_model_that_chats_and_sends_no_key(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(discovery, "PORTS", (server.port,))
    monkeypatch.setenv("ARXIVQA_LLM_KEY", "sk-mine")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-mine")
    server.listing["/api/tags"] = TAGS
    assert open_model(Settings(llm="auto")).name == "ollama/llama3.2:3b"
    del server.listing["/api/tags"]
    model = open_model(Settings(llm="auto"))
    assert model.name == "openai/scripted"
    assert not server.requests
    server.script = "Hello."
    assert "".join(piece.text for piece in model.stream([Message("user", "Hello")], 9)) == "Hello."
    assert "sk-mine" not in str(server.requests[0].headers)


def test_auto_says_where_it_looked_and_looks_again_when_it_is_asked(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(discovery, "PORTS", (server.port,))
    server.listing.clear()
    early = open_model(Settings(llm="auto"), {})
    assert early.name == "auto"
    with pytest.raises(LanguageModelError, match=rf"ports {server.port}\): start one"):
        early.prepare()
    server.listing["/v1/models"] = {"data": [{"id": MODEL}]}
    early.prepare()
    assert early.name == f"openai/{MODEL}"
    assert (early.context_window, early.count_tokens("one")) == (4096, 1)


@pytest.mark.parametrize("provider", ["openai", "ollama"])
def test_auto_uses_the_server_that_is_named_with_its_key(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch, provider: str
) -> None:
    monkeypatch.setattr(discovery, "PORTS", ())
    if provider == "ollama":
        server.listing["/api/tags"] = TAGS
    url = server.root if provider == "ollama" else server.url
    model = open_model(Settings(llm="auto", llm_url=url), {"ARXIVQA_LLM_KEY": "sk-mine", "OPENAI_API_KEY": "sk-other"})
    assert model.name == ("ollama/llama3.2:3b" if provider == "ollama" else "openai/scripted")
    server.script = "Hello."
    list(model.stream([Message("user", "Hello")], 9))
    headers = {name.lower(): value for name, value in server.requests[0].headers.items()}
    assert headers["authorization"] == "Bearer sk-mine"


def test_auto_says_that_the_named_server_lists_no_model(server: ScriptedServer) -> None:
    server.listing = {"/v1/models": {"data": [{"id": "nomic-embed-text"}]}}
    for url in (server.url, "http://127.0.0.1:9/v1"):
        with pytest.raises(LanguageModelError, match=rf"No list of models came from {url}: .*ARXIVQA_LLM_URL"):
            open_model(Settings(llm="auto", llm_url=url), {}).prepare()


def test_auto_takes_a_model_whose_packages_are_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(factory, "installed", lambda provider: provider == "openai")
    there = [Found(ModelName(provider, "m"), "http://127.0.0.1:9") for provider in ("ollama", "openai")]
    assert factory.preferred(there) == there[1]
    assert factory.preferred(there[:1]) == there[0]
    assert factory.preferred([]) is None


@pytest.mark.parametrize(
    "junk",
    [
        b"\xff\xfe",
        b"",
        b"[" * 100_000,
        b'{"data": [' + b"1," * 1_000_000 + b"1]}",
        [],
        {"data": {"id": "x"}},
        {"data": [3, None, {"id": 3}, {"id": ""}, {"id": "a\x1b[2Jb"}, {"id": "x" * 1000}]},
    ],
)
def test_junk_is_no_model(server: ScriptedServer, junk: Any) -> None:
    server.listing = {"/api/tags": junk, "/v1/models": junk}
    assert names(server) == []


def test_choices_say_what_can_be_used_and_why_not_the_rest(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = choices(Settings(), {"OPENAI_API_KEY": "sk-mine"}, [server.port])
    assert Choice("openai/scripted", server.url, True) in found
    by_name = {choice.llm: choice for choice in found}
    assert found[0].llm == "extractive"
    assert "ollama serve" in by_name["ollama/NAME"].note
    assert by_name["openai/NAME"].usable
    assert by_name["anthropic/NAME"].note == "no key in ANTHROPIC_API_KEY"
    assert by_name["huggingface/NAME-OR-FOLDER"].usable
    assert "sk-mine" not in str(found)

    monkeypatch.setattr("sys.path", [path for path in sys.path if "site-packages" not in path])
    bare = choices(Settings(llm_url=server.url), {}, [])
    assert [choice.llm for choice in bare if choice.usable] == ["extractive"]
    assert next(choice for choice in bare if choice.url).note == 'needs more packages: pip install "arxivqa[openai]"'
    for provider in ("ollama", "openai", "anthropic", "huggingface"):
        with pytest.raises(MissingExtraError, match=rf'pip install "arxivqa\[{provider}\]"'):
            open_model(Settings(llm=f"{provider}/m"), {})
    with pytest.raises(MissingExtraError, match="openai"):
        open_model(Settings(llm="auto", llm_url=server.url), {})


def test_a_named_server_is_shown_once_by_the_name_that_the_user_gave_it(server: ScriptedServer) -> None:
    server.listing["/api/tags"] = TAGS
    named = f"http://localhost:{server.port}/v1"
    found = [choice for choice in choices(Settings(llm_url=named), {}, [server.port]) if choice.url]
    assert found == [
        Choice("ollama/nomic-embed-text:latest", named, False, "it makes vectors and writes nothing"),
        Choice("ollama/llama3.2:3b", named, True),
    ]
