"""What a command does where another process or machine writes to the library: how long it waits, what it says of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ParamSpec, TypeVar

import click

if TYPE_CHECKING:
    from vectorstore.storage.file_lock import WaitPolicy

P = ParamSpec("P")
R = TypeVar("R")

_SECONDS = 600.0
_KEY = "ui.cli.wait_option."


def _keep(context: click.Context, parameter: click.Parameter, value: object) -> None:
    context.meta[f"{_KEY}{parameter.name}"] = value


def wait_option(command: Callable[P, R]) -> Callable[P, R]:
    """--wait, for commands that hold the writer's lock; `patience` reads it."""
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


def write_options(command: Callable[P, R]) -> Callable[P, R]:
    """--wait and --take-over, for commands that write; `patience` reads them."""
    option = click.option(
        "--take-over",
        is_flag=True,
        expose_value=False,
        callback=_keep,
        help="Write from this machine from now on, where another one writes to a library on a Chroma server.",
    )
    return wait_option(option(command))


def patience(told: Callable[[str], None] | None = None) -> WaitPolicy:
    """How the command that runs waits.

    Args:
        told: what says once for whom; standard error when None.
    """
    from ui.cli.output import note
    from vectorstore.storage.file_lock import WaitPolicy

    context = click.get_current_context(silent=True)
    given = context.meta if context else {}
    seconds, take_over = given.get(f"{_KEY}wait", _SECONDS), given.get(f"{_KEY}take_over", False)
    return WaitPolicy(seconds, told or note, take_over=take_over)
