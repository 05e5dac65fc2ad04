"""The fielded export: a heading that is the title, then one `- **Name**: value` a line; indented lines continue one.

# Arxiv Papers in cs.CV on 2020-09-30
### A Title
- **Arxiv ID**: http://arxiv.org/abs/2009.14376v2
- **DOI**: None
- **Categories**: **cs.CV**, cs.CR
- **Links**: [PDF](http://arxiv.org/pdf/2009.14376v2)
- **Published**: 2020-09-30 01:25:00+00:00
- **Updated**: 2020-10-17 16:27:59+00:00
- **Authors**: Ana Example, Ben Example
- **Comment**: Accepted at a conference; 12 pages, with a comment
  that goes on
- **Journal**: None
- **Summary**: The abstract.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

from vectorstore.errors import InputError
from vectorstore.ingest.listings.raw_record import MAX_RECORD, RawRecord, id_of_link, require_text
from vectorstore.paper import Paper
from vectorstore.text.cleaning import clean, shortened

_NAMES = frozenset(
    ("Arxiv ID", "DOI", "Categories", "Links", "Published", "Updated", "Authors", "Comment", "Journal", "Summary")
)
_FIELD = re.compile(r"- \*\*([^*]{1,40})\*\*:")


class Fielded:
    """See the file's own words."""

    def claims(self, text: str) -> bool:
        return text.startswith("- **Arxiv ID**:")

    def starts(self, draft: RawRecord | None, text: str) -> bool:
        # A field that the record has, or any field after its abstract: the next record, whose heading was lost.
        found = _FIELD.match(text)
        if found is None or found[1] not in _NAMES:
            return False
        return draft is None or draft.stray or found[1] in draft.parts or "Summary" in draft.parts

    def take(self, draft: RawRecord, text: str) -> bool:
        found = _FIELD.match(text)
        if found is not None and (found[1] in _NAMES or "Summary" not in draft.parts):
            draft.open(found[1], text[found.end() :])
        elif text.startswith("- **") and "Summary" not in draft.parts:
            # A damaged name must not become the end of the field before it.
            draft.open("", text)
            draft.problem = draft.problem or f"{shortened(text, 40)} is not a field"
        elif draft.current is not None:
            draft.add(text)
        elif not draft.parts and draft.heading is not None and text[0] == " ":
            draft.heading = f"{draft.heading} {text}" if len(draft.heading) < MAX_RECORD else draft.heading
        else:
            return False
        return True

    def paper(self, draft: RawRecord) -> Paper:
        title, abstract = clean(draft.heading or ""), _stated(draft, "Summary") or ""
        if draft.heading is None:
            raise InputError("the record has no heading, so no title")
        if "Arxiv ID" not in draft.parts:
            raise InputError("the record has no Arxiv ID")
        arxiv_id, version = id_of_link(draft.value("Arxiv ID"))
        require_text(title, abstract)
        doi = _stated(draft, "DOI")
        return Paper(
            arxiv_id,
            title,
            abstract,
            version=version,
            listed=draft.source.listed,
            authors=tuple(name for part in (_stated(draft, "Authors") or "").split(", ") if (name := part.strip(" ,"))),
            categories=_categories(_stated(draft, "Categories") or ""),
            published=_time(draft, "Published"),
            updated=_time(draft, "Updated"),
            # arXiv's export sometimes repeats a DOI: "10.1145/3243394 10.1145/3243394".
            doi=" ".join(dict.fromkeys(doi.split())) if doi else None,
            journal=_stated(draft, "Journal"),
            comment=_stated(draft, "Comment"),
            sources=(draft.source,),
        )


def _stated(draft: RawRecord, name: str) -> str | None:
    value = clean(draft.value(name))
    return None if value in ("", "None") else value


def _categories(text: str) -> tuple[str, ...]:
    codes = [code for part in text.split(",") if (code := part.strip())]
    primary = [code for code in codes if code.startswith("**")]
    return tuple(dict.fromkeys(code.strip("* ") for code in primary + codes))


def _time(draft: RawRecord, name: str) -> datetime | None:
    text = _stated(draft, name)
    if text is None:
        return None
    try:
        time = datetime.fromisoformat(text)
        return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except (ValueError, OverflowError):
        raise InputError(f"its {name} is not a time: {shortened(text)}") from None
