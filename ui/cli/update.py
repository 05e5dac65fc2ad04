"""`arxivqa update`: what has come to arXiv since the library's queries were last fetched."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from ui.cli.options import json_option, library_options, settings, wait_policy, write_options
from ui.cli.output import Printer, clean, print_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qa.settings import Settings
    from vectorstore.ingest.arxiv.subscriptions import Subscription


@click.command()
@click.argument("queries", metavar="[QUERY]...", nargs=-1)
@click.option("--list", "listing", is_flag=True, help="Say what is followed and how far it is; ask arXiv nothing.")
@click.option("--forget", is_flag=True, help="Follow these queries no longer; their papers stay.")
@write_options
@json_option
@library_options
@click.pass_context
def update(
    context: click.Context, /, queries: tuple[str, ...], listing: bool, forget: bool, as_json: bool, **common: Any
) -> int:
    """Fetch from arXiv what is new since last time, for every QUERY fetched before, or only for those named.

    arxivqa ingest arxiv:cs.CV begins to follow a query, unless it has an --until. New papers are fetched, and new
    versions of papers that are in, among them withdrawals. It looks back two weeks, as arXiv shows some papers days
    after they were sent in. What came before an error is kept, and the next update goes on from there.

    \b
    Examples:
      arxivqa update
      arxivqa update --list
      arxivqa update arxiv:cs.CV
      arxivqa update arxiv:cs.CV --forget
    """
    if listing and (forget or queries):
        raise click.UsageError("--list stands alone.")
    if forget and not queries:
        raise click.UsageError("Say which to forget: arxivqa update arxiv:cs.CV --forget")
    chosen = settings(context, **common)
    if listing:
        return _list(chosen, as_json)
    if forget:
        return _forget(chosen, queries, as_json)
    return _update(chosen, queries, as_json)


def _named(settings: Settings, queries: Sequence[str]) -> list[Subscription]:
    """The queries that are followed and meant."""
    from vectorstore.errors import InputError
    from vectorstore.ingest.arxiv.query import PREFIX
    from vectorstore.ingest.arxiv.subscriptions import load_subscriptions

    known = [one for one in load_subscriptions(settings.library) if one.until is None or not one.whole]
    if not known:
        raise InputError(
            f"Nothing on arXiv is followed yet in {settings.library}. Begin with what you want to follow, such as: "
            "arxivqa ingest arxiv:cs.CV --since 2024-01"
        )
    meant = []
    for words in queries:
        wanted = words if words.lower().startswith(PREFIX) else f"{PREFIX}{words}"
        found = [one for one in known if one.words.lower() == wanted.lower()]
        if not found:
            names = ", ".join(dict.fromkeys(one.words for one in known))
            raise InputError(f"{wanted!r} is not followed. What is: {names}.")
        meant += found
    return meant or known


def _update(settings: Settings, queries: Sequence[str], as_json: bool) -> int:
    from ui.cli.ingest import Tally, report
    from ui.cli.progress import Meter
    from vectorstore.embedding.embedder import Embedder
    from vectorstore.ingest.arxiv.client import Api
    from vectorstore.ingest.arxiv.sync import update_subscription
    from vectorstore.library import Library

    meant, tally, rows = _named(settings, queries), Tally(), []
    embedder = Embedder(settings.model)
    with (
        Meter() as meter,
        Library.open(
            settings.library, embedder=embedder, patience=wait_policy(meter.say), server=settings.server
        ) as library,
    ):
        api = Api(meter.say)
        for one in meant:
            meter.begin(f"fetching {one.words}")
            before = (tally.added, tally.replaced)
            tally.take(update_subscription(library, api, one, meter.show_part))
            added, replaced = tally.added - before[0], tally.replaced - before[1]
            rows.append({"query": one.words, "added": added, "replaced": replaced})
            meter.say(f"{one.words}: {added:,} new, {replaced:,} replaced")
        tally.papers = library.count()
    return report(settings, tally, as_json, queries=rows)


def _list(settings: Settings, as_json: bool) -> int:

    meant = _named(settings, ())
    if as_json:
        for one in meant:
            print_json(
                {
                    name: value if isinstance(value, bool) else value and str(value)
                    for name, value in asdict(one).items()
                }
            )
        return 0
    Printer().table([(one.words, _how_far(one)) for one in meant])
    return 0


def _how_far(one: Subscription) -> str:
    bounds = f"since {one.since}, " if one.since else ""
    bounds += f"until {one.until}, " if one.until else ""
    if one.reached is None:
        return f"{bounds}nothing fetched yet"
    return f"{bounds}fetched up to {one.reached:%Y-%m-%d %H:%M} UTC{'' if one.whole else ', not whole yet'}"


def _forget(settings: Settings, queries: Sequence[str], as_json: bool) -> int:
    from vectorstore.ingest.arxiv.subscriptions import load_subscriptions, save_subscriptions

    gone = _named(settings, queries)
    keys = {one.key for one in gone}
    save_subscriptions(settings.library, [one for one in load_subscriptions(settings.library) if one.key not in keys])
    if as_json:
        print_json({"forgotten": [one.words for one in gone]})
    else:
        print(f"No longer followed: {clean(', '.join(one.words for one in gone))}. Its papers stay in the library.")
    return 0
