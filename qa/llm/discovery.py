"""Which models a server on this machine has: it is asked for its list of models and for nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from qa.llm.base import LanguageModelError
from qa.llm.names import ModelName
from qa.llm.probing import fetch

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


def servers(ports: Sequence[int] = PORTS) -> tuple[Found, ...]:
    """Find the models of the servers on this machine's loopback, those that run elsewhere left out.

    Args:
        ports: where servers may listen, best first; all are asked at the same time.

    Returns:
        The models, in the order of the ports and as each server lists them.
    """
    with ThreadPoolExecutor(max(len(ports), 1)) as threads:
        return tuple(found for some in threads.map(_on, ports) for found in some)


def first(ports: Sequence[int] | None = None) -> Found:
    """The model that `auto` means: the first that can chat.

    Args:
        ports: as for `servers`.

    Raises:
        LanguageModelError: there is none.
    """
    ports = PORTS if ports is None else ports
    for found in servers(ports):
        if "embed" not in found.name.model.lower():
            return found
    raise LanguageModelError(
        f"No language model server was found on this machine (ports {', '.join(map(str, ports))}): start one, such as "
        "Ollama, or name a model as `arxivqa models` says."
    )


def listed(url: str, headers: Mapping[str, str] | None = None, seconds: float = _SECONDS) -> tuple[Found, ...] | None:
    """The models of one server that speaks as OpenAI's does.

    Args:
        url: up to where `/models` stands.
        headers: the key, if there is one.
        seconds: until its list must have come.

    Returns:
        Its models, or None where no such server answers.
    """
    return _read(fetch(f"{url}/models", seconds, headers), "data", "id", "openai", url)


def _on(port: int) -> tuple[Found, ...]:
    root = f"http://127.0.0.1:{port}"
    tags = fetch(f"{root}/api/tags", _SECONDS)
    entries = tags.get("models") if isinstance(tags, dict) else None
    # llama.cpp's server has such a list too, for Ollama's clients, but its entries have no digest.
    if isinstance(entries, list) and all(isinstance(entry, dict) and entry.get("digest") for entry in entries):
        local = [entry for entry in entries if not _runs_elsewhere(entry)]
        return _read({"models": local}, "models", "name", "ollama", root) or ()
    return listed(f"{root}/v1") or ()


def _runs_elsewhere(entry: Mapping[str, Any]) -> bool:
    """Whether Ollama would send what this model is asked to another machine."""
    names = [str(entry.get(key) or "") for key in ("name", "model")]
    return bool(entry.get("remote_host") or entry.get("remote_model")) or any(
        name.endswith(("-cloud", ":cloud")) for name in names
    )


def _read(value: Any, key: str, name: str, provider: str, url: str) -> tuple[Found, ...] | None:
    entries = value.get(key) if isinstance(value, dict) else None
    if not isinstance(entries, list):
        return None
    names = [entry[name] for entry in entries if isinstance(entry, dict) and isinstance(entry.get(name), str)]
    usable = [n for n in names if n.strip() and n.isprintable() and len(n) <= _LONGEST]
    return tuple(Found(ModelName(provider, n), url) for n in usable[:_MOST])
