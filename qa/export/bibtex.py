"""Papers as BibTeX."""

from __future__ import annotations

import re
import unicodedata

from qa.export.math import split_formulas
from vectorstore.paper import Paper
from vectorstore.text import latex
from vectorstore.text.cleaning import visible
from vectorstore.text.dates import short_month
from vectorstore.text.latex import with_accents

# What TeX reads as a command, outside of mathematics; a backslash is dealt with first, through a private mark.
_SPECIAL = {
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "{": r"\textbraceleft{}",  # not \{, which BibTeX would still count as an open brace
    "}": r"\textbraceright{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "\\": r"\textbackslash{}",
}


def bibtex(paper: Paper) -> str:
    r"""Return the paper as one BibTeX entry, ending in a newline.

    >>> print(
    ...     bibtex(Paper("2009.14376", "Deep & Wide", "…", version=2, authors=("Ana Müller",), categories=("cs.CV",)))
    ... )
    @misc{muller2020-2009-14376,
      title = {{Deep \& Wide}},
      author = {Ana M{\"u}ller},
      year = {2020},
      eprint = {2009.14376},
      archivePrefix = {arXiv},
      primaryClass = {cs.CV},
      url = {https://arxiv.org/abs/2009.14376v2},
    }
    <BLANKLINE>
    """
    fields = {
        # Doubled braces keep a style from lowering the case of names and acronyms.
        "title": "{" + escape_tex(paper.title) + "}",
        "author": " and ".join(_name(author) for author in paper.authors if author.strip()),
        "year": str(paper.year),
        "month": short_month(paper.published.month).lower() if paper.published else "",
        "eprint": paper.arxiv_id,
        "archivePrefix": "arXiv",
        "primaryClass": escape_tex(paper.categories[0]) if paper.categories else "",
        # A DOI is a link, not prose: programs that read it expect it unescaped.
        "doi": paper.doi if paper.doi and re.fullmatch(r"10\.[\w.()/:;<>+-]+", paper.doi, re.ASCII) else "",
        "note": escape_tex("; ".join(filter(None, (paper.journal, paper.comment)))),
        "url": paper.url,
    }
    lines = [
        f"  {name} = {value if name == 'month' else '{' + value + '}'},\n" for name, value in fields.items() if value
    ]
    return f"@misc{{{paper.bibtex_key},\n{''.join(lines)}}}\n"


def escape_tex(text: str) -> str:
    r"""Return text that TeX prints as it stands: no command in it runs, no brace is left open.

    Simple mathematics stays mathematics; accents become TeX's, and other letters stay as they are (UTF-8).

    >>> print(escape_tex(r"50% of \input{x} at $\alpha$, naïvely"))
    50\% of \textbackslash{}input\textbraceleft{}x\textbraceright{} at $\alpha$, na{\"\i}vely
    """
    text = visible(unicodedata.normalize("NFC", with_accents(text)))
    return "".join(part if formula else _escape_plain(part) for part, formula in split_formulas(text))


def _escape_plain(text: str) -> str:
    return "".join(_SPECIAL[c] if c in _SPECIAL else _accent(c) for c in text)


_COMMANDS = {mark: command for command, mark in latex.ACCENTS.items()}
_BELOW = "bcdk"  # accents that leave an i its dot


def _accent(character: str) -> str:
    decomposed = unicodedata.normalize("NFD", character)
    if len(decomposed) != 2 or decomposed[1] not in _COMMANDS or not decomposed[0].isascii():
        return character
    letter, accent = decomposed[0], _COMMANDS[decomposed[1]]
    if letter in "ij" and accent not in _BELOW:
        letter = f"\\{letter}"  # without its dot
    if accent.isalpha():
        letter = f"{{{letter}}}"
    return f"{{\\{accent}{letter}}}"


def _name(author: str) -> str:
    # BibTeX splits names at the word "and"; braces keep one that holds it (a collaboration, say) whole.
    escaped = escape_tex(author)
    return f"{{{escaped}}}" if re.search(r"\band\b|,", escaped, re.IGNORECASE) else escaped
