"""`arxivqa users`: who may sign in to a page that others can reach."""

from __future__ import annotations

import sys
from typing import Any

import click

from ui.cli.options import json_option, library_options, settings
from ui.cli.output import note, print_json


@click.group()
def users() -> None:
    """Say who may sign in to a page that is served to other machines (arxivqa chat --host ADDRESS).

    Their passwords are kept hashed, in the file that the setting `users` names. The page sees a change at once.

    \b
    Example:
      arxivqa users add ana
      arxivqa chat --host 0.0.0.0
    """


@users.command()
@click.argument("name")
@library_options
@click.pass_context
def add(context: click.Context, /, name: str, **common: Any) -> None:
    """Make the user NAME, or give that user another password, which ends every session of theirs.

    The password is asked for twice. Where standard input is no terminal, its first line is the password.
    """
    from ui.web.auth.accounts import Accounts, normal

    accounts = Accounts(settings(context, **common).users)
    if sys.stdin.isatty():
        password = click.prompt(f"Password of {normal(name)}", hide_input=True, confirmation_prompt=True, err=True)
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    new = accounts.put(name, password)
    click.echo(f"{normal(name)} {'can sign in now' if new else 'has a new password'}.")


@users.command()
@click.argument("name")
@library_options
@click.pass_context
def remove(context: click.Context, /, name: str, **common: Any) -> None:
    """Take the user NAME out, which ends every session of theirs. The conversations are kept."""
    from ui.web.auth.accounts import Accounts, normal

    Accounts(settings(context, **common).users).remove(name)
    click.echo(f"{normal(name)} can no longer sign in.")


@users.command("list")
@json_option
@library_options
@click.pass_context
def list_(context: click.Context, /, as_json: bool, **common: Any) -> None:
    """List everyone who may sign in."""
    from ui.web.auth.accounts import Accounts

    path = settings(context, **common).users
    names = Accounts(path).names()
    if as_json:
        print_json({"users": names, "file": str(path)})
        return
    for name in names:
        click.echo(name)
    if not names:
        note(f"Nobody can sign in yet. {path} is made with the first user: arxivqa users add NAME")
