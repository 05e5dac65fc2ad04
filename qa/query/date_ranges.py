"""A stretch of time in words, and its first and last day: "October 2020", "Q3 2019", "the last two weeks"."""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta

from vectorstore.text.dates import MONTH_NUMBERS

Span = tuple[date, date]

MONTH = r"(?:" + "|".join(sorted(MONTH_NUMBERS, key=len, reverse=True)) + r")\b\.?"
YEAR = r"(?:19[89]|20[0-4])\d(?![\d.,]\d|\d|\s*(?:x|×|[*%])|-[A-Za-z])"
DAY = r"(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?"
_SEASONS = {"spring": (3, 5), "summer": (6, 8), "autumn": (9, 11), "fall": (9, 11)}
_PARTS = {
    "first half": (1, 6), "second half": (7, 12), "first quarter": (1, 3), "second quarter": (4, 6),
    "third quarter": (7, 9), "fourth quarter": (10, 12), "last quarter": (10, 12), "early": (1, 4), "mid": (5, 8),
    "late": (9, 12),
}  # fmt: skip
_NUMBERS = {"one": 1, "two": 2, "couple of": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
            "nine": 9, "ten": 10, "twelve": 12}  # fmt: skip
_UNIT = r"(?:day|week|month|year)"
_LIBRARY = (
    r"(?:\s+(?:of|in)\s+(?:the|this|your|my|our)\s+(?:library|collection|listings?|archive|papers|corpus|database))?"
)
# These count back from the library's newest listing day, for which "today" stands.
RELATIVE = (
    rf"(?:today\b|yesterday\b|this\s+(?:week|month|year)\b|(?:the\s+)?(?:last|past|previous|latest|most\s+recent"
    rf"|newest)\s+"
    rf"(?:(?:(?:a\s+)?(?:{'|'.join(sorted(_NUMBERS, key=len, reverse=True))})|\d{{1,3}})\s+)?{_UNIT}s?\b{_LIBRARY}"
    r"|(?:the\s+)?(?:latest|newest|most\s+recent|last)\s+(?:listings?|announcements?|digest)\b)"
)
_ISO = r"\d{4}-\d{2}-\d{2}\b|\d{4}-(?:0[1-9]|1[0-2])(?![-\d])"
_NUMERIC = r"\d{1,2}[./]\d{1,2}[./](?:19|20)\d{2}\b"
_PART = (
    r"(?:(?:the\s+)?(?:first|second|third|fourth|last)\s+(?:half|quarter)\s+of|(?:the\s+)?(?:spring|summer|autumn|fall)"
    r"(?:\s+of)?|q[1-4](?:\s+of)?|(?:early|mid|late)(?:\s+in)?[\s-])"
)
EXACT = (
    rf"(?:(?:the\s+)?week\s+(?:of|from|starting(?:\s+on)?|beginning(?:\s+on)?)\s+(?:the\s+)?{DAY}\s+(?:of\s+)?{MONTH},?"
    rf"\s+{YEAR}|{_ISO}|{_NUMERIC}|(?:the\s+)?{DAY}\s+(?:of\s+)?{MONTH},?\s+(?:of\s+)?{YEAR}"
    rf"|{MONTH}\s+(?:the\s+)?{DAY},?\s+{YEAR}|{_PART}\s*{MONTH}\s+{YEAR}|{_PART}\s*{YEAR}"
    rf"|{MONTH},?\s+(?:of\s+)?{YEAR}|(?:the\s+)?(?:19[89]|20[0-4])0s\b|{YEAR})"
)
WHEN = rf"(?:{EXACT}|{RELATIVE})"


def span(when: str, newest: date | None = None) -> Span | None:
    """First and last day of a period; None for one that does not exist or cannot be told for certain.

    >>> first, last = span("early October 2020")
    >>> first.isoformat(), last.isoformat()
    ('2020-10-01', '2020-10-10')
    >>> span("05/06/2020") is None  # the fifth of June, or the sixth of May?
    True

    Args:
        when: what `WHEN` matches.
        newest: the newest listing day of the library, from which "last week" counts; None leaves such unread.
    """
    when = " ".join(when.lower().split())
    try:
        if re.fullmatch(RELATIVE, when):
            return _relative(when, newest) if newest else None
        return _exact(when)
    except (ValueError, OverflowError):
        return None


def _exact(when: str) -> Span | None:
    words = re.findall(r"[a-z]+|\d+", when)
    if re.fullmatch(_NUMERIC, when):
        first, second, year = map(int, words)
        if first != second and first <= 12 and second <= 12:
            return None
        day = date(year, first, second) if second > 12 else date(year, second, first)
        return day, day
    month = next((MONTH_NUMBERS[w] for w in words if w in MONTH_NUMBERS), None)
    numbers = [int(w) for w in words if w.isdigit()]
    if re.match(r"\d{4}-", when):
        begin, end = _months(numbers[0], numbers[1], numbers[1])
        if len(numbers) == 3:
            begin = end = begin.replace(day=numbers[2])
        return begin, end
    year = next((n for n in numbers if n > 31), 0)
    if decade := re.fullmatch(r"(?:the )?(\d{4})s", when):
        return date(int(decade[1]), 1, 1), date(int(decade[1]) + 9, 12, 31)
    if quarter := re.match(r"q([1-4])", when):
        return _months(year, int(quarter[1]) * 3 - 2, int(quarter[1]) * 3)
    days = [n for n in numbers if n <= 31]
    if month and days:
        day = date(year, month, days[0])
        return (day, day + timedelta(days=6)) if "week" in words else (day, day)
    if month:
        return _part_of_month(year, month, words[0])
    named = next((name for name in (*_SEASONS, *_PARTS) if re.match(rf"(?:the )?{name}\b", when)), None)
    return _months(year, *(_SEASONS | _PARTS)[named]) if named else _months(year, 1, 12)


def _part_of_month(year: int, month: int, part: str) -> Span | None:
    first, last = _months(year, month, month)
    if part in ("early", "mid", "late"):
        begin, end = {"early": (1, 10), "mid": (11, 20), "late": (21, last.day)}[part]
        return date(year, month, begin), date(year, month, end)
    return (first, last) if part in MONTH_NUMBERS else None  # "the first half of March" is nobody's listing


def _months(year: int, first: int, last: int) -> Span:
    return date(year, first, 1), date(year, last, calendar.monthrange(year, last)[1])


def _relative(when: str, newest: date) -> Span | None:
    if when == "yesterday":
        return newest - timedelta(days=1), newest - timedelta(days=1)
    if when == "today" or re.search(r"listing|announcement|digest", when.split(" of ")[0].split(" in ")[0]):
        return newest, newest
    unit = re.search(_UNIT, when)
    assert unit is not None
    if when.startswith("this "):
        first = {"week": newest - timedelta(days=newest.weekday()), "month": newest.replace(day=1)}
        return first.get(unit[0], newest.replace(month=1, day=1)), newest
    digits = re.search(r"\d+", when)
    count = int(digits[0]) if digits else next((n for w, n in _NUMBERS.items() if re.search(rf"\b{w}\b", when)), 1)
    if count < 1:
        return None
    # "Last month" is the calendar's, "the last month" the thirty days to the newest.
    if when in ("last month", "previous month", "the previous month"):
        before = newest.replace(day=1) - timedelta(days=1)
        return before.replace(day=1), before
    if when in ("last year", "previous year", "the previous year"):
        return _months(newest.year - 1, 1, 12)
    if unit[0] in ("day", "week"):
        return newest - timedelta(days=count * (7 if unit[0] == "week" else 1) - 1), newest
    return _months_back(newest, count * (12 if unit[0] == "year" else 1)) + timedelta(days=1), newest


def _months_back(day: date, count: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 - count, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
