"""An HTTP client for one request: it goes to one address, sends what it must, and can be cut off by another thread."""

from __future__ import annotations

import codecs
import contextlib
import socket
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx

from qa.llm.errors import ProviderErrors
from qa.llm.streaming import Cancellation
from vectorstore.http import is_loopback, retry_after, trusted

# Client libraries add the system, the Python version, and whatever their own variables hold, keys of others included.
_SENT = frozenset(
    "host accept accept-encoding connection content-type content-length transfer-encoding user-agent anthropic-version"
    " authorization x-api-key".split()
)
_KEYS = ("authorization", "x-api-key")
_LARGEST = 32_000_000  # bytes of one reply


def client(faults: ProviderErrors, keys: Mapping[str, str], stop: Cancellation) -> httpx.Client:
    """Make the client; `options` says what it does.

    Args:
        faults: the errors, with the address that alone is sent to.
        keys: headers with the key.
        stop: what cuts the request off.
    """
    return httpx.Client(**options(faults, keys, stop))


def options(faults: ProviderErrors, keys: Mapping[str, str], stop: Cancellation) -> dict[str, Any]:
    """What `httpx.Client` is made with: no redirects, no proxy for this machine, no key but the one given."""
    base = urlsplit(faults.address)

    def asked(request: httpx.Request) -> None:
        if (request.url.scheme, request.url.host, request.url.port) != (base.scheme, base.hostname, _port(base)):
            raise faults.elsewhere()
        for name in list(request.headers):
            if name.lower() not in _SENT or name.lower() in _KEYS:
                del request.headers[name]
        request.headers.update(keys)
        request.headers["accept-encoding"] = "identity"  # or its bytes could not be looked at as they come
        request.headers["user-agent"] = "arxivqa"
        request.extensions["timeout"] = dict.fromkeys(("read", "write", "pool"), faults.total) | {
            "connect": faults.connect
        }
        request.extensions["trace"] = _cutting(stop)

    def answered(response: httpx.Response) -> None:
        if response.status_code != 200:
            raise faults.status(response.status_code, retry_after(response.headers.get("retry-after")))
        response.stream = _Watched(response.stream, faults)

    return {
        "event_hooks": {"request": [asked], "response": [answered]},
        "follow_redirects": False,
        "verify": trusted(),
        "trust_env": not is_loopback(faults.address),
        "limits": httpx.Limits(max_keepalive_connections=0),
    }


def _port(base: Any) -> int | None:
    return None if base.port == {"http": 80, "https": 443}[base.scheme] else base.port


def _cutting(stop: Cancellation) -> Callable[[str, Mapping[str, Any]], None]:
    """A trace that learns of the connection as soon as there is one, before any reply."""

    def trace(event: str, info: Mapping[str, Any]) -> None:
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            held = info["return_value"].get_extra_info("socket")
            stop.on_stop(lambda: _cut(held))

    return trace


def _cut(held: socket.socket) -> None:
    # Not close(): only this wakes a thread that is waiting for bytes. The base class's, since that of TLS
    # forgets its state under the thread that reads.
    with contextlib.suppress(OSError):
        socket.socket.shutdown(held, socket.SHUT_RDWR)


class _Watched(httpx.SyncByteStream):
    """A reply's bytes, as long as they are UTF-8 and not far too many."""

    def __init__(self, stream: Any, faults: ProviderErrors) -> None:
        self._stream, self._faults = stream, faults

    def __iter__(self) -> Iterator[bytes]:
        decoder, count = codecs.getincrementaldecoder("utf-8")(), 0
        for part in self._stream:
            count += len(part)
            if count > _LARGEST:
                raise self._faults.too_large()
            try:
                decoder.decode(part)
            except UnicodeDecodeError:
                raise self._faults.not_utf8() from None
            yield part

    def close(self) -> None:
        self._stream.close()
