"""Which language models can be used here and now, and why not the others."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from qa.llm import discovery
from qa.llm.factory import KEYS, bearer, installed
from qa.settings import PROVIDERS, Settings


@dataclass(frozen=True, slots=True)
class Choice:
    """A model that can be chosen, or a provider of which one can be named.

    Attributes:
        llm: what ARXIVQA_LLM is set to; a provider alone stands with NAME.
        url: what ARXIVQA_LLM_URL is set to; None for nothing.
        usable: whether that would work now, as far as can be told without asking a model.
        note: why not, or what to know.
    """

    llm: str
    url: str | None
    usable: bool
    note: str = ""

    def to_json(self) -> dict[str, Any]:
        """The choice as JSON takes it."""
        return {"llm": self.llm, "url": self.url, "usable": self.usable, "note": self.note}


def choices(
    settings: Settings, environment: Mapping[str, str] | None = None, ports: Sequence[int] | None = None
) -> tuple[Choice, ...]:
    """Look at what is installed, which keys there are, and what servers on this machine offer.

    Args:
        settings: the address in it is asked for its list of models, too.
        environment: where keys are; None for this process's.
        ports: of this machine, that are asked for lists of models; None for the usual ones.

    Returns:
        `extractive` first, then models of servers, then providers of which any model can be named.
    """
    environment = os.environ if environment is None else environment
    found = list(discovery.servers(discovery.PORTS if ports is None else ports))
    if settings.llm_url is not None:
        # It may be one of those that were found, under another spelling: then the user's is the one that is shown.
        own = _place(settings.llm_url)
        found = [server for server in found if _place(server.url) != own]
        found += discovery.listed(settings.llm_url, bearer(environment), settings.connect_timeout)
    made = [Choice("extractive", None, True, "no language model: sentences of the abstracts themselves")]
    made += [_of_server(server) for server in found]
    made += [
        _of_provider(provider, environment)
        for provider in PROVIDERS
        if provider != "ollama" or not any(server.name.provider == "ollama" for server in found)
    ]
    return tuple(made)


def _place(url: str) -> tuple[str, str | None, int | None]:
    """Where a server listens."""
    parts = urlsplit(url)
    return parts.scheme, "127.0.0.1" if parts.hostname == "localhost" else parts.hostname, parts.port


def _of_server(found: discovery.Found) -> Choice:
    missing = "" if installed(found.name.provider) else _missing(found.name.provider)
    why = missing or ("" if found.chats else "it makes vectors and writes nothing")
    return Choice(str(found.name), found.url, not why, why)


def _of_provider(provider: str, environment: Mapping[str, str]) -> Choice:
    llm = f"{provider}/{'NAME-OR-FOLDER' if provider == 'huggingface' else 'NAME'}"
    if not installed(provider):
        return Choice(llm, None, False, _missing(provider))
    if provider == "ollama":
        return Choice(llm, None, False, "no Ollama with a model of its own listens on this machine: `ollama serve`")
    if provider in KEYS and not environment.get(KEYS[provider], "").strip():
        elsewhere = ", or set ARXIVQA_LLM_URL for a server of your own" if provider == "openai" else ""
        return Choice(llm, None, False, f"no key in {KEYS[provider]}{elsewhere}")
    return Choice(llm, None, True, "in this process" if provider == "huggingface" else "questions leave this machine")


def _missing(provider: str) -> str:
    return f'needs more packages: pip install "arxivqa[{provider}]"'
