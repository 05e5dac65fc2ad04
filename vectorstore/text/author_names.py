"""The names of authors as arXiv states them: accents written in LaTeX, collaborations, stray signs between them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from vectorstore.text import latex
from vectorstore.text.cleaning import clean

_BETWEEN = re.compile(r",\s+and\s+|\s+and\s+|,\s*|;\s*")
_IN_BRACKETS = re.compile(r"\([^()]*\)")


def authors(names: Iterable[str]) -> tuple[str, ...]:
    r"""The names with letters for LaTeX's accents; what has none, such as the ":" after a collaboration, is left out.

    >>> authors(["ATLAS Collaboration", ":", "C. Bal\\'azs"])
    ('ATLAS Collaboration', 'C. Balázs')
    """
    found = (clean(latex.letters(name)).strip(" ,;:") for name in names)
    return tuple(dict.fromkeys(name for name in found if any(sign.isalpha() for sign in name)))


def several(text: str) -> tuple[str, ...]:
    """The names in a list of them, without the affiliations that stand in brackets.

    >>> several("C. Ames, E. L. Berger (Argonne, HEP) and the CMS Collaboration")
    ('C. Ames', 'E. L. Berger', 'the CMS Collaboration')
    """
    while (without := _IN_BRACKETS.sub("", text)) != text:
        text = without
    return authors(_BETWEEN.split(" ".join(text.split())))
