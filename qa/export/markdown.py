"""Untrusted text to Markdown that shows it as it stands: titles, sentences, names and questions."""

from __future__ import annotations

import re

from qa.export.math import split_formulas
from vectorstore.text.cleaning import visible
from vectorstore.text.latex import with_accents

# What means something inside a line, in CommonMark or in the dialects of GitHub, Obsidian and pandoc.
_MARKS = re.compile(r"[\\`*_\[\]~|$^#]|%{2,}|={2,}")
# Where a backslash is needed for what would make a list, a rule or a heading of the line that it opens.
_OPENING = re.compile(r"^(?:(\d+)(?=[.)](?: |$))|(?=[+=-]))")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}  # which old Markdown knows too, unlike a backslash before them


def escape_markdown(text: str) -> str:
    r"""Return Markdown, on one line, that shows the text as it is; it may also begin a line.

    Formulas that do no harm stay formulas, because most programs for notes set them, and because without its marks
    "$10^{-5}$" would be another number.

    >>> print(escape_markdown("a <b> *c* at $10^{-5}$ [d](javascript:e)"))
    a &lt;b&gt; \*c\* at $10^{-5}$ \[d\](javascript:e)
    """
    escaped = "".join(_formula(part) if formula else _plain(part) for part, formula in split_formulas(one_line(text)))
    return _OPENING.sub(lambda digits: f"{digits[1] or ''}\\", escaped, count=1)


def one_line(text: str) -> str:
    """Return the text on one line, accents on their letters, without what a terminal or a reader would obey."""
    return visible(with_accents(text))


def _plain(text: str) -> str:
    return _MARKS.sub(
        lambda marks: "".join(f"\\{mark}" for mark in marks[0]),
        "".join(_ENTITIES.get(character, character) for character in text),
    )


def _formula(text: str) -> str:
    if "`" in text or "](" in text:  # code or a link, to a program that knows no formulas
        return _plain(text)
    # The same to TeX, and nothing to HTML.
    return text.replace("<", r"\lt ").replace(">", r"\gt ")
