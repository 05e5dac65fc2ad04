"""What a language model wrote, without codes for a terminal and without what is no part of an answer."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Generator
from contextlib import closing
from dataclasses import replace

from qa.llm.protocol import Delta

_OPENING = re.compile(r"\A\s*(?:\*\*|#+\s*)?answer(?:\*\*)?\s*:(?:\*\*)?\s*", re.I)
_REFERENCES = re.compile(
    r"^[ \t]*(?:#+[ \t]*|\*\*)?(?:references?|sources?|citations?|bibliography):?(?:\*\*)?[ \t]*(?::|\n|\Z).*\Z",
    re.I | re.M | re.S,
)
_MARKUP = re.compile(
    r"\s*\[\s*\d+(?:\s*[,;]\s*\d+)*\s*\]|\s*\[[^\]\n]{0,20}\Z|\*\*|^\s*(?:[-*+•]|\d{1,2}[.)]|#{1,6})\s+"
)


# What commands a terminal, with all that belongs to it: what is left of "ESC [31m" would read as a number. A sequence
# (CSI) ends with a letter or a sign; a string (OSC and its like) with a bell or a sign of its own, here also with its
# line.
_SEQUENCE = r"(?:\x1b\[|\x9b)[0-?]*[ -/]*"
_STRING = r"(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x90\x98\x9c-\x9f\r\n]*"
_SHORT = r"\x1b[ -/]*"
_CODE = re.compile(rf"{_SEQUENCE}[@-~]?|{_STRING}(?:\x07|\x9c|\x1b\\)?|{_SHORT}[0-~]?")
_OPEN_CODE = re.compile(rf"(?:{_SEQUENCE}|{_STRING}\x1b?|{_SHORT})\Z")
_LONGEST_CODE = 4096  # characters; what is longer is no code that anyone waits for


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
    text, thinking = _Cleaner(), _Cleaner()
    with closing(pieces):
        for piece in pieces:
            yield replace(piece, text=text.feed(piece.text), thinking=thinking.feed(piece.thinking))


class _Cleaner:
    """Holds a code that has not ended until it has."""

    def __init__(self) -> None:
        self._held = ""

    def feed(self, text: str) -> str:
        text, self._held = self._held + text, ""
        if (open_code := _OPEN_CODE.search(text)) and len(open_code[0]) < _LONGEST_CODE:
            text, self._held = text[: open_code.start()], open_code[0]
        text = _CODE.sub("", text)
        return (
            text if text.isprintable() else "".join(c for c in text if c in "\n\t" or unicodedata.category(c) != "Cc")
        )


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
