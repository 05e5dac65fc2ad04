"""The numbered digest: a heading with a link, `### 1.Title  [ pdf ](…)` or `[ :arrow_down: ](…)`, then `>  abstract`.

    # ArXiv cs.CV --Thu, 21 Mar 2019
    ### 1.A Title  [ pdf ](https://arxiv.org/pdf/1903.08642.pdf)
    >  Its abstract, as HTML, on one line.

The two variants differ in the link's label only.
"""

from __future__ import annotations

import re

from vectorstore.errors import InputError
from vectorstore.ingest.listings.raw_record import RawRecord, id_of_link, require_text
from vectorstore.paper import Paper
from vectorstore.text.cleaning import clean_html

_LABEL = re.compile(r"\[\s*(?:pdf|:arrow_down:)\s*\]\(\s*([^()\s]*)\s*\)?")
_NUMBER = re.compile(r"\s*[0-9]+\.")


class Digest:
    """See the file's own words."""

    def claims(self, text: str) -> bool:
        return text.startswith("### ") and _LABEL.search(text) is not None

    def starts(self, draft: RawRecord | None, text: str) -> bool:  # noqa: ARG002 -- the protocol's arguments
        return False

    def take(self, draft: RawRecord, text: str) -> bool:
        if not text.startswith(">"):
            return False
        if "Summary" in draft.parts:
            draft.current = draft.parts["Summary"]
            draft.add(text[1:])
        else:
            draft.open("Summary", text[1:])
        return True

    def paper(self, draft: RawRecord) -> Paper:
        heading = draft.heading or ""
        labels = list(_LABEL.finditer(heading))
        if not labels:
            raise InputError("the record's heading has no link to arXiv, so no id")
        arxiv_id, version = id_of_link(labels[-1][1])
        title = clean_html(_NUMBER.sub("", heading[: labels[-1].start()], count=1))
        abstract = clean_html(draft.value("Summary"))
        require_text(title, abstract)
        return Paper(arxiv_id, title, abstract, version=version, listed=draft.source.listed, sources=(draft.source,))
