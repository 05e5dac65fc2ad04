"""Models on servers: what is sent, what comes back as it comes, and what closing does."""

from __future__ import annotations

import email.utils
import threading
import time
from collections.abc import Iterator

import pytest

from qa.errors import LanguageModelError
from qa.llm import providers
from qa.llm.factory import open_model
from qa.llm.protocol import Delta, LanguageModel, Message
from qa.settings import Settings
from tests.qa.llm.scripted_server import Asked, Part, Pause, ScriptedServer, Status

PROTOCOLS = ("openai", "ollama", "anthropic")
ASKED = [Message("system", "Be brief."), Message("user", "[1] “A GAN has 9 layers.”\n[2] “It is 3 m long.”")]
WRITTEN = "A GAN has 9 layers [1]. It is 3 m long [2]."


@pytest.fixture(scope="module")
def shared() -> Iterator[ScriptedServer]:
    with ScriptedServer() as server:
        yield server


@pytest.fixture
def server(shared: ScriptedServer) -> ScriptedServer:
    shared.script = "cites_well"
    shared.requests.clear()
    shared.paths.clear()
    shared.ended.clear()
    return shared


def model(server: ScriptedServer, provider: str = "openai", key: str = "", **settings: float) -> LanguageModel:
    url = server.url if provider == "openai" else server.root
    return open_model(Settings(llm=f"{provider}/m", llm_url=url, **settings), {"ARXIVQA_LLM_KEY": key})


def text(pieces: list[Delta]) -> str:
    return "".join(piece.text for piece in pieces).strip()


@pytest.mark.parametrize("provider", PROTOCOLS)
def test_a_model_is_asked_in_its_protocol_and_read_in_pieces(server: ScriptedServer, provider: str) -> None:
    pieces = list(model(server, provider).stream(ASKED, 77))
    assert text(pieces) == WRITTEN
    assert len([piece for piece in pieces if piece.text]) > 2
    body = server.requests[0].body
    assert (body["model"], body["stream"]) == ("m", True)
    assert server.requests[0].user == ASKED[1].text
    assert "Be brief." in str(body)
    assert 77 in (body.get("max_tokens"), body.get("options", {}).get("num_predict"))


@pytest.mark.parametrize("provider", PROTOCOLS)
def test_a_short_text_is_asked_for_as_a_whole(server: ScriptedServer, provider: str) -> None:
    (piece,) = [piece for piece in model(server, provider).complete(ASKED, 50) if piece != Delta()]
    assert piece.text.strip() == WRITTEN
    assert server.requests[0].body["stream"] is False


@pytest.mark.parametrize("provider", PROTOCOLS)
@pytest.mark.parametrize("script", ["thinks_in_a_field", "thinks_in_tags"])
def test_reasoning_is_told_from_the_answer(server: ScriptedServer, provider: str, script: str) -> None:
    server.script = script
    pieces = list(model(server, provider).stream(ASKED, 77))
    assert "".join(piece.thinking for piece in pieces) == "The abstract says it."
    assert text(pieces) == WRITTEN


@pytest.mark.parametrize("way", ["stream", "complete"])
def test_reasoning_that_only_ends_with_a_tag_is_taken_back(server: ScriptedServer, way: str) -> None:
    server.script = "thinks_before_a_closing_tag"
    asked = model(server)
    pieces = [piece for piece in (asked.stream if way == "stream" else asked.complete)(ASKED, 77) if piece != Delta()]
    last = max(n for n, piece in enumerate(pieces) if piece.reasoned)
    assert text(pieces[: last + 1]) == "The abstract says it."
    assert text(pieces[last + 1 :]) == WRITTEN


def test_reasoning_that_ends_with_a_tag_and_nothing_after_it_is_no_answer(server: ScriptedServer) -> None:
    server.script = "The abstract says it.</think>"
    with pytest.raises(LanguageModelError, match="wrote no answer"):
        list(model(server).stream(ASKED, 77))


@pytest.mark.parametrize("provider", PROTOCOLS)
def test_a_server_gets_its_own_key_and_nothing_else_of_the_environment(
    server: ScriptedServer, provider: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "OLLAMA_API_KEY", "OPENAI_ORG_ID"):
        monkeypatch.setenv(variable, "sk-other")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "sk-other")
    # Whoever listens there would see the request.
    for variable in (
        "OPENAI_BASE_URL",
        "OPENAI_API_BASE",
        "ANTHROPIC_BASE_URL",
        "OLLAMA_HOST",
        "HTTP_PROXY",
        "ALL_PROXY",
    ):
        monkeypatch.setenv(variable, "http://127.0.0.1:9")
    list(model(server, provider).stream(ASKED, 9))
    headers = {name.lower(): value for name, value in server.requests[0].headers.items()}
    assert not {"authorization", "x-api-key"} & headers.keys()
    list(model(server, provider, key="sk-mine").stream(ASKED, 9))
    headers = {name.lower(): value for name, value in server.requests[1].headers.items()}
    assert "sk-mine" in headers["x-api-key" if provider == "anthropic" else "authorization"]
    assert "sk-other" not in str(headers)
    assert headers["user-agent"] == "arxivqa"
    assert not [name for name in headers if name.startswith(("x-stainless", "openai"))]


@pytest.mark.parametrize(
    ("name", "variable"), [("openai/gpt-4.1", "OPENAI_API_KEY"), ("anthropic/claude-opus-4-5", "ANTHROPIC_API_KEY")]
)
def test_a_provider_of_its_own_needs_its_own_key_and_says_so_when_it_is_asked(name: str, variable: str) -> None:
    keys = {"ARXIVQA_LLM_KEY": "sk-mine"}
    keyless = open_model(Settings(llm=name), keys)
    assert keyless.name == name
    for use in (keyless.prepare, lambda: keyless.context_window, lambda: list(keyless.stream(ASKED, 9))):
        with pytest.raises(LanguageModelError, match=f"needs a key: put it into {variable}"):
            use()
    with pytest.raises(LanguageModelError, match="copy the key") as caught:
        open_model(Settings(llm=name), {variable: "sk-“mine”"}).prepare()
    assert "mine" not in str(caught.value)
    keys[variable] = "sk-late"
    keyless.prepare()


@pytest.mark.parametrize(
    ("name", "temperature"), [("openai/gpt-4.1", 0.0), ("openai/gpt-99", 1.0), ("anthropic/claude-opus-99", 0.0)]
)
def test_a_hosted_model_gets_its_providers_key_and_what_it_can_take(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch, name: str, temperature: float
) -> None:
    monkeypatch.setattr(providers, "OPENAI_URL", server.url)
    monkeypatch.setattr(providers, "ANTHROPIC_URL", server.root)
    keys = {"OPENAI_API_KEY": "sk-openai", "ANTHROPIC_API_KEY": "sk-anthropic", "ARXIVQA_LLM_KEY": "sk-mine"}
    provider = name.partition("/")[0]
    assert text(list(open_model(Settings(llm=name), keys).stream(ASKED, 77))) == WRITTEN
    asked = server.requests[0]
    sent = [value for value in asked.headers.values() if "sk-" in value]
    assert len(sent) == 1
    assert sent[0].removeprefix("Bearer ") == f"sk-{provider}"
    assert asked.body["temperature"] == temperature
    assert 77 in (asked.body.get("max_completion_tokens"), asked.body.get("max_tokens"))


@pytest.mark.parametrize("provider", PROTOCOLS)
def test_closing_the_stream_closes_the_request(server: ScriptedServer, provider: str) -> None:
    def pauses(_: Asked) -> Iterator[Part]:
        yield from ("The first words ", Pause())

    server.script = pauses
    pieces = model(server, provider).stream(ASKED, 77)
    assert next(piece.text for piece in pieces if piece.text) == "The first words "
    pieces.close()
    assert server.ended.wait(30)


@pytest.mark.parametrize("provider", PROTOCOLS)
@pytest.mark.parametrize("way", ["stream", "complete"])
def test_a_model_that_has_not_begun_can_be_stopped_too(server: ScriptedServer, provider: str, way: str) -> None:
    server.script = "never_begins"
    asked = model(server, provider)
    pieces = asked.stream(ASKED, 77) if way == "stream" else asked.complete(ASKED, 77)
    while not server.requests:
        assert next(pieces) == Delta()
    pieces.close()
    assert server.ended.wait(30)


def test_turns_that_make_one_answer_share_the_total_time(server: ScriptedServer) -> None:
    server.script = "never_begins"
    begun = time.monotonic() - 3000  # by another turn
    for turn in (model(server, total_timeout=3000).stream, model(server, total_timeout=3000).complete):
        with pytest.raises(LanguageModelError, match="had not finished after 3000 seconds"):
            list(turn(ASKED, 77, begun))


def test_the_first_words_are_there_before_the_last_are_written(server: ScriptedServer) -> None:
    rest = threading.Event()

    def pauses(_: Asked) -> Iterator[Part]:
        yield from ("First, ", Pause(rest), "last.")

    server.script = pauses
    pieces = model(server).stream(ASKED, 77)
    assert next(piece.text for piece in pieces if piece.text) == "First, "
    rest.set()
    assert text(list(pieces)) == "last."


@pytest.mark.parametrize("provider", PROTOCOLS[:2])
def test_a_server_that_knows_no_limit_is_cut_off(server: ScriptedServer, provider: str) -> None:
    server.script = "never_ends"
    assert text(list(model(server, provider).stream(ASKED, 10))).startswith("and so on and so on")
    assert server.ended.wait(30)


@pytest.mark.parametrize("after", ["0", "now", "nonsense", None])
def test_a_refusal_that_passes_is_tried_again(server: ScriptedServer, after: str | None) -> None:
    if after == "now":
        after = email.utils.formatdate(time.time(), usegmt=True)

    def busy(_: Asked) -> Iterator[Part]:
        yield Status(503, {"Retry-After": after} if after else {})

    server.script = [busy, "too_many_requests", "cites_well"]
    assert text(list(model(server).stream(ASKED, 77))) == WRITTEN
    assert len(server.requests) == 3


def test_a_refusal_is_not_tried_again_for_ever_nor_after_the_total_time(server: ScriptedServer) -> None:
    server.script = "too_many_requests"
    with pytest.raises(LanguageModelError, match="429"):
        list(model(server).stream(ASKED, 77))
    assert len(server.requests) == 3

    def next_year(_: Asked) -> Iterator[Part]:
        yield Status(429, {"Retry-After": email.utils.formatdate(time.time() + 3e7, usegmt=True)})

    server.script = next_year
    with pytest.raises(LanguageModelError, match=r"ask again in \d+ seconds"):
        list(model(server).stream(ASKED, 77))
    assert len(server.requests) == 4


def test_a_wrong_key_is_not_tried_again(server: ScriptedServer) -> None:
    server.script = "wrong_key"
    with pytest.raises(LanguageModelError):
        list(model(server, key="sk-mine").stream(ASKED, 77))
    assert len(server.requests) == 1


def test_the_window_is_what_the_server_says(server: ScriptedServer) -> None:
    assert model(server).context_window == 4096
    server.listing["/props"] = {"default_generation_settings": {"n_ctx": 16384}}
    assert model(server).context_window == 16384
    server.listing["/v1/models"] = {"data": [{"id": "other"}, {"id": "m", "max_model_len": 32768}]}
    assert model(server).context_window == 32768
    for junk in (b"\xff", b"[" * 100_000, {"data": 3}, {"data": [{"id": "m", "max_model_len": -1}]}):
        server.listing |= {"/v1/models": junk, "/props": junk}
        assert model(server).context_window == 4096
    server.listing["/api/show"] = {"model_info": {"llama.context_length": 131072, "general.name": "x"}}
    assert model(server, "ollama").context_window == 8192
    server.listing["/api/show"] = {"model_info": {"llama.context_length": 2048}}
    ollama = model(server, "ollama")
    assert ollama.context_window == 2048
    server.listing["/api/show"] = {"model_info": {"llama.context_length": 1024}}
    assert ollama.context_window == 2048, "asked once"
    list(ollama.stream(ASKED, 9))
    assert server.requests[-1].body["options"]["num_ctx"] == 2048


def test_a_window_is_asked_for_again_where_the_server_was_not_up(server: ScriptedServer) -> None:
    server.listing.clear()
    early = model(server)
    assert early.context_window == 4096
    server.listing["/v1/models"] = {"data": [{"id": "m", "max_model_len": 32768}]}
    assert early.context_window == 32768
