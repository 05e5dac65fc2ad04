"""Real servers for tests: `chroma run`, which can be killed and started again, and what may stand before it."""

from __future__ import annotations

import http.client
import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from vectorstore.storage.server_address import DEFAULT_TENANT, Server

Answer = tuple[int, str, bytes]  # status, content type, body


class Chroma:
    """A `chroma run` process over a folder.

    Args:
        folder: where it keeps its data.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [Path(sys.executable).with_name("chroma"), "run", "--path", self._folder]
        self._process = subprocess.Popen(
            [*command, "--host", "127.0.0.1", "--port", str(self.port)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        while True:
            assert self._process.poll() is None, "the server ended by itself"
            try:
                httpx.get(f"{self.url}/api/v2/heartbeat").raise_for_status()
                return
            except httpx.TransportError:
                time.sleep(0.05)

    def kill(self) -> None:
        """End it as `kill -9` does."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    @property
    def is_running(self) -> bool:
        return self._process is not None

    def database(self) -> Server:
        """A new database on it, with nothing in."""
        name = f"papers-{uuid4().hex}"
        made = httpx.post(f"{self.url}/api/v2/tenants/{DEFAULT_TENANT}/databases", json={"name": name})
        made.raise_for_status()
        return Server(self.url, database=name)


@contextmanager
def answering(answer: Callable[[str, str, Mapping[str, str], bytes], Answer]) -> Iterator[str]:
    """An HTTP server that answers as it is told; gives its address.

    Args:
        answer: gets method, path, headers (in lower case) and body; what it raises cuts the connection.
    """

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # a whole answer at once: one in two pieces waits for the client's acknowledgement

        def _handle(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            try:
                status, kind, said = answer(self.command, self.path, headers, body)
            except OSError:
                self.close_connection = True
                return
            self.send_response(status)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        do_GET = do_POST = do_PUT = do_DELETE = _handle

        def log_message(self, *_: Any) -> None:
            """Keep quiet."""

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listening.daemon_threads = True
    thread = threading.Thread(target=listening.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.server_port}"
    finally:
        listening.shutdown()
        listening.server_close()
        thread.join()


def passed_on(chroma: Chroma, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
    """What a Chroma server answers to a request."""
    try:
        with_it = http.client.HTTPConnection("127.0.0.1", chroma.port)
        with_it.request(method, path, body, {"content-type": headers.get("content-type", "application/json")})
        found = with_it.getresponse()
        return found.status, found.headers.get("content-type") or "text/plain", found.read()
    except http.client.HTTPException as error:
        raise ConnectionError from error
    finally:
        with_it.close()


@contextmanager
def wanting(chroma: Chroma, token: str) -> Iterator[str]:
    """What stands before a server and lets in who has the token, as Chroma itself no longer does."""

    def answer(method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        if headers.get("x-chroma-token") != token:
            said = {"error": "AuthError", "message": f"not {headers.get('x-chroma-token')}"}
            return 403, "application/json", json.dumps(said).encode()
        return passed_on(chroma, method, path, headers, body)

    with answering(answer) as url:
        yield url


@contextmanager
def killing(chroma: Chroma, when: Callable[[str, str], bool]) -> Iterator[str]:
    """What stands before a server and kills it instead of passing on the first request of which `when` says so."""
    over = threading.Event()

    def answer(method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        if not over.is_set() and when(method, path):
            over.set()
            chroma.kill()
        return passed_on(chroma, method, path, headers, body)

    with answering(answer) as url:
        yield url
