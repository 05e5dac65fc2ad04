"""Serve the pages: a free port, one server around Gradio's app, a printed address."""

from __future__ import annotations

import contextlib
import errno
import ipaddress
import logging
import os
import signal
import socket
import tempfile
import threading
from functools import cache
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import uvicorn
from fastapi import FastAPI

from qa.history.store import Store
from qa.settings import Settings
from ui.web.app import App
from ui.web.auth.accounts import Accounts, secret
from ui.web.auth.sign_in import SignIn
from ui.web.mount import mounted
from vectorstore import InputError

if TYPE_CHECKING:
    from qa.assistant import Assistant

_PORTS_TRIED = 100


class Server:
    """Pages being served; closing it, or leaving its `with` block, stops it.

    Attributes:
        url: the first page's address, such as http://127.0.0.1:7860/
        app: what is served.
    """

    def __init__(self, pages: App, blocks: Any, app: FastAPI, listening: socket.socket, url: str, store: Store) -> None:
        self._pages = pages
        self._blocks = blocks
        self._store = store
        # A page keeps a connection open for as long as it is shown, so an end must not wait for all to close.
        config = uvicorn.Config(
            app, log_level="warning", access_log=False, server_header=False, ws="none", timeout_graceful_shutdown=1
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(
            target=self._server.run, args=([listening],), name="arxivqa-server", daemon=True
        )
        self._warming = threading.Thread(target=pages.warm, name="arxivqa-warm", daemon=True)
        self.url = url
        self.app = app

    def start(self) -> None:
        """Start to serve, in the background, and return when it does.

        Raises:
            InputError: when the server ends before it is ready.
        """
        self._thread.start()
        while not self._server.started:
            self._thread.join(0.01)
            if not self._thread.is_alive():
                raise InputError("The page's server ended while it started. Start it again.")
        self._warming.start()

    def close(self) -> None:
        """Stop serving; the assistant stays open."""
        self._blocks.close(verbose=False)
        log = logging.getLogger("uvicorn.error")
        log.disabled = True  # it reports each page that is still open as an error
        self._server.should_exit = True
        self._thread.join()
        log.disabled = False
        self._warming.join()  # a thread that ends with its process inside ONNX Runtime makes that a crash
        self._pages.close()
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def serve(assistant: Assistant, host: str = "127.0.0.1", port: int = 7860, settings: Settings | None = None) -> Server:
    """Start the pages in the background.

    Args:
        assistant: what answers until a visitor chooses something else.
        host: the address to listen on; only this machine can reach the default. At any other, everyone has to sign in.
        port: the first port to try; a busy one gets the next free one. 0 takes any.
        settings: the rest; None reads `ARXIVQA_*` and the configuration file.

    Raises:
        InputError: when the host is not an address of this machine, no port is free, or people would have to sign in
            and nobody can.
        ConversationsError: when the store of conversations cannot be opened.
    """
    settings = settings or Settings()
    with contextlib.ExitStack() as undo:
        listening = undo.enter_context(_listen(host, port))
        address, number = listening.getsockname()[:2]
        at_home = ipaddress.ip_address(address).is_loopback
        sign_in = None if at_home else _sign_in(settings, host)
        store = undo.enter_context(Store(settings.conversations))
        os.environ["GRADIO_TEMP_DIR"] = _uploads().name  # read while the pages are made
        pages = App(assistant, settings, store)
        blocks = pages.blocks()
        app = mounted(pages, blocks, (host, number), sign_in, settings.upload_limit)
        name = "127.0.0.1" if host in ("0.0.0.0", "::") else host
        shown = f"[{name}]" if ":" in name else name
        server = Server(pages, blocks, app, listening, f"http://{shown}:{number}/", store)
        server.start()
        undo.pop_all()
    return server


def _sign_in(settings: Settings, host: str) -> SignIn:
    accounts = Accounts(settings.users)
    if not accounts.names():
        raise InputError(
            f"At {host} other machines can reach the page, so people have to sign in, and nobody can yet: "
            f"{settings.users} names no user. Make one first: arxivqa users add NAME"
        )
    stated = settings.secret.get_secret_value() if settings.secret else None
    return SignIn(accounts, secret(stated, settings.users))


@cache
def _uploads() -> tempfile.TemporaryDirectory[str]:
    """Return this process's folder for uploads, which nobody else can read, and which is gone when it ends."""
    return tempfile.TemporaryDirectory(prefix="arxivqa-uploads-")


def launch(assistant: Assistant, host: str = "127.0.0.1", port: int = 7860, settings: Settings | None = None) -> None:
    """Serve the page until Ctrl+C, and print its address.

    Takes and raises what `serve` does.
    """
    with serve(assistant, host, port, settings) as server:
        print(f"arxivqa is at {server.url} (Ctrl+C stops it)", flush=True)
        wait()
    print("\nStopped.", flush=True)


def wait() -> None:
    """Return when the process is asked to end: by Ctrl+C, or as a service is stopped."""
    asked = threading.Event()
    before = signal.signal(signal.SIGTERM, lambda *_: asked.set())
    try:
        with contextlib.suppress(KeyboardInterrupt):
            asked.wait()
    finally:
        signal.signal(signal.SIGTERM, before)


def _listen(host: str, first: int) -> socket.socket:
    """Return a socket on the first free port from this one up, taken, so that nobody comes between."""
    elsewhere = InputError(f"The page cannot listen on {host!r}, which is not an address of this machine.")
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)[0]
    except (OSError, UnicodeError) as error:
        raise elsewhere from error
    for port in [0] if first == 0 else range(first, min(first + _PORTS_TRIED, 65536)):
        listening = socket.socket(family, kind, protocol)
        # A port whose last connections are still being closed is free; on Windows this word means something else.
        if os.name == "posix":
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((address[0], port, *address[2:]))
            listening.listen(socket.SOMAXCONN)
        except OSError as error:
            listening.close()
            if error.errno == errno.EADDRNOTAVAIL:
                raise elsewhere from error
        else:
            return listening
    raise InputError(f"No port from {first} to {first + _PORTS_TRIED - 1} is free on {host}. Give another one: --port")
