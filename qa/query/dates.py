"""Dates in plain words: "after October 2020", "on 24 December 2020", "the 2019 papers", "last week"."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from qa.query.date_ranges import DAY, EXACT, MONTH, RELATIVE, WHEN, YEAR, span
from qa.query.spans import PAPERS, PLACEHOLDER, tidy
from vectorstore.text.dates import month

# What stands before a date when it says when papers appeared, taken out of the search text along with it.
_APPEARED = (
    r"(?:\b(?:(?:which|that|who)\s+)?(?:(?:was|were|is|are|has been|have been|had been)\s+)?(?:first\s+|newly\s+)?"
    r"(?:published|listed|posted|submitted|uploaded|announced|appeared|appearing|dated|written|released|came out|out"
    r"|put on arxiv|on arxiv)\s+(?:on\s+arxiv\s+)?)"
)
_TO = r"(?:to|until|till|through|up to|-|–)"
_RANGES = (
    rf"between\s+(?P<a>{WHEN})\s+and\s+(?P<a2>{WHEN})",
    rf"from\s+(?P<b>{WHEN})\s+{_TO}\s+(?P<b2>{WHEN})",
    # The year, or the month and year, of the first is that of the second.
    rf"(?:between|from)\s+(?:the\s+)?(?P<c>{DAY})\s+(?:and"
    rf"|{_TO})\s+(?P<c2>(?:the\s+)?{DAY}\s+(?:of\s+)?{MONTH},?\s+{YEAR})",
    rf"(?:between|from|in)\s+(?P<d>{MONTH})\s+(?:and|{_TO})\s+(?P<d2>{MONTH}\s+{YEAR})",
    rf"(?:between|from|in|of|,|\()\s*(?P<e>{YEAR})\s*(?:-|–|to)\s*(?P<e2>{YEAR})",
)
_RANGE = re.compile(rf"{_APPEARED}?(?:\b|(?=[,(]))(?:{'|'.join(_RANGES)})\)?", re.I)
_ONWARDS = re.compile(rf"{_APPEARED}?(?:\b(?:from|since)\s+|,\s*)(?P<when>{EXACT})\s+(?:on|onwards?)\b", re.I)
_OPEN = re.compile(
    rf"{_APPEARED}?(?:\b(?:from|in|since|of)\s+|,\s*)?(?P<when>{EXACT})\s*(?:,\s*)?(?:or|and)\s+(?P<way>later|newer"
    rf"|after"
    r"|afterwards|onwards?|beyond|more\s+recent|earlier|older|before)\b",
    re.I,
)
_ADJECTIVE = re.compile(
    rf"(?:(?<=\bfrom\s)|(?<=\bof\s)|(?<=\bin\s)|(?<=\bonly\s)|(?<=\bthe\s)|(?<=\ball\s)|(?<=\bany\s)|(?<=\bshow\s)"
    rf"|(?<=\blist\s)|(?<=\bme\s)|(?<=\bfind\s)|(?<=\bour\s)|(?<=\byour\s)|(?<=\bmany\s)|(?<=\bwhich\s)"
    rf"|(?<=\bwhat\s)|^)"
    rf"(?P<when>{EXACT}|{RELATIVE})(?='?s?\s+(?:arxiv\s+)?{PAPERS}\b)(?:'?s)?",
    re.I,
)
_SIMPLE = re.compile(
    rf"{_APPEARED}?\b(?P<word>(?:no|not)\s+(?:later|newer)\s+than|not\s+after|(?:no|not)\s+(?:earlier|older)\s+than"
    r"|not\s+before|(?:strictly\s+)?(?:after|later than|newer than|more recent than|following)|since|before"
    r"|earlier than|prior to|older than|(?:until|till|up to)(?:\s+and\s+including)?|over|within|in|on|during|from|of"
    r"|dated|for)"
    rf"\s+(?P<when>{WHEN})",
    re.I,
)
# "Published 2019-12-24", "papers on matting (2019)", "what came out yesterday?" have no such word.
_BARE = re.compile(
    rf"(?:{_APPEARED}(?P<when>{WHEN})|(?P<open>\(|,\s*)(?P<year>{YEAR})(?P<close>\)?)(?=[\s?.!{PLACEHOLDER}]*$)"
    rf"|\b(?P<relative>{RELATIVE}))",
    re.I,
)
# A bare "in 2020" followed by a thing counts that thing ("in 2020 images"); these may follow a date.
_MAY_FOLLOW = re.compile(
    rf"\s*(?:$|[.,;:?!){PLACEHOLDER}]|(?:{PAPERS}|on|about|with|that|which|who|whose|using|for|by|to|and|or|is|are|was|were|do|does"
    r"|did|has|have|what|how|please|pls|only|but|except|excluding|dealing|concerning|related|where|in|from|of|at"
    r"|deal|use"
    r"|uses|propose|proposing|there|cover|discuss|study|treat|address|concern|mention)\b)",
    re.I,
)
# What makes a date one of papers and not of the world: papers named, or asked for, anywhere in the question.
_ABOUT_PAPERS = re.compile(
    rf"\b(?:{PAPERS}|(?:what|which|anything|something|who|everything|what's)\b.{{0,80}}\b(?:published|listed|posted"
    r"|submitted|appeared|announced|proposed|introduced|presented|came out)|anything|everything|what do you have"
    r"|what is there"
    r"|what's (?:there|new)|what is new|what has been (?:done|published|proposed)|(?:list|show)\b)",
    re.I | re.S,
)
# Words before or after a date that make it one of something else than papers.
_WORLD_BEFORE = re.compile(
    r"(?:taken|captured|acquired|collected|recorded|held|observed|scanned|photographed|sampled|crawled|gathered"
    r"|measured|organi[sz]ed|happened|occurred|launched|flown|challenge|contest|competition|workshop|election|season"
    r"|pandemic|war|earthquake|wildfires?|floods?|fires?|images?|photos?|photographs?|videos?|footage|scans?|data"
    r"|version|edition|conference|track|dataset|benchmark|patients?|visits?|made|shot|filmed|olympics|ranked)"
    r"(?:\s+(?:in|during))?\s+$",
    re.I,
)
_WORLD_VERB = re.compile(
    r"\b(?:data|images?|photos?|photographs?|videos?|footage|scans?|pictures?|records?|samples?|maps?|patients?)\b"
    r"(?:\s+\w+){0,2}\s*$",
    re.I,
)
_DENIED = re.compile(
    r"\b(?:not|except(?:\s+for)?|excluding|exclude|other\s+than|apart\s+from|nothing|none)\s+(?:\w+\s+){0,2}$", re.I
)


@dataclass(frozen=True, slots=True)
class Dated:
    """What a question says of dates.

    Attributes:
        since, until: inclusive bounds; None where there is none.
        rest: the question without the words that say so.
        spans: where those words stand in the question.
    """

    since: date | None
    until: date | None
    rest: str
    spans: tuple[tuple[int, int], ...] = ()


def parse_dates(question: str, newest: date | None = None) -> Dated:
    """Read when papers must have been listed, and take those words out.

    A number that may be something else ("2020 images", "KITTI 2015", "taken in 2018") is left alone.

    >>> dated = parse_dates("Is there anything on optical flow that appeared after October 2020?")
    >>> dated.since.isoformat(), dated.until, dated.rest
    ('2020-11-01', None, 'Is there anything on optical flow?')
    >>> parse_dates("What accuracy is reached on 2020 images of KITTI 2015?").since is None
    True
    >>> parse_dates("papers on stereo from last week", newest=date(2020, 12, 31)).since.isoformat()
    '2020-12-25'

    Args:
        question: any text.
        newest: the library's newest listing day, from which "last week" counts; None leaves such words alone.
    """
    first = _find(question, newest)
    if first is None:
        return Dated(None, None, question)
    (since, until), where = first
    spans = [where]
    if (since is None) != (until is None):
        # A second phrase may give the other bound ("after 2018 and before 2020").
        blanked = question[: where[0]] + " " * (where[1] - where[0]) + question[where[1] :]
        second = _find(blanked, newest)
        if second is not None and _complement((since, until), second[0]):
            since, until = since or second[0][0], until or second[0][1]
            spans = sorted([where, second[1]])
    rest = question
    for begin, end in reversed(spans):
        rest = f"{rest[:begin]} {rest[end:]}"
    return Dated(since, until, tidy(rest), tuple(spans))


_Bounds = tuple[date | None, date | None]


def _find(question: str, newest: date | None) -> tuple[_Bounds, tuple[int, int]] | None:
    for pattern, meaning in _READINGS:
        for match in pattern.finditer(question):
            if not _believable(question, match):
                continue
            bounds = meaning(match, newest)
            if bounds is None or (bounds[0] and bounds[1] and bounds[0] > bounds[1]):
                continue
            return bounds, match.span()
    return None


def _complement(first: _Bounds, second: _Bounds) -> bool:
    since, until = first[0] or second[0], first[1] or second[1]
    one_each = (second[0] is None) != (second[1] is None) and (first[0] is None) != (second[0] is None)
    return one_each and since is not None and until is not None and since <= until


def _believable(question: str, match: re.Match[str]) -> bool:
    before = question[: match.start()]
    if _DENIED.search(before):
        return False
    if match.re is _ADJECTIVE:
        return True
    said = re.match(_APPEARED, match[0], re.I) is not None
    if _WORLD_BEFORE.search(before) or (not said and _WORLD_VERB.search(before)):
        return False
    if not _MAY_FOLLOW.match(question, match.end()):
        return False
    return said or _ABOUT_PAPERS.search(question) is not None


def _range(match: re.Match[str], newest: date | None) -> _Bounds | None:
    group = next(name for name in "abcde" if match[name])
    first, second = match[group], match[f"{group}2"]
    last = span(second, newest)
    if last is None:
        return None
    if group == "c":
        day = re.match(r"\d+", first)
        assert day is not None
        first = f"{day[0]} {month(last[0].month)} {last[0].year}"
    elif group == "d":
        first = f"{first} {last[0].year}"
    begin = span(first, newest)
    return (begin[0], last[1]) if begin else None


def _onwards(match: re.Match[str], newest: date | None) -> _Bounds | None:
    found = span(match["when"], newest)
    return (found[0], None) if found else None


def _open(match: re.Match[str], newest: date | None) -> _Bounds | None:
    found = span(match["when"], newest)
    if found is None:
        return None
    return (None, found[1]) if match["way"].lower() in ("earlier", "older", "before") else (found[0], None)


def _within(match: re.Match[str], newest: date | None) -> _Bounds | None:
    return span(match["when"], newest)


def _bare(match: re.Match[str], newest: date | None) -> _Bounds | None:
    if match["open"] and (match["open"] == "(") != bool(match["close"]):
        return None
    return span(match["when"] or match["year"] or match["relative"], newest)


def _simple(match: re.Match[str], newest: date | None) -> _Bounds | None:
    found = span(match["when"], newest)
    if found is None:
        return None
    word = " ".join(match["word"].lower().split())
    relative = re.fullmatch(RELATIVE, match["when"], re.I) is not None
    if word in ("over", "within", "for") and not relative:
        return None
    if word in ("in", "on", "during", "from", "of", "dated", "over", "within", "for"):
        # "of 2020" alone is more often part of a name ("the challenge of 2020") than a date of papers.
        return None if word == "of" and re.fullmatch(r"\d{4}", match["when"]) else found
    if word == "since" or re.match(r"(?:no|not) (?:earlier|older|before)", word):
        return found[0], None
    if word.split(" and ")[0] in ("until", "till", "up to") or re.match(r"(?:no|not) (?:later|newer|after)", word):
        return None, found[1]
    if word in ("before", "earlier than", "prior to", "older than"):
        return None, found[0] - timedelta(days=1)
    return found[1] + timedelta(days=1), None


_READINGS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], date | None], _Bounds | None]], ...] = (
    (_RANGE, _range),
    (_ONWARDS, _onwards),
    (_OPEN, _open),
    (_ADJECTIVE, _within),
    (_SIMPLE, _simple),
    (_BARE, _bare),
)
