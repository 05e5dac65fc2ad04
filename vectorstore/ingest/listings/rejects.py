"""Reject: what could not be read, where, and why."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from vectorstore.text.cleaning import without_controls

RejectKind = Literal["record", "file", "skipped"]


@dataclass(frozen=True, slots=True)
class Reject:
    """Something that was not taken from a listing; printing it gives one line that is safe on a terminal.

    >>> print(Reject("2020-10-07.txt", 12, "the record has no abstract"))
    2020-10-07.txt:12: the record has no abstract

    Attributes:
        file: the path as given or found.
        line: the line of the record's heading, from 1; None when it is about the whole file.
        reason: what is wrong, and for a file what to do about it.
        kind: "record", a record that was not taken; "file", a file or folder that should have been read and could not
            be; "skipped", something that holds no listing and was passed over, so that nothing is lost.
    """

    file: str
    line: int | None
    reason: str
    kind: RejectKind = "record"

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.reason}" if self.line is not None else f"{self.file}: {self.reason}"


def printable_path(path: str | Path) -> str:
    """A path as text that can be printed and stored: undecodable bytes replaced, control characters removed."""
    return without_controls(os.fsencode(path).decode("utf-8", "replace"))


def refuse_file(path: str | Path, reason: str, kind: RejectKind = "file") -> Reject:
    """A refusal of a whole file or folder."""
    return Reject(printable_path(path), None, reason, kind)


def refuse_error(path: str | Path, error: OSError) -> Reject:
    """A refusal of a file or folder that the system would not open or read."""
    reason = (error.strerror or str(error)).lower()
    if isinstance(error, FileNotFoundError):
        reason = "is a broken symbolic link" if Path(path).is_symlink() else "no such file or folder"
    elif isinstance(error, PermissionError):
        reason = "may not be read: permission denied"
    elif "symbolic links" in reason:
        reason = "is a symbolic link that leads back to itself"
    else:
        reason = f"cannot be read: {reason}"
    return refuse_file(path, reason)
