"""The shell over a library whose record a Chroma server keeps: it works as ever, and what is wrong is said in words."""

from __future__ import annotations

import json
import platform
from dataclasses import replace
from pathlib import Path

import pytest

from tests.chroma import Chroma, answering, wanting
from tests.ui.cli.conftest import Run
from vectorstore.storage.server_address import Server

TOKEN = "ck-very-secret-token"
LISTING = """# ArXiv cs.CV --Mon, 4 Jan 2021
### 1.Counting Sheep from the Air  [ pdf ](https://arxiv.org/pdf/2101.00001.pdf)
>  A net counts flocks of sheep. It errs by two of them in a hundred.
"""


def variables(server: Server) -> dict[str, str]:
    given = {"ARXIVQA_CHROMA": server.url, "ARXIVQA_CHROMA_DATABASE": server.database}
    return given | ({"ARXIVQA_CHROMA_TOKEN": server.token} if server.token else {})


@pytest.fixture
def listing(tmp_path: Path) -> Path:
    """A listing of one paper."""
    file = tmp_path / "listing.txt"
    file.write_text(LISTING, encoding="utf-8")
    return file


def test_ingest_ask_find_and_look_after_a_library_on_a_server(
    arxivqa: Run, tmp_path: Path, chroma: Chroma, server: Server, listing: Path
) -> None:
    with wanting(chroma, TOKEN) as url:
        given = variables(replace(server, url=url, token=TOKEN))
        said = []

        def run(*arguments: str | Path, library: str = "one") -> str:
            done = arxivqa(*arguments, library=tmp_path / library, **given)
            said.append(done.stdout + done.stderr)
            assert done.returncode == 0, done.stderr
            return done.stdout

        assert f"1 paper in {url}" in run("ingest", listing)
        assert "2101.00001" in run("ask", "How much does the net that counts sheep err?", library="two")
        assert "Counting Sheep" in run("find", "--json", library="three")
        stats = json.loads(run("stats", "--json"))
        assert (stats["papers"], stats["server"].split()[0]) == (1, url)
        assert "wrong" not in run("doctor")
        run("backup", tmp_path / "copy.zip")
        refused = arxivqa("remove", "2101.00001", "--yes", library=tmp_path / "two", **given)
        assert (refused.returncode, "Traceback" in refused.stderr) == (1, False)
        assert f"is written to from another library folder or user of this machine, {platform.node()}" in refused.stderr
        assert "add --take-over to the command" in refused.stderr
        assert "1 removed" in run("remove", "2101.00001", "--yes", "--take-over", library="two")
        assert json.loads(run("stats", "--json"))["papers"] == 0
        run("restore", tmp_path / "copy.zip", "--take-over")
        assert "1 unchanged" in run("ingest", "--rebuild", listing)
        assert TOKEN not in run("config") + run("config", "--json")
    assert not [text for text in said if TOKEN in text or "Traceback" in text]


def test_what_is_wrong_with_a_server_is_said_without_a_traceback(
    arxivqa: Run, tmp_path: Path, chroma: Chroma, server: Server, listing: Path
) -> None:
    def refusal(place: Server, **more: str) -> str:
        done = arxivqa("ingest", listing, library=tmp_path / "library", **(variables(place) | more))
        assert done.returncode != 0
        assert "Traceback" not in done.stderr
        assert TOKEN not in done.stdout + done.stderr
        return done.stderr

    assert "has no database 'nothing'" in refusal(server, ARXIVQA_CHROMA_DATABASE="nothing")
    assert "has no tenant 'nobody'" in refusal(server, ARXIVQA_CHROMA_TENANT="nobody")
    with wanting(chroma, "another") as url:
        assert "does not accept the token" in refusal(replace(server, url=url, token=TOKEN))
    assert f"{url} cannot be reached" in refusal(replace(server, url=url))
    with answering(lambda *_: (200, "application/json", b'"0.6.3"')) as url:
        assert "has version 0.6.3, and this program needs 1.x" in refusal(replace(server, url=url))
    with answering(lambda *_: (200, "text/html", b"<title>router</title>")) as url:
        assert "is no Chroma server" in refusal(replace(server, url=url))
    for wrong in (f"http://me:{TOKEN}@127.0.0.1:8000", "127.0.0.1:8000", "ftp://127.0.0.1"):
        assert "ARXIVQA_CHROMA cannot be that. Allowed: a Chroma server's address" in refusal(
            server, ARXIVQA_CHROMA=wrong
        )


def test_a_server_killed_between_two_commands_loses_nothing(
    arxivqa: Run, tmp_path: Path, chroma: Chroma, server: Server, listing: Path
) -> None:
    given = {"library": tmp_path / "library", **variables(server)}
    assert arxivqa("ingest", listing, **given).returncode == 0
    chroma.kill()
    away = arxivqa("find", **given)
    assert (away.returncode, away.stdout) != (0, "")
    assert f"The Chroma server {server.url} cannot be reached" in away.stderr
    chroma.start()
    assert "2101.00001" in arxivqa("find", **given).stdout
