"""What several commands take: the library, the settings, the language model, the filters, JSON."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import click

from vectorstore.errors import InputError
from vectorstore.filters import Filters

if TYPE_CHECKING:
    from qa.settings import Settings

P = ParamSpec("P")
R = TypeVar("R")
Command = Callable[P, R]


class Day(click.ParamType[date]):
    """A date: 2020-10-07, or a month or year, which means its first day, or its last where `last` is set."""

    name = "date"

    def __init__(self, last: bool = False) -> None:
        self.last = last

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Read the date or fail as a usage error."""
        if isinstance(value, date):
            return value
        match = re.fullmatch(r"(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?", str(value).strip(), re.ASCII)
        try:
            if match is None:
                raise ValueError
            year, month, day = (int(part) if part else None for part in match.groups())
            assert year is not None
            month = month or (12 if self.last else 1)
            return date(year, month, day or (calendar.monthrange(year, month)[1] if self.last else 1))
        except ValueError:
            self.fail(f"{value!r} is not a date. Write 2020-10-07, 2020-10 or 2020.", param, ctx)


def library_options(command: Command[P, R]) -> Command[P, R]:
    """--library, --model and --config, which stand before or after a command's name."""
    for option in (
        click.option("--config", metavar="PATH", type=click.Path(path_type=Path), help="The settings file to read."),
        click.option("--model", metavar="NAME", help="The sentence-transformers model (a name or a folder)."),
        click.option("--library", metavar="PATH", type=click.Path(path_type=Path), help="The library's folder."),
    ):
        command = option(command)
    return command


def llm_options(command: Command[P, R]) -> Command[P, R]:
    """--llm, --llm-url and --strict."""
    for option in (
        click.option(
            "--strict",
            is_flag=True,
            default=None,
            help="Leave out what a language model wrote and the abstracts do not bear out.",
        ),
        click.option("--llm-url", metavar="URL", help="The server to ask, for --llm openai/NAME or ollama/NAME."),
        click.option(
            "--llm",
            metavar="NAME",
            help="Who writes: extractive, auto, or a language model such as ollama/llama3.2; see arxivqa models.",
        ),
    ):
        command = option(command)
    return command


def filter_options(command: Command[P, R]) -> Command[P, R]:
    """--since, --until, --category, --author, --venue, --id, --without and --not-category."""
    for option in (
        _several("--not-category", "without_categories", "CODE", "Not in cs.LG; repeat for more."),
        _several("--without", "without", "WORDS", "Without these words in title and abstract; repeat for more."),
        _several("--id", "ids", "ID", "Only this paper; repeat for more."),
        _several("--venue", "venues", "NAME", 'In this journal or at this conference, such as "ECCV 2020"; repeat.'),
        _several("--author", "authors", "NAME", "By this author; repeat for all of them."),
        _several("--category", "categories", "CODE", "In cs.CV, or all of cs; repeat for any of them."),
        click.option(
            "--until", metavar="DATE", type=Day(last=True), help="Listed on or before this day, month or year."
        ),
        click.option("--since", metavar="DATE", type=Day(), help="Listed on or after this day, month or year."),
    ):
        command = option(command)
    return command


def _several(name: str, field: str, metavar: str, said: str) -> Callable[[Command[P, R]], Command[P, R]]:
    return click.option(name, field, metavar=metavar, multiple=True, help=said)


json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, one object a line.")


def settings(context: click.Context, **flags: Any) -> Settings:
    """Settings from the flags of a command and, where it has none, of `arxivqa` itself.

    Raises:
        SettingsError: when a value is not allowed, or the file cannot be read.
    """
    from qa.settings import Settings

    before: dict[str, Any] = context.find_root().params
    given = {name: before.get(name) for name in ("library", "model", "config")}
    given.update({name: value for name, value in flags.items() if value is not None})
    return Settings(**given)


def filters(options: dict[str, Any]) -> Filters:
    """The filters of a command, taken out of its options; what cannot be one is a usage error."""
    given = {field.name: options.pop(field.name) for field in fields(Filters)}
    try:
        return Filters(**given)
    except InputError as error:
        raise click.UsageError(str(error)) from None
