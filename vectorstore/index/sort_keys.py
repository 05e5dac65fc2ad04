"""What papers are put in order by: titles and names as numbers, which the full-text index can compare quickly."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from vectorstore.text.latex import plain_text

# tantivy compares numbers in microseconds and strings, behind the first thousand, in seconds; so a text becomes a few
# numbers of twelve letters each: 37 signs to the twelfth power just fit 64 bits.
_LETTERS = 12
_SIGNS = " 0123456789abcdefghijklmnopqrstuvwxyz"
_PLACE = {sign: place for place, sign in enumerate(_SIGNS)}

TITLE = ("title_1", "title_2", "title_3")
AUTHOR = ("author_1", "author_2")
LAST = 2**64 - 1  # sorts behind everything


def title_key(title: str) -> tuple[int, ...]:
    """Numbers that sort as titles do, by their first 36 letters and digits; case, accents and LaTeX do not count.

    >>> title_key("A View of Pruning") < title_key("$\\\\alpha$-Matting") < title_key("Éclair")
    True
    """
    return _key(plain_text(title), len(TITLE))


def author_key(authors: Sequence[str]) -> tuple[int, ...]:
    """Numbers that sort as the first author's family name and then the others do, by 24 letters; nobody comes last.

    >>> author_key(["Zoe Abel"]) < author_key(["Abe Zorn"]) < author_key([])
    True
    """
    family = plain_text(authors[0]).split() if authors else []
    return _key(" ".join([*family[-1:], *family[:-1]]), len(AUTHOR))


def _key(text: str, numbers: int) -> tuple[int, ...]:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    words = "".join(sign if sign in _PLACE else " " for sign in plain).split()
    if not words:
        return (LAST,) * numbers
    letters = " ".join(words)[: numbers * _LETTERS].ljust(numbers * _LETTERS)
    return tuple(_number(letters[start : start + _LETTERS]) for start in range(0, len(letters), _LETTERS))


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * len(_SIGNS) + _PLACE[letter]
    return number
