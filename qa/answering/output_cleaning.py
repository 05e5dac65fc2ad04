"""What a language model wrote, without codes for a terminal and without what is no part of an answer."""

from __future__ import annotations

import re
from collections.abc import Generator
from contextlib import closing
from dataclasses import replace

from qa.llm.protocol import Delta
from vectorstore.text.cleaning import TerminalCodeFilter

_OPENING = re.compile(r"\A\s*(?:\*\*|#+\s*)?answer(?:\*\*)?\s*:(?:\*\*)?\s*", re.I)
_REFERENCES = re.compile(
    r"^[ \t]*(?:#+[ \t]*|\*\*)?(?:references?|sources?|citations?|bibliography):?(?:\*\*)?[ \t]*(?::|\n|\Z).*\Z",
    re.I | re.M | re.S,
)
_MARKUP = re.compile(
    r"\s*\[\s*\d+(?:\s*[,;]\s*\d+)*\s*\]|\s*\[[^\]\n]{0,20}\Z|\*\*|^\s*(?:[-*+•]|\d{1,2}[.)]|#{1,6})\s+"
)


def legible(pieces: Generator[Delta, None, None]) -> Generator[Delta, None, None]:
    r"""Take out what commands a terminal, and other control characters, from what a model writes.

    >>> def written():
    ...     yield Delta("It has \x1b[3")
    ...     yield Delta("1m1.28K\x1b[0m\x07 parameters.")
    >>> "".join(piece.text for piece in legible(written()))
    'It has 1.28K parameters.'

    Args:
        pieces: as a model gives them; closed with this.
    """
    text, thinking = TerminalCodeFilter(), TerminalCodeFilter()
    with closing(pieces):
        for piece in pieces:
            yield replace(piece, text=text.feed(piece.text), thinking=thinking.feed(piece.thinking))


def plain(text: str) -> str:
    r"""Return a model's text without the word "Answer:" before it and its own list of references.

    >>> plain("**Answer:** It has 1.28K parameters [1].\n\nReferences:\n[1] StainNet")
    'It has 1.28K parameters [1].'
    """
    # Halves of a character that arrived in two pieces find each other; a lone half becomes a replacement mark.
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return _REFERENCES.sub("", _OPENING.sub("", text, count=1)).strip()


def unfinished(text: str) -> str:
    """Return a sentence that is still being written as it may be shown: marks and markup wait until they are checked.

    >>> unfinished("- It is **fast** [2], and it has 1.28K parameters [")
    'It is fast, and it has 1.28K parameters'
    """
    return " ".join(_MARKUP.sub("", text).split())
