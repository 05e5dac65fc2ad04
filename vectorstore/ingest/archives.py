"""What is in archives and compressed files, as documents: nothing is unpacked to disk, and nothing in them believed."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import stat
import struct
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import FileIO
from typing import IO, Any

from vectorstore.errors import TooMuchError
from vectorstore.ingest.inputs import Input, buffered
from vectorstore.ingest.listings.rejects import Reject, printable_path, refuse_file


@dataclass(frozen=True, slots=True)
class Limits:
    """How much may come out of archives, all of them together.

    Attributes:
        files: how many files.
        bytes: how many bytes they may hold.
    """

    files: int = 20_000
    bytes: int = 1 << 30


LIMITS = Limits(files=1_000_000, bytes=256 << 30)
"""Ten times what all of arXiv's metadata takes."""

MAX_DEPTH = 3
"""Archives within archives: a tar of zips of listings, and one more."""

_MAX_SPOOLED = 4 << 30  # bytes of a zip archive that comes through a pipe, or out of another archive
_IN_MEMORY = 1 << 26
_PIECE = 1 << 18
_MAX_HEADER = 1 << 20  # bytes of a tar member's extended header, which Python's reader holds in memory
_Unpacker = Callable[[IO[bytes]], Any]
_TAR = (257, b"ustar")
_UNPACKERS: dict[bytes, _Unpacker] = {b"\x1f\x8b": gzip.open, b"BZh": bz2.open, b"\xfd7zXZ\0": lzma.open}
_ZIPPED = (b"PK\x03\x04", b"PK\x05\x06")

_READABLE = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # the other packings may ask for memory without end
_LARGEST_READ = 4 << 20  # bytes at once; a zip archive's list of files is read in one piece
_ENCRYPTED = 0x1

DAMAGED = (
    zipfile.BadZipFile,
    tarfile.TarError,
    gzip.BadGzipFile,
    lzma.LZMAError,
    zlib.error,
    struct.error,
    EOFError,
    ValueError,
    RuntimeError,
)
"""What Python's readers raise for an archive that is broken, or that was made to break them."""


class UnpackBudget:
    """How much may still come out of the archives of one run.

    Args:
        limits: how much in all.
    """

    def __init__(self, limits: Limits = LIMITS) -> None:
        self._limits = limits
        self._files, self._bytes = limits.files, limits.bytes

    def file(self) -> None:
        """Count a file.

        Raises:
            TooMuchError: it is one too many.
        """
        self._files -= 1
        if self._files < 0:
            raise TooMuchError(f"holds more than {self._limits.files:,} files; read it in parts")

    def bytes(self, count: int) -> None:
        """Count bytes that came out.

        Raises:
            TooMuchError: they are too many.
        """
        self._bytes -= count
        if self._bytes < 0:
            raise TooMuchError(f"unpacks to more than {self._limits.bytes / 1e6:,.0f} MB; read it in parts")


def is_packed(head: bytes) -> bool:
    """Whether a file that begins so is an archive, or compressed."""
    return head[:4] in _ZIPPED or _unpacker(head) is not None or _is_tar(head)


def unpack(document: Input, allowance: UnpackBudget) -> Iterator[Input | Reject]:
    """What is in an archive, or what a compressed file was; each is to be read before the next one is asked for.

    Raises:
        OSError: it cannot be read.
        TooMuchError: more would come out than may.
        Exception: one of `DAMAGED`, at any moment while it or what is in it is read.
    """
    head = document.head
    if unpacker := _unpacker(head):
        # What was compressed is no level of its own: a .tar.gz is one archive.
        with unpacker(document.file) as opened:
            yield Input(document.name, buffered(opened, allowance.bytes), document.depth)
    elif document.depth >= MAX_DEPTH:
        yield refuse_file(document.name, f"is an archive within {MAX_DEPTH} others; unpack it and read what is in it")
    elif _is_tar(head):
        yield from _in_tar(document, allowance)
    else:
        yield from _in_zip(document, allowance)


def _unpacker(head: bytes) -> _Unpacker | None:
    return next((made for mark, made in _UNPACKERS.items() if head.startswith(mark)), None)


def _is_tar(head: bytes) -> bool:
    place, mark = _TAR
    return head[place : place + len(mark)] == mark


class _Member(tarfile.TarInfo):
    """A member of a tar archive whose headers are not taken at any length."""

    def _proc_member(self, opened: tarfile.TarFile) -> tarfile.TarInfo:
        if self.type not in tarfile.REGULAR_TYPES and self.size > _MAX_HEADER:
            raise tarfile.ReadError("one of its headers is too long")
        member: tarfile.TarInfo = super()._proc_member(opened)  # type: ignore[misc]
        return member


def _in_tar(document: Input, allowance: UnpackBudget) -> Iterator[Input | Reject]:
    with tarfile.open(fileobj=document.file, mode="r|", tarinfo=_Member) as opened:
        while (member := opened.next()) is not None:
            opened.members = []  # type: ignore[attr-defined]  # else it would keep all of them
            name = printable_path(member.name)
            if member.isdir() or _is_hidden(name):
                continue
            if not member.isreg() or member.issparse():
                yield refuse_file(_within(document, name), "is not a regular file", "skipped")
                continue
            allowance.file()
            if (file := opened.extractfile(member)) is not None:
                # Counted although nothing is compressed here: what is in it may say to be of any size.
                yield Input(_within(document, name), buffered(file, allowance.bytes), document.depth + 1)


class _CarefulFile(FileIO):
    """A file of which nobody reads much at once: an archive of nothing but names would fill the memory."""

    def read(self, size: int | None = -1, /) -> bytes:
        left = os.fstat(self.fileno()).st_size - self.tell()
        if (left if size is None or size < 0 else min(size, left)) > _LARGEST_READ:
            raise zipfile.BadZipFile("its list of files is too long")
        return super().read(size) or b""


def _in_zip(document: Input, allowance: UnpackBudget) -> Iterator[Input | Reject]:
    with _seekable(document) as file, zipfile.ZipFile(file) as opened:
        for member in opened.infolist():
            name = printable_path(member.filename.replace("\\", "/"))
            if member.is_dir() or _is_hidden(name):
                continue
            if reason := _hindrance(member):
                yield refuse_file(_within(document, name), reason)
                continue
            allowance.file()
            with opened.open(member) as content:
                yield Input(_within(document, name), buffered(content, allowance.bytes), document.depth + 1)


def _seekable(document: Input) -> IO[bytes]:
    """The archive as a file in which one can go back; the list of what is in a zip archive stands at its end."""
    if document.path is not None:
        # The same open file, not the path again: whoever looks at the document's own position sees how far this is.
        return _CarefulFile(os.dup(document.file.fileno()))
    spooled = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 (the caller closes it)
    while piece := document.file.read(_PIECE):
        if spooled.tell() > _MAX_SPOOLED:
            spooled.close()
            raise TooMuchError(f"is a zip archive of more than {_MAX_SPOOLED / 1e6:,.0f} MB; read it as a file")
        spooled.write(piece)
    spooled.seek(0)
    return spooled


def _within(document: Input, name: str) -> str:
    return f"{document.name}/{name[-500:]}"


def _hindrance(member: zipfile.ZipInfo) -> str | None:
    """Why a member of a zip archive cannot be read, or None."""
    kind = stat.S_IFMT(member.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        return "is not a regular file"
    if member.flag_bits & _ENCRYPTED:
        return "is encrypted; send it without a password"
    if member.compress_type not in _READABLE:
        return "is packed in a way that is not read; pack it again as a plain zip"
    return None


def _is_hidden(name: str) -> bool:
    """Whether a member of an archive is a hidden file, or one that macOS adds."""
    return any(part == "__MACOSX" or (part.startswith(".") and part.strip(".")) for part in name.split("/"))
