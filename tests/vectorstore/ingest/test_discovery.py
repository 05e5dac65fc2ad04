"""Places as a user names them: files, folders, patterns, standard input."""

from __future__ import annotations

import gzip
import io
import shutil
import sys
from pathlib import Path

import pytest

from vectorstore import Paper, Reject
from vectorstore.ingest import Reference, find_inputs, read_papers
from vectorstore.ingest.reader import Found

ROOT = Path(__file__).parents[3]
SEEDS = ROOT / "seeds"
DATA = ROOT / "tests" / "data"


def read_all(*places: Path | str) -> list[Found]:
    return list(read_papers(find_inputs(map(str, places))))


def count(found: list[Found]) -> int:
    return len({one.arxiv_id for one in found if isinstance(one, Paper)})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "inner").mkdir()
    shutil.copy(SEEDS / "000_cdcf8936b632e156.txt", tmp_path / "one.txt")
    (tmp_path / "inner" / "two.gz").write_bytes(gzip.compress((SEEDS / "004_53eea74d32a0d151.txt").read_bytes()))
    shutil.copy(DATA / "snapshot.jsonl", tmp_path / "inner")
    shutil.copy(DATA / "references.bib", tmp_path)
    (tmp_path / "ids.txt").write_text("2009.14376\n")
    (tmp_path / "notes.txt").write_text("These are my papers.\n")
    return tmp_path


def test_a_folder_gives_what_papers_can_be_read_from_and_no_lists_of_wishes(folder: Path) -> None:
    found = read_all(folder)
    assert count(found) == 24 + 47 + 5
    assert not [one for one in found if isinstance(one, Reference)]
    skipped = {Path(one.file).name: one.reason for one in found if isinstance(one, Reject) and one.kind == "skipped"}
    assert set(skipped) == {"references.bib", "ids.txt", "notes.txt"}
    assert skipped["ids.txt"] == "names papers, and is used only where it is named itself"


def test_a_pattern_names_files_and_one_that_matches_nothing_says_so(folder: Path) -> None:
    assert count(read_all(folder / "*.txt", folder / "one.txt")) == 24
    assert count(read_all(folder / "**" / "*.gz")) == 47
    (refusal,) = read_all(folder / "*.md")
    assert str(refusal) == f"{folder}/*.md: matches no file"


def test_a_file_whose_name_is_a_pattern_is_itself(folder: Path) -> None:
    (folder / "one.txt").rename(folder / "[a-z]*.txt")
    assert count(read_all(folder / "[a-z]*.txt")) == 24


def test_standard_input_is_read_whatever_it_holds(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for path, papers in ((folder / "one.txt", 24), (folder / "inner" / "two.gz", 47)):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(path.read_bytes())))
        found = read_all("-")
        assert count(found) == papers
        assert {one.sources[0].file for one in found if isinstance(one, Paper)} == {"standard input"}


def test_what_cannot_be_opened_is_refused(tmp_path: Path) -> None:
    (refusal,) = read_all(tmp_path / "missing.zip")
    assert str(refusal) == f"{tmp_path}/missing.zip: no such file or folder"
