"""Serve the page on this machine: a free port, headers that keep every request at home, a printed address."""

from __future__ import annotations

import errno
import os
import socket
import threading
from collections.abc import Iterator
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa.settings import Settings
from ui.page import Page
from vectorstore import InputError

if TYPE_CHECKING:
    from qa.assistant import Assistant

_PORTS_TRIED = 100

# The browser itself refuses what would leave the machine. Gradio's own scripts need the two 'unsafe' words.
_HEADERS = {
    "content-security-policy": (
        "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'self'; "
        "form-action 'self'; frame-ancestors 'self'"
    ),
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


class _Confined:
    """Adds the headers to every answer of the server."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_confined(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, send_confined if scope["type"] == "http" else send)


class Server:
    """A page being served; closing it, or leaving its `with` block, stops it.

    Attributes:
        url: the page's address, such as http://127.0.0.1:7860/
    """

    def __init__(self, blocks: Any, url: str) -> None:
        self._blocks = blocks
        self.url = url

    def close(self) -> None:
        """Stop serving; the assistant stays open."""
        self._blocks.close(verbose=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def serve(assistant: Assistant, host: str = "127.0.0.1", port: int = 7860, settings: Settings | None = None) -> Server:
    """Start the page in the background.

    Args:
        assistant: what answers until a visitor chooses something else.
        host: the address to listen on; only this machine can reach the default.
        port: the first port to try; a busy one gets the next free one. 0 takes any.
        settings: for the language models that can be chosen; None reads `ARXIVQA_*` and the configuration file.

    Raises:
        InputError: when the host is not an address of this machine, or no port is free.
    """
    # Gradio asks its own server whether it is up, and must not send that through a proxy.
    for variable in ("NO_PROXY", "no_proxy"):
        os.environ[variable] = ",".join(filter(None, (os.environ.get(variable), "127.0.0.1", "localhost", host)))
    page = Page(assistant, settings or Settings())
    blocks = page.blocks()
    name = f"[{host}]" if ":" in host else host
    for candidate in _free_ports(host, port):
        try:
            blocks.launch(
                server_name=name,
                server_port=candidate,
                theme=page.theme,
                head=page.head,
                prevent_thread_lock=True,
                quiet=True,
                inbrowser=False,
                share=False,
                show_error=False,
                footer_links=[],
                run_history=False,
                enable_monitoring=False,
                ssr_mode=False,
                pwa=False,
                mcp_server=False,
                num_workers=0,
                max_file_size="1kb",  # The page takes no files.
                app_kwargs={"middleware": [Middleware(_Confined)], "docs_url": None, "redoc_url": None},
            )
        except OSError:
            continue  # Taken since we looked.
        shown = "127.0.0.1" if host in ("0.0.0.0", "::") else name
        threading.Thread(target=page.warm, name="arxivqa-warm", daemon=True).start()
        return Server(blocks, f"http://{shown}:{candidate}/")
    raise InputError(f"No port from {port} to {port + _PORTS_TRIED - 1} is free on {host}. Give another one: --port")


def launch(assistant: Assistant, host: str = "127.0.0.1", port: int = 7860, settings: Settings | None = None) -> None:
    """Serve the page until Ctrl+C, and print its address.

    Takes and raises what `serve` does.
    """
    with serve(assistant, host, port, settings) as server:
        print(f"arxivqa is at {server.url} (Ctrl+C stops it)", flush=True)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            print("\nStopped.", flush=True)


def _free_ports(host: str, first: int) -> Iterator[int]:
    """Yield ports that nothing listens on, from the first one up."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)[0]
    except (OSError, UnicodeError) as error:
        raise InputError(f"The page cannot listen on {host!r}, which is not an address of this machine.") from error
    for port in [0] if first == 0 else range(first, min(first + _PORTS_TRIED, 65536)):
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((address[0], port, *address[2:]))
            except PermissionError:
                continue
            except OSError as error:
                if error.errno == errno.EADDRNOTAVAIL:
                    raise InputError(
                        f"The page cannot listen on {host!r}, which is not an address of this machine."
                    ) from error
                continue
            free: int = probe.getsockname()[1]
        yield free
