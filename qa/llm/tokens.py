"""How many tokens a text takes at most, for models whose tokenizer is on the other side of a connection."""

from __future__ import annotations

import re

_PARTS = re.compile(r"[A-Za-z]+|\s+|.", re.S)
_LETTERS = 3  # of one token, in a word that no tokenizer knows


def estimate(text: str) -> int:
    """Over-estimate the tokens of a text.

    Tokenizers of language models take about four English letters for a token, a digit or a sign for one each, and at
    worst a token for each byte of any other character.

    >>> estimate("A GAN reaches 93.2% accuracy.")
    14

    Args:
        text: of any language.
    """
    count = 0
    for part in _PARTS.findall(text):
        if part.isspace():
            count += part.count("\n") + (len(part) > 1)
        elif part.isascii():
            count += -(-len(part) // _LETTERS) if part.isalpha() else 1
        else:
            count += len(part.encode())
    return count
