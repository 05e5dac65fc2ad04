"""From what a user names to documents: files, folders, patterns of file names, and standard input."""

from __future__ import annotations

import glob
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from vectorstore import listings
from vectorstore.listings.layouts import layout_of
from vectorstore.listings.lines import head_of, opened
from vectorstore.listings.refusals import Refusal, refuse_error, refuse_file, shown
from vectorstore.sources.archives import is_packed
from vectorstore.sources.documents import Document, buffered
from vectorstore.sources.references import is_bibtex, is_id_list
from vectorstore.sources.snapshot import is_snapshot

STANDARD_INPUT = "-"


def find(places: Iterable[str]) -> Iterator[Document | Refusal]:
    """The documents that the places name, each file once; they are to be read one after the other.

    Of a folder everything below it that papers can be read from is taken, but no list of references: such a list is a
    wish, which has to be named.

    Args:
        places: paths of files and folders, patterns such as "2024-*.txt" or "**/*.txt", or "-" for standard input.
    """
    paths: list[Path | Refusal] = []
    for place in places:
        if place == STANDARD_INPUT:
            yield Document("standard input", buffered(sys.stdin.buffer))
        else:
            paths.extend(_named(place))
    yield from (path for path in paths if isinstance(path, Refusal))
    for found in listings.find([path for path in paths if isinstance(path, Path)], _judge):
        if isinstance(found, Refusal):
            yield found
            continue
        try:
            yield Document(shown(found), opened(found), path=found)
        except OSError as error:
            yield refuse_error(found, error)


def _named(place: str) -> Iterator[Path | Refusal]:
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
    if isinstance(layout, Refusal) and layout.kind == "skipped" and (is_bibtex(head) or is_id_list(head)):
        return refuse_file(path, "names papers, and is used only where it is named itself", "skipped")
    return layout
