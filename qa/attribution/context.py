"""Where a word stands in its sentence: its neighbours, compared with those of another."""

from __future__ import annotations

from collections.abc import Sequence

from qa.attribution.tokenizer import Item

Row = Sequence[Item]
_REACH = 4  # neighbours of a word that say where it belongs


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
