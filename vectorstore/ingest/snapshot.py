r"""arXiv's metadata snapshot, as on Kaggle: one JSON object a line for each of arXiv's papers.

{"id": "0704.0001", "submitter": "Pavel", "authors": "C. Bal\\'azs, E. L. Berger", "title": "…", "comments": "…",
 "journal-ref": null, "doi": "10.1/x", "report-no": null, "categories": "hep-ph cs.CV", "license": null,
 "abstract": "  …\n", "versions": [{"version": "v1", "created": "Mon, 2 Apr 2007 19:18:42 GMT"}, …],
 "update_date": "2008-11-26", "authors_parsed": [["Balázs", "C.", ""], ["Berger", "E. L.", ""]]}
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from vectorstore.errors import InputError
from vectorstore.ingest.listings.raw_record import require_text
from vectorstore.ingest.listings.rejects import Reject, printable_path, refuse_file
from vectorstore.paper import Paper, Source
from vectorstore.text.arxiv_ids import split_id
from vectorstore.text.author_names import clean_authors, split_authors
from vectorstore.text.cleaning import clean, shortened

Admits = Callable[[tuple[str, ...], date | None], bool]

MAX_LINE = 1 << 24
"""Bytes; a paper of three thousand authors, who stand in it twice, takes half a million."""

_FIRST_FIELD = re.compile(rb'(?:\xef\xbb\xbf)?\s*\{\s*"[\w-]{1,30}"\s*:')
_FIELDS = (b'"id"', b'"title"', b'"abstract"')


def is_snapshot(head: bytes) -> bool:
    """Whether a file that begins so is a snapshot."""
    first = head.lstrip(b" \t\r\n").split(b"\n", 1)[0]
    return _FIRST_FIELD.match(first) is not None and all(field in first for field in _FIELDS)


def read_snapshot(file: io.BufferedReader, name: str, admits: Admits) -> Iterator[Paper | Reject]:
    """Read the papers of a snapshot that are wanted, holding one at a time.

    Args:
        file: at its start.
        name: what refusals call it; the last part of it is what papers call it.
        admits: whether a paper of these categories and this day is wanted; of the others nothing else is looked at.

    Raises:
        OSError: when it cannot be read.
    """
    source, number, empty = printable_path(Path(name).name), 0, True
    while line := file.readline(MAX_LINE):
        number += 1
        whole = line.endswith(b"\n")
        if not whole and len(line) == MAX_LINE:
            while (rest := file.readline(MAX_LINE)) and not rest.endswith(b"\n"):
                pass
            yield Reject(name, number, f"the record is longer than {MAX_LINE:,} bytes")
            continue
        if not line.strip(b" \t\r\n,[]\xef\xbb\xbf"):  # blank, or a list's bracket around it all
            continue
        empty = False
        try:
            record = _object(line, whole)
            if (found := _paper(record, source, admits)) is not None:
                yield found
        except InputError as error:
            yield Reject(name, number, str(error))
    if empty:
        yield refuse_file(name, "lists no papers", "skipped")


def _object(line: bytes, whole: bool) -> Mapping[str, Any]:
    try:
        record = json.loads(line.strip(b" \t\r\n,\xef\xbb\xbf"))
    except (ValueError, RecursionError):
        if not whole:
            raise InputError("the record is cut off: the file ends within it") from None
        raise InputError("the record is not valid JSON") from None
    if not isinstance(record, dict):
        raise InputError("the record is no JSON object")
    return record


def _paper(record: Mapping[str, Any], file: str, admits: Admits) -> Paper | None:
    """The paper, or None where it is not wanted."""
    categories = tuple(dict.fromkeys(_stated(record, "categories").split()))
    published, updated, version = _versions(record)
    listed = published.date() if published else None
    if not admits(categories, listed):
        return None
    given = record.get("id")
    if not isinstance(given, str):  # a number that was an id has lost its zeros
        raise InputError(f"its id is not text: {shortened(str(given))}")
    arxiv_id, _ = split_id(given)
    title, abstract = clean(_stated(record, "title")), clean(_stated(record, "abstract"))
    require_text(title, abstract)
    doi = _stated(record, "doi").split()
    return Paper(
        arxiv_id,
        title,
        abstract,
        version=version,
        listed=listed,
        authors=_authors(record),
        categories=categories,
        published=published,
        updated=updated,
        doi=" ".join(dict.fromkeys(doi)) or None,
        journal=clean(_stated(record, "journal-ref")) or None,
        comment=clean(_stated(record, "comments")) or None,
        # Without a line: in next week's snapshot the same record stands in another one.
        sources=(Source(file, 0, listed),),
    )


def _stated(record: Mapping[str, Any], field: str) -> str:
    value = record.get(field)
    return value if isinstance(value, str) else ""


def _versions(record: Mapping[str, Any]) -> tuple[datetime | None, datetime | None, int | None]:
    """When the first version came and when the newest, and the newest one's number."""
    stated = record.get("versions")
    rows = [row for row in stated if isinstance(row, dict)] if isinstance(stated, list) else []
    found: dict[int, datetime | None] = {}
    for row in rows:
        if number := re.fullmatch(r"v([1-9]\d{0,5})", str(row.get("version"))):
            found[int(number[1])] = _time(str(row.get("created")))
    if not found:
        day = _day(_stated(record, "update_date"))
        return None, day, None
    return found[min(found)], found[max(found)], max(found)


def _time(text: str) -> datetime | None:
    try:
        time = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return (time if time.tzinfo else time.replace(tzinfo=UTC)).astimezone(UTC)


def _day(text: str) -> datetime | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return datetime(found.year, found.month, found.day, tzinfo=UTC)


def _authors(record: Mapping[str, Any]) -> tuple[str, ...]:
    rows = record.get("authors_parsed")
    if not isinstance(rows, list) or not rows:
        return split_authors(_stated(record, "authors"))
    names = []
    for row in rows:
        if isinstance(row, list) and len(row) >= 2:
            family, given, *more = (part if isinstance(part, str) else "" for part in row)
            names.append(" ".join(part for part in (given, family, *more[:1]) if part.strip()))
    return clean_authors(names)
