"""Who beats whom in a sentence, and whether its evidence says the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from qa.attribution.tokenizer import Row
from qa.evidence.tokens import rarity, stem

_BEATS = ("outperform", "surpass", "exceed", "beat", "overtak")
_BETTER = frozenset(
    "better superior higher faster larger smaller lower fewer more less greater cheaper easier stronger".split()
)
_WORSE = frozenset("worse inferior slower".split())
_LOSES = ("underperform", "trail", "lag")
_OWN = frozenset("we our ours us propose proposed this its it".split())
_OTHERS = frozenset(
    stem(word)
    for word in (
        "existing previous prior baseline baselines state-of-the-art competing competitors conventional current"
        " traditional sota art earlier rival rivals others alternatives"
    ).split()
)


_ENDS = frozenset("with on by in for at across while when and but under".split())
_GENERAL = frozenset(
    stem(word)
    for word in (
        "method methods approach model models network performance results accuracy experiments show significantly"
        " consistently dataset datasets benchmark benchmarks demonstrate margin"
    ).split()
)


def find_reversal(row: Row, evidence: Sequence[Row]) -> str | None:
    """Whether winner and loser of a comparison change places."""
    for verb, sort, winner, loser in _comparisons(row):
        best = 0.0
        for part in evidence:
            for _, their_sort, their_winner, their_loser in _comparisons(part):
                if sort != their_sort:
                    continue
                straight = _shared(winner, their_winner) + _shared(loser, their_loser)
                crossed = _shared(winner, their_loser) + _shared(loser, their_winner)
                if straight or crossed:
                    best = max(best, straight - crossed, key=abs)
        if best < -0.3:
            return f"it turns round who comes out ahead (“{verb}”)"
    return None


def _comparisons(row: Row) -> list[tuple[str, str, dict[str, float], dict[str, float]]]:
    """Each comparison of a sentence: its verb, what it compares, the words of the winner, those of the loser."""
    found = []
    for item in row:
        after = [i.key if i.kind == "stop" else i.text.lower() for i in row[item.at + 1 : item.at + 6]]
        lower = item.text.lower()
        wins: bool | None = None
        right = item.at + 1
        if lower.startswith(_BEATS):
            before = [i.text.lower() for i in row[max(0, item.at - 4) : item.at]]
            passive = (
                bool(after) and after[0] == "by" and bool({"is", "are", "was", "were", "be", "been"} & set(before))
            )
            wins = not passive
        elif lower.startswith(_LOSES):
            wins = False
        elif lower in _BETTER | _WORSE and ("than" in after or (after and after[0] == "to")):
            wins = lower not in _WORSE
            right = item.at + 2 + (after.index("than") if "than" in after else 0)
        if wins is None:
            continue
        left_side = _party(row, range(_left(row, item.at), item.at))
        right_side = _party(row, range(right, _right(row, right)))
        sort = lower if lower in _BETTER - {"better", "superior"} else ""  # quality, else what the word says
        sides = (left_side, right_side) if wins else (right_side, left_side)
        found.append((item.text, sort, *sides))
    return found


def _left(row: Row, at: int) -> int:
    """Where the party before a verb begins."""
    for place in range(at - 1, max(-1, at - 15), -1):
        opens = row[place].text.lower() in ("that", "which") or row[place].clause != row[at].clause
        if opens and place < at - 1:
            return place + 1
    return max(0, at - 14)


def _right(row: Row, start: int) -> int:
    """Where the party behind a verb ends."""
    for place in range(start, min(len(row), start + 10)):
        ends = row[place].text.lower() in _ENDS or row[place].clause != row[start].clause
        if ends and place > start + 1:
            return place
    return min(len(row), start + 10)


def _party(row: Row, places: Iterable[int]) -> dict[str, float]:
    """The words of one side of a comparison; the paper's own work and the others are one word each."""
    party: dict[str, float] = {}
    for at in places:
        item = row[at]
        lower = item.text.lower()
        if lower in _OWN:
            party["<own>"] = 1.0
        elif item.key in _OTHERS or lower in ("other",):
            party["<others>"] = 1.0
        elif item.kind == "name":
            party[item.key] = 1.0
        elif item.kind == "word" and item.key not in _GENERAL:
            party[item.key] = rarity(item.key) * 0.6
    return party


def _shared(a: dict[str, float], b: dict[str, float]) -> float:
    return sum(min(value, b[key]) for key, value in a.items() if key in b)
