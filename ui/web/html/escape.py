"""Untrusted text to HTML that stays text: titles, abstracts, names and questions go through here and nowhere else.

The page hands its HTML to Gradio's Markdown, which takes a line that opens with a block tag as it stands, and
sanitizes it. Two things would end that: a line break (a blank line ends a block of HTML) and, after it, Markdown's own
marks. So line breaks become spaces, and every mark becomes a character reference, which nothing reads as a mark.
"""

from __future__ import annotations

from vectorstore.text.cleaning import DIRECTIONS

# HTML's own, Markdown's, LaTeX's and template marks ("${…}", "{{…}}").
_REFERENCES = {ord(mark): f"&#{ord(mark)};" for mark in "&<>\"'`*_[]()#~|$%\\{}!^="}
# Control characters mean nothing in a page; the directional ones could make the text around them read backwards.
_DROPPED = dict.fromkeys(
    [
        *range(0x09),
        *range(0x0E, 0x20),
        *range(0x7F, 0x85),
        *range(0x86, 0xA0),
        *map(ord, DIRECTIONS),
    ]
)
_SPACES = {ord(mark): " " for mark in "\t\n\v\f\r\x85\u2028\u2029"}
_TABLE = {**_REFERENCES, **_DROPPED, **_SPACES}


def escape(text: str) -> str:
    """Return HTML, on one line, that shows the text as it is.

    >>> escape("<b>2 & 3</b>")
    '&#60;b&#62;2 &#38; 3&#60;/b&#62;'
    """
    return text.translate(_TABLE)


def attribute(text: str) -> str:
    """Return the text as an attribute value, quotes included."""
    return f'"{escape(text)}"'
