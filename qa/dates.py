"""Dates in plain words: "after October 2020", "on 24 December 2020", "the 2019 papers"."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

_MONTHS = {name.lower(): n for n, name in enumerate(calendar.month_name) if name}
_MONTHS |= {name[:3]: n for name, n in list(_MONTHS.items())} | {"sept": 9}
_MONTH = r"(?:" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\b\.?"
_YEAR = r"(?:19[89]|20[0-4])\d(?![\d.,]\d|\d|\s*(?:x|×|[*%])|-[A-Za-z])"
_ORDINAL = r"(?:st|nd|rd|th)?"
_WHEN = (
    rf"(?:\d{{4}}-\d{{2}}-\d{{2}}|(?:the\s+)?\d{{1,2}}{_ORDINAL}\s+(?:of\s+)?{_MONTH},?\s+{_YEAR}"
    rf"|{_MONTH}\s+(?:the\s+)?\d{{1,2}}{_ORDINAL},?\s+{_YEAR}|{_MONTH},?\s+(?:of\s+)?{_YEAR}|{_YEAR})"
)
# What stands before a date when it says when papers appeared, taken out of the search text along with it.
_APPEARED = (
    r"(?:(?:(?:which|that|who)\s+)?(?:(?:was|were|is|are|has been|have been|had been)\s+)?(?:first\s+)?"
    r"(?:published|listed|posted|submitted|uploaded|announced|appeared|appearing|dated|written|released|came out|out"
    r"|put on arxiv|on arxiv)\s+)"
)
_PAPERS = (
    r"(?:papers?|preprints?|publications?|articles?|works?|studies|study|listings?|submissions?|abstracts?|research"
    r"|literature)"
)
_RANGE = re.compile(
    rf"{_APPEARED}?\b(?:between\s+(?P<a>{_WHEN})\s+and|from\s+(?P<b>{_WHEN})\s+(?:to|until|till|through|up to|-|–))\s+"
    rf"(?P<to>{_WHEN})",
    re.I,
)
_ONWARDS = re.compile(rf"{_APPEARED}?\b(?:from|since)\s+(?P<when>{_WHEN})\s+(?:on|onwards?)\b", re.I)
_ADJECTIVE = re.compile(
    rf"(?P<before>\b(?:from|of|in|only|the|all|any|show|list|give me|show me|find|our|your)\s+)(?P<when>{_WHEN})"
    rf"(?='?s?\s+(?:arxiv\s+)?{_PAPERS}\b)",
    re.I,
)
_SIMPLE = re.compile(
    rf"{_APPEARED}?\b(?P<word>(?:strictly\s+)?(?:after|later than|newer than|more recent than|following)|since|before"
    rf"|earlier than|prior to|older than|until|till|up to|in|on|during|from|of|dated)\s+(?P<when>{_WHEN})",
    re.I,
)
# A bare "in 2020" followed by a thing counts that thing ("in 2020 images"); these may follow a date.
_MAY_FOLLOW = re.compile(
    rf"\s*(?:$|[.,;:?!)]|(?:{_PAPERS}|on|about|with|that|which|who|whose|using|for|by|to|and|or|is|are|was|were|do|does"
    r"|did|has|have|what|how|please|only|dealing|concerning|related|where|in|from|of|at|deal|use|propose|proposing)\b)",
    re.I,
)
# What makes a date one of papers and not of the world: papers named, or asked for, anywhere in the question.
_ABOUT_PAPERS = re.compile(
    rf"\b(?:{_PAPERS}|(?:what|which|anything|something|who|everything|what's)\b.{{0,80}}\b(?:published|listed|posted"
    r"|submitted|appeared|announced|proposed|introduced|presented)|anything|what do you have|what is there"
    r"|what's there|what has been (?:done|published|proposed)|(?:list|show)\b)",
    re.I | re.S,
)
_WORLD_BEFORE = re.compile(
    r"(?:taken|captured|acquired|collected|recorded|held|observed|scanned|photographed|sampled|crawled|gathered"
    r"|measured|organi[sz]ed|happened|occurred|launched|flown|challenge|contest|competition|workshop|election|season"
    r"|pandemic|war|earthquake|wildfires?|floods?|fires?|images?|photos?|videos?|footage|scans?|data|version|edition"
    r"|conference|track|dataset|benchmark)\s+$",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Dated:
    """What a question says of dates.

    Attributes:
        since, until: inclusive bounds; None where there is none.
        rest: the question without the words that say so.
    """

    since: date | None
    until: date | None
    rest: str


def read(question: str) -> Dated:
    """Read when papers must have been listed, and take those words out.

    A number that may be something else ("2020 images", "KITTI 2015", "taken in 2018") is left alone.

    >>> dated = read("Is there anything on optical flow that appeared after October 2020?")
    >>> dated.since.isoformat(), dated.until, dated.rest
    ('2020-11-01', None, 'Is there anything on optical flow?')
    >>> read("What accuracy is reached on 2020 images of KITTI 2015?").since is None
    True
    """
    for pattern, meaning in _READINGS:
        for match in pattern.finditer(question):
            if not _believable(question, match):
                continue
            bounds = meaning(match)
            if bounds is None or (bounds[0] and bounds[1] and bounds[0] > bounds[1]):
                continue
            rest = question[: match.start()] + " " + question[match.end() :]
            further = read(rest) if pattern is _SIMPLE and (bounds[0] is None) != (bounds[1] is None) else None
            if further is not None and _complements(bounds, further):
                return Dated(bounds[0] or further.since, bounds[1] or further.until, further.rest)
            return Dated(bounds[0], bounds[1], _tidy(rest))
    return Dated(None, None, question)


_Bounds = tuple[date | None, date | None]


def _complements(bounds: _Bounds, further: Dated) -> bool:
    """Whether a second phrase gives the other bound ("after 2018 and before 2020")."""
    since, until = bounds[0] or further.since, bounds[1] or further.until
    one_each = (further.since is None) != (further.until is None) and (bounds[0] is None) != (further.since is None)
    return one_each and since is not None and until is not None and since <= until


def _believable(question: str, match: re.Match[str]) -> bool:
    if match.re is _ADJECTIVE:
        return True
    before = question[: match.start()]
    if _WORLD_BEFORE.search(before) or not _MAY_FOLLOW.match(question, match.end()):
        return False
    return re.match(_APPEARED, match[0], re.I) is not None or _ABOUT_PAPERS.search(question) is not None


def _range(match: re.Match[str]) -> _Bounds | None:
    first, last = _span(match["a"] or match["b"]), _span(match["to"])
    return (first[0], last[1]) if first and last else None


def _onwards(match: re.Match[str]) -> _Bounds | None:
    span = _span(match["when"])
    return (span[0], None) if span else None


def _within(match: re.Match[str]) -> _Bounds | None:
    return _span(match["when"])


def _simple(match: re.Match[str]) -> _Bounds | None:
    span = _span(match["when"])
    if span is None:
        return None
    word = match["word"].lower()
    if word in ("in", "on", "during", "from", "of", "dated"):
        # "of 2020" alone is more often part of a name ("the challenge of 2020") than a date of papers.
        return None if word == "of" and re.fullmatch(r"\d{4}", match["when"]) else span
    if word == "since":
        return span[0], None
    if word in ("until", "till", "up to"):
        return None, span[1]
    if word in ("before", "earlier than", "prior to", "older than"):
        return None, span[0] - timedelta(days=1)
    return span[1] + timedelta(days=1), None


_READINGS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], _Bounds | None]], ...] = (
    (_RANGE, _range),
    (_ONWARDS, _onwards),
    (_ADJECTIVE, _within),
    (_SIMPLE, _simple),
)


def _span(when: str) -> tuple[date, date] | None:
    """First and last day of a day, a month or a year; None for a day that does not exist."""
    words = re.findall(r"[a-z]+|\d+", when.lower())
    numbers = [int(w) for w in words if w.isdigit()]
    month = next((_MONTHS[w] for w in words if w in _MONTHS), None)
    try:
        if len(numbers) == 3:
            day = date(*numbers)
            return day, day
        year = next(n for n in numbers if n > 31)
        if month is None:
            return date(year, 1, 1), date(year, 12, 31)
        days = [n for n in numbers if n <= 31]
        if days:
            return date(year, month, days[0]), date(year, month, days[0])
        return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])
    except (ValueError, StopIteration):
        return None


def _tidy(text: str) -> str:
    """The text after a cut: single spaces, none before a stop, no comma or "and" left hanging."""
    text = re.sub(r"\s+", " ", text).strip()
    text = re.sub(r"\s+([?.!,;:])", r"\1", text)
    text = re.sub(r"(?:,|\b(?:and|that|which|only)\b)(?:\s*,)?\s*(?=[?.!]?$)", "", text).strip()
    return re.sub(r"\s+([?.!])$", r"\1", re.sub(r"^[,;:]\s*", "", text))
