"""Lists of papers by id: a BibTeX file, or a text with an id or a link a line."""

from __future__ import annotations

import io
import logging
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from vectorstore.errors import InputError
from vectorstore.ingest.inputs import buffered
from vectorstore.ingest.listings.lines import open_listing
from vectorstore.ingest.listings.rejects import Reject, printable_path, refuse_file
from vectorstore.text.arxiv_ids import id_in, ids_in
from vectorstore.text.cleaning import shortened

MAX_BYTES = 1 << 25
"""A bibliography of a hundred thousand entries."""

_ENTRY = re.compile(rb"^[ \t]*@[ \t]*[A-Za-z]+[ \t]*[{(]", re.M)
_SAID_IN = ("eprint", "url", "ee", "doi", "journal", "note", "howpublished", "volume", "number", "pages", "arxiv")


@dataclass(frozen=True, slots=True)
class Reference:
    """A paper that a list names.

    Attributes:
        arxiv_id: its id, without version.
        place: the file and the line that name it.
    """

    arxiv_id: str
    place: str


def is_bibtex(head: bytes) -> bool:
    """Whether a file that begins so is a BibTeX file."""
    return _ENTRY.search(head) is not None


def is_id_list(head: bytes) -> bool:
    """Whether a file that begins so has an id on its first line that is no comment."""
    lines = (line.strip() for line in head.decode("utf-8-sig", "replace").splitlines())
    first = next((line for line in lines if line and line[0] not in "#%"), "")
    # In other texts an id may stand anywhere: it has to begin the line, as itself or as a link.
    return any(found.start == 0 for found in ids_in(first.lstrip("<\"'{")))


def read_references(file: io.BufferedReader, name: str) -> Iterator[Reference | Reject]:
    """Read which papers a BibTeX file or a list of ids names; an entry that names none on arXiv is said to.

    Args:
        file: at its start.
        name: what refusals and places call it.

    Raises:
        OSError: when it cannot be read.
    """
    bibtex = is_bibtex(file.peek())
    content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        yield refuse_file(name, f"is longer than {MAX_BYTES / 1e6:,.0f} MB; give it in parts")
        return
    text = content.decode("utf-8-sig", "replace")
    yield from _entries(text, name) if bibtex else _lines(text, name)


def ids_of_file(path: str) -> tuple[str, ...]:
    """Every id in a BibTeX file or a list of ids, each once; "-" is standard input.

    Raises:
        InputError: it cannot be read, or names none.
    """
    try:
        with buffered(sys.stdin.buffer) if path == "-" else open_listing(Path(path)) as file:
            ids = tuple(
                dict.fromkeys(found.arxiv_id for found in read_references(file, path) if isinstance(found, Reference))
            )
    except OSError as error:
        raise InputError(f"{printable_path(path)} cannot be read: {error.strerror or error}.") from error
    if not ids:
        raise InputError(
            f"{printable_path(path)} names no paper on arXiv. "
            "Give a BibTeX file, or a text with an id or a link a line."
        )
    return ids


def _lines(text: str, name: str) -> Iterator[Reference | Reject]:
    for number, line in enumerate(text.splitlines(), 1):
        line = line.strip()
        if not line or line[0] in "#%":
            continue
        if found := id_in(line):
            yield Reference(found, f"{name}:{number}")
        else:
            yield Reject(name, number, f"{shortened(line)} holds no arXiv id")


def _entries(text: str, name: str) -> Iterator[Reference | Reject]:
    from bibtexparser.entrypoint import parse_string
    from bibtexparser.model import Entry, ParsingFailedBlock

    logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)  # what it finds wrong is said below
    for block in parse_string(text).blocks:
        failed = isinstance(block, ParsingFailedBlock)
        # A key or a field that stands there twice: the entry is one all the same.
        entry = block.ignore_error_block if isinstance(block, ParsingFailedBlock) else block
        line = (block.start_line or 0) + 1
        if isinstance(entry, Entry):
            if found := _id_of({field.key.lower(): str(field.value) for field in entry.fields}):
                yield Reference(found, f"{name}:{line}")
            else:
                yield Reject(name, line, f"the entry {shortened(entry.key)} names no paper on arXiv", "skipped")
        elif failed:
            yield Reject(name, line, "is not BibTeX that can be read")


def _id_of(values: Mapping[str, str]) -> str | None:
    """The id that an entry's fields name. What stands in `eprint` may be another archive's."""
    archive = values.get("archiveprefix", values.get("eprinttype", "arxiv")).strip('{}" ').lower()
    eprint = values.get("eprint", "").strip('{}" ')
    if archive == "arxiv" and (found := id_in(eprint)):
        return found
    for field in _SAID_IN:
        if named := [found for found in ids_in(values.get(field, "")) if found.named]:
            return named[0].arxiv_id
    return None
