"""Serving the pages: ports, hosts, headers, and what stays shut. The pages over a real, empty library need no model."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from qa.assistant import Assistant
from qa.settings import Settings
from tests.ui.web.visiting import Visitor
from ui.web import Server, serve
from vectorstore import InputError

Visit = Callable[[Server], Visitor]


def test_a_busy_port_gives_way_to_the_next_free_one(assistant: Assistant, settings: Settings, visitor: Visit) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with serve(assistant, port=port, settings=settings) as server:
            chosen = int(server.url.rstrip("/").rpartition(":")[2])
            assert chosen > port
            assert visitor(server).client.get("/").status_code == 200


def test_an_address_that_is_not_this_machine_is_refused_in_words(assistant: Assistant, settings: Settings) -> None:
    for host in ("192.0.2.1", "no such host"):
        with pytest.raises(InputError, match="not an address of this machine"):
            serve(assistant, host=host, settings=settings)


def test_nobody_is_let_in_from_elsewhere_before_there_are_users(
    assistant: Assistant, settings: Settings, tmp_path: Path
) -> None:
    nobody = settings.model_copy(update={"users": tmp_path / "users.json"})
    with pytest.raises(InputError, match="arxivqa users add NAME"):
        serve(assistant, host="0.0.0.0", port=0, settings=nobody)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("page", ["/", "/papers", "/library"])
def test_the_browser_is_told_to_keep_every_request_at_home(at_home: Server, visitor: Visit, page: str) -> None:
    answer = visitor(at_home).client.get(page)
    assert answer.status_code == 200
    policy = answer.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "connect-src 'self'" in policy
    assert "http" not in policy
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "server" not in answer.headers
    assert '"analytics_enabled":false' in answer.text
    assert '"footer_links":[]' in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/docs",
        "/openapi.json",
        "/monitoring",
        "/login",
        "/gradio_api/runs",
        "/gradio_api/mcp/",
        "/gradio_api/deep_link?session_hash=a",
        "/gradio_api/vibe-code",
        "/gradio_api/proxy=https://example.hf.space/",
        "/gradio_api/file=http://127.0.0.1:1/",
        "/gradio_api/file=/etc/passwd",
    ],
)
def test_what_the_pages_do_not_need_is_shut(at_home: Server, visitor: Visit, path: str) -> None:
    assert visitor(at_home).client.get(path).status_code in (403, 404)


def test_another_site_cannot_make_the_browser_do_anything_here(at_home: Server, visitor: Visit) -> None:
    client = visitor(at_home).client
    for origin in ("https://example.org", "null", "http://127.0.0.1:1", "http://[", ""):
        answer = client.post("/gradio_api/queue/join", json={}, headers={"origin": origin})
        assert (answer.status_code, "another site" in answer.text) == (403, True)
    own = at_home.url.rstrip("/")
    assert client.post("/gradio_api/queue/join", json={}, headers={"origin": own}).status_code == 422


def test_a_name_that_was_bent_to_this_machine_is_refused(at_home: Server, visitor: Visit) -> None:
    client = visitor(at_home).client
    port = at_home.url.rstrip("/").rpartition(":")[2]
    answer = client.get("/", headers={"host": f"rebound.example.org:{port}"})
    assert (answer.status_code, "--host" in answer.text) == (421, True)
    assert client.get("/", headers={"host": "[::1"}).status_code == 421
    assert client.get("/", headers={"host": f"localhost:{port}"}).status_code == 200
    assert client.get("/", headers={"host": f"[::1]:{port}"}).status_code == 200


@pytest.mark.parametrize("file", ["/etc/passwd", "http://127.0.0.1:1/listing.txt", "https://example.org/listing.txt"])
def test_a_file_that_was_not_uploaded_is_neither_read_nor_fetched(at_home: Server, visitor: Visit, file: str) -> None:
    named = {"path": file, "meta": {"_type": "gradio.FileData"}}
    assert visitor(at_home).call("take", [[named], None])["success"] is False


def test_an_upload_past_the_limit_is_refused_before_it_is_kept(at_home: Server, visitor: Visit) -> None:
    guest = visitor(at_home)
    assert guest.upload("small.txt", b"x" * (1 << 20)).status_code == 200
    assert guest.upload("large.txt", b"x" * 1_200_000).status_code == 413
    assert guest.client.post("/gradio_api/upload", content=iter([b"of no stated length"])).status_code == 411
    assert guest.client.post("/gradio_api/queue/join", content=b"x" * 9_000_000).status_code == 413


def test_an_upload_stays_in_its_folder_whatever_it_is_called(at_home: Server, visitor: Visit) -> None:
    guest = visitor(at_home)
    places = [Path(guest.upload(name, b"x").json()[0]) for name in ("plain.txt", "../../../escaped.txt", "/etc/motd")]
    folder = places[0].parents[1]
    assert folder.stat().st_mode & 0o777 == 0o700
    assert all(place.resolve().parents[1] == folder.resolve() for place in places)


def test_a_closed_server_frees_its_port_deletes_uploads_and_leaves_the_assistant_open(
    assistant: Assistant, settings: Settings, visitor: Visit
) -> None:
    with serve(assistant, port=0, settings=settings) as server:
        port = int(server.url.rstrip("/").rpartition(":")[2])
        upload = Path(visitor(server).upload("left.txt", b"left behind").json()[0])
        assert upload.exists()
    assert not upload.exists()
    with socket.socket() as again:
        again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        again.bind(("127.0.0.1", port))
    assert assistant.stats().papers == 0


def test_the_stylesheet_names_every_colour_in_both_modes() -> None:
    style = (Path(__file__).parents[3] / "ui" / "web" / "static" / "style.css").read_text(encoding="utf-8")
    light, dark = style.partition(":root {")[2].partition("}")[0], style.partition(".dark {")[2].partition("}")[0]
    names = {line.split(":")[0].strip() for line in light.splitlines() if "#" in line}
    assert names
    assert names == {line.split(":")[0].strip() for line in dark.splitlines() if "#" in line}
    assert "url(" not in style
    assert "@import" not in style
