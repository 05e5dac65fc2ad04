"""Untrusted text made fit: fields of a record repaired, and what a terminal, a file or a reader could not take gone.

LaTeX stays as written (`vectorstore.text.latex` is about that).
"""

from __future__ import annotations

import html
import re
import unicodedata
from functools import cache
from html.entities import html5
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ftfy import TextFixerConfig

# Only entities closed by a semicolon: HTML's older ones without it would turn "state&region" into "state®ion".
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")

# Terminal escape sequences, whole: dropping the escape alone would leave "[31m" in the text. Not those of eight bits,
# which in a listing are letters of another encoding, and are repaired.
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])")

DIRECTIONS = "\u061c\u200e\u200f" + "".join(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A))))
"""Marks that reorder the text around them, so that a line reads other than it is."""

# Controls other than white space, and what is invisible or turns text round: soft hyphens, zero-width spaces and marks,
# bidirectional overrides, tag characters. The zero-width joiners (U+200C, U+200D) are spelling and stay.
_CONTROLS = re.compile(
    f"[{DIRECTIONS}\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u200b\u2060-\u206f\ufeff\ud800-\udfff"
    "\U000e0000-\U000e007f]"
)

# A digest is cut from arXiv's web page, where "<" in the text is written "&lt;": a bare tag is markup. The bounds keep
# the search linear in whatever a file holds.
_LINK = re.compile(r"""<a\b[^<>]{0,500}?\bhref="([^"<>]{0,1000})"[^<>]{0,500}>([^<]{0,500})</a>""", re.I | re.S)
_BREAK = re.compile(r"<(?:br|/?p|/?div)\b[^<>]{0,500}>", re.I)
_TAG = re.compile(r"</?(?:a|b|i|u|em|strong|sub|sup|span|tt|code)(?:\s[^<>]{0,500})?>", re.I)
_MISREAD_LINK = re.compile(r"http://(\w+)\.([A-Z]\w*)/?")


def clean(text: str) -> str:
    """The text on one line, repaired; LaTeX and quotes stay as written.

    >>> clean("Fire &amp; smoke:  p&lt;0.01, naÃ¯ve")
    'Fire & smoke: p<0.01, naïve'
    """
    if "&" in text:
        text = _ENTITY.sub(_decoded, text)
    if not text.isascii():
        text = _repaired(text)
    if not text.isprintable():
        text = _CONTROLS.sub("", _ESCAPES.sub("", text))
    return " ".join(text.split())


def clean_html(text: str) -> str:
    """The same for text that is HTML: tags go, a link whose words say nothing becomes its address.

    >>> clean_html('See <a href="https://example.org/x">this https URL</a>. <br>Then p&lt;1')
    'See https://example.org/x. Then p<1'
    """
    if "<" in text:
        text = _TAG.sub("", _BREAK.sub(" ", _LINK.sub(_linked, text)))
    return clean(text)


def without_controls(text: str) -> str:
    """The text without escape sequences and control characters, on one line: safe to print."""
    if text.isprintable():
        return text
    return re.sub(r"\s", " ", _CONTROLS.sub("", _ESCAPES.sub("", text)))


def encodable(text: str) -> str:
    """The text with "?" for each half of a character, which an escape that is not Unicode makes and no file can hold.

    >>> encodable("half \\ud800")
    'half ?'
    """
    return text.encode("utf-8", "replace").decode("utf-8")


def visible(text: str) -> str:
    """The text on one line, without what is not seen: controls, marks of direction, halves of characters."""
    if not text.isprintable():
        text = "".join(c for c in text if c.isspace() or unicodedata.category(c)[0] != "C")
    return " ".join(text.split())


# What commands a terminal, with all that belongs to it: what is left of "ESC [31m" would read as a number. A sequence
# (CSI) ends with a letter or a sign; a string (OSC and its like) with a bell or a sign of its own, here also with its
# line.
_SEQUENCE = r"(?:\x1b\[|\x9b)[0-?]*[ -/]*"
_STRING = r"(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x90\x98\x9c-\x9f\r\n]*"
_SHORT = r"\x1b[ -/]*"
_CODE = re.compile(rf"{_SEQUENCE}[@-~]?|{_STRING}(?:\x07|\x9c|\x1b\\)?|{_SHORT}[0-~]?")
_OPEN_CODE = re.compile(rf"(?:{_SEQUENCE}|{_STRING}\x1b?|{_SHORT})\Z")
_LONGEST_CODE = 4096  # characters; what is longer is no code that anyone waits for


class TerminalCodeFilter:
    """Takes what commands a terminal, and other control characters, out of a text that arrives in pieces."""

    def __init__(self) -> None:
        self._held = ""

    def feed(self, text: str) -> str:
        """What may be shown of the next piece; a code that has not ended is held until it has."""
        text, self._held = self._held + text, ""
        if (open_code := _OPEN_CODE.search(text)) and len(open_code[0]) < _LONGEST_CODE:
            text, self._held = text[: open_code.start()], open_code[0]
        text = _CODE.sub("", text)
        return (
            text if text.isprintable() else "".join(c for c in text if c in "\n\t" or unicodedata.category(c) != "Cc")
        )


def shortened(text: str, width: int = 80) -> str:
    """A quotation for a message: cleaned, in quotes, at most `width` characters of it."""
    text = clean(text[: 4 * width])
    return repr(text if len(text) <= width else f"{text[:width]}…")


def _decoded(match: re.Match[str]) -> str:
    entity = match[0]
    return html.unescape(entity) if entity[1] == "#" or entity[1:] in html5 else entity


def _linked(match: re.Match[str]) -> str:
    address, words = match[1], match[2]
    if not words.startswith("this http"):
        return words
    # arXiv's page takes "deep models.In this work" (a missing space) for the host models.In.
    misread = _MISREAD_LINK.fullmatch(address)
    return f"{misread[1]}. {misread[2]}" if misread else address


def _repaired(text: str) -> str:
    import ftfy  # takes a while to import, and most files need it for a line or two

    return ftfy.fix_text_segment(text, _repairs())


@cache
def _repairs() -> TextFixerConfig:
    import ftfy

    # Only what is broken: curly quotes, full-width letters and HTML are the authors' own or dealt with above.
    return ftfy.TextFixerConfig(
        unescape_html=False,
        uncurl_quotes=False,
        fix_character_width=False,
        fix_line_breaks=False,
        remove_terminal_escapes=False,
        remove_control_chars=False,
        explain=False,
    )
