"""From files that somebody sent to files that can be read: archives unpacked, with nothing in them believed."""

from __future__ import annotations

import os
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import FileIO
from pathlib import Path

from vectorstore.listings import Refusal
from vectorstore.listings.refusals import refuse_error, refuse_file, shown

_ARCHIVE = (b"PK\x03\x04", b"PK\x05\x06")
_READABLE = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # the others may ask for memory without end
_LARGEST_READ = 4 << 20  # bytes at once; an archive's list of files is read in one piece
_PIECE = 1 << 18
# What Python's reader raises for one that is broken, or that was made to break it.
DAMAGED = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, ValueError, RuntimeError)
_ENCRYPTED = 0x1
_LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class Limits:
    """How much may come out of archives, all of them together.

    Attributes:
        files: how many files.
        bytes: how many bytes they may hold.
    """

    files: int = 20_000
    bytes: int = 1 << 30


@dataclass(frozen=True, slots=True)
class Unpacked:
    """A file to read.

    Attributes:
        name: what its sender calls it, fit to be shown: "2020-10-07.txt", or "october.zip/2020-10-07.txt".
        path: where it is.
    """

    name: str
    path: Path


def unpack(files: Sequence[Path], folder: Path, limits: Limits = Limits()) -> Iterator[Unpacked | Refusal]:
    """The files themselves, and what is in those that are zip archives.

    A file from an archive gets a place of its own in the folder; where the archive would have put it counts for
    nothing. Only plain files are taken; hidden ones, and what macOS adds, give no word. An archive that cannot be
    read, or that holds more than is allowed, gives a refusal; what was unpacked of it before is still used.

    Args:
        files: as they were sent.
        folder: an empty folder for what archives hold.
        limits: how much may come out of archives.
    """
    left = [limits.files, limits.bytes]
    for path in files:
        try:
            with path.open("rb") as file:
                archived = file.read(4) in _ARCHIVE
        except OSError as error:
            yield refuse_error(shown(path.name), error)
            continue
        if archived:
            yield from _members(path, folder, limits, left)
        else:
            yield Unpacked(shown(path.name), path)


class CarefulFile(FileIO):
    """A file of which nobody reads much at once: an archive of nothing but names would fill the memory."""

    def read(self, size: int | None = -1, /) -> bytes:
        left = os.fstat(self.fileno()).st_size - self.tell()
        if (left if size is None or size < 0 else min(size, left)) > _LARGEST_READ:
            raise zipfile.BadZipFile("its list of files is too long")
        return super().read(size) or b""


def _members(path: Path, folder: Path, limits: Limits, left: list[int]) -> Iterator[Unpacked | Refusal]:
    archive = shown(path.name)
    try:
        with CarefulFile(path) as file, zipfile.ZipFile(file) as opened:
            for member in opened.infolist():
                name = shown(member.filename.replace("\\", "/"))
                if member.is_dir() or is_hidden(name):
                    continue
                full = f"{archive}/{name[-500:]}"
                if reason := refused(member):
                    yield refuse_file(full, reason)
                    continue
                left[0] -= 1
                if left[0] < 0:
                    yield refuse_file(archive, f"holds more than {limits.files:,} files; send it in parts")
                    return
                place = folder / f"{limits.files - left[0]:05}"
                place.mkdir()
                target = place / _safe(name)
                try:
                    _copy(opened, member, target, left)
                except _TooMuchError:
                    target.unlink()
                    much = f"unpacks to more than {limits.bytes / 1e6:,.0f} MB; send it in parts"
                    yield refuse_file(archive, much)
                    return
                except DAMAGED as error:
                    yield refuse_file(full, f"is damaged: {shown(str(error))[:200]}")
                    continue
                yield Unpacked(full, target)
    except DAMAGED as error:
        yield refuse_file(archive, f"is not a zip archive that can be read: {shown(str(error))[:200]}")
    except OSError as error:
        yield refuse_error(archive, error)


class _TooMuchError(Exception):
    """More came out of an archive than may."""


def _copy(opened: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path, left: list[int]) -> None:
    with opened.open(member) as source, target.open("xb") as file:
        while piece := source.read(_PIECE):
            # What comes out is counted: what an archive says of itself may be wrong.
            left[1] -= len(piece)
            if left[1] < 0:
                raise _TooMuchError
            file.write(piece)


def refused(member: zipfile.ZipInfo) -> str | None:
    """Why a member of an archive cannot be read, or None."""
    kind = stat.S_IFMT(member.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        return "is not a regular file"
    if member.flag_bits & _ENCRYPTED:
        return "is encrypted; send it without a password"
    if member.compress_type not in _READABLE:
        return "is packed in a way that is not read; pack it again as a plain zip"
    return None


def is_hidden(name: str) -> bool:
    """Whether a member of an archive is a hidden file, or one that macOS adds."""
    return any(part == "__MACOSX" or (part.startswith(".") and part.strip(".")) for part in name.split("/"))


def _safe(name: str) -> str:
    """The last part of a name, as a file's name on any system; a listing's papers keep it as where they stood."""
    plain = re.sub(r'[<>:"|?*]', "_", name.rpartition("/")[2]).strip(" .")[-_LONGEST_NAME:]
    return plain or "listing"
