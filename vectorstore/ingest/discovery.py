"""From what a user names to documents: files, folders, patterns of file names, and standard input."""

from __future__ import annotations

import glob
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from vectorstore.ingest import listings
from vectorstore.ingest.archives import is_packed
from vectorstore.ingest.inputs import Input, buffered
from vectorstore.ingest.listings.detection import layout_of
from vectorstore.ingest.listings.lines import head_of, opened
from vectorstore.ingest.listings.rejects import Reject, refuse_error, refuse_file, shown
from vectorstore.ingest.reference_lists import is_bibtex, is_id_list
from vectorstore.ingest.snapshot import is_snapshot

STANDARD_INPUT = "-"


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
    for found in listings.find_listings([path for path in paths if isinstance(path, Path)], _judge):
        if isinstance(found, Reject):
            yield found
            continue
        try:
            yield Input(shown(found), opened(found), path=found)
        except OSError as error:
            yield refuse_error(found, error)


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
        with opened(path) as file:
            head = head_of(file)
    except OSError as error:
        return refuse_error(path, error)
    if is_packed(head) or is_snapshot(head):
        return path
    layout = layout_of(path)
    if isinstance(layout, Reject) and layout.kind == "skipped" and (is_bibtex(head) or is_id_list(head)):
        return refuse_file(path, "names papers, and is used only where it is named itself", "skipped")
    return layout
