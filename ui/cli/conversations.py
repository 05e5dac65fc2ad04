"""`arxivqa conversations`: what was asked on the page, listed, shown, written out and deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ui.cli.options import json_option, library_options, settings
from ui.cli.output import Printer, clean, note, print_json

if TYPE_CHECKING:
    from qa.history.models import Conversation
    from qa.history.store import Store

_FORMS = ("text", "markdown", "json")
_SHORT = 8  # characters of an id that are shown
_ALL = 1_000_000


@click.group()
def conversations() -> None:
    """List, show, write out and delete conversations: those that were held on the page of this machine.

    They are kept in the file that the setting `conversations` names; `arxivqa config` says which that is. An ID may be
    shortened to its first characters.

    \b
    Examples:
      arxivqa conversations list "stain normalization"
      arxivqa conversations show 1f6ad32c --format markdown > stains.md
    """


@conversations.command("list")
@click.argument("search", nargs=-1)
@click.option("--limit", metavar="N", type=click.IntRange(min=1), default=50, help="At most N conversations; 50.")
@json_option
@library_options
@click.pass_context
def list_(context: click.Context, /, search: tuple[str, ...], limit: int, as_json: bool, **common: Any) -> None:
    """List conversations, the newest first; with SEARCH those in whose title, questions or answers its words stand."""
    from qa.history.store import LOCAL, Store

    with Store(settings(context, **common).conversations) as store:
        found = store.conversations(LOCAL, " ".join(search), limit)
    printer = Printer()
    for each in found:
        if as_json:
            times = {"created": each.created.isoformat(), "updated": each.updated.isoformat()}
            print_json({"id": each.id, "title": each.title, **times, "turns": each.turns})
            continue
        asked = f"{each.turns} question{'' if each.turns == 1 else 's'}"
        printer.line(
            (f"{each.id[:_SHORT]}  ", "cyan"),
            (clean(each.title), "bold"),
            (f"  {each.updated:%Y-%m-%d}, {asked}", "dim"),
        )
    if not found:
        note("No conversation matches." if search else "There is no conversation yet. Hold one: arxivqa chat")


@conversations.command()
@click.argument("id")
@click.option("--format", "form", type=click.Choice(_FORMS), default="text", help="What to print.")
@json_option
@library_options
@click.pass_context
def show(context: click.Context, /, id: str, form: str, as_json: bool, **common: Any) -> None:
    """Print the conversation ID: for a person, as Markdown with references for notes, or as JSON for programs."""
    from qa.history.store import LOCAL, Store

    with Store(settings(context, **common).conversations) as store:
        found = store.open(LOCAL, _whole_id(store, id))
    if as_json or form == "json":
        from qa.export.conversations import to_json

        print_json(to_json(found))
    elif form == "markdown":
        from qa.export.conversations import export

        click.echo(export(found, "markdown").text, nl=False)
    else:
        _print(found)


@conversations.command()
@click.argument("ids", metavar="ID...", nargs=-1, required=True)
@library_options
@click.pass_context
def delete(context: click.Context, /, ids: tuple[str, ...], **common: Any) -> None:
    """Delete conversations with all that belongs to them. They cannot be brought back."""
    from qa.history.store import LOCAL, Store

    with Store(settings(context, **common).conversations) as store:
        whole = dict.fromkeys(_whole_id(store, id) for id in ids)
        for conversation in whole:
            store.delete(LOCAL, conversation)
    note(f"Deleted {len(whole)} conversation{'' if len(whole) == 1 else 's'}.")


def _print(found: Conversation) -> None:

    printer = Printer()
    for number, turn in enumerate(found.turns):
        if number:
            printer.line()
        printer.line((clean(turn.question), "bold"))
        printer.line()
        if turn.answer is not None:
            printer.answer(turn.answer)
        if turn.failure is not None:
            printer.line((clean(f"This question could not be answered: {turn.failure}"), "italic"))
        elif turn.stopped:
            printer.line(("Stopped before it was complete.", "italic"))


def _whole_id(store: Store, beginning: str) -> str:
    """The id of the one conversation whose id begins so."""
    from qa.history.store import LOCAL
    from vectorstore.errors import InputError

    beginning = beginning.strip().lower()
    found = [each.id for each in store.conversations(LOCAL, limit=_ALL) if each.id.startswith(beginning)]
    if len(found) == 1:
        return found[0]
    if found and beginning:
        raise InputError(f"{len(found)} conversations have ids that begin with {beginning!r}. Give more of it.")
    raise InputError(f"There is no conversation {beginning!r}. See what there is: arxivqa conversations list")
