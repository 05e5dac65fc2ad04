"""The names of months in English, whatever the machine's locale."""

from __future__ import annotations

from datetime import date

MONTHS = tuple("January February March April May June July August September October November December".split())
MONTH_NUMBERS = (
    {name.lower(): number for number, name in enumerate(MONTHS, 1)}
    | {name[:3].lower(): number for number, name in enumerate(MONTHS, 1)}
    | {"sept": 9}
)
"""The number of a month by its name and by its short form, in small letters."""


def month(number: int) -> str:
    """The name of a month from 1."""
    return MONTHS[number - 1]


def short_month(number: int) -> str:
    """The short form of a month's name: "Oct"."""
    return MONTHS[number - 1][:3]


def long_date(day: date) -> str:
    """A date as "5 October 2020"."""
    return f"{day.day} {month(day.month)} {day.year}"


def short_date(day: date) -> str:
    """A date as "5 Oct 2020"."""
    return f"{day.day} {short_month(day.month)} {day.year}"
