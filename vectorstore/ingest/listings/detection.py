"""The layouts known, and which of them a file is in."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from vectorstore.ingest.listings.digest import Digest
from vectorstore.ingest.listings.fielded import Fielded
from vectorstore.ingest.listings.lines import Line, head_of, lines, open_listing
from vectorstore.ingest.listings.raw_record import Layout
from vectorstore.ingest.listings.rejects import Reject, refuse_error, refuse_file

DIGEST: Layout = Digest()
FIELDED: Layout = Fielded()
LAYOUTS = (DIGEST, FIELDED)

MAX_SEARCHED = 1 << 24
"""Characters searched for a first record before a file is taken for something else."""

_LINE_COST = 100  # what a line that is kept takes besides its text, so that a file of blank lines does not fill memory

_FIELDED_HEADING = re.compile(r"# arxiv papers in\b", re.I)
# A day ("--") or a category ("cs.CV") must follow: "# arXiv listings" heads a README.
_DIGEST_HEADING = re.compile(r"# arxiv\s+(?:\S+\s*--|[a-z-]+\.[a-z-]{2,}\s*\Z)", re.I)

_HINT = "a listing has headings like '### 1.Title  [ pdf ](https://arxiv.org/…)' or fields like '- **Arxiv ID**: …'"


def heading_layout(text: str) -> Layout | None:
    """The layout that a line announces as a listing's heading, or None when it is no such heading."""
    if _FIELDED_HEADING.match(text):
        return FIELDED
    return DIGEST if _DIGEST_HEADING.match(text) else None


def claimed(text: str) -> Layout | None:
    """The layout that a line of a record must belong to, if it tells."""
    for layout in LAYOUTS:  # not next(): this runs for every line
        if layout.claims(text):
            return layout
    return None


def layout_of(path: Path) -> Layout | Reject:
    """The layout of a file, by its first telling line, or why it is no listing; "skipped" where nothing is lost."""
    try:
        with open_listing(path) as file:
            return begin(file, path)[0]
    except OSError as error:
        return refuse_error(path, error)


def begin(file: io.BufferedReader, name: Path | str) -> tuple[Layout | Reject, Iterator[Line]]:
    """The layout of a file, or why it is no listing, and all its lines: those that were looked at come again.

    A heading of the whole listing tells only where no record does: the records are what is read.

    Args:
        file: at its start, with a buffer of `HEAD` bytes.
        name: what a refusal calls it.

    Raises:
        OSError: when the file cannot be read.
    """
    head = head_of(file)
    announced: Layout | None = None
    seen: list[Line] = []
    searched = 0
    rest = lines(file)
    for line in rest:
        seen.append(line)
        if found := claimed(line.text):
            return found, chain(seen, rest)
        announced = announced or heading_layout(line.text)
        searched += len(line.text) + _LINE_COST
        if searched > MAX_SEARCHED:
            break
    return announced or _not_a_listing(head, name), chain(seen, rest)


def _not_a_listing(head: bytes, path: Path | str) -> Reject:
    if not head.strip(b" \t\r\n\xef\xbb\xbf"):
        return refuse_file(path, "is empty", "skipped")
    if b"\0" in head:
        for encoding in ("utf-16", "utf-32", "utf-16-le", "utf-16-be"):
            text = head[: len(head) & ~3].decode(encoding, "replace")
            if any(claimed(line) or heading_layout(line.lstrip("\ufeff")) for line in text.splitlines()):
                return refuse_file(path, "is a listing in UTF-16 or UTF-32; save it as UTF-8 and try again")
        return refuse_file(path, "is a binary file, not a listing", "skipped")
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(head) - 4:  # else a character cut by the end of the head
            return refuse_file(path, "is a binary file or not UTF-8 text, not a listing", "skipped")
    return refuse_file(path, f"is not a listing: {_HINT}", "skipped")
