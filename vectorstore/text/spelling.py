"""The other spellings of a word: British and American English."""

from __future__ import annotations

import re

# What a word may end with, or hold, and how the other side writes it. A spelling that no paper has costs nothing.
_RULES = tuple(
    (re.compile(pattern), other)
    for pattern, other in (
        (r"isation(s?)$", r"ization\1"),
        (r"ization(s?)$", r"isation\1"),
        (r"is(e[sdr]?|ers|ing)$", r"iz\1"),
        (r"iz(e[sdr]?|ers|ing)$", r"is\1"),
        (r"ys(e[sdr]?|ing)$", r"yz\1"),
        (r"yz(e[sdr]?|ing)$", r"ys\1"),
        (r"our(s|ed|ing|al|less)?$", r"or\1"),
        (r"or(s|ed|ing|al|less)?$", r"our\1"),
        (r"ell(ed|ing|er|ers)$", r"el\1"),
        (r"el(ed|ing|er|ers)$", r"ell\1"),
        (r"([tb])re(s?)$", r"\1er\2"),
        (r"([tb])er(s?)$", r"\1re\2"),
        (r"^grey", "gray"),
        (r"^gray", "grey"),
        (r"ence$", "ense"),
        (r"ogue$", "og"),
        (r"aem", "em"),
        (r"oed", "ed"),
        (r"paed", "ped"),
        (r"mould", "mold"),
    )
)


def variants(word: str) -> list[str]:
    """How else a word may be spelt; some of these are no words.

    >>> variants("quantisation"), variants("grey"), variants("net")
    (['quantization'], ['gray'], [])

    Args:
        word: in lower case.
    """
    found = [pattern.sub(other, word) for pattern, other in _RULES if pattern.search(word)]
    return list(dict.fromkeys(other for other in found if other != word))
