"""A sentence as a row of words, names and quantities, so that two sentences can be laid side by side."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from qa.attribution import quantities
from qa.attribution.quantities import Quantity
from qa.evidence.tokens import rarity, stem, words
from vectorstore.text.latex import plain_text

TokenKind = Literal["word", "name", "number", "stop"]

_TOKEN = re.compile(r"[^\W_]+(?:[-_./’'+]{1,2}[^\W_]+){0,8}\+{0,2}")
_PIECE = re.compile(r"[^\W_]+")
_BY = re.compile(r"(?<=\d)\s?[x×]\s?(?=\d)")
_APOSTROPHE = re.compile(r"['’](?:s|re|ve|ll|d|m)?$")
_OPENS = re.compile(r"(?:^|[.!?:;]['\"”’)]*\s+|[\"“(•–—]\s*|\s-\s)$")
_TITLE = re.compile(r"[A-Z][a-z]+(?:['’]s)?")
_SPLIT = re.compile(r"[-_/.’']")
_NOT_NAMES = frozenset("ai ml dl cv vs eg ie etc ok i a".split())
_REACH = 4  # neighbours of a word that say where it belongs
_COMMON = 0.62  # a capitalised word that is less rare is a word


@dataclass(frozen=True, slots=True)
class Item:
    """A word, name or number of a sentence.

    Attributes:
        key: what equal items share: the stem, the squeezed name, the number's value and unit.
        kind: "stop" for a word that carries no matter.
        text: as written.
        at: its place among the tokens.
        clause: which clause of the sentence it stands in.
        quantity: for a number.
    """

    key: str
    kind: TokenKind
    text: str
    at: int
    clause: int = 0
    quantity: Quantity | None = None


Row = Sequence[Item]


@lru_cache(maxsize=8192)
def is_stop(word: str) -> bool:
    """Whether a word in small letters carries no matter."""
    return not words(word)


@lru_cache(maxsize=8192)
def normal(text: str) -> str:
    """A text without LaTeX, in one form of each character."""
    return _BY.sub(" x ", unicodedata.normalize("NFKC", plain_text(text)).replace("−", "-"))


@lru_cache(maxsize=8192)
def items(text: str) -> tuple[Item, ...]:
    """The items of a sentence, in order, stop words included.

    >>> [(i.key, i.kind) for i in items("We train ResNet-50 on 1.2K images of COCO.") if i.kind != "stop"]
    [('train', 'word'), ('resnet50', 'name'), ('1200', 'number'), ('imag', 'word'), ('coco', 'name')]
    """
    plain = normal(text)
    numbers = quantities.find_quantities(plain)
    found: list[Item] = []
    clause = 0
    at = 0
    place = 0
    # Not finditer: a number may end, or begin, within what looks like one word ("4-6x", "top-5").
    while match := _TOKEN.search(plain, at):
        between = plain[at : match.start()]
        if re.search(r"[,;:()–—]", between):
            clause += 1
        while place < len(numbers) and numbers[place].end <= match.start():
            place += 1
        if place < len(numbers) and numbers[place].start <= match.start() < numbers[place].end:
            number = numbers[place]
            found.append(Item(_number_key(number), "number", number.written, len(found), clause, number))
            at = number.end
            continue
        # A hyphen may join a number and a word: "top-5", "5-layer".
        end = match.end()
        if place < len(numbers) and match.start() < numbers[place].start < end:
            end = numbers[place].start
        for piece, kind, key in _read(plain, match.start(), end):
            found.append(Item(key, kind, piece, len(found), clause))
        at = end
    return tuple(found)


def _read(plain: str, start: int, end: int) -> list[tuple[str, TokenKind, str]]:
    token = plain[start:end].rstrip("-_./'’")
    if not token:
        return []
    opens = bool(_OPENS.search(plain[max(0, start - 6) : start]))
    if token.lower() in ("cannot", "n't") or token.lower().endswith(("n't", "n’t")):
        return [(token, "stop", "not")]
    parts = [p for p in _SPLIT.split(token) if p]
    named = [_looks_named(p, opens and n == 0) for n, p in enumerate(parts)]
    if not any(named):
        return [_word(p) for p in parts if _APOSTROPHE.sub("", p)]
    # "CNN-based" is a name and a word; "ResNet-50", "U-Net", "Long-LRM" are names as they are.
    if len(parts) > 1 and any(p.islower() and len(p) > 2 for p in parts):
        return [(p, "name", name_key(p)) if n else _word(p) for p, n in zip(parts, named, strict=True)]
    return [(token, "name", name_key(token))]


def _looks_named(part: str, opens: bool) -> bool:
    """Whether a word looks like a name: capitals within, digits with letters, or a capital where no sentence begins."""
    if part.lower() in _NOT_NAMES or len(part) < 2 or part.isdigit():
        return False
    if any(ch.isupper() for ch in part[1:]) or (any(ch.isdigit() for ch in part) and any(ch.isalpha() for ch in part)):
        return not re.fullmatch(r"\d+(?:st|nd|rd|th|s)", part)
    if not part[0].isupper() or is_stop(part.lower()):
        return False
    return not opens and rarity(stem(part.lower())) >= _COMMON


def _word(part: str) -> tuple[str, TokenKind, str]:
    lower = part.lower()
    if is_stop(lower):
        return part, "stop", lower
    return part, "word", stem(lower)


def name_key(name: str) -> str:
    """A name without hyphens, capitals and plural.

    >>> name_key("U-Nets"), name_key("ResNet-50"), name_key("CelebA-HQ")
    ('unet', 'resnet50', 'celebahq')
    """
    key = "".join(_PIECE.findall(name)).lower()
    return key[:-1] if len(key) > 3 and key.endswith("s") and not name.endswith(("SS", "S", "ss", "us", "is")) else key


def pieces(name: str) -> list[str]:
    """The stems of the words that a name is made of."""
    return [stem(piece.lower()) for piece in _PIECE.findall(name)]


def _number_key(number: Quantity) -> str:
    return f"{number.value:.6g}{number.unit}"


@lru_cache(maxsize=4096)
def grams(text: str) -> frozenset[str]:
    """What names in a text may be squeezed to: each one to four words in a row, joined; and their initials."""
    tokens = [t.lower() for t in _PIECE.findall(normal(text))]
    found: set[str] = set()
    for size in (1, 2, 3, 4, 5):
        for start in range(len(tokens) - size + 1):
            run = tokens[start : start + size]
            if size < 5:
                joined = "".join(run)
                found.add(joined)
                if len(joined) > 3 and joined.endswith("s"):
                    found.add(joined[:-1])
            # An acronym spelt out; two letters would fit any two words, and small words are in no short one.
            if size > 2 and not any(is_stop(word) for word in (run if size == 3 else (run[0], run[-1]))):
                found.add("".join(t[0] for t in run))
    return frozenset(found)


def around(row: Row, at: int) -> dict[str, int]:
    """The neighbours of an item: key to signed distance, stop words left out."""
    found: dict[str, int] = {}
    for step in (-1, 1):
        distance = 0
        place = at + step
        while 0 <= place < len(row) and distance < _REACH:
            if row[place].kind != "stop":
                distance += 1
                if row[place].key not in found or abs(found[row[place].key]) > distance:
                    found[row[place].key] = step * distance
            place += step
    return found


def overlap(a: dict[str, int], b: dict[str, int]) -> float:
    """How far two items stand in the same surroundings; 0 for none shared."""
    total = 0.0
    for key, distance in a.items():
        other = b.get(key)
        if other is not None:
            total += (1.0 if distance * other > 0 else 0.4) / max(abs(distance), abs(other)) ** 0.7
    return total
