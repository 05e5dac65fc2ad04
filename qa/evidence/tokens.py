"""Words of a text as compared with each other: stems, weighed by how rare they are in abstracts."""

from __future__ import annotations

import re
from functools import lru_cache

from qa.weights import load_model

_MARKUP = re.compile(r"\\[a-zA-Z]+|[\\${}^_]")
_WORD = re.compile(r"[^\W_]+(?:[.,]\d+)*", re.UNICODE)
_STOP = frozenset(
    re.split(
        r"\s+",
        "a about all also am an and any are as at be because been before being both but by can could did do does doing "
        "done down during each else even ever every few for from get gets getting give given go going good got had has "
        "have having he her here hers him his how i if in into is isn it its itself just keep let like lot made make "
        "makes making many may me might mine more most much must my need no nor not now of off on once one only or "
        "other our ours out over own per please put rather really s same say see she should so some someone something "
        "still such t tell than that the their theirs them then there these they thing things this those though to too "
        "try under until up upon us use used using very via want was way we well were what when where whether which "
        "while who whom whose why will with within without would yet you your yours paper papers propose proposed",
    )
)
# British and American spellings meet in the American one, plurals and verb endings in the stem.
_SPELLING = ((re.compile(r"(?<=\w{2})isation"), "ization"), (re.compile(r"(?<=\w{3})is(?=e$|ed$|es$|ing$|er$)"), "iz"))
_OUR = re.compile(r"(?<=col|abo|avi|vap)our|(?<=neighb)our|(?<=fav)our|(?<=behavi)our|(?<=tum)our")


def words(text: str) -> list[str]:
    """The words of a text in small letters, in order; LaTeX commands and stop words left out, hyphens open.

    >>> words("We reach $96.3\\\\%$ with multi-scale CNNs.")
    ['reach', '96.3', 'multi', 'scale', 'cnns']
    """
    return [w for w in _WORD.findall(_MARKUP.sub(" ", text).lower()) if w not in _STOP]


def stems(text: str) -> list[str]:
    """The stems of a text's words.

    >>> stems("Colour normalisation of segmented tumours")
    ['color', 'normal', 'segment', 'tumor']
    """
    return [stem(w) for w in words(text)]


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """A word without its ending, so that its forms meet; numbers stay.

    >>> [stem(w) for w in ("networks", "training", "trained", "accuracies", "localization", "2.5")]
    ['network', 'train', 'train', 'accurac', 'local', '2.5']
    """
    if len(word) < 4 or word[0].isdigit():
        return word
    word = _OUR.sub("or", word)
    for pattern, replacement in _SPELLING:
        word = pattern.sub(replacement, word)
    for ending, least in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= least:
            word = word.removesuffix(ending)
            break
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "lsz":
        word = word[:-1]
    return word.removesuffix("e") if len(word) > 4 else word


# Longest first; the number is how many letters must be left.
_ENDINGS = (
    ("izations", 3), ("ization", 3), ("fulness", 3), ("ications", 4), ("ication", 4), ("ations", 4), ("ation", 4),
    ("ments", 4), ("ically", 4), ("ional", 4), ("ness", 4), ("ment", 4), ("ings", 4), ("ions", 4), ("ively", 4),
    ("ally", 4), ("ies", 3), ("ing", 3), ("ion", 4), ("ity", 4), ("ive", 4), ("ied", 3), ("ers", 4), ("ors", 4),
    ("ed", 3), ("es", 3), ("er", 4), ("or", 5), ("ly", 4), ("al", 4), ("y", 4), ("s", 3),
)  # fmt: skip


UNHEARD = 0.9  # rarity of a word that abstracts of the field hardly have


def rarity(stemmed: str) -> float:
    """How rare a stem is among abstracts of the field: 0 in every one, 1 in none that were counted."""
    return float(load_model("rarity").get(stemmed, 1.0))
