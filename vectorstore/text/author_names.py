"""The names of authors as arXiv states them: accents written in LaTeX, collaborations, stray signs between them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from vectorstore.text.cleaning import clean
from vectorstore.text.latex import with_accents

_BETWEEN = re.compile(r",\s+and\s+|\s+and\s+|,\s*|;\s*")
_IN_BRACKETS = re.compile(r"\([^()]*\)")


def clean_authors(names: Iterable[str]) -> tuple[str, ...]:
    r"""The names with letters for LaTeX's accents; what has none, such as the ":" after a collaboration, is left out.

    >>> clean_authors(["ATLAS Collaboration", ":", "C. Bal\\'azs"])
    ('ATLAS Collaboration', 'C. Balázs')
    """
    found = (clean(with_accents(name)).strip(" ,;:") for name in names)
    return tuple(dict.fromkeys(name for name in found if any(sign.isalpha() for sign in name)))


def split_authors(text: str) -> tuple[str, ...]:
    """The names in a list of them, without the affiliations that stand in brackets.

    >>> split_authors("C. Ames, E. L. Berger (Argonne, HEP) and the CMS Collaboration")
    ('C. Ames', 'E. L. Berger', 'the CMS Collaboration')
    """
    while (without := _IN_BRACKETS.sub("", text)) != text:
        text = without
    return clean_authors(_BETWEEN.split(" ".join(text.split())))
