"""The file of a backup: papers as JSON lines and vectors as arrays in a zip archive, with its checksum.

Any program that reads zip archives can read it. `papers/00000.jsonl` has one paper a line and where its chunks begin
and end, `vectors/00000.npy` their vectors in the same order, and `library.json`, written last, what made them; where
queries of arXiv are followed, `followed.json` says which and how far. The archive's comment ends with the SHA-256 of
all bytes before it. In an older backup a paper that was rewritten while that was made stands in two parts: the later
one counts, and `superseded` in `library.json` names the chunks of the earlier one that are left over.
"""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from vectorstore.errors import InputError
from vectorstore.paper import Paper

LAYOUT = 1
PAPER = TypeAdapter(Paper)
_MARK = b"arxivqa backup, sha256 of all before: "
_DIGEST = 64  # hexadecimal digits at the end
COMMENT = _MARK + b"0" * _DIGEST  # of the archive, until its checksum is known


@dataclass(frozen=True, slots=True)
class Contents:
    """What a backup holds.

    Attributes:
        papers, chunks: counts.
        model, model_sha256: what made the vectors.
        format: the layout of the library's records.
        made: when, in UTC.
    """

    papers: int
    chunks: int
    model: str
    model_sha256: str
    format: int
    made: datetime


def check(file: Path) -> Contents:
    """What a backup holds, after making sure that no byte of it has changed.

    Raises:
        InputError: the file cannot be read, is no backup, or has changed since it was written.
    """
    try:
        if not file.is_file():
            raise InputError(f"There is no file {file}.")
        if not looks_like_one(file):
            raise InputError(f"{file} is no whole backup of arxivqa: its end is missing, or it is another file.")
        with file.open("rb") as opened:
            opened.seek(-_DIGEST, os.SEEK_END)
            stated = opened.read().decode("ascii", "replace")
        if stated != _digest(file):
            raise InputError(
                f"{file} has changed since it was written: its checksum does not agree. Take another copy of it."
            )
        with zipfile.ZipFile(file) as archive:
            return contents_of(json.loads(archive.read("library.json")), file)
    except OSError as error:
        raise InputError(f"The backup {file} cannot be read: {error.strerror or error}.") from error
    except (zipfile.BadZipFile, KeyError, TypeError, ValueError) as error:
        raise unreadable(file, error) from error


def seal(file: Path) -> None:
    """Put the checksum of a backup that has just been written in its place."""
    digest = _digest(file)
    with file.open("r+b") as opened:
        opened.seek(-_DIGEST, os.SEEK_END)
        opened.write(digest.encode("ascii"))
        opened.flush()
        os.fsync(opened.fileno())


def contents_of(rows: dict[str, Any], file: Path) -> Contents:
    """What `library.json` says; InputError where a newer program wrote it."""
    if rows["layout"] != LAYOUT:
        raise InputError(f"{file} was written by a newer arxivqa, which this one cannot read. Install that one.")
    return Contents(
        papers=int(rows["papers"]),
        chunks=int(rows["chunks"]),
        model=str(rows["model"]),
        model_sha256=str(rows["model_sha256"]),
        format=int(rows["format"]),
        made=datetime.fromisoformat(rows["made"]),
    )


def unreadable(file: Path, error: Exception) -> InputError:
    """What is said of a file that is not as it should be."""
    return InputError(f"{file} is no backup that this arxivqa can read: {' '.join(str(error).split())[:200]}.")


def looks_like_one(file: Path) -> bool:
    """Whether a file ends as a backup does."""
    size = len(_MARK) + _DIGEST
    if not file.is_file() or file.stat().st_size <= size:
        return False
    with file.open("rb") as opened:
        opened.seek(-size, os.SEEK_END)
        return opened.read(len(_MARK)) == _MARK


def _digest(file: Path) -> str:
    """The SHA-256 of all but the last bytes of a file, where it stands itself."""
    digest = hashlib.sha256()
    left = file.stat().st_size - _DIGEST
    with file.open("rb") as opened:
        while left > 0 and (block := opened.read(min(left, 1 << 20))):
            digest.update(block)
            left -= len(block)
    return digest.hexdigest()
