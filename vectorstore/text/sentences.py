"""Where the sentences of a text begin and end."""

from __future__ import annotations

import re

from vectorstore.text.dates import MONTH_NUMBERS, MONTHS

# A run of closing punctuation, what may close behind it, and the white space (or end) that makes it an end of sentence.
# Possessive and bounded repeats: a page of dots or brackets must not cost quadratic time.
_STOP = re.compile(r"(?<![.!?…])[.!?…]++[\"'”’»)\]}*$]{0,4}(?=\s|$)|[。！？]++[\"'”’»)」』]{0,4}|\n[ \t]{0,99}\n")
# A stop with no space behind it ("a method.We show"): a real word before it, a capitalised one after it.
_GLUED = re.compile(r"(?<=[a-z]{3})[.!?](?=(?:[A-Z][a-z]+|We|In|A|I|To|An)[\s,])")
_MATH = re.compile(r"(?<!\\)\$\$[^$]{1,1000}\$\$|(?<!\\)\$(?=\S)[^$]{1,300}?(?<!\\)\$", re.S)
_LINK = re.compile(r"(?:https?://|www\.)\S+", re.I)
_PARENTHESIS = re.compile(r"\((?=\S)[^()]{1,400}\)|\[(?=\S)[^\[\]]{1,200}\]")
_LAST_WORD = re.compile(r"[^\s(\[{\"'“‘~]+$")


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


# Words that keep their full stop whatever follows, and words that keep it only before a number or a small letter.
_NEVER_LAST = _listed(
    """
    e.g i.e eg ie cf viz vs w.r.t wrt resp approx dr mr mrs ms prof st fig figs eq eqs eqn sec secs tab tabs ref
    refs def thm prop alg ch chap vol no nos pp ca c.f a.k.a aka incl esp dept univ
    """
)
_SELDOM_LAST = _listed(
    """
    al etc inc ltd co corp jr sr dim max min avg std ave u.s
    """
) | (MONTH_NUMBERS.keys() - {name.lower() for name in MONTHS})
_STARTS_SMALL = re.compile(r"[a-z]")
_NUMBER_NEXT = re.compile(r"\d")


def split_sentences(text: str) -> list[tuple[int, int]]:
    """Find the sentences of a text.

    Abbreviations, initials, decimals, links, formulas (`$...$`) and parentheses do not end a sentence.

    >>> text = "We reach 3.5 dB, cf. Smith et al. (2020). Code: https://a.b/c.d."
    >>> [text[start:end] for start, end in split_sentences(text)]
    ['We reach 3.5 dB, cf. Smith et al. (2020).', 'Code: https://a.b/c.d.']

    Args:
        text: any text, of any length.

    Returns:
        Character offsets (start, end), in order and without overlap. They hold every character that is not white
        space, and neither begin nor end with white space. Empty for a text without any.
    """
    spans: list[tuple[int, int]] = []
    start = 0
    closed = _closed(text)
    for end in [*_ends(text, closed), len(text)]:
        piece = text[start:end]
        stripped = piece.strip()
        if stripped:
            left = start + len(piece) - len(piece.lstrip())
            # Punctuation alone ("...", a stray bracket) belongs to the sentence before it.
            if spans and not any(ch.isalnum() for ch in stripped):
                spans[-1] = (spans[-1][0], left + len(stripped))
            else:
                spans.append((left, left + len(stripped)))
        start = end
    return spans


def _closed(text: str) -> list[tuple[int, int]]:
    """The stretches inside which no sentence ends: formulas, links (less their last stop), parentheses; sorted."""
    stretches = [match.span() for pattern in (_MATH, _PARENTHESIS) for match in pattern.finditer(text)]
    for match in _LINK.finditer(text):
        stretches.append((match.start(), match.start() + len(match[0].rstrip(".,;:!?)]}\"'"))))
    return sorted(stretches)


def _ends(text: str, closed: list[tuple[int, int]]) -> list[int]:
    """Offsets just behind each end of sentence, rising."""
    ends: list[int] = []
    found = [match for pattern in (_STOP, _GLUED) for match in pattern.finditer(text)]
    at = 0
    reach = 0  # how far the closed stretches that begin before this stop extend
    for match in sorted(found, key=lambda match: match.span()):
        begin, end = match.span()
        while at < len(closed) and closed[at][0] < begin:
            reach = max(reach, closed[at][1])
            at += 1
        if begin + 1 < reach and not (begin < reach <= end):
            continue
        if match.re is _GLUED or _is_end(text, begin, end):
            ends.append(end)
    return ends


def _is_end(text: str, begin: int, end: int) -> bool:
    """Whether the stop at text[begin:end] ends a sentence."""
    stop = text[begin:end]
    if not stop.strip() or stop[0] in "。！？" or end == len(text):
        return True
    following = text[end:].lstrip()[:2]
    if not following:
        return True
    if _STARTS_SMALL.match(following):
        # "in 2020. we show" happens, "e.g. we" and "1. we" happen more; a lone stop behind a plain word decides.
        return stop == "." and _small_start(text, begin, end)
    if stop.startswith(("...", "…")):
        return following[0].isupper()
    if not stop.startswith("."):
        return True
    word = _word_before(text, begin)
    bare = word.lower()
    if bare in _NEVER_LAST or (len(word) == 1 and word.isupper() and not _looks_like_symbol(text, begin)):
        return False
    if re.fullmatch(r"(?:[A-Z]\.)+[A-Z]", word):
        return False
    if bare in _SELDOM_LAST:
        return not _NUMBER_NEXT.match(following) and following[0] not in "([" and following[0].isupper()
    # "1. First" at the head of a list keeps its number with what it numbers.
    return not (word.isdigit() and len(word) <= 2 and _opens(text, begin - len(word)))


def _small_start(text: str, begin: int, end: int) -> bool:
    """Whether a stop before a small letter still ends a sentence: only before a word that opens one."""
    word = _word_before(text, begin).lower()
    if len(word) < 4 or "." in word or word in _NEVER_LAST | _SELDOM_LAST:
        return False
    return re.match(r"\s+(?:we|the|this|our|in|it|these|to|however|for)\b", text[end:]) is not None


def _word_before(text: str, at: int) -> str:
    match = _LAST_WORD.search(text, max(0, at - 40), at)
    return match[0].rstrip(".,;:") if match else ""


def _looks_like_symbol(text: str, begin: int) -> bool:
    """Whether the single capital before the stop is a symbol ("class A.", "vitamin D.") and no initial ("J. Smith")."""
    before = text[max(0, begin - 25) : begin - 1].rstrip().rpartition(" ")[2]
    return before.islower() and before not in {"and", "by", "of", "et"}


def _opens(text: str, at: int) -> bool:
    """Whether the text at this offset opens a sentence or an item."""
    before = text[:at].rstrip()
    return not before or before[-1] in ".:;!?\"'”)"
