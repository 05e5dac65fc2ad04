"""What several commands take: the library, the settings, the language model, the filters, a time to wait, JSON."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import click

from ui.cli.output import note
from vectorstore.errors import ArxivQAError, InputError
from vectorstore.filters import Filters

if TYPE_CHECKING:
    from qa.settings import Settings
    from vectorstore.storage.file_lock import WaitPolicy

P = ParamSpec("P")
R = TypeVar("R")
Command = Callable[P, R]

LAST = "last"
FORMATS = ("text", "json", "bibtex", "ris", "csv", "markdown")  # of papers
NO_MODEL = {"llm": "extractive"}  # what lists papers must not wait for a language model, or fail without it
_SECONDS = 600.0  # to wait for another process that writes
_WRITING = "ui.cli.options."


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


class DayOrLast(Day):
    """A date, or the word "last": since the last visit."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Read the date or the word, or fail as a usage error."""
        return LAST if str(value).strip().lower() == LAST else super().convert(value, param, ctx)


class LlmName(click.ParamType[str]):
    """What writes the answers: a name that means nothing, or packages that are missing, are wrong usage."""

    name = "name"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the name, or fail as a usage error."""
        from qa.llm.factory import need
        from qa.llm.protocol import WITHOUT_MODEL, ModelName

        try:
            named = ModelName.parse(str(value))
            if named.provider not in WITHOUT_MODEL:
                need(named.provider)
        except ArxivQAError as error:
            self.fail(str(error), param, ctx)
        return str(named)


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
        click.option("--llm-url", metavar="URL", help="The server to ask, for --llm openai/NAME, ollama/NAME or auto."),
        click.option(
            "--llm",
            metavar="NAME",
            type=LlmName(),
            help="Who writes: extractive, auto, or a language model such as ollama/llama3.2; see arxivqa models.",
        ),
    ):
        command = option(command)
    return command


def filter_options(command: Command[P, R], *, last: bool = False) -> Command[P, R]:
    """--since, --until, --category, --author, --venue, --id, --ids, --without and --not-category.

    Args:
        command: what gets them.
        last: whether --since may also be "last".
    """
    for option in (
        _several("--not-category", "without_categories", "CODE", "Not in cs.LG; repeat for more."),
        _several("--without", "without", "WORDS", "Without these words in title and abstract; repeat for more."),
        click.option(
            "--ids",
            "ids_file",
            metavar="FILE",
            type=click.Path(exists=True, dir_okay=False, allow_dash=True),
            help="Only the papers that a BibTeX file names, or a text with an id or a link a line.",
        ),
        _several("--id", "ids", "ID", "Only this paper; repeat for more."),
        _several("--venue", "venues", "NAME", 'In this journal or at this conference, such as "ECCV 2020"; repeat.'),
        _several("--author", "authors", "NAME", "By this author; repeat for all of them."),
        _several("--category", "categories", "CODE", "In cs.CV, or all of cs; repeat for any of them."),
        click.option(
            "--until", metavar="DATE", type=Day(last=True), help="Listed on or before this day, month or year."
        ),
        click.option(
            "--since",
            metavar="DATE|last" if last else "DATE",
            type=DayOrLast() if last else Day(),
            help="Listed on or after this day, month or year" + (", or new since your last visit." if last else "."),
        ),
    ):
        command = option(command)
    return command


def _keep(context: click.Context, parameter: click.Parameter, value: object) -> None:
    context.meta[f"{_WRITING}{parameter.name}"] = value


def wait_option(command: Command[P, R]) -> Command[P, R]:
    """--wait, for commands that hold the writer's lock; `wait_policy` reads it."""
    option = click.option(
        "--wait",
        metavar="SECONDS",
        type=click.FloatRange(min=0),
        default=_SECONDS,
        expose_value=False,
        callback=_keep,
        help=f"How long to wait for another process that is writing; {_SECONDS:.0f}, and 0 to fail at once.",
    )
    return option(command)


def write_options(command: Command[P, R]) -> Command[P, R]:
    """--wait and --take-over, for commands that write; `wait_policy` reads them."""
    option = click.option(
        "--take-over",
        is_flag=True,
        expose_value=False,
        callback=_keep,
        help="Write from this machine from now on, where another one writes to a library on a Chroma server.",
    )
    return wait_option(option(command))


def wait_policy(told: Callable[[str], None] | None = None) -> WaitPolicy:
    """Return how the command that runs waits for another process that writes, and whether it takes the right to write.

    Args:
        told: what says once for whom; standard error when None.
    """
    from vectorstore.storage.file_lock import WaitPolicy

    context = click.get_current_context(silent=True)
    given = context.meta if context else {}
    seconds, take_over = given.get(f"{_WRITING}wait", _SECONDS), given.get(f"{_WRITING}take_over", False)
    return WaitPolicy(seconds, told or note, take_over=take_over)


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
    file = options.pop("ids_file")
    try:
        if file is not None:
            from vectorstore.ingest.reference_lists import ids_of_file

            given["ids"] = (*given["ids"], *ids_of_file(file))
        return Filters(**given)
    except InputError as error:
        raise click.UsageError(str(error)) from None
