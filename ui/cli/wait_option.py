"""Waiting for another process that writes to the library: how long, and what is said of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ParamSpec, TypeVar

import click

if TYPE_CHECKING:
    from vectorstore.storage.file_lock import WaitPolicy

P = ParamSpec("P")
R = TypeVar("R")

_SECONDS = 600.0
_KEY = "ui.cli.wait_option"


def _keep(context: click.Context, _: click.Parameter, seconds: float) -> None:
    context.meta[_KEY] = seconds


def wait_option(command: Callable[P, R]) -> Callable[P, R]:
    """--wait, for commands that write; `patience` reads it."""
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


def patience(told: Callable[[str], None] | None = None) -> WaitPolicy:
    """How the command that runs waits.

    Args:
        told: what says once for whom; standard error when None.
    """
    from ui.cli.output import note
    from vectorstore.storage.file_lock import WaitPolicy

    context = click.get_current_context(silent=True)
    return WaitPolicy(context.meta.get(_KEY, _SECONDS) if context else _SECONDS, told or note)
