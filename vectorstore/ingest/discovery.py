"""From what a user names to documents: files, folders searched through, patterns of file names, and standard input."""

from __future__ import annotations

import glob
import os
import stat
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from vectorstore.ingest.archives import is_packed
from vectorstore.ingest.inputs import Input, buffered
from vectorstore.ingest.listings.detection import layout_of
from vectorstore.ingest.listings.lines import head_of, open_listing
from vectorstore.ingest.listings.rejects import Reject, RejectKind, printable_path, refuse_error, refuse_file
from vectorstore.ingest.reference_lists import is_bibtex, is_id_list
from vectorstore.ingest.snapshot import is_snapshot

STANDARD_INPUT = "-"

Judge = Callable[[Path], object]


def find_inputs(places: Iterable[str]) -> Iterator[Input | Reject]:
    """The documents that the places name, each file once; they are to be read one after the other.

    Of a folder everything below it that papers can be read from is taken, but no list of references: such a list is a
    wish, which has to be named.

    Args:
        places: paths of files and folders, patterns such as "2024-*.txt" or "**/*.txt", or "-" for standard input.
    """
    paths: list[Path | Reject] = []
    for place in places:
        if place == STANDARD_INPUT:
            yield Input("standard input", buffered(sys.stdin.buffer))
        else:
            paths.extend(_named(place))
    yield from (path for path in paths if isinstance(path, Reject))
    for found in find_listings([path for path in paths if isinstance(path, Path)], _judge):
        if isinstance(found, Reject):
            yield found
            continue
        try:
            yield Input(printable_path(found), open_listing(found), path=found)
        except OSError as error:
            yield refuse_error(found, error)


def find_listings(paths: Iterable[Path | str], judge: Judge = layout_of) -> Iterator[Path | Reject]:
    """The listings that the paths name, each once, folders searched with everything below them in order of name.

    A file that is named is taken as it is: `read_listing` says what is wrong with it. In a folder, a file that is no
    listing gives a refusal of the kind "skipped", whatever its name ends in; hidden files and folders give nothing.

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


def _named(place: str) -> Iterator[Path | Reject]:
    place = os.path.expanduser(place)  # noqa: PTH111 (pathlib's raises on ~nobody); in quotes, the shell leaves it
    # A file may be called anything: only what is none is a pattern.
    if os.path.lexists(place) or not glob.has_magic(place):
        yield Path(place)
        return
    matching = sorted(glob.glob(place, recursive=True))  # noqa: PTH207 (pathlib's takes no absolute patterns)
    if not matching:
        yield refuse_file(place, "matches no file")
    yield from map(Path, matching)


def _judge(path: Path) -> object:
    """What a file in a folder is; a refusal where it is passed over."""
    try:
        with open_listing(path) as file:
            head = head_of(file)
    except OSError as error:
        return refuse_error(path, error)
    if is_packed(head) or is_snapshot(head):
        return path
    layout = layout_of(path)
    if isinstance(layout, Reject) and layout.kind == "skipped" and (is_bibtex(head) or is_id_list(head)):
        return refuse_file(path, "names papers, and is used only where it is named itself", "skipped")
    return layout
