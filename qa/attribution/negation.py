"""Whether a sentence says the opposite of its evidence: negation, direction, and who beats whom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from qa.attribution.antonyms import antonym_sides
from qa.attribution.comparatives import find_reversal
from qa.attribution.tokenizer import Item, Row, around, overlap

_NEGATES = frozenset(
    "not no never without neither nor none cannot hardly lack lacks lacking fail fails failed unable".split()
)
# What keeps a thing away without denying it in so many words.
_AVERTS = frozenset(
    "avoid avoids avoiding avoided prevent prevents preventing eliminate eliminates eliminating remove removes"
    " removing unlike instead rather difficult hard impossible infeasible hinder hinders limit limits limited"
    " restrict restricts beyond absence free obviate obviates bypass bypasses skip skips alleviate alleviates"
    " less few little".split()
)
_ONLY = frozenset(
    "only zero alone mere merely infeasible inaccurate insufficient inefficient ineffective independent"
    " independently invariant inability incapable impractical irrespective disregard disregards ignore ignores"
    " ignored ignoring neglect neglects neglected absent missing miss misses insensitive inconsistent incorrect"
    " invalid".split()
)
_PREFIXES = ("un", "non")
_SCOPE = 2  # words that a negation surely reaches
_FAR = 4  # words that it may reach
_LEAST = 0.9  # least likeness of the surroundings in which a word is the opposite of another
_DENIED = 0.6  # and in which a word is the one that the abstract denies


def negated(row: Row, scope: int = _SCOPE, words: frozenset[str] = _NEGATES) -> frozenset[int]:
    """The places of the words that a negation reaches.

    Args:
        row: the sentence.
        scope: how many words it reaches.
        words: what counts as one.
    """
    reached: set[int] = set()
    for item in row:
        if item.key not in words and item.text.lower() not in words:
            continue
        if item.at and row[item.at - 1].key == "or":
            continue  # "whether or not" leaves it open
        if item.text.lower() == "free" and item.at:
            reached.add(item.at - 1)  # "label-free"
        following = row[item.at + 1 : item.at + 3 * scope + 3]
        if following and following[0].key in ("only", "just", "merely"):
            continue
        count = 0
        for other in following:
            if other.key == "but" or other.clause != item.clause:
                break
            if other.kind != "stop":
                reached.add(other.at)
                count += 1
            if count == scope:
                break
        if not count:
            # "Such a score is not proposed": what is denied stands before.
            before = [other.at for other in row[max(0, item.at - 5) : item.at] if other.kind != "stop"]
            reached.update(before[-1:])
    return frozenset(reached)


def _perhaps(row: Row) -> frozenset[int]:
    """The places of the words that are perhaps denied, in whatever words."""
    return negated(row, _FAR, _NEGATES | _AVERTS)


def find_contradiction(row: Row, evidence: Sequence[Row]) -> str | None:
    """What a sentence turns round, in plain words; None where it agrees with its evidence.

    Args:
        row: the sentence.
        evidence: the sentences that it rests on.
    """
    return _negation(row, evidence) or _direction(row, evidence) or find_reversal(row, evidence)


def _negation(row: Row, evidence: Sequence[Row]) -> str | None:
    for head in _heads(row):
        for item in head:
            found = _match(row, item, evidence)
            if found is None:
                continue
            part, other = found
            if other.at not in _perhaps(part):
                return f"it denies “{_phrase(head)}”, which the abstract says"
            break
    heads = _heads(row)
    if heads and evidence and not any(_denies(item) for part in evidence for item in part):
        return f"it denies “{_phrase(heads[0])}”, and the abstract denies nothing of the kind"
    for part in evidence:
        for head in _heads(part):
            found = _match(part, head[0], [row])
            if found is None or found[1].at in _perhaps(row):
                continue
            # The same word may stand elsewhere too, where nothing denies it.
            back = _match(row, found[1], evidence)
            alike = overlap(around(row, found[1].at), around(part, head[0].at))
            if back is not None and back[0] is part and back[1].at == head[0].at and alike >= _DENIED:
                return f"it says “{_phrase(head)}”, which the abstract denies"
    return None


def _denies(item: Item) -> bool:
    """Whether a word may deny something."""
    word = item.text.lower()
    return word in _NEGATES | _AVERTS or item.key in _NEGATES or word in _ONLY or word.startswith(_PREFIXES)


def _match(row: Row, item: Item, others: Sequence[Row]) -> tuple[Row, Item] | None:
    """The same word in other sentences, where its surroundings are most alike."""
    here = around(row, item.at)
    found = [(overlap(here, around(part, o.at)), part, o) for part in others for o in part if o.key == item.key]
    if not found:
        return None
    _, part, other = max(found, key=lambda triple: triple[0])
    return part, other


def _heads(row: Row) -> list[list[Item]]:
    """What each negation reaches, in order."""
    reached = sorted(negated(row))
    groups: list[list[Item]] = []
    for at in reached:
        near = groups and all(other.kind == "stop" for other in row[groups[-1][-1].at + 1 : at])
        if near and len(groups[-1]) < _SCOPE:
            groups[-1].append(row[at])
        else:
            groups.append([row[at]])
    return groups


def _phrase(items: Iterable[Item]) -> str:
    return " ".join(item.text for item in items)


def _direction(row: Row, evidence: Sequence[Row]) -> str | None:
    said = negated(row)
    for item in row:
        own = antonym_sides(item)
        if not own:
            continue
        here = around(row, item.at)
        denied = item.at in said
        same = opposite = 0.0
        word = ""
        for part in evidence:
            reached = negated(part)
            for other in part:
                theirs = antonym_sides(other)
                if not theirs:
                    continue
                value = overlap(here, around(part, other.at))
                if other.key == item.key or any(pair in theirs for pair in own):
                    agrees = True
                elif any((dimension, 1 - side) in theirs for dimension, side in own):
                    agrees = False
                else:
                    continue
                if (other.at in reached) != denied and other.key != item.key:
                    agrees = not agrees
                if agrees:
                    same = max(same, value + 0.05)
                elif value > opposite:
                    opposite, word = value, other.text
        if opposite >= _LEAST and opposite > 1.2 * same + 0.2:
            return f"it says “{item.text}” where the abstract says “{word}”"
    return None
