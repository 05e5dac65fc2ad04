"""Finding listings: files, folders, and everything that is neither."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from vectorstore import Paper, Reject
from vectorstore.ingest import find_listings
from vectorstore.ingest.listings import read_listing

LISTING = "### 1.One  [ pdf ](https://arxiv.org/pdf/1903.00001.pdf)\n>  First abstract. \n"


def names(found: list[Path | Reject]) -> list[str]:
    return [one.name for one in found if isinstance(one, Path)]


def refusals(found: list[Path | Reject]) -> dict[str, tuple[str, str]]:
    return {Path(one.file).name: (one.kind, one.reason) for one in found if isinstance(one, Reject)}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("b.md", "a.txt", "inner/c.listing", "inner/deeper/d", ".hidden.txt", ".git/e.txt"):
        path = tmp_path / "folder" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(LISTING)
    return tmp_path / "folder"


@pytest.fixture
def locked() -> Iterator[Path]:
    """A folder in which nothing may be read, by a user whom permissions hold (they do not hold root)."""
    path = Path(tempfile.mkdtemp())
    (path / "secret.txt").write_text(LISTING)
    (path / "vault").mkdir()
    (path / "secret.txt").chmod(0)
    (path / "vault").chmod(0)
    path.chmod(0o755)
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    yield path
    if user == 0:
        os.seteuid(0)
    (path / "vault").chmod(0o700)
    shutil.rmtree(path)


def test_a_folder_gives_its_listings_in_order_whatever_their_names_end_in(folder: Path) -> None:
    found = list(find_listings([folder]))
    assert names(found) == ["a.txt", "b.md", "c.listing", "d"]
    assert len(found) == 4


def test_files_of_other_kinds_in_a_folder_are_passed_over_with_a_word(folder: Path) -> None:
    (folder / "README.md").write_text("# arXiv listings\n\nOf cs.CV.\n")
    (folder / "figure.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    (folder / "empty.txt").write_text("")
    os.mkfifo(folder / "pipe")
    (folder / "gone.txt").symlink_to("nowhere")
    found = list(find_listings([folder]))
    assert names(found) == ["a.txt", "b.md", "c.listing", "d"]
    said = refusals(found)
    assert {name: reason.split(":")[0] for name, (_, reason) in said.items()} == {
        "README.md": "is not a listing",
        "figure.png": "is a binary file, not a listing",
        "empty.txt": "is empty",
        "pipe": "is not a regular file",
        "gone.txt": "is a broken symbolic link",
    }
    assert {kind for kind, _ in said.values()} == {"skipped"}


def test_a_listing_in_another_encoding_in_a_folder_is_not_passed_over(folder: Path) -> None:
    (folder / "utf16.txt").write_bytes(LISTING.encode("utf-16"))
    kind, reason = refusals(list(find_listings([folder])))["utf16.txt"]
    assert (kind, "save it as UTF-8" in reason) == ("file", True)


def test_symbolic_links_are_followed_once_and_loops_end(folder: Path) -> None:
    (folder / "inner" / "loop").symlink_to(folder, target_is_directory=True)
    (folder / "self").symlink_to("self")
    (folder / "again.txt").symlink_to("a.txt")
    found = list(find_listings([folder, folder / "a.txt"]))
    assert names(found) == ["a.txt", "b.md", "c.listing", "d"]
    assert refusals(found) == {
        "loop": ("skipped", "is a folder that was searched already"),
        "self": ("skipped", "is a symbolic link that leads back to itself"),
    }


def test_a_named_file_is_taken_as_it_is_and_once(folder: Path) -> None:
    notes = folder / "notes.txt"
    notes.write_text("no listing")
    assert list(find_listings([notes, folder / ".hidden.txt", str(notes)])) == [notes, folder / ".hidden.txt"]


def test_paths_that_do_not_work_say_so(tmp_path: Path) -> None:
    (tmp_path / "self").symlink_to("self")
    (tmp_path / "empty").mkdir()
    os.mkfifo(tmp_path / "pipe")
    found = list(find_listings([tmp_path / name for name in ("missing", "self", "empty", "pipe", "x" * 300)]))
    assert refusals(found) == {
        "missing": ("file", "no such file or folder"),
        "self": ("file", "is a symbolic link that leads back to itself"),
        "empty": ("file", "holds no listing that was not read already"),
        "pipe": ("file", "is not a regular file"),
        "x" * 300: ("file", "cannot be read: file name too long"),
    }


def test_what_may_not_be_read_is_refused(locked: Path) -> None:
    expected = dict.fromkeys(("secret.txt", "vault"), ("file", "may not be read: permission denied"))
    assert refusals(list(find_listings([locked]))) == expected
    (refusal,) = read_listing(locked / "secret.txt")
    assert str(refusal) == f"{locked}/secret.txt: may not be read: permission denied"


def test_names_that_are_not_utf_8_are_found_and_can_be_printed_and_stored(folder: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(folder) + b"/caf\xe9\x1b[1m.txt"))
    path.write_text(LISTING)
    assert path in list(find_listings([folder]))
    (paper,) = read_listing(path)
    assert isinstance(paper, Paper)
    assert paper.sources[0].file == "caf\ufffd.txt"
