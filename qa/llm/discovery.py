"""Which models a server on this machine has: it is asked for its list of models and for nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from qa.llm.names import ModelName
from qa.llm.server_info import fetch

PORTS = (11434, 8000, 8080, 1234)  # Ollama; vLLM and transformers; llama.cpp; LM Studio
_SECONDS = 1.0
_MOST = 200  # models of one server
_LONGEST = 200  # characters of a name


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
