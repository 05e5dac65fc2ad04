"""A server that behaves as it is told: OpenAI's, Ollama's and Anthropic's protocols over HTTP on loopback.

    with ScriptedServer("cites_well") as server:
        settings = Settings(llm="openai/any", llm_url=server.url)       # Ollama: llm="ollama/any", llm_url=server.root
        ...
        server.requests[-1].user                                        # what was asked, headers, path
        server.ended.wait(10)                                           # set when a client went away in mid-reply

A script is one of the names in `SCRIPTS`, a text, or a function that takes the `Asked` and yields parts:

    "text"            characters of the answer (one delta each)
    Thinking("…")     characters of the reasoning field
    Status(429, {"Retry-After": "1"})    a refusal; only as the first part
    Pause(event)      nothing more until the event is set, or the client goes away (then `server.ended` is set)
    Raw(b"…")         bytes as they are, where a delta would be
    BREAK             the connection is cut
    NO_END            the reply ends as HTTP does, without the protocol's own end

`script` may be set anew at any time; a list of scripts gives one to each request, the last to all that follow.
"""

from __future__ import annotations

import json
import re
import select
import socket
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

MODEL = "scripted"


@dataclass(frozen=True)
class Asked:
    """One request for an answer."""

    path: str
    headers: Mapping[str, str]
    body: Mapping[str, Any]

    @property
    def user(self) -> str:
        """The last message."""
        content = self.body["messages"][-1]["content"]
        return content if isinstance(content, str) else "".join(block.get("text", "") for block in content)

    @property
    def quotes(self) -> list[tuple[int, str]]:
        """The numbered quotes of the prompt."""
        return [(int(n), quote) for n, quote in re.findall(r"^\[(\d+)\] “(.+)”$", self.user, re.M)]


@dataclass(frozen=True)
class Thinking:
    text: str


@dataclass(frozen=True)
class Status:
    code: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = "{}"


@dataclass(frozen=True)
class Pause:
    event: threading.Event = field(default_factory=threading.Event)


@dataclass(frozen=True)
class Raw:
    data: bytes


@dataclass(frozen=True)
class _Sign:
    name: str


BREAK, NO_END = _Sign("break"), _Sign("no end")
Part = str | Thinking | Status | Pause | Raw | _Sign
Script = Callable[[Asked], Iterator[Part]]


def _sentences(asked: Asked) -> list[tuple[int, str]]:
    """Up to three of the quotes, without the final stop."""
    return [(number, quote.rstrip(".")) for number, quote in asked.quotes[:3]]


def cites_well(asked: Asked) -> Iterator[Part]:
    for number, quote in _sentences(asked):
        yield from (f"{quote} ", f"[{number}]. ")


def never_cites(asked: Asked) -> Iterator[Part]:
    for _, quote in _sentences(asked):
        yield f"{quote}. "


def invents_a_mark(asked: Asked) -> Iterator[Part]:
    for _, quote in _sentences(asked):
        yield f"{quote} [99]. "


def cites_the_wrong_paper(asked: Asked) -> Iterator[Part]:
    numbers = sorted({number for number, _ in asked.quotes})
    for number, quote in _sentences(asked):
        yield f"{quote} [{next((other for other in numbers if other != number), number)}]. "


def invents_numbers(asked: Asked) -> Iterator[Part]:
    for number, quote in _sentences(asked):
        yield f"{re.sub(r'[.]$', '', quote)}, with an accuracy of 98.7654% over 31337 images [{number}]. "


def says_nothing(_: Asked) -> Iterator[Part]:
    yield ""


def never_ends(_: Asked) -> Iterator[Part]:
    while True:
        yield "and so on "


def never_stops(_: Asked) -> Iterator[Part]:
    """Slowly, so that the client's patience ends before its room does."""
    while True:
        yield "and so on "
        threading.Event().wait(0.02)


def never_begins(_: Asked) -> Iterator[Part]:
    yield Pause()


def dies_half_way(_: Asked) -> Iterator[Part]:
    yield from ("The first half ", BREAK)


def ends_without_an_end(_: Asked) -> Iterator[Part]:
    yield from ("The first half ", NO_END)


def is_not_utf8(_: Asked) -> Iterator[Part]:
    yield from ("Caf", Raw(b'data: "\xe9\xe8"\n\n'))


def thinks_in_a_field(asked: Asked) -> Iterator[Part]:
    yield from (Thinking("The abstract "), Thinking("says it."))
    yield from cites_well(asked)


def thinks_in_tags(asked: Asked) -> Iterator[Part]:
    yield from ("<th", "ink>The abstract says", " it.</thi", "nk>\n\n")
    yield from cites_well(asked)


def thinks_before_a_closing_tag(asked: Asked) -> Iterator[Part]:
    # As where the template of the model opens the block in the prompt.
    yield from ("The abstract says", " it.</thi", "nk>\n\n")
    yield from cites_well(asked)


def colours_its_words(asked: Asked) -> Iterator[Part]:
    for part in cites_well(asked):
        assert isinstance(part, str)
        yield from ("\x1b[3", "1m", part, "\x1b[0m")


def only_thinks(_: Asked) -> Iterator[Part]:
    yield Thinking("Let me see, and see again.")


def wrong_key(asked: Asked) -> Iterator[Part]:
    # As careless as a server can be: it says which key was wrong.
    yield Status(401, body=json.dumps({"error": {"message": f"Wrong key: {dict(asked.headers)}"}}))


def unknown_model(_: Asked) -> Iterator[Part]:
    yield Status(404)


def too_many_requests(_: Asked) -> Iterator[Part]:
    yield Status(429, {"Retry-After": "0"})


def fails(_: Asked) -> Iterator[Part]:
    yield Status(500, {"Retry-After": "0"}, "<html>secret-looking stack trace</html>")


def redirects(_: Asked) -> Iterator[Part]:
    yield Status(307, {"Location": "http://127.0.0.1:9/v1/chat/completions"})


SCRIPTS: dict[str, Script] = {
    script.__name__: script
    for script in (
        cites_well,
        never_cites,
        invents_a_mark,
        cites_the_wrong_paper,
        invents_numbers,
        says_nothing,
        never_ends,
        never_stops,
        never_begins,
        dies_half_way,
        ends_without_an_end,
        is_not_utf8,
        thinks_in_a_field,
        thinks_in_tags,
        thinks_before_a_closing_tag,
        colours_its_words,
        only_thinks,
        wrong_key,
        unknown_model,
        too_many_requests,
        fails,
        redirects,
    )
}


def _script(script: Script | str) -> Script:
    if not isinstance(script, str):
        return script
    text = script
    return SCRIPTS.get(script, lambda _: iter([text]))


class ScriptedServer:
    """The server, on a free port of 127.0.0.1, from `with` to its end.

    Attributes:
        script: what it does; one or a list.
        requests: what was asked for an answer, in order.
        paths: every path that was asked for.
        ended: set when a client closed its connection before its reply was over.
        listing: the body of each path that is got (`/v1/models`, `/api/tags`, …); bytes are sent as they are.
    """

    def __init__(self, script: Script | str | Sequence[Script | str] = "cites_well") -> None:
        self.script = script
        self.requests: list[Asked] = []
        self.paths: list[str] = []
        self.ended = threading.Event()
        self.closing = threading.Event()
        self.listing: dict[str, Any] = {"/v1/models": {"object": "list", "data": [{"id": MODEL, "object": "model"}]}}
        self._server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"scripted": self}))
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def root(self) -> str:
        """The address as Ollama's and Anthropic's clients want it."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        """The address as OpenAI's clients want it."""
        return f"{self.root}/v1"

    def next_script(self) -> Script:
        if isinstance(self.script, str) or callable(self.script):
            return _script(self.script)
        return _script(self.script[min(len(self.requests), len(self.script)) - 1])

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        # A client that goes away is what these tests are about; anything else is a fault of the server's own.
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    scripted: ScriptedServer

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        self.scripted.paths.append(self.path)
        self._whole(self.scripted.listing.get(self.path))

    def do_POST(self) -> None:
        self.scripted.paths.append(self.path)
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == "/api/show":
            self._whole(self.scripted.listing.get(self.path))
            return
        asked = Asked(self.path, dict(self.headers.items()), body)
        self.scripted.requests.append(asked)
        parts = self.scripted.next_script()(asked)
        try:
            self._reply(asked, parts)
        except OSError:  # the client went away, which is what some tests wait for
            self.scripted.ended.set()
            self.close_connection = True

    def _whole(self, body: Any) -> None:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(404 if body is None else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _reply(self, asked: Asked, parts: Iterator[Part]) -> None:
        protocol = {"/api/chat": _Ollama, "/v1/messages": _Anthropic}.get(asked.path, _OpenAI)()
        started, text, ended = False, "", True
        streaming = asked.body.get("stream", asked.path == "/api/chat")
        for part in parts:
            if isinstance(part, Status):
                data = part.body.encode()
                self.send_response(part.code)
                for name, value in {**part.headers, "Content-Length": str(len(data))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(data)
                return
            if isinstance(part, Pause):
                self._pause(part)
                continue
            if not streaming:
                text += part if isinstance(part, str) else ""
                continue
            if not started:
                started = True
                self._start(protocol.kind)
                self._chunk(protocol.opening())
            if part is BREAK:
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            if part is NO_END:
                ended = False
                break
            self._chunk(part.data if isinstance(part, Raw) else protocol.delta(part))
        if not streaming:
            self._whole(protocol.whole(text))
            return
        if not started:
            self._start(protocol.kind)
        if ended:
            self._chunk(protocol.end())
        self.wfile.write(b"0\r\n\r\n")

    def _start(self, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def _chunk(self, data: bytes) -> None:
        if data:
            self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")

    def _pause(self, part: Pause) -> None:
        while not part.event.wait(0.02):
            if self.scripted.closing.is_set():
                raise OSError("the server is closed")
            # Readable while it has nothing to send: the client has closed its side.
            if select.select([self.connection], [], [], 0)[0] and not self.connection.recv(1, socket.MSG_PEEK):
                raise OSError("the client went away")


def _line(value: Mapping[str, Any], event: str | None = None) -> bytes:
    head = f"event: {event}\n" if event else ""
    return f"{head}data: {json.dumps(value)}\n\n".encode()


class _OpenAI:
    kind = "text/event-stream"

    def opening(self) -> bytes:
        return self._chunk({"role": "assistant", "content": ""})

    def delta(self, part: Any) -> bytes:
        return self._chunk({"reasoning_content": part.text} if isinstance(part, Thinking) else {"content": part})

    def end(self) -> bytes:
        return self._chunk({}, "stop") + b"data: [DONE]\n\n"

    def _chunk(self, delta: Mapping[str, Any], reason: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": reason}
        return _line({"id": "1", "object": "chat.completion.chunk", "created": 1, "model": MODEL, "choices": [choice]})

    def whole(self, text: str) -> Mapping[str, Any]:
        choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
        return {"id": "1", "object": "chat.completion", "created": 1, "model": MODEL, "choices": [choice]}


class _Ollama:
    kind = "application/x-ndjson"

    def opening(self) -> bytes:
        return b""

    def delta(self, part: Any) -> bytes:
        said = {"content": "", "thinking": part.text} if isinstance(part, Thinking) else {"content": part}
        return self._object(said, False)

    def end(self) -> bytes:
        return self._object({"content": ""}, True)

    def _object(self, said: Mapping[str, Any], done: bool) -> bytes:
        return json.dumps(self._value(said, done)).encode() + b"\n"

    def _value(self, said: Mapping[str, Any], done: bool) -> dict[str, Any]:
        return {
            "model": MODEL,
            "created_at": "2026-01-01T00:00:00Z",
            "message": {"role": "assistant", **said},
            "done": done,
        }

    def whole(self, text: str) -> Mapping[str, Any]:
        return self._value({"content": text}, True)


class _Anthropic:
    kind = "text/event-stream"

    def opening(self) -> bytes:
        message = {**self.whole(""), "content": [], "stop_reason": None}
        return _line({"type": "message_start", "message": message}, "message_start")

    def delta(self, part: Any) -> bytes:
        thinks = isinstance(part, Thinking)
        index = 0 if thinks else 1
        empty = {"type": "thinking", "thinking": "", "signature": ""} if thinks else {"type": "text", "text": ""}
        said = {"type": "thinking_delta", "thinking": part.text} if thinks else {"type": "text_delta", "text": part}
        return (
            _line({"type": "content_block_start", "index": index, "content_block": empty}, "content_block_start")
            + _line({"type": "content_block_delta", "index": index, "delta": said}, "content_block_delta")
            + _line({"type": "content_block_stop", "index": index}, "content_block_stop")
        )

    def end(self) -> bytes:
        delta = {"stop_reason": "end_turn", "stop_sequence": None}
        return _line({"type": "message_delta", "delta": delta, "usage": {"output_tokens": 1}}, "message_delta") + _line(
            {"type": "message_stop"}, "message_stop"
        )

    def whole(self, text: str) -> Mapping[str, Any]:
        return {
            "id": "1",
            "type": "message",
            "role": "assistant",
            "model": MODEL,
            "content": [{"type": "text", "text": text}],
            "stop_reason": "end_turn",
            "stop_sequence": None,
            "usage": {"input_tokens": 1, "output_tokens": 1},
        }
