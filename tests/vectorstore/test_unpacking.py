"""Archives that somebody sent: what comes out of them, where it lands, and what is refused."""

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from vectorstore.listings import Refusal
from vectorstore.unpacking import Limits, Unpacked, unpack


def archive(members: Mapping[str, bytes], packed: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", packed) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return file.getvalue()


def unpacked(tmp_path: Path, content: bytes, limits: Limits | None = None) -> tuple[list[Unpacked], list[str]]:
    """What comes out of a file called sent.zip, and what is said of the rest."""
    sent, folder = tmp_path / "sent.zip", tmp_path / "folder"
    sent.write_bytes(content)
    folder.mkdir()
    found = list(unpack([sent], folder, limits or Limits()))
    files = [one for one in found if isinstance(one, Unpacked)]
    assert all(one.path.resolve().is_relative_to(folder.resolve()) for one in files if one.path != sent)
    return files, [str(one) for one in found if isinstance(one, Refusal)]


def test_the_files_of_an_archive_come_out_by_their_names(tmp_path: Path) -> None:
    files, refused = unpacked(tmp_path, archive({"2020/a.txt": b"one", "b.txt": b"two", "2020/": b""}))
    assert [(file.name, file.path.read_bytes()) for file in files] == [
        ("sent.zip/2020/a.txt", b"one"),
        ("sent.zip/b.txt", b"two"),
    ]
    assert [file.path.name for file in files] == ["a.txt", "b.txt"]
    assert not refused


def test_a_file_that_is_no_archive_is_itself(tmp_path: Path) -> None:
    files, refused = unpacked(tmp_path, b"# A listing")
    assert [(file.name, file.path) for file in files] == [("sent.zip", tmp_path / "sent.zip")]
    assert not refused


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
    files, _ = unpacked(tmp_path, archive({name: b"out"}))
    assert len(files) == 1
    assert "\x1b" not in files[0].name
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder", "sent.zip"]
    assert not (tmp_path.parent / "escaped.txt").exists()


def test_two_files_of_one_name_do_not_meet(tmp_path: Path) -> None:
    files, _ = unpacked(tmp_path, archive({"a/x.txt": b"one", "b/x.txt": b"two"}))
    assert [file.path.read_bytes() for file in files] == [b"one", b"two"]


def test_what_is_hidden_or_added_by_a_system_is_passed_over(tmp_path: Path) -> None:
    files, refused = unpacked(
        tmp_path, archive({".git/x": b"", "__MACOSX/._a.txt": b"", ".DS_Store": b"", "a.txt": b""})
    )
    assert [file.name for file in files] == ["sent.zip/a.txt"]
    assert not refused


def test_a_link_is_no_file(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("passwords.txt")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        made.writestr(link, "/etc/passwd")
        made.writestr("a.txt", "kept")
    files, refused = unpacked(tmp_path, file.getvalue())
    assert [found.name for found in files] == ["sent.zip/a.txt"]
    assert refused == ["sent.zip/passwords.txt: is not a regular file"]


def test_no_more_bytes_come_out_than_may_whatever_the_archive_says(tmp_path: Path) -> None:
    bomb = bytearray(archive({"small.txt": b"kept", "large.txt": b"0" * 1_000_000}))
    directory = bomb.index(b"PK\x01\x02", bomb.index(b"PK\x01\x02") + 1)
    bomb[directory + 24 : directory + 28] = (10).to_bytes(4, "little")  # the size that it claims to unpack to
    for content in (bytes(bomb), archive({"small.txt": b"kept", "large.txt": b"0" * 1_000_000})):
        home = tmp_path / str(len(list(tmp_path.iterdir())))
        home.mkdir()
        files, refused = unpacked(home, content, Limits(bytes=500_000))
        assert [file.name for file in files][:1] == ["sent.zip/small.txt"]
        assert len(refused) == 1
        assert sum(path.stat().st_size for path in (home / "folder").rglob("*.txt")) <= 500_000


def test_no_more_files_come_out_than_may(tmp_path: Path) -> None:
    files, refused = unpacked(tmp_path, archive({f"{number}.txt": b"" for number in range(5)}), Limits(files=3))
    assert len(files) == 3
    assert refused == ["sent.zip: holds more than 3 files; send it in parts"]


def test_an_archive_of_nothing_but_names_is_refused_before_they_are_read(tmp_path: Path) -> None:
    names = archive({f"{number:0200}": b"" for number in range(18_000)}, zipfile.ZIP_STORED)
    files, refused = unpacked(tmp_path, names)
    assert not files
    assert refused == ["sent.zip: is not a zip archive that can be read: its list of files is too long"]


@pytest.mark.parametrize("packed", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_a_packing_that_may_take_any_memory_is_not_opened(tmp_path: Path, packed: int) -> None:
    files, refused = unpacked(tmp_path, archive({"a.txt": b"x"}, packed))
    assert not files
    assert "pack it again as a plain zip" in refused[0]


def test_an_archive_in_an_archive_stays_one(tmp_path: Path) -> None:
    files, _ = unpacked(tmp_path, archive({"inner.zip": archive({"a.txt": b"x"})}))
    assert [file.path.read_bytes()[:2] for file in files] == [b"PK"]


_SOUND = archive({"a.txt": b"some text " * 20, "b.txt": b"other text"})


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
    unpacked(tmp_path_factory.mktemp("damaged"), b"PK\x03\x04" + bytes(content[4:kept]))
