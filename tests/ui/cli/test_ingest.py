"""`arxivqa ingest`: what goes in, what is refused, and who holds the lock."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from vectorstore import Filters
from vectorstore.ingest.listings import read_listing
from vectorstore.library import Library
from vectorstore.storage.file_lock import writer_lock

Run = Callable[..., subprocess.CompletedProcess[str]]

SEEDS = Path(__file__).resolve().parents[3] / "seeds"
FIELDED = """# Arxiv Papers in cs.CV on 2021-02-03
### A First Paper On Zebras
- **Arxiv ID**: http://arxiv.org/abs/2102.00001v1
- **DOI**: None
- **Categories**: **cs.CV**
- **Links**: [PDF](http://arxiv.org/pdf/2102.00001v1)
- **Published**: 2021-02-01 00:13:49+00:00
- **Updated**: 2021-02-01 00:13:49+00:00
- **Authors**: Ana Example
- **Comment**: None
- **Journal**: None
- **Summary**: We count the stripes of zebras in photographs.



### A Paper Without An Id
- **Summary**: This record says nothing of where it belongs.



"""


@pytest.fixture
def copy(seeds_library: Path, tmp_path: Path) -> Path:
    """A library of the seeds that may be written to."""
    return Path(shutil.copytree(seeds_library, tmp_path / "copy"))


def test_ingesting_again_changes_nothing(arxivqa: Run, copy: Path) -> None:
    done = arxivqa("ingest", SEEDS, library=copy)
    assert done.returncode == 0
    assert done.stdout.startswith("0 added, 0 replaced, 249 unchanged, 0 refused in ")
    assert done.stdout.endswith(f" s; 249 papers in {copy}\n")
    assert "\x1b" not in done.stdout + done.stderr


def test_a_refused_record_is_named_the_others_go_in_and_the_status_is_1(arxivqa: Run, tmp_path: Path) -> None:
    listing = tmp_path / "listings" / "today.txt"
    listing.parent.mkdir()
    listing.write_text(FIELDED)
    library = tmp_path / "library"
    done = arxivqa("ingest", listing.parent, library=library)
    assert done.returncode == 1
    assert done.stdout.startswith("1 added, 0 replaced, 0 unchanged, 1 refused in ")
    line = FIELDED.split("### A Paper Without")[0].count("\n") + 1
    assert f"today.txt:{line}: " in done.stderr
    assert "Traceback" not in done.stderr
    again = json.loads(arxivqa("ingest", listing.parent, "--json", library=library).stdout)
    assert {name: again[name] for name in ("added", "unchanged", "refused", "papers")} == {
        "added": 0,
        "unchanged": 1,
        "refused": 1,
        "papers": 1,
    }
    (refusal,) = again["refusals"]
    assert refusal["line"] == line
    assert refusal["file"].endswith("today.txt")
    assert refusal["reason"]


def test_what_is_no_listing_gets_a_clear_word(arxivqa: Run, tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_bytes(b"")
    (tmp_path / "noise.txt").write_bytes(os.urandom(4096))
    for path in (tmp_path / "none.txt", tmp_path / "empty.txt", tmp_path / "noise.txt"):
        done = arxivqa("ingest", path, library=tmp_path / "library")
        assert done.returncode == 1
        assert path.name in done.stderr
        assert "Traceback" not in done.stderr
        assert "something went wrong" not in done.stderr


def test_other_files_in_a_folder_of_listings_are_passed_over_with_a_note(arxivqa: Run, tmp_path: Path) -> None:
    folder = tmp_path / "listings"
    folder.mkdir()
    shutil.copy(SEEDS / "000_cdcf8936b632e156.txt", folder)
    (folder / "README.txt").write_text("about these listings\n")
    (folder / "page.pdf").write_bytes(b"%PDF-1.7\0\0")
    done = arxivqa("ingest", folder, library=tmp_path / "library")
    assert done.returncode == 0
    assert "24 added" in done.stdout
    assert "0 refused" in done.stdout
    assert "skipped: " in done.stderr
    told = json.loads(arxivqa("ingest", folder, "--json", library=tmp_path / "library").stdout)
    assert told["refusals"] == []
    assert sorted(Path(row["file"]).name for row in told["skipped"]) == ["README.txt", "page.pdf"]


def test_a_busy_library_names_its_holder_and_can_be_read(arxivqa: Run, copy: Path) -> None:
    with writer_lock(copy):
        done = arxivqa("ingest", SEEDS, "--wait", "0", library=copy)
        assert (done.returncode, done.stdout) == (1, "")
        assert f"process {os.getpid()}" in done.stderr
        read = arxivqa("find", "--limit", "1", "--json", library=copy)
        assert read.returncode == 0
        assert json.loads(read.stdout)["arxiv_id"]


def test_a_full_disk_gets_a_clear_word_and_costs_nothing_that_was_in(arxivqa: Run, copy: Path, tmp_path: Path) -> None:
    listing = tmp_path / "today.txt"
    listing.write_text(FIELDED.split("### A Paper Without")[0])
    # No file may grow past 100 blocks, which the library's already have.
    command = ["bash", "-c", 'ulimit -f 100; exec "$0" -m ui.cli ingest "$1" --library "$2"']
    done = subprocess.run(
        [*command, sys.executable, str(listing), str(copy)],
        capture_output=True,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert "Writing to the library stopped" in done.stderr
    assert "Traceback" not in done.stderr
    again = arxivqa("ingest", listing, library=copy)
    assert again.returncode == 0
    assert "; 250 papers in " in again.stdout


def test_a_library_path_that_cannot_be_one_gets_a_clear_word(arxivqa: Run, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("not a folder")
    done = arxivqa("ingest", SEEDS, library=file / "library")
    assert (done.returncode, done.stdout) == (1, "")
    assert str(file) in done.stderr
    assert "something went wrong" not in done.stderr


def test_rebuild_makes_the_index_again_from_the_record(arxivqa: Run, tmp_path: Path) -> None:
    listing, library = tmp_path / "today.txt", tmp_path / "library"
    listing.write_text(FIELDED)
    arxivqa("ingest", listing, library=library)
    with Library.open(library) as opened:
        before = opened.stats()
    listing.unlink()
    done = arxivqa("ingest", "--rebuild", library=library)
    assert done.returncode == 0
    assert f"; 1 paper in {library}" in done.stdout
    with Library.open(library) as opened:
        assert opened.stats().generation > before.generation
        assert [paper.arxiv_id for paper in opened.papers()] == ["2102.00001"]
        assert opened.nearest(opened.embedder.embed(["zebras"])[0], Filters(), 1)[0][0] == "2102.00001"


def test_progress_on_a_terminal_is_a_bar(on_terminal: Callable[..., tuple[int, str]], tmp_path: Path) -> None:
    listing = tmp_path / "today.txt"
    listing.write_text(FIELDED.split("### A Paper Without")[0])
    status, shown = on_terminal("ingest", listing, library=tmp_path / "library")
    assert status == 0
    assert "1/1" in shown
    assert "1 added" in shown


def test_progress_in_a_log_says_how_much_of_the_input_was_read(
    arxivqa: Run, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for pause in ("_PAUSE", "_LATER"):
        monkeypatch.setattr(f"ui.cli.progress.{pause}", 0.0)
    done = arxivqa("ingest", SEEDS, library=copy)
    assert "ingesting: 249 of the 249 papers read so far (100 % of the input)\n" in done.stderr
    piped = arxivqa("ingest", "-", library=copy, stdin=FIELDED)
    assert "ingesting: 1 of the 1 papers read so far\n" in piped.stderr


def test_ctrl_c_says_what_is_in(arxivqa: Run, copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    papers = [paper for file in sorted(SEEDS.glob("*.txt")) for paper in read_listing(file)]

    def pressed(*_: object) -> Iterator[object]:
        for _ in range(12):  # several batches, all in already
            yield from papers
        raise KeyboardInterrupt

    monkeypatch.setattr("vectorstore.ingest.read_papers", pressed)
    done = arxivqa("ingest", SEEDS, library=copy)
    assert (done.returncode, done.stdout) == (130, "")
    assert "papers read are in; run this again for the others.\n" in done.stderr
