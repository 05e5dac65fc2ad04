"""Small questions to a server: which models it has, and how much one of them can read. Any reply is survived."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import httpx

from qa.llm.protocol import ModelName
from vectorstore.http import is_loopback, trusted

PORTS = (11434, 8000, 8080, 1234)  # Ollama; vLLM and transformers; llama.cpp; LM Studio
_SECONDS = 1.0
_MOST = 200  # models of one server
_LONGEST = 200  # characters of a name
_LARGEST = 1_000_000  # bytes of a reply
_WINDOWS = range(512, 10_000_000)  # tokens that a context may have


@dataclass(frozen=True, slots=True)
class Found:
    """A model that a server offers.

    Attributes:
        name: provider and model.
        url: the server's address, as ARXIVQA_LLM_URL takes it.
    """

    name: ModelName
    url: str

    @property
    def chats(self) -> bool:
        """Whether it seems to be a model that answers, and not one that only makes vectors."""
        return "embed" not in self.name.model.lower()


def servers(ports: Sequence[int] = PORTS) -> tuple[Found, ...]:
    """Find the models of the servers on this machine's loopback, those that run elsewhere left out.

    Args:
        ports: where servers may listen, best first; all are asked at the same time.

    Returns:
        The models, in the order of the ports and as each server lists them.
    """
    with ThreadPoolExecutor(max(len(ports), 1)) as threads:
        return tuple(found for some in threads.map(_on, ports) for found in some)


def listed(url: str, headers: Mapping[str, str] | None = None, seconds: float = _SECONDS) -> tuple[Found, ...]:
    """The models of one server, Ollama or one that speaks as OpenAI's does.

    Args:
        url: its address as ARXIVQA_LLM_URL has it: Ollama's, or up to where `/models` stands.
        headers: the key, if there is one.
        seconds: until a list must have come.

    Returns:
        Its models, those that run elsewhere left out; empty where no such server answers.
    """
    tags = fetch(f"{url.removesuffix('/v1').removesuffix('/api')}/api/tags", seconds, headers)
    if _is_ollama(tags):
        local = [entry for entry in tags["models"] if not _runs_elsewhere(entry)]
        return _read({"models": local}, "models", "name", "ollama", url)
    return _read(fetch(f"{url}/models", seconds, headers), "data", "id", "openai", url)


def fetch(
    url: str, seconds: float, headers: Mapping[str, str] | None = None, body: Mapping[str, Any] | None = None
) -> Any:
    """Get JSON, without following a redirect and without waiting for long.

    Args:
        url: what is asked; no proxy stands before this machine's own addresses.
        seconds: until the whole reply must have come.
        headers: to send, such as a key.
        body: what is posted; None only gets.

    Returns:
        What was sent, or None for anything but a JSON value of a sane size.
    """
    deadline = time.monotonic() + seconds
    try:
        with (
            httpx.Client(
                timeout=seconds, follow_redirects=False, trust_env=not is_loopback(url), verify=trusted()
            ) as http,
            http.stream(
                "GET" if body is None else "POST", url, headers={"user-agent": "arxivqa", **(headers or {})}, json=body
            ) as response,
        ):
            if response.status_code != 200:
                return None
            got = b""
            for part in response.iter_raw():
                got += part
                if len(got) > _LARGEST or time.monotonic() > deadline:
                    return None
        return json.loads(got)
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, RecursionError):
        return None


def stated_window(
    address: str, model: str, headers: Mapping[str, str], seconds: float, *, ollama: bool = False
) -> int | None:
    """How many tokens a server says that its model can read.

    Args:
        address: of the server; for all but Ollama it ends in what `/models` stands under.
        model: what the server calls it.
        headers: the key, if there is one.
        seconds: how long an answer may take.
        ollama: whether the server is Ollama.

    Returns:
        Tokens; 0 where it does not say, None where it does not answer.
    """
    if ollama:
        shown = fetch(f"{address}/api/show", seconds, headers, {"model": model})
        about = _mapping(_mapping(shown).get("model_info"))
        lengths = [value for key, value in about.items() if key.endswith(".context_length")]
        return None if shown is None else _window(lengths[0] if lengths else None)
    # vLLM says it in its list of models, and llama.cpp's server what it has set aside in its properties.
    listed = fetch(f"{address}/models", seconds, headers)
    entries = _mapping(listed).get("data")
    for entry in map(_mapping, entries if isinstance(entries, list) else ()):
        if entry.get("id") == model and (window := _window(entry.get("max_model_len"))):
            return window
    properties = fetch(f"{address.removesuffix('/v1')}/props", seconds, headers)
    if listed is None and properties is None:
        return None
    return _window(_mapping(_mapping(properties).get("default_generation_settings")).get("n_ctx"))


def _on(port: int) -> tuple[Found, ...]:
    root = f"http://127.0.0.1:{port}"
    found = listed(f"{root}/v1")
    return tuple(Found(each.name, root) if each.name.provider == "ollama" else each for each in found)


def _is_ollama(tags: Any) -> bool:
    """Whether a list of models is Ollama's own: llama.cpp's server has one for Ollama's clients, without digests."""
    entries = tags.get("models") if isinstance(tags, dict) else None
    return isinstance(entries, list) and all(isinstance(entry, dict) and entry.get("digest") for entry in entries)


def _runs_elsewhere(entry: Mapping[str, Any]) -> bool:
    """Whether Ollama would send what this model is asked to another machine."""
    names = [str(entry.get(key) or "") for key in ("name", "model")]
    return bool(entry.get("remote_host") or entry.get("remote_model")) or any(
        name.endswith(("-cloud", ":cloud")) for name in names
    )


def _read(value: Any, key: str, name: str, provider: str, url: str) -> tuple[Found, ...]:
    entries = value.get(key) if isinstance(value, dict) else None
    if not isinstance(entries, list):
        return ()
    names = [entry[name] for entry in entries if isinstance(entry, dict) and isinstance(entry.get(name), str)]
    usable = [n for n in names if n.strip() and n.isprintable() and len(n) <= _LONGEST]
    return tuple(Found(ModelName(provider, n), url) for n in usable[:_MOST])


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _window(value: Any) -> int:
    return value if type(value) is int and value in _WINDOWS else 0
