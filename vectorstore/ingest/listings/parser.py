"""From a listing file to papers: one record after the other, each taken or refused on its own."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from vectorstore.errors import InputError
from vectorstore.ingest.listings.detection import begin, claimed, heading_layout
from vectorstore.ingest.listings.lines import Line, open_listing
from vectorstore.ingest.listings.raw_record import Layout, RawRecord, listing_category, listing_date
from vectorstore.ingest.listings.rejects import Reject, printable_path, refuse_error, refuse_file
from vectorstore.paper import Paper, Source

_SENTENCE_END = re.compile(r"""[.!?…。]["'”’»)\]}$*]*\s*\Z""")


def read_listing(path: Path | str) -> Iterator[Paper | Reject]:
    """Read a listing's records in the file's order, holding one at a time.

    A record that cannot be read gives a `Reject` with its line; all others are still read. So does a file that is no
    listing or cannot be opened. Nothing is raised for what a file holds or for a path that does not work. Listings
    that were joined into one file, in any layouts, are read as what they were.

    Yields:
        `Paper` with one source, or `Reject`.
    """
    path = Path(path)
    if not path.is_file():
        yield _no_file(path)
        return
    try:
        with open_listing(path) as file:
            yield from read_open(file, path)
    except OSError as error:
        yield refuse_error(path, error)


def read_open(file: io.BufferedReader, name: Path | str, asked_for: bool = True) -> Iterator[Paper | Reject]:
    """The same of a file that is open, such as one in an archive: it is read once, from beginning to end.

    Args:
        file: at its start, with a buffer of `HEAD` bytes.
        name: what refusals call it; the last part of it is what papers call it.
        asked_for: whether it must be a listing; else one that is none is passed over, as in a folder.

    Raises:
        OSError: when it cannot be read.
    """
    layout, found = begin(file, name)
    if isinstance(layout, Reject):
        yield replace(layout, kind="file") if asked_for else layout
        return
    empty = True
    for draft, cut in _drafts(found, layout, printable_path(Path(name).name)):
        empty = False
        yield _result(draft, printable_path(name), cut)
    if empty:
        yield refuse_file(name, "lists no papers", "skipped")


def _no_file(path: Path) -> Reject:
    try:
        path.stat()
    except OSError as error:
        return refuse_error(path, error)
    return refuse_file(path, "is a folder, not a listing" if path.is_dir() else "is not a regular file")


def _drafts(lines: Iterable[Line], layout: Layout, name: str) -> Iterator[tuple[RawRecord, Line | None]]:
    """Each record's lines; with the last one, the last line of the file."""
    draft: RawRecord | None = None
    line: Line | None = None
    listed = category = None
    first = True  # of the lines that are not blank: a heading in anybody's words

    def begun(number: int, heading: str | None, stray: bool = False) -> RawRecord:
        return RawRecord(number, heading, Source(name, number, listed, category), layout, stray=stray)

    for line in lines:
        text = line.text
        if text.startswith("### "):
            if draft is not None:
                yield draft, None
            layout = claimed(text) or layout
            draft = begun(line.number, text[4:])
        elif not text or text.isspace():
            if draft is not None:
                draft.current = None
            continue
        elif text[0] == "#" and (announced := heading_layout(text) or (first and text[:2] == "# " and layout)):
            if draft is not None:
                yield draft, None
            draft, layout = None, announced
            listed, category = listing_date(text), listing_category(text)
            if line.problem:
                draft = begun(line.number, None, stray=True)
        else:
            if (told := claimed(text)) is not None and told is not layout:
                # Another layout begins with no word of it; the record's own heading came before this line.
                layout = told
                if draft is not None and not draft.parts and claimed(f"### {draft.heading}") is None:
                    draft.layout = layout
            if layout.starts(draft, text) or (draft is not None and draft.layout is not layout):
                if draft is not None:
                    yield draft, None
                draft = begun(line.number, None)
            taken = draft is not None and (draft.stray or layout.take(draft, text))
            # What the end of the file leaves of a line belongs to a record that is not whole anyway.
            if draft is None or not (taken or (not line.ended and "Summary" not in draft.parts)):
                if draft is not None:
                    yield draft, None
                draft = begun(line.number, None, stray=True)
        first = False
        if line.problem and draft is not None:
            draft.problem = draft.problem or line.problem
    if draft is not None:
        yield draft, line


def _result(draft: RawRecord, file: str, last: Line | None) -> Paper | Reject:
    abstract = draft.value("Summary")
    cut = last is not None and not last.ended and not last.text.isspace()
    if draft.stray:
        reason = f"text that belongs to no record{f': {draft.problem}' if draft.problem else ''}"
        if cut and last is not None and draft.line == last.number:
            reason = "the record is cut off: the file ends within its heading"
    elif last is not None and not abstract and (cut or not draft.problem):
        reason = "the record is cut off: the file ends before its abstract"
    elif cut and (draft.problem or not _SENTENCE_END.search(abstract[-100:])):
        reason = (
            "the record is cut off: the file ends within its abstract, without a line end"
            " (if the abstract is complete, end its line)"
        )
    elif draft.problem:
        reason = draft.problem
    else:
        try:
            return draft.layout.paper(draft)
        except InputError as error:
            reason = str(error)
    return Reject(file, draft.line, reason)
