"""ArxivQuery: which papers of arXiv someone asks for, from "arxiv:cs.CV" to arXiv's own query language."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from vectorstore.errors import InputError
from vectorstore.text.arxiv_ids import ARCHIVES, id_in

PREFIX = "arxiv:"
# Source: https://info.arxiv.org/help/api/user-manual.html, "Details of Query Construction".
_FIELDS = ("ti", "au", "abs", "co", "jr", "cat", "rn", "id", "all")
_FIELD = re.compile(rf"\b(?:{'|'.join(_FIELDS)}):")
_ONE_FIELD = re.compile(rf'({"|".join(_FIELDS)}):([^":()\[\]]+)')
_OPERATOR = re.compile(r"\b(?:AND|OR|ANDNOT)\b")
_CATEGORY = re.compile(r"([a-z]+(?:-[a-z]+)?)(?:\.([a-z]+(?:-[a-z]+)*))?", re.I)


@dataclass(frozen=True, slots=True)
class ArxivQuery:
    """What is asked of arXiv: a query, or papers by id.

    Attributes:
        words: how it was asked for, such as "arxiv:cs.CV".
        query: in arXiv's query language; empty where ids are.
        ids: papers by id.
    """

    words: str
    query: str = ""
    ids: tuple[str, ...] = ()

    @classmethod
    def read(cls, words: str, categories: Sequence[str] = ()) -> ArxivQuery:
        """Understand what follows "arxiv:": a category, an archive, an id, or a query.

        >>> ArxivQuery.read("arxiv:cs.CV").query, ArxivQuery.read("arxiv:2009.14376v2").ids
        ('cat:cs.CV', ('2009.14376',))
        >>> ArxivQuery.read("arxiv:au:Kaiming He", ["cs"]).query
        '(au:"Kaiming He") AND ((cat:cs OR cat:cs.*))'

        Args:
            words: with or without "arxiv:" in front.
            categories: the paper must be in one of them besides.

        Raises:
            InputError: it is none of these.
        """
        asked = words[len(PREFIX) :].strip() if words.lower().startswith(PREFIX) else words.strip()
        words = f"{PREFIX}{asked}"
        codes = " OR ".join(_category(code) for code in categories)
        if found := re.fullmatch(_ONE_FIELD, asked):
            value = found[2].strip()
            query = f'{found[1]}:"{value}"' if " " in value and not _OPERATOR.search(value) else f"{found[1]}:{value}"
        elif _FIELD.search(asked):
            query = " ".join(asked.split())
        elif (named := _CATEGORY.fullmatch(asked)) and named[1].lower() in ARCHIVES:
            query = _category(asked)
        elif (arxiv_id := id_in(asked)) and not categories:
            return cls(words, ids=(arxiv_id,))
        elif not asked and codes:
            return cls(f"{PREFIX}{' '.join(categories)}", codes)
        else:
            raise InputError(
                f"{words!r} says nothing that arXiv can be asked for. Name a category (arxiv:cs.CV), an id "
                '(arxiv:2009.14376), or a query with fields, such as "arxiv:au:Kaiming He" or '
                '"arxiv:ti:matting AND cat:cs.CV".'
            )
        if codes:
            return cls(f"{words} in {' '.join(categories)}", f"({query}) AND ({codes})")
        return cls(words, query)


def _category(code: str) -> str:
    """The query for a category; one without a subject is an archive with all of its."""
    named = _CATEGORY.fullmatch(code.strip())
    if named is None or named[1].lower() not in ARCHIVES:
        raise InputError(f"{code!r} is no category of arXiv. Categories look like cs.CV, math.GT, astro-ph or cs.")
    archive, subject = named[1].lower(), named[2]
    if subject is None:
        return f"(cat:{archive} OR cat:{archive}.*)"
    # arXiv tells capitals from small letters: subjects of two letters are written in capitals, as in cs.CV.
    return f"cat:{archive}.{subject.upper() if len(subject) == 2 else subject.lower()}"
