"""`arxivqa doctor`, `backup`, `restore` and `remove`: what they say, what they ask, and how they end."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from vectorstore.library import Library
from vectorstore.storage.file_lock import writer_lock

Run = Callable[..., subprocess.CompletedProcess[str]]

LISTING = "000_cdcf8936b632e156.txt"


@pytest.fixture
def copy(seeds_library: Path, tmp_path: Path) -> Path:
    """A library of the seeds that may be written to."""
    return Path(shutil.copytree(seeds_library, tmp_path / "copy"))


def test_the_doctor_prints_each_check_and_repairs_when_told_to(arxivqa: Run, copy: Path) -> None:
    shutil.rmtree(copy / "fulltext")
    done = arxivqa("doctor", library=copy)
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert [line[6:16].strip() for line in lines] == ["lock", "record", "last write", "model", "vectors", "full text"]
    assert [line.startswith("ok ") for line in lines] == [True, True, True, True, True, False]
    assert "arxivqa doctor --repair" in done.stderr
    repaired = arxivqa("doctor", "--repair", library=copy)
    assert repaired.returncode == 0
    assert repaired.stdout.splitlines()[-1].startswith("ok    full text")
    assert "full-text index level with the record" in repaired.stderr
    told = [json.loads(line) for line in arxivqa("doctor", "--json", library=copy).stdout.splitlines()]
    assert [finding["well"] for finding in told] == [True] * 6


def test_a_backup_is_restored_into_another_folder(arxivqa: Run, copy: Path, tmp_path: Path) -> None:
    file = tmp_path / "copy.zip"
    done = arxivqa("backup", file, library=copy)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("249 papers, as they were at ")
    restored = arxivqa("restore", file, "--json", library=tmp_path / "new")
    assert json.loads(restored.stdout)["papers"] == 249
    shown = ("show", "2009.14376", "--json")
    assert arxivqa(*shown, library=tmp_path / "new").stdout == arxivqa(*shown, library=copy).stdout
    refused = arxivqa("restore", file, library=copy)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "--force" in refused.stderr
    assert arxivqa("restore", file, "--force", library=copy).returncode == 0


def test_an_altered_backup_is_refused(arxivqa: Run, copy: Path, tmp_path: Path) -> None:
    file = tmp_path / "copy.zip"
    arxivqa("backup", file, library=copy)
    file.write_bytes(file.read_bytes()[:-1] + b"?")
    done = arxivqa("restore", file, library=tmp_path / "new")
    assert (done.returncode, done.stdout) == (1, "")
    assert "checksum" in done.stderr
    assert not (tmp_path / "new").exists()


def test_a_removal_shows_what_would_go_and_does_it_when_told_to(arxivqa: Run, copy: Path) -> None:
    shown = arxivqa("remove", "--listing", LISTING, library=copy)
    assert shown.returncode == 1
    assert shown.stdout.startswith("24 papers are removed:\n  ")
    assert shown.stdout.endswith("and 14 more\n")
    assert "--yes" in shown.stderr
    assert json.loads(arxivqa("remove", "--listing", LISTING, "--json", library=copy).stdout)["remove"] == 24
    done = arxivqa("remove", "--listing", LISTING, "--yes", library=copy)
    assert done.returncode == 0
    assert done.stdout.endswith(f"24 removed; 225 papers in {copy}\n")
    told = json.loads(arxivqa("remove", "2009.14376", "--yes", "--json", library=copy).stdout)
    assert told == {"removed": 1, "kept": 0, "papers": 224}
    again = arxivqa("remove", "2009.14376v2", "--yes", library=copy)
    assert (again.returncode, again.stdout) == (0, "No paper is removed.\n")


def test_a_removal_of_nothing_in_particular_is_wrong_usage(arxivqa: Run, copy: Path) -> None:
    done = arxivqa("remove", "--yes", library=copy)
    assert (done.returncode, done.stdout) == (2, "")
    missing = arxivqa("remove", "--listing", "none.txt", "--yes", library=copy)
    assert missing.returncode == 1
    assert "none.txt" in missing.stderr


@pytest.mark.parametrize(("typed", "status", "left"), [("n\n", 1, 249), ("y\n", 0, 248)])
def test_a_removal_on_a_terminal_asks_first(
    on_terminal: Callable[..., tuple[int, str]], copy: Path, typed: str, status: int, left: int
) -> None:
    ended, shown = on_terminal("remove", "2009.14376", library=copy, typed=typed)
    assert ended == status
    assert "1 paper is removed" in shown
    assert "Remove them?" in shown
    with Library.open(copy) as library:
        assert library.count() == left


def test_a_writer_waits_for_another_one_and_says_for_whom(arxivqa: Run, copy: Path) -> None:
    said = threading.Event()

    def write() -> None:
        with writer_lock(copy):
            said.set()
            threading.Event().wait(1)

    writing = threading.Thread(target=write)
    writing.start()
    said.wait()
    done = arxivqa("remove", "2009.14376", "--yes", library=copy)
    writing.join()
    assert done.returncode == 0
    assert done.stderr.startswith(f"arxivqa: Waiting for process {os.getpid()} (")
    with writer_lock(copy):
        refused = arxivqa("remove", "2010.02430", "--yes", "--wait", "0", library=copy)
    assert refused.returncode == 1
    assert f"is being written by process {os.getpid()} (" in refused.stderr
