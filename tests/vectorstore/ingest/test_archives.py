"""Archives and compressed files: read through without unpacking, and nothing in them believed."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from vectorstore import Paper, Reject
from vectorstore.ingest import find_inputs, read_papers
from vectorstore.ingest.archives import LIMITS, Limits, UnpackBudget, unpack
from vectorstore.ingest.inputs import Input, buffered
from vectorstore.ingest.reader import Found

SEED = Path(__file__).parents[3] / "seeds" / "000_cdcf8936b632e156.txt"
LISTING = SEED.read_bytes()
SNAPSHOT = (Path(__file__).parents[2] / "data" / "snapshot.jsonl").read_bytes()


def zipped(**files: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return made.getvalue()


def tarred(**files: bytes) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return made.getvalue()


def read_all(path: Path, content: bytes, limits: Limits = LIMITS) -> list[Found]:
    path.write_bytes(content)
    return list(read_papers(find_inputs([str(path)]), limits=limits))


def papers(found: list[Found]) -> list[Paper]:
    return [one for one in found if isinstance(one, Paper)]


def refusals(found: list[Found]) -> list[Reject]:
    return [one for one in found if isinstance(one, Reject)]


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress, bytes])
def test_a_listing_reads_the_same_packed_in_any_way(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    plain = papers(list(read_papers(find_inputs([str(SEED)]))))
    archive = papers(
        read_all(tmp_path / "a.tar", pack(tarred(**{f"2019/{SEED.name}": LISTING, "README": b"# About\n"})))
    )
    assert archive == plain
    assert len(plain) == 24
    if pack is not bytes:
        alone = papers(read_all(tmp_path / SEED.name, pack(LISTING)))
        assert alone == plain


def test_a_zip_gives_listings_and_snapshots_and_passes_over_the_rest(tmp_path: Path) -> None:
    content = zipped(**{SEED.name: LISTING, "all.json": SNAPSHOT, ".DS_Store": b"x", "figure.png": b"\x89PNG\0"})
    found = read_all(tmp_path / "a.zip", content)
    assert len(papers(found)) == 24 + 5
    skipped = [refusal for refusal in refusals(found) if refusal.kind == "skipped"]
    assert [str(refusal) for refusal in skipped] == [f"{tmp_path}/a.zip/figure.png: is a binary file, not a listing"]


def test_archives_in_archives_are_read_to_a_depth(tmp_path: Path) -> None:
    inner = zipped(**{SEED.name: LISTING})
    assert len(papers(read_all(tmp_path / "a.tar.gz", gzip.compress(tarred(**{"b.zip": inner}))))) == 24
    for _ in range(3):
        inner = zipped(**{"deeper.zip": inner})
    (refusal,) = read_all(tmp_path / "deep.zip", inner)
    assert str(refusal).endswith("is an archive within 3 others; unpack it and read what is in it")


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        (Limits(files=1, bytes=1 << 30), "holds more than 1 files; read it in parts"),
        (Limits(files=9, bytes=1_000_000), "unpacks to more than 1 MB; read it in parts"),
    ],
)
def test_more_than_is_allowed_ends_it(tmp_path: Path, limits: Limits, reason: str) -> None:
    large = LISTING + b"\n" * 2_000_000
    for packed in (zipped(a=LISTING, b=large), gzip.compress(tarred(a=LISTING, b=large))):
        found = read_all(tmp_path / "a", packed, limits)
        assert len({paper.arxiv_id for paper in papers(found)}) == 24
        assert [refusal.reason for refusal in refusals(found)] == [reason]


def test_what_is_no_file_and_headers_without_end_are_not_taken(tmp_path: Path) -> None:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        for name, kind in (("link", tarfile.SYMTYPE), ("device", tarfile.CHRTYPE)):
            member = tarfile.TarInfo(name)
            member.type, member.linkname = kind, "/etc/passwd"
            archive.addfile(member)
    found = refusals(read_all(tmp_path / "a.tar", made.getvalue()))
    assert [refusal.reason for refusal in found] == ["is not a regular file"] * 2

    header = tarfile.TarInfo("././@LongLink")
    header.type, header.size = tarfile.GNUTYPE_LONGNAME, 1 << 40
    (refusal,) = refusals(read_all(tmp_path / "b.tar", header.tobuf(tarfile.GNU_FORMAT) + b"x" * 10_240))
    assert refusal.reason == "is damaged: 'one of its headers is too long'"


def test_a_damaged_member_of_a_zip_is_refused_and_the_others_are_read(tmp_path: Path) -> None:
    stored = io.BytesIO()
    with zipfile.ZipFile(stored, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("bad.txt", LISTING.replace(b"2019", b"2018"))
        archive.writestr(SEED.name, LISTING)
    content = stored.getvalue().replace(b"2018", b"2017", 1)
    found = read_all(tmp_path / "a.zip", content)
    assert [str(refusal)[-90:] for refusal in refusals(found) if "damaged" in refusal.reason] == [
        str(refusals(found)[-1])[-90:]
    ]
    assert "Bad CRC-32" in refusals(found)[-1].reason
    assert SEED.name in {paper.sources[0].file for paper in papers(found)}


@pytest.mark.parametrize("keep", [0.1, 0.5, 0.99])
@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_an_archive_that_is_cut_off_is_refused_after_what_is_whole(
    tmp_path: Path, pack: Callable[[bytes], bytes], keep: float
) -> None:
    content = pack(tarred(**{"noise": os.urandom(50_000), SEED.name: LISTING}))
    found = read_all(tmp_path / "a", content[: int(len(content) * keep)])
    assert refusals(found)[-1].kind == "file"
    assert "is damaged" in refusals(found)[-1].reason


def test_what_only_begins_like_an_archive_is_refused(tmp_path: Path) -> None:
    for magic in (b"PK\x03\x04", b"\x1f\x8b", b"BZh9", b"\xfd7zXZ\0", b"\0" * 257 + b"ustar"):
        (refusal,) = refusals(read_all(tmp_path / "a", magic + os.urandom(2000)))
        assert refusal.kind == "file"
        assert "is damaged" in refusal.reason


def test_a_zip_archive_that_comes_through_a_pipe_is_read() -> None:
    document = Input("standard input", buffered(io.BytesIO(zipped(**{SEED.name: LISTING}))))
    (member,) = unpack(document, UnpackBudget())
    assert isinstance(member, Input)
    assert member.name == f"standard input/{SEED.name}"
