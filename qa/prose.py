"""What a language model wrote, without control characters and without what is no part of an answer."""

from __future__ import annotations

import re
import unicodedata

_OPENING = re.compile(r"\A\s*(?:\*\*|#+\s*)?answer(?:\*\*)?\s*:(?:\*\*)?\s*", re.I)
_REFERENCES = re.compile(
    r"^[ \t]*(?:#+[ \t]*|\*\*)?(?:references?|sources?|citations?|bibliography):?(?:\*\*)?[ \t]*(?::|\n|\Z).*\Z",
    re.I | re.M | re.S,
)
_MARKUP = re.compile(
    r"\s*\[\s*\d+(?:\s*[,;]\s*\d+)*\s*\]|\s*\[[^\]\n]{0,20}\Z|\*\*|^\s*(?:[-*+•]|\d{1,2}[.)]|#{1,6})\s+"
)


def plain(text: str) -> str:
    r"""Return a model's text without control characters, the word "Answer:" before it, and its own list of references.

    >>> plain("**Answer:** It has 1.28K\x1b parameters [1].\n\nReferences:\n[1] StainNet")
    'It has 1.28K parameters [1].'
    """
    # Halves of a character that arrived in two pieces find each other; a lone half becomes a replacement mark.
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\r\n", "\n")
    text = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) != "Cc")
    return _REFERENCES.sub("", _OPENING.sub("", text, count=1)).strip()


def unfinished(text: str) -> str:
    """Return a sentence that is still being written as it may be shown: marks and markup wait until they are checked.

    >>> unfinished("- It is **fast** [2], and it has 1.28K parameters [")
    'It is fast, and it has 1.28K parameters'
    """
    return " ".join(_MARKUP.sub("", text).split())
