"""What keeps one from using a Chroma server, each said in its own words, without the token."""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from tests.chroma import Answer, Chroma, answering, wanting
from tests.vectorstore.writers import ALL
from vectorstore import InputError, LibraryError
from vectorstore.library import Library
from vectorstore.storage.chroma_server import ChromaServer
from vectorstore.storage.server_address import Server

TOKEN = "ck-very-secret-token"
Heard = Mapping[str, str]


def refusal(server: Server) -> str:
    with pytest.raises(LibraryError) as refused:
        ChromaServer(server)
    assert TOKEN not in str(refused.value)
    return str(refused.value)


def test_a_token_opens_what_wants_one_and_is_shown_nowhere(tmp_path: Path, chroma: Chroma, server: Server) -> None:
    with wanting(chroma, TOKEN) as url:
        behind = replace(server, url=url, token=TOKEN)
        with Library.open(tmp_path, create=True, server=behind) as library:
            assert library.ingest(ALL[:4]).added == 4
            assert library.count() == 4
            assert TOKEN not in f"{library.stats()} {library.server!r} {library.server}"
        assert "wants a token" in refusal(replace(behind, token=None))
        wrong = refusal(replace(behind, token=f"not-{TOKEN}"))
        assert "does not accept the token" in wrong
        assert "ARXIVQA_CHROMA_TOKEN" in wrong
        assert not [file for file in tmp_path.rglob("*") if file.is_file() and TOKEN.encode() in file.read_bytes()]


def test_a_token_that_a_server_sends_back_is_not_passed_on() -> None:
    def echo(_: str, path: str, headers: Heard, __: bytes) -> Answer:
        if path.endswith("/version"):
            return 200, "application/json", b'"1.0.0"'
        return 500, "text/plain", f"no {headers['x-chroma-token']} \x1b[31m here".encode()

    with answering(echo) as url:
        said = refusal(Server(url, token=TOKEN))
    assert "no [token] [31m here" in said


def test_a_tenant_or_a_database_that_is_not_there_is_named(server: Server) -> None:
    assert "has no tenant 'nobody'. Correct ARXIVQA_CHROMA_TENANT" in refusal(replace(server, tenant="nobody"))
    assert "has no database 'nothing'. Correct ARXIVQA_CHROMA_DATABASE" in refusal(replace(server, database="nothing"))


def test_a_database_without_a_library_says_how_to_make_one(tmp_path: Path, server: Server) -> None:
    with pytest.raises(LibraryError, match=rf"There is no library on {server.url} .*arxivqa ingest"):
        Library.open(tmp_path, server=server)


def test_a_collection_of_another_program_is_left_alone(tmp_path: Path, server: Server) -> None:
    with closing(ChromaServer(server)) as connection:
        connection.create_collection("papers", {"of": "somebody else"})
        for use in (Library.open, Library.rebuild, partial(Library.open, create=True)):
            with pytest.raises(LibraryError, match=r"'papers' on .* is not a library of arxivqa\. Name another"):
                use(tmp_path, server=server)
        assert connection.get_collection("papers").metadata == {"of": "somebody else"}


def test_where_nothing_listens_it_says_how_to_start_a_server() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
        said = refusal(Server(url))
    assert said.startswith(f"The Chroma server {url} cannot be reached (")
    assert "chroma run --path FOLDER" in said


def test_a_name_that_no_machine_has_is_said() -> None:
    assert "cannot be reached" in refusal(Server("http://no-such-machine.invalid:8000"))


@pytest.mark.parametrize("version", ["0.4.24", "0.5.23"])
def test_a_server_of_an_old_version_is_refused(version: str) -> None:
    def old(_: str, path: str, __: Heard, ___: bytes) -> Answer:
        if path == "/api/v1/version":
            return 200, "application/json", json.dumps(version).encode()
        return 404, "application/json", b'{"detail":"Not Found"}'

    with answering(old) as url:
        assert f"{url} has version {version}, and this program needs 1.x" in refusal(Server(url))


@pytest.mark.parametrize("version", ["0.6.3", "2.0.0"])
def test_a_server_of_another_version_with_this_address_scheme_is_refused(version: str) -> None:
    with answering(lambda *_: (200, "application/json", json.dumps(version).encode())) as url:
        assert f"has version {version}, and this program needs 1.x" in refusal(Server(url))


@pytest.mark.parametrize(
    "answer",
    [
        (200, "text/html", b"<h1>It works!</h1>"),
        (200, "application/json", b"{}"),
        (404, "text/plain", b"404 page not found"),
        (302, "text/html", b"elsewhere"),
        (500, "text/plain", b""),
    ],
)
def test_what_is_no_chroma_is_told_apart(answer: Answer) -> None:
    with answering(lambda *_: answer) as url:
        assert f"What answers at {url} is no Chroma server. Correct ARXIVQA_CHROMA" in refusal(Server(url))


def test_a_gateway_whose_server_is_down_is_told_apart() -> None:
    with answering(lambda *_: (502, "text/html", b"<h1>Bad gateway</h1>")) as url:
        assert "cannot be reached (what stands before it answers HTTP 502)" in refusal(Server(url))


def test_a_quota_is_said_in_the_servers_words(server: Server) -> None:
    def limited(_: str, path: str, __: Heard, ___: bytes) -> Answer:
        if path.endswith("/version"):
            return 200, "application/json", b'"1.0.0"'
        return 400, "application/json", b'{"error":"QuotaError","message":"300 records a write"}'

    with answering(limited) as url:
        said = refusal(replace(server, url=url))
    assert "refuses more for now: 300 records a write." in said


def test_nothing_for_this_machine_goes_to_a_proxy(monkeypatch: pytest.MonkeyPatch, server: Server) -> None:
    asked: list[str] = []

    def proxy(_: str, path: str, __: Heard, ___: bytes) -> Answer:
        asked.append(path)
        return 502, "text/plain", b""

    with answering(proxy) as url:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, url)
        ChromaServer(server).close()
    assert not asked


@pytest.mark.parametrize(
    "url",
    [
        "127.0.0.1:8000",
        "ftp://127.0.0.1:8000",
        "http://",
        "http://me:word@127.0.0.1:8000",
        "http://127.0.0.1:99999",
        "http://127.0.0.1:8000?token=word",
        "http://127.0.0.1:8000\n",
    ],
)
def test_an_address_that_is_none_is_refused_and_not_shown(url: str) -> None:
    with pytest.raises(InputError, match="That is no address of a Chroma server") as refused:
        Server(url)
    assert "word" not in str(refused.value).replace("password", "")


@pytest.mark.parametrize("given", [{"token": "with\nline"}, {"tenant": "../up"}, {"database": "a/b"}, {"token": ""}])
def test_what_cannot_stand_in_a_request_is_refused(given: dict[str, str]) -> None:
    with pytest.raises(InputError):
        Server("http://127.0.0.1:8000", **given)
