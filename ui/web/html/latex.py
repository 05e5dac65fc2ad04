"""Text with LaTeX in it to HTML: formulas and text commands typeset, highlights exactly where they are asked for."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from ui.web.html.escape import escape
from ui.web.html.mathml import mathml
from vectorstore.text.latex import ACCENTS, LETTERS, SIGNS


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch of the text, `text[start:end]`, with the HTML that shows it and the element it stands in."""

    start: int
    end: int
    html: str
    style: str = ""


_STYLES = {
    **dict.fromkeys(("emph", "textit", "textsl", "it", "em", "sl"), "em"),
    **dict.fromkeys(("textbf", "bf"), "strong"),
    **dict.fromkeys(("texttt", "tt", "url", "path"), "code"),
    **dict.fromkeys(("textsc", "textrm", "textsf", "text", "mbox", "textnormal", "underline"), "span"),
}
# As set in text: without their dots, and in one character where a search wants three.
_WORDS = (
    LETTERS
    | SIGNS
    | {
        "i": "ı",
        "j": "ȷ",
        "ldots": "…",
        "dots": "…",
        "texttrademark": "™",
        "newline": " ",
        "par": " ",
        "noindent": "",
        "xspace": "",
    }
)

# In this order: what comes first wins at the same place.
_TOKEN = re.compile(
    r"""
    \$\$(?P<display>[^$]{1,500})\$\$
  | \\\[(?P<bracket>.{1,500}?)\\\]
  | \\\((?P<paren>.{1,500}?)\\\)
  | (?<!\\)\$(?P<inline>(?:[^$\\]|\\.){1,500}?)\$
  | \\(?P<style>emph|text(?:it|sl|bf|tt|sc|rm|sf|normal)?|url|path|mbox|underline)[ ]?\{
  | \{\\(?P<group>it|em|sl|bf|tt)(?![A-Za-z])[ ]?
  | (?P<around>\{)?\\(?P<accent>[`'^"~=.]|[uvHckrd](?=[ ]?\{))[ ]?
    (?:\{\\?(?P<braced>[A-Za-z])\}|(?P<bare>[A-Za-z])(?![A-Za-z]*\{))(?(around)\})
  | \\(?P<escaped>[%&\#_${}\ ])
  | \\(?P<word>[A-Za-z]+)(?![A-Za-z])(?P<empty>\{\})?
  | (?P<dashes>(?<![-\w])---?(?![-\w])|(?<=\w)---?(?=\w)|(?<=\w)---(?=\s)|(?<=\s)---(?=\w))
  | (?P<open>``)
  | (?P<close>'')
  | (?<=[A-Za-z.])(?P<tie>~)(?=[\w\\$])
  | (?P<end>\})
    """,
    re.VERBOSE | re.DOTALL,
)

# Two words in a row, commands and their text aside, are a sentence between two prices rather than a formula.
_COMMAND = re.compile(r"\\(?:(?:text|math|operatorname|mbox)[a-z]*\s*\{[^{}]*\}|[A-Za-z]+)")
_PROSE = re.compile(r"[^\W\d_]{2,}[,;.]?\s+[^\W\d_]{2,}")


def typeset(text: str, marks: Sequence[tuple[int, int]] = ()) -> str:
    """Return safe HTML for a text with LaTeX in it, on one line.

    Args:
        text: untrusted; LaTeX as written. What cannot be typeset is shown as written.
        marks: character offsets (start, end) of stretches of the text to put in `<mark>`; a formula is
            highlighted whole or not at all.

    >>> typeset("a <b> in bold", marks=[(2, 5)])
    'a <mark>&#60;b&#62;</mark> in bold'
    """
    bounds = sorted({edge for mark in marks for edge in mark})
    pieces = [part for piece in _pieces(text) for part in _cut(piece, bounds, text)]
    html = []
    for marked, run in groupby(pieces, key=lambda piece: any(s < piece.end and piece.start < e for s, e in marks)):
        inner = "".join(
            _styled(style, "".join(p.html for p in group)) for style, group in groupby(run, key=lambda p: p.style)
        )
        html.append(f"<mark>{inner}</mark>" if marked and inner.strip() else inner)
    return "".join(html)


def _styled(style: str, html: str) -> str:
    return f"<{style}>{html}</{style}>" if style and html else html


def _cut(piece: _Piece, bounds: Sequence[int], text: str) -> Iterator[_Piece]:
    """Cut a piece of plain text where a highlight starts or ends; anything typeset stays whole."""
    if piece.html != escape(text[piece.start : piece.end]):
        yield piece
        return
    edges = [piece.start, *(b for b in bounds if piece.start < b < piece.end), piece.end]
    for start, end in pairwise(edges):
        yield _Piece(start, end, escape(text[start:end]), piece.style)


def _pieces(text: str) -> Iterator[_Piece]:
    """Yield the text piece by piece, none left out and none overlapping."""
    styles: list[str] = []
    position = 0
    while position < len(text):
        style = styles[-1] if styles else ""
        found = _TOKEN.search(text, position)
        while found and (shown := _shown(found, text, styles)) is None:
            # Not LaTeX after all: step over its first character only, because a real formula may open right behind it.
            found = _TOKEN.search(text, found.start() + 1)
        start = found.start() if found else len(text)
        if start > position:
            yield _Piece(position, start, escape(text[position:start]), style)
        if not found:
            return
        yield _Piece(start, found.end(), shown or "", style)
        position = found.end()


def _shown(found: re.Match[str], text: str, styles: list[str]) -> str | None:
    """Return the HTML of one token, or None where it is not LaTeX after all; opens and closes styles."""
    kind = found.lastgroup
    for name in ("display", "bracket", "paren", "inline"):
        if (formula := found[name]) is not None:
            return _formula(formula, name, found, text)
    if (style := found["style"] or found["group"]) is not None:
        if not _closes(text, found.end()):
            return None
        styles.append(_STYLES[style])
        return ""
    if found["end"]:
        if not styles:
            return None
        styles.pop()
        return ""
    if found["accent"]:
        letter = found["braced"] or found["bare"]
        return escape(unicodedata.normalize("NFC", letter + ACCENTS[found["accent"]]))
    if found["escaped"]:
        return escape(found["escaped"])
    if found["word"]:
        plain = _WORDS.get(found["word"])
        return (
            escape(plain)
            if plain is not None
            else mathml(found[0])
            if found.end() == len(text) or text[found.end()] != "{"
            else None
        )
    if found["dashes"]:
        return "—" if found["dashes"] == "---" else "–"
    return {"open": "“", "close": "”", "tie": "&#160;"}[kind or ""]


def _closes(text: str, start: int) -> bool:
    """Return whether the brace opened before `start` is closed, with no other brace in between."""
    brace = re.compile(r"(?<!\\)[{}]").search(text, start)
    return brace is not None and brace[0] == "}"


def _formula(source: str, kind: str, found: re.Match[str], text: str) -> str | None:
    """Typeset a formula; a dollar sign may also be a price, so what does not look like a formula is none."""
    if kind == "inline":
        if _PROSE.search(_COMMAND.sub(" ", source)):
            return None
        telling = re.search(r"[\\^_=<>]", source)
        after = text[found.end() : found.end() + 1]
        if not telling and (source != source.strip() or after.isdigit()):
            return None
        if source.isspace():
            return None
    html = mathml(source.strip(), block=kind in ("display", "bracket"))
    return html if html is not None else f"<code>{escape(found[0])}</code>"
