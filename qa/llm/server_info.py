"""Small questions to a server: which models it has, and how much one of them can read. Any reply is survived."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any

import httpx

from vectorstore.http import is_loopback, trusted

_LARGEST = 1_000_000  # bytes
_WINDOWS = range(512, 10_000_000)  # tokens that a context may have


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


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _window(value: Any) -> int:
    return value if type(value) is int and value in _WINDOWS else 0
