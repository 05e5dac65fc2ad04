"""Zip archives that somebody sent: what is read of them, and what is refused; nothing of them touches the disk."""

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from vectorstore import Paper
from vectorstore.ingest import Selection, find_inputs, read_papers
from vectorstore.ingest.archives import Limits


def listing(number: int) -> bytes:
    record = f"### A\n- **Arxiv ID**: 2009.{number:05}\n- **Summary**: We study things.\n"
    return f"# Arxiv Papers in cs.CV on 2020-09-30\n{record}".encode()


def archive(members: Mapping[str, bytes], packed: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", packed) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return file.getvalue()


def sent(tmp_path: Path, content: bytes, limits: Limits | None = None) -> tuple[list[str], list[str], list[str]]:
    """The papers of a file called sent.zip, the names of the files in it, and what is said of the rest."""
    file = tmp_path / "sent.zip"
    file.write_bytes(content)
    names: list[str] = []
    found = list(read_papers(find_inputs([str(file)]), Selection(), limits or Limits(), names.append))
    assert list(tmp_path.iterdir()) == [file]
    papers = [one.arxiv_id for one in found if isinstance(one, Paper)]
    inside = [name.removeprefix(f"{tmp_path}/") for name in names]
    return papers, inside, [str(one).removeprefix(f"{tmp_path}/") for one in found if not isinstance(one, Paper)]


@pytest.mark.parametrize(
    "name",
    [
        "../../escaped.txt",
        "/escaped.txt",
        "..\\..\\escaped.txt",
        "C:\\escaped.txt",
        "a/../../escaped.txt",
        "..",
        "\x1b[31mred.txt",
    ],
)
def test_a_name_that_leads_out_leads_nowhere(tmp_path: Path, name: str) -> None:
    papers, names, _ = sent(tmp_path, archive({name: listing(1)}))
    assert papers == ["2009.00001"]
    assert "\x1b" not in names[0]
    assert not (tmp_path.parent / "escaped.txt").exists()


def test_two_files_of_one_name_are_two(tmp_path: Path) -> None:
    papers, names, refused = sent(tmp_path, archive({"a/x.txt": listing(1), "b/x.txt": listing(2), "b/": b""}))
    assert (papers, refused) == (["2009.00001", "2009.00002"], [])
    assert names == ["sent.zip/a/x.txt", "sent.zip/b/x.txt"]


def test_what_is_hidden_or_added_by_a_system_is_passed_over(tmp_path: Path) -> None:
    hidden = {".git/x": b"", "__MACOSX/._a.txt": b"", ".DS_Store": b""}
    _, names, refused = sent(tmp_path, archive({**hidden, "a.txt": listing(1)}))
    assert (names, refused) == (["sent.zip/a.txt"], [])


def test_a_link_is_no_file(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("passwords.txt")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        made.writestr(link, "/etc/passwd")
        made.writestr("a.txt", listing(1))
    _, names, refused = sent(tmp_path, file.getvalue())
    assert (names, refused) == (["sent.zip/a.txt"], ["sent.zip/passwords.txt: is not a regular file"])


def test_no_more_bytes_come_out_than_may_whatever_the_archive_says(tmp_path: Path) -> None:
    sound = archive({"small.txt": listing(1), "large.txt": listing(2) + b"\n" * 1_000_000})
    bomb = bytearray(sound)
    directory = bomb.index(b"PK\x01\x02", bomb.index(b"PK\x01\x02") + 1)
    bomb[directory + 24 : directory + 28] = (10).to_bytes(4, "little")  # the size that it claims to unpack to
    for content in (bytes(bomb), sound):
        papers, _, refused = sent(tmp_path, content, Limits(bytes=500_000))
        assert papers[0] == "2009.00001"
        assert len(refused) == 1


def test_no_more_files_come_out_than_may(tmp_path: Path) -> None:
    many = archive({f"{number}.txt": listing(number) for number in range(5)})
    papers, _, refused = sent(tmp_path, many, Limits(files=3))
    assert len(papers) == 3
    assert refused == ["sent.zip: holds more than 3 files; read it in parts"]


def test_an_archive_of_nothing_but_names_is_refused_before_they_are_read(tmp_path: Path) -> None:
    names = archive({f"{number:0200}": b"" for number in range(18_000)}, zipfile.ZIP_STORED)
    papers, _, refused = sent(tmp_path, names)
    assert not papers
    assert refused == ["sent.zip: is damaged: 'its list of files is too long'"]


@pytest.mark.parametrize("packed", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_a_packing_that_may_take_any_memory_is_not_opened(tmp_path: Path, packed: int) -> None:
    papers, _, refused = sent(tmp_path, archive({"a.txt": listing(1)}, packed))
    assert not papers
    assert "pack it again as a plain zip" in refused[0]


_SOUND = archive({"a.txt": listing(1), "b.txt": b"other text"})


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.integers(0, len(_SOUND) - 1), st.integers(0, 255)), max_size=6), st.integers(0, len(_SOUND))
)
@example([], 4)
def test_a_damaged_archive_is_refused_in_words(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[int, int]], kept: int
) -> None:
    content = bytearray(_SOUND)
    for place, value in changes:
        content[place] = value
    sent(tmp_path_factory.mktemp("damaged"), b"PK\x03\x04" + bytes(content[4:kept]))
