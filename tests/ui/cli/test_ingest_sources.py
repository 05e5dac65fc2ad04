"""`arxivqa ingest` and `update` from arXiv, snapshots, archives, pipes and lists of papers; `find --ids`."""

from __future__ import annotations

import gzip
import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.vectorstore.ingest.replaying import Fault, Replay, in_its_place
from vectorstore.ingest.arxiv import client
from vectorstore.library import Library

Run = Callable[..., subprocess.CompletedProcess[str]]

ROOT = Path(__file__).resolve().parents[3]
DATA = ROOT / "tests" / "data"
SEED = ROOT / "seeds" / "000_cdcf8936b632e156.txt"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Replay]:
    """arXiv's API on this machine, asked without pauses."""
    with in_its_place(monkeypatch) as replay:
        yield replay


@pytest.fixture
def copy(seeds_library: Path, tmp_path: Path) -> Path:
    """A library of the seeds that may be written to."""
    return Path(shutil.copytree(seeds_library, tmp_path / "copy"))


def test_a_category_is_fetched_followed_updated_and_forgotten(arxivqa: Run, server: Replay, tmp_path: Path) -> None:
    library = tmp_path / "library"
    last = server.entries.pop()
    done = arxivqa("ingest", "arxiv:cs.CV", "--since", "2024-01-02", "--json", library=library)
    told = json.loads(done.stdout)
    assert (done.returncode, told["added"], told["refused"]) == (1, 3, 1)
    assert told["refusals"][0]["reason"] == "the record has no abstract"

    listed = arxivqa("update", "--list", library=library)
    assert listed.stdout == "arxiv:cs.CV  since 2024-01-02, fetched up to 2024-01-05 10:00 UTC\n"

    server.entries.append(last)
    news = json.loads(arxivqa("update", "--json", library=library).stdout)
    assert (news["added"], news["replaced"], news["papers"]) == (1, 0, 4)
    assert news["queries"] == [{"query": "arxiv:cs.CV", "added": 1, "replaced": 0}]
    again = arxivqa("update", "cs.CV", library=library)
    assert "arxivqa: arxiv:cs.CV: 0 new, 0 replaced\n" in again.stderr

    assert "is not followed. What is: arxiv:cs.CV" in arxivqa("update", "cs.LG", library=library).stderr
    gone = arxivqa("update", "cs.CV", "--forget", library=library)
    assert gone.stdout == "No longer followed: arxiv:cs.CV. Its papers stay in the library.\n"
    none = arxivqa("update", library=library)
    assert (none.returncode, none.stdout) == (1, "")
    assert "arxivqa ingest arxiv:cs.CV --since" in none.stderr

    withdrawn = arxivqa("find", "--id", "2401.00003", library=library).stdout
    assert "  withdrawn · 2401.00003v2 · 2024-01-03 · cs.CV · Dora Example\n" in withdrawn
    shown = arxivqa("show", "2401.00002", library=library).stdout
    assert "standing:   replaced 2024-01-20\n" in shown
    assert "read from:  arXiv API\n" in shown


def test_a_fetch_that_is_cut_off_says_what_is_in_and_goes_on(arxivqa: Run, server: Replay, tmp_path: Path) -> None:
    library = tmp_path / "library"
    server.faults = [None, *[Fault(500)] * 4]
    cut = arxivqa("ingest", "arxiv:cs.CV", "--since", "2024-01-01", library=library)
    assert (cut.returncode, cut.stdout) == (1, "")
    assert "3 added, 0 replaced, 0 unchanged before it stopped." in cut.stderr
    assert "arXiv failed 4 times with HTTP 500. What came before is kept" in cut.stderr
    assert "not whole yet" in arxivqa("update", "--list", library=library).stdout
    done = arxivqa("ingest", "arxiv:cs.CV", "--since", "2024-01-01", library=library)
    assert "; 5 papers in " in done.stdout


@pytest.mark.usefixtures("server")
def test_a_query_that_finds_nothing_says_so(arxivqa: Run, copy: Path) -> None:
    done = arxivqa("ingest", "arxiv:cs.CV", "--since", "2030", "--until", "2031", library=copy)
    assert done.returncode == 0
    assert "; 249 papers in " in done.stdout
    assert "arxiv:cs.CV: nothing came from arXiv." in done.stderr


def test_papers_of_a_list_are_reported_when_missing_and_fetched_on_demand(
    arxivqa: Run, server: Replay, copy: Path, tmp_path: Path
) -> None:
    wanted = tmp_path / "wanted.txt"
    wanted.write_text("arXiv:2009.14376\nhttps://arxiv.org/abs/2401.00006\n")
    asked = arxivqa("ingest", wanted, library=copy)
    assert asked.returncode == 1
    assert f"missing: {wanted}:2: 2401.00006 is not in the library\n" in asked.stderr
    assert "Add --fetch to ask arXiv" in asked.stderr
    assert "; 1 of the 2 papers named are in; 249 papers in " in asked.stdout
    assert server.asked == []
    assert json.loads(arxivqa("ingest", wanted, "--json", library=copy).stdout)["missing"] == ["2401.00006"]

    found = arxivqa("find", "--ids", wanted, "--json", library=copy)
    assert [json.loads(line)["arxiv_id"] for line in found.stdout.splitlines()] == ["2009.14376"]
    assert found.stderr == "arxivqa: Not in the library: 2401.00006.\n"

    fetched = arxivqa("ingest", wanted, "--fetch", library=copy)
    assert fetched.returncode == 0
    assert "1 added" in fetched.stdout
    assert "; 2 of the 2 papers named are in; 250 papers in " in fetched.stdout
    assert arxivqa("find", "--ids", DATA / "references.bib", "--json", library=copy).stdout.count("\n") == 2


def test_a_snapshot_is_filtered_while_it_is_read(arxivqa: Run, tmp_path: Path) -> None:
    packed = tmp_path / "snapshot.json.gz"
    packed.write_bytes(gzip.compress((DATA / "snapshot.jsonl").read_bytes()))
    done = arxivqa("ingest", packed, "--category", "cs", "--since", "2024", library=tmp_path / "library")
    assert "2 added" in done.stdout
    assert "snapshot.json.gz:6: the record has no abstract" in done.stderr
    with Library.open(tmp_path / "library") as library:
        assert {paper.arxiv_id for paper in library.papers()} == {"2401.00003", "2401.00005"}


def test_archives_patterns_and_pipes_are_places(arxivqa: Run, copy: Path, tmp_path: Path) -> None:
    shutil.make_archive(str(tmp_path / "seeds"), "gztar", SEED.parent)
    done = arxivqa("ingest", tmp_path / "*.tar.gz", "-", library=copy, stdin=SEED.read_bytes())
    assert done.returncode == 0
    # What came through the pipe stands in one more place than before.
    assert done.stdout.startswith("0 added, 24 replaced, 225 unchanged, 0 refused in ")


def test_without_a_network_it_says_so(arxivqa: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(client, "ADDRESS", "http://127.0.0.1:1/api/query")
    done = arxivqa("ingest", "arxiv:2009.14376", library=tmp_path / "library")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("arxivqa: arXiv cannot be reached (the connection was refused).")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["ingest"], "Say what to read: arxivqa ingest PLACE..."),
        (["ingest", "seeds", "--since", "2024", "--until", "2023"], "no paper can meet both"),
        (["ingest", "arxiv:nothing at all"], "Name a category (arxiv:cs.CV)"),
        (["update", "--forget"], "Say which to forget"),
        (["update", "--list", "cs.CV"], "--list stands alone"),
        (["find", "--ids", str(ROOT / "LICENSE")], "names no paper on arXiv"),
    ],
)
def test_wrong_usage_says_what_is_right(arxivqa: Run, tmp_path: Path, arguments: list[str], said: str) -> None:
    done = arxivqa(*arguments, library=tmp_path / "library")
    assert done.returncode in (1, 2)
    assert said in done.stderr
