"""Charts: numbers as a drawing of plain elements, with the same numbers as text for who does not see it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from ui.web.html.escape import attribute, escape
from vectorstore.text.dates import month, short_month

_MOST_MONTHS = 120  # bars side by side on a phone; a longer time is drawn by year
_SOME_MONTHS = 15
_LABELS = 7


def months(counts: Mapping[str, int]) -> str:
    """Return a plot of papers a month, or a year where there are many months, with a table that can be opened.

    Args:
        counts: papers by month, such as {"2020-10": 1234}; months without papers may be left out.
    """
    if not counts:
        return ""
    unit, filled = "month", _every_month(counts)
    if len(filled) > _MOST_MONTHS:
        unit, filled = "year", _years(filled)
    most = max(count for _, count in filled)
    bars = "".join(
        f'<i style="height:{_height(count, most):.1f}%" title={attribute(f"{_name(name)}: {count:,}")}></i>'
        for name, count in filled
    )
    top = next(name for name, count in filled if count == most)
    said = f"Papers a {unit} from {_name(filled[0][0])} to {_name(filled[-1][0])}; the most in {_name(top)}, {most:,}."
    rows = "".join(f"<tr><th>{_name(name)}</th><td>{count:,}</td></tr>" for name, count in filled if count)
    return (
        f'<figure class="bars"><figcaption>Papers a {unit}</figcaption>'
        f'<div class="plot"><span class="most" aria-hidden="true">{most:,}</span>'
        f'<div class="drawn" role="img" aria-label={attribute(said)}>{bars}</div></div>'
        f'<div class="axis" aria-hidden="true">{_axis([name for name, _ in filled])}</div>'
        f"<details><summary>As a table</summary><table><thead><tr><th>{unit.capitalize()}</th><th>Papers</th></tr>"
        f"</thead><tbody>{rows}</tbody></table></details></figure>"
    )


def ranked(counts: Mapping[str, int], shown: int = 12) -> str:
    """Return names and numbers with a bar behind each, the most first; those past the first few can be opened."""
    rows = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    if not rows:
        return ""
    most = rows[0][1]
    items = [
        f'<li><span class="label">{escape(name)}</span><span class="value">{count:,}</span>'
        f'<i style="width:{count / most * 100:.1f}%" aria-hidden="true"></i></li>'
        for name, count in rows
    ]
    html = f'<ul class="ranked">{"".join(items[:shown])}</ul>'
    if rest := items[shown:]:
        html += f'<details><summary>{len(rest)} more</summary><ul class="ranked">{"".join(rest)}</ul></details>'
    return html


def _every_month(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    (year, month), last = _split(min(counts)), _split(max(counts))
    filled = []
    while (year, month) <= last:
        name = f"{year:04}-{month:02}"
        filled.append((name, counts.get(name, 0)))
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return filled


def _years(filled: Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
    years: dict[str, int] = {}
    for name, count in filled:
        years[name[:4]] = years.get(name[:4], 0) + count
    return list(years.items())


def _axis(names: Sequence[str]) -> str:
    """The names of some bars, under them: years where there are months of several, and as many as there is room for."""
    labels = {place: _name(name, short_month) for place, name in enumerate(names)}
    if len(names) > _SOME_MONTHS and len(names[0]) > 4:
        years = {place: name[:4] for place, name in enumerate(names) if name.endswith("-01")}
        labels = {0: labels[0]} | {place: year for place, year in years.items() if place > len(names) / _LABELS}
    step = -(-len(labels) // _LABELS)
    shown = list(labels.items())[:: max(step, 1)]
    return "".join(f'<span style="left:{place / len(names) * 100:.2f}%">{label}</span>' for place, label in shown)


def _split(name: str) -> tuple[int, int]:
    return int(name[:4]), int(name[5:7])


def _name(name: str, form: Callable[[int], str] = month) -> str:
    """The name of a month or a year as it is read: "October 2020"."""
    return f"{form(_split(name)[1])} {name[:4]}" if len(name) > 4 else name


def _height(count: int, most: int) -> float:
    """Return the part of the whole height, so much at least that one paper can be seen."""
    return max(count / most * 100, 2.0) if count else 0.0
