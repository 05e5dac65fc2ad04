"""Zip archives that somebody else made: which of their members are read, and how much; nothing in them is believed."""

from __future__ import annotations

import os
import stat
import struct
import zipfile
import zlib
from dataclasses import dataclass
from io import FileIO

_READABLE = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # the others may ask for memory without end
_LARGEST_READ = 4 << 20  # bytes at once; an archive's list of files is read in one piece
# What Python's reader raises for one that is broken, or that was made to break it.
DAMAGED = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, ValueError, RuntimeError)
_ENCRYPTED = 0x1


@dataclass(frozen=True, slots=True)
class Limits:
    """How much may come out of archives, all of them together.

    Attributes:
        files: how many files.
        bytes: how many bytes they may hold.
    """

    files: int = 20_000
    bytes: int = 1 << 30


class CarefulFile(FileIO):
    """A file of which nobody reads much at once: an archive of nothing but names would fill the memory."""

    def read(self, size: int | None = -1, /) -> bytes:
        left = os.fstat(self.fileno()).st_size - self.tell()
        if (left if size is None or size < 0 else min(size, left)) > _LARGEST_READ:
            raise zipfile.BadZipFile("its list of files is too long")
        return super().read(size) or b""


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
