"""From paths to the listings among them: folders are searched, everything else in them is passed over with a word."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from vectorstore.ingest.listings.detection import layout_of
from vectorstore.ingest.listings.rejects import Reject, RejectKind, refuse_error, refuse_file

Judge = Callable[[Path], object]


def find_listings(paths: Iterable[Path | str], judge: Judge = layout_of) -> Iterator[Path | Reject]:
    """The listings that the paths name, each once, folders searched with everything below them in order of name.

    A file that is named is taken as it is: `read` says what is wrong with it. In a folder, a file that is no listing
    gives a refusal of the kind "skipped", whatever its name ends in; hidden files and folders give nothing.

    Args:
        paths: files and folders.
        judge: gives a `Reject` for a file in a folder that is to be passed over, and anything else for one to be read.

    Yields:
        `Path` of a file to read, or `Reject` of what is missing, unreadable or no listing.
    """
    seen: set[str] = set()
    for path in map(Path, paths):
        try:
            mode = path.stat().st_mode
        except OSError as error:
            yield refuse_error(path, error)
            continue
        if stat.S_ISDIR(mode):
            yield from _in_folder(path, seen, judge)
        elif not stat.S_ISREG(mode):
            yield refuse_file(path, "is not a regular file")
        elif _is_new(path, seen):
            yield path


def _in_folder(folder: Path, seen: set[str], judge: Judge) -> Iterator[Path | Reject]:
    listings = troubles = 0
    for found in _walk(folder, seen, judge):
        listings += isinstance(found, Path)
        troubles += isinstance(found, Reject) and found.kind == "file"
        yield found
    if not listings and not troubles:
        yield refuse_file(folder, "holds no listing that was not read already")


def _walk(folder: Path, seen: set[str], judge: Judge) -> Iterator[Path | Reject]:
    folders = [folder]
    while folders:
        current = folders.pop()
        if not _is_new(current, seen):
            yield refuse_file(current, "is a folder that was searched already", "skipped")
            continue
        try:
            with os.scandir(current) as entries:
                names = sorted(entry.name for entry in entries if not entry.name.startswith("."))
        except OSError as error:
            yield refuse_error(current, error)
            continue
        inner = []
        for path in (current / name for name in names):
            try:
                mode = path.stat().st_mode
            except OSError as error:
                # A link that leads nowhere holds no listing; a file that may not be looked at might.
                kind: RejectKind = "skipped" if path.is_symlink() and not isinstance(error, PermissionError) else "file"
                yield replace(refuse_error(path, error), kind=kind)
                continue
            if stat.S_ISDIR(mode):
                inner.append(path)
            elif not stat.S_ISREG(mode):
                yield refuse_file(path, "is not a regular file", "skipped")
            elif _is_new(path, seen):
                found = judge(path)
                yield found if isinstance(found, Reject) else path
        folders.extend(reversed(inner))


def _is_new(path: Path, seen: set[str]) -> bool:
    real = os.path.realpath(path)
    if real in seen:
        return False
    seen.add(real)
    return True
