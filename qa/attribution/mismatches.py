"""Numbers, units and names in a sentence that its papers do not have, or have elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from qa.attribution import tokenizer
from qa.attribution.sources import Abstract, Part
from qa.attribution.tokenizer import Item, around, overlap

# How much better another number or name fits where this one stands, before it counts as put in its place: when that
# other one is gone from the sentence, and when the two may have changed places.
_GONE = 0.4
_NAMED = 1.1
# Kinds of models rather than names: "a CNN" may well be said of a ResNet.
_KINDS = frozenset("cnn dnn rnn gan ann fcn mlp vit lstm llm vlm".split())
_CHANGED = 1.2
_OWN = 1.3
_LEAST = 0.9


def find_mismatches(row: Sequence[Item], abstracts: Sequence[Abstract], numbers: Sequence[int]) -> list[str]:
    """What a sentence has that its papers do not bear out, in plain words.

    Args:
        row: the sentence.
        abstracts: the papers that it is held against, as one.
        numbers: the papers' places among those given, for the words.
    """
    where = ", ".join(f"[{n + 1}]" for n in numbers)
    parts = [part for abstract in abstracts for part in abstract.parts]
    found: list[str] = []
    for item in row:
        if item.kind == "number":
            fault = _number(item, row, abstracts, parts, where)
        elif item.kind == "name":
            fault = _name(item, row, abstracts, parts, where)
        else:
            continue
        if fault and fault not in found:
            found.append(fault)
    return found


def _number(item: Item, row: Sequence[Item], abstracts: Sequence[Abstract], parts: Sequence[Part], where: str) -> str:
    quantity = item.quantity
    assert quantity is not None
    theirs = [(part, other) for part in parts for other in part.row if other.quantity is not None]
    if not any(quantity.meets(other.quantity) for _, other in theirs if other.quantity):
        if not quantity.unit and any(quantity.value == abstract.year for abstract in abstracts):
            return ""
        if any(quantity.same_value(other.quantity) for _, other in theirs if other.quantity):
            return f"the unit of {quantity.written} is another one in {where}"
        return f"the number {quantity.written} is not in {where}"
    instead = _displaced(
        item, row, parts, lambda other: other.quantity is not None and quantity.meets(other.quantity), _GONE
    )
    return f"the number {quantity.written} stands where {where} has {instead}" if instead else ""


def _name(item: Item, row: Sequence[Item], abstracts: Sequence[Abstract], parts: Sequence[Part], where: str) -> str:
    known = any(_knows(abstract, item, row) for abstract in abstracts)
    if not known:
        return f"the name {item.text} is not in {where}"
    # A paper's own name may stand for "we" and "our method" anywhere.
    own = any(item.key in abstract.own for abstract in abstracts)
    if item.key in _KINDS:
        return ""
    instead = _displaced(item, row, parts, lambda other: other.key == item.key, _OWN if own else _NAMED)
    return f"the name {item.text} stands where {where} has {instead}" if instead else ""


def _knows(abstract: Abstract, item: Item, row: Sequence[Item]) -> bool:
    """Whether a paper has a name, in whatever spelling."""
    if item.key in abstract.grams or item.key in abstract.authors:
        return True
    pieces = item.text.replace("/", "-").split("-")
    if len(pieces) > 1 and all(not p.isdigit() and tokenizer.name_key(p) in abstract.grams for p in pieces if p):
        return True
    # Words with capitals that spell out what the paper has as an acronym.
    for start in range(max(0, item.at - 4), item.at + 1):
        for end in range(max(item.at + 1, start + 2), min(len(row), start + 5) + 1):
            initials = "".join(i.text[0] for i in row[start:end]).lower()
            if any(initials == other.key for part in abstract.parts for other in part.row if other.kind == "name"):
                return True
    return False


def _displaced(
    item: Item, row: Sequence[Item], parts: Sequence[Part], same: Callable[[Item], bool], least: float
) -> str:
    """What the papers have where the sentence has this number or name; empty where it stands in its own place."""
    here = around(row, item.at)
    own, best, instead = 0.0, 0.0, None
    for part, other in _of_kind(parts, item.kind):
        value = overlap(here, around(part.row, other.at))
        if same(other):
            own = max(own, value)
        elif value > best and not (_spells(item, other, part.row) or _spells(other, item, row)):
            best, instead = value, other
    if instead is None:
        return ""
    margin = _CHANGED if any(i.key == instead.key for i in row) else least
    return instead.text if best >= _LEAST and best > own + margin else ""


def _spells(short: Item, word: Item, row: Sequence[Item]) -> bool:
    """Whether a name is the acronym of words in a row, this one among them."""
    size = len(short.key)
    if not 2 <= size <= 6:
        return False
    near = row[max(0, word.at - size) : word.at + size]
    letters = [(piece[0].lower(), i.at) for i in near for piece in i.text.replace("-", " ").split()]
    runs = (letters[start : start + size] for start in range(len(letters) - size + 1))
    return any("".join(c for c, _ in run) == short.key and word.at in {at for _, at in run} for run in runs)


def _of_kind(parts: Sequence[Part], kind: str) -> Iterator[tuple[Part, Item]]:
    return ((part, other) for part in parts for other in part.row if other.kind == kind)
