"""The way to a Chroma server, and what keeps one from getting there, in words that say what to do."""

from __future__ import annotations

import json
import re
from typing import Any

import httpx
from chromadb import Collection
from chromadb.config import Settings, System
from chromadb.errors import ChromaError, NotFoundError, error_types

from vectorstore.errors import ServerError
from vectorstore.http import is_loopback, trusted
from vectorstore.storage.server_address import Server
from vectorstore.text.cleaning import visible

_MAJOR = 1  # the version of Chroma whose answers this program's client reads
_CONNECT, _ANSWER = 10.0, 120.0  # seconds; without a limit a machine that is gone is waited for without end
_SHOWN = 200  # characters of what a server says


class ChromaServer:
    """An open way to a server: what a record asks of a Chroma client, with this module's errors.

    chromadb's own `HttpClient` waits without end for a server that does not answer, and sends what is meant for this
    machine to a proxy where the environment names one.

    Args:
        server: where to.

    Raises:
        ServerError: nothing answers there, it is no Chroma of this version, or it does not let us in.
    """

    def __init__(self, server: Server) -> None:
        from chromadb.api.fastapi import FastAPI  # which who keeps the record in a folder need not wait for

        self.server = server
        self.most = server.most
        self._place: dict[str, Any] = {"tenant": server.tenant, "database": server.database}
        # No telemetry, and no settings from a .env file that lies in the folder the user happens to be in.
        settings = Settings(
            _env_file=None,  # type: ignore[call-arg]
            anonymized_telemetry=False,
            chroma_api_impl="chromadb.api.fastapi.FastAPI",
            chroma_server_host=server.url,
            chroma_server_http_port=0,  # which stands in the address
            chroma_server_ssl_enabled=server.url.startswith("https:"),
            chroma_server_ssl_verify=False,  # of the session that is thrown away in the next lines; ours does verify
            chroma_server_headers=None,
            chroma_client_auth_provider=None,
        )
        self._api = System(settings).instance(FastAPI)
        self._api._session.close()
        self._api._session = self._session = session(server)
        try:
            self._check()
        except BaseException:
            self.close()
            raise

    def _check(self) -> None:
        """Make sure, in this order, that it is a Chroma of this version, and has the tenant and the database."""
        server = self.server
        base = f"{server.url}/api/v2"
        found = self._session.get(f"{base}/version")
        version = _json(found) if found.status_code == 200 else None
        if not isinstance(version, str) or not re.fullmatch(r"\d+\.\d+\S{0,30}", version):
            raise self._another(server)
        if int(version.partition(".")[0]) != _MAJOR:
            raise ServerError(
                f"The Chroma server {server.url} has version {version}, and this program needs {_MAJOR}.x. Update the "
                "server, or start another one: chroma run --path FOLDER"
            )
        steps = (
            ("tenant", server.tenant, lambda: self._api.get_tenant(server.tenant)),
            ("database", server.database, lambda: self._api.get_database(server.database, server.tenant)),
        )
        for what, name, ask in steps:
            try:
                ask()  # type: ignore[no-untyped-call]
            except NotFoundError as error:
                raise ServerError(
                    f"The Chroma server {server.url} has no {what} {name!r}. Correct ARXIVQA_CHROMA_{what.upper()}, or "
                    "make it on the server first (docs/scaling.md says how)."
                ) from error
            except (ChromaError, KeyError) as error:
                raise ServerError(
                    f"The Chroma server {server.url} does not say whether it has the {what} {name!r}: "
                    f"{said(server, str(error))}"
                ) from error

    def _another(self, server: Server) -> ServerError:
        old = self._session.get(f"{server.url}/api/v1/version")  # where versions before 1.0 say it
        version = _json(old) if old.status_code == 200 else None
        if isinstance(version, str) and re.fullmatch(r"0\.\d+\S{0,30}", version):
            return ServerError(
                f"The Chroma server {server.url} has version {version}, and this program needs {_MAJOR}.x. Update the "
                "server, or start another one: chroma run --path FOLDER"
            )
        return ServerError(
            f"What answers at {server.url} is no Chroma server. Correct ARXIVQA_CHROMA; a Chroma server is started "
            "with: chroma run --path FOLDER"
        )

    def heartbeat(self) -> int:
        """The server's own time, in nanoseconds."""
        return self._api.heartbeat()

    def get_collection(self, name: str) -> Collection:
        """A collection by its name."""
        return self._collection(self._api.get_collection(name, **self._place))

    def create_collection(self, name: str, metadata: dict[str, Any]) -> Collection:
        """Make a collection; of several who make one of the same name at once, one succeeds."""
        return self._collection(self._api.create_collection(name, metadata=metadata, **self._place))

    def get_or_create_collection(self, name: str, metadata: dict[str, Any], configuration: Any) -> Collection:
        """A collection by its name, made if there is none."""
        made = self._api.create_collection(
            name, metadata=metadata, configuration=configuration, get_or_create=True, **self._place
        )
        return self._collection(made)

    def delete_collection(self, name: str) -> None:
        """Delete a collection by its name."""
        self._api.delete_collection(name, **self._place)

    def touched(self) -> None:
        """Nothing says whether somebody else has written, but the state itself."""

    def close(self) -> None:
        """Let go of the connection."""
        self._session.close()

    def _collection(self, model: Any) -> Collection:
        return Collection(client=self._api, model=model, embedding_function=None)


def session(server: Server) -> httpx.Client:
    """What sends requests to a server: with its token, only there, and with errors that say what to do."""

    class Session(httpx.Client):
        def request(self, *given: Any, **more: Any) -> httpx.Response:
            try:
                response = super().request(*given, **more)
            except httpx.HTTPError as error:
                raise _unreachable(server, error) from error
            if fault := _fault(server, response):
                raise fault
            return response

    headers = {"content-type": "application/json", "user-agent": "arxivqa"}
    if server.token is not None:
        headers["x-chroma-token"] = server.token
    return Session(
        headers=headers,
        timeout=httpx.Timeout(_ANSWER, connect=_CONNECT),
        follow_redirects=False,
        trust_env=not is_loopback(server.url),  # or the environment's proxy would get what is meant for this machine
        verify=trusted(),
    )


def _unreachable(server: Server, error: Exception) -> ServerError:
    why = said(server, str(error)) or type(error).__name__
    return ServerError(
        f"The Chroma server {server.url} cannot be reached ({why}). What is in the library stays in. See whether the "
        "server runs (chroma run --path FOLDER starts one) and whether ARXIVQA_CHROMA is its address, and do this "
        "again."
    )


def _fault(server: Server, response: httpx.Response) -> ServerError | None:
    """What is wrong with an answer that Chroma's own client would not understand; None where it would."""
    status, is_json = response.status_code, response.headers.get("content-type", "") == "application/json"
    if status in (401, 403):
        token = "does not accept the token" if server.token else "wants a token"
        return ServerError(
            f"The Chroma server {server.url} {token} (HTTP {status}). Set ARXIVQA_CHROMA_TOKEN to one that it accepts."
        )
    if status in (502, 503, 504):
        return _unreachable(server, RuntimeError(f"what stands before it answers HTTP {status}"))
    if response.request.url.path.endswith("/version"):
        return None  # asked of whatever may be there
    if status < 300 and is_json:
        return None
    answer = _json(response)
    error = answer.get("error") if isinstance(answer, dict) else None
    if error in ("QuotaError", "RateLimitError"):
        return ServerError(
            f"The Chroma server {server.url} refuses more for now: {said(server, str(answer.get('message')))}. What is "
            "in the library stays in. Do this again later, or have the limit raised."
        )
    if error in error_types:
        return None  # which its client raises
    return ServerError(
        f"The Chroma server {server.url} answers what no Chroma does (HTTP {status}: "
        f"{said(server, response.text) or 'nothing'}). See what stands between, and do this again."
    )


def _json(response: httpx.Response) -> Any:
    try:
        return json.loads(response.content)
    except (ValueError, RecursionError):
        return None


def said(server: Server, text: str) -> str:
    """The beginning of what a server says, on one line, without the token in case it sends that back."""
    if server.token:
        text = text.replace(server.token, "[token]")
    text = visible(text[: 4 * _SHOWN])
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
