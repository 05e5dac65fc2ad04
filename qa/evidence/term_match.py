"""Whether a text speaks of a term: its words in any form, or its acronym."""

from __future__ import annotations

import re
from functools import lru_cache

from qa.evidence.features import coverage
from qa.evidence.tokens import stems, words

_SPEAKS = 0.75  # share of a term's stems, weighed by rarity, that a text must have to speak of it
_ACRONYM = re.compile(r"\b[A-Z][A-Za-z]*[A-Z][A-Za-z]*\b")
_LETTERS = re.compile(r"[A-Za-z][a-z]*")
_LONGEST = 400  # characters of a term; more is no term


def speaks_of(term: str, text: str) -> bool:
    """Whether a text speaks of a term.

    >>> speaks_of("generative adversarial networks", "Training a GAN is hard."), speaks_of("VAEs", "We train a GAN.")
    (True, False)
    >>> speaks_of("CNN", "A convolutional neural network is small.")
    True

    Args:
        term: a few words, such as one side of a comparison.
        text: a sentence, a title or an abstract.
    """
    wanted = _stems(term)
    if not wanted:
        return False
    if coverage(set(wanted), set(_stems(text))) >= _SPEAKS:
        return True
    initials = "".join(word[0] for word in words(term))
    if 3 <= len(initials) <= 6 and len(term) <= _LONGEST:
        written = {found.rstrip("s").lower() for found in _ACRONYM.findall(text)}
        if initials in written:
            return True
    return _spelled_out(term, text)


def _spelled_out(term: str, text: str) -> bool:
    """Whether a term that is one acronym stands in a text as the words it is made of."""
    acronym = term.strip(" ?.!,;:\"'")
    if not re.fullmatch(r"[A-Z]{2,6}s?", acronym):
        return False
    letters = acronym.rstrip("s").lower()
    initials = "".join(word[0] for word in _LETTERS.findall(text)).lower()
    # Two initials occur by chance nearly anywhere; from three on, hardly.
    return len(letters) >= 3 and letters in initials


@lru_cache(maxsize=4096)
def _stems(text: str) -> tuple[str, ...]:
    return tuple(stems(text))
