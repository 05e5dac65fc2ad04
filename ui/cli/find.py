"""`arxivqa find` and `show`: papers by topic, newest first, new since the last visit, or by id."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from ui.cli.options import (
    FORMATS,
    LAST,
    NO_MODEL,
    filter_options,
    filters,
    json_option,
    library_options,
    settings,
)
from ui.cli.output import Printer, note, print_json

if TYPE_CHECKING:
    from qa.history.models import Visit
    from qa.history.whats_new import News
    from qa.settings import Settings
    from vectorstore.filters import Filters
    from vectorstore.paper import Paper

_MISSING = 10  # ids that are named; a list of references may lack hundreds


@click.command()
@click.argument("topic", nargs=-1)
@click.option("--limit", metavar="N", type=click.IntRange(min=0), default=20, help="At most N papers, 0 for all; 20.")
@click.option("--all", "everything", is_flag=True, help="The same as --limit 0.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", help="What to print.")
@partial(filter_options, last=True)
@json_option
@library_options
@click.pass_context
def find(
    context: click.Context,
    /,
    topic: tuple[str, ...],
    limit: int,
    everything: bool,
    form: str,
    as_json: bool,
    **common: Any,
) -> None:
    """List the papers on TOPIC, best first, or without one the whole library, newest listed first.

    --since last lists what has come since your last visit: papers of later listings, and those of the same day that
    were added since. Where nothing has, it lists the newest listing's papers again. That it listed them is kept as a
    visit, of the page's user where nobody signs in.

    \b
    Examples:
      arxivqa find "domain adaptation" --category cs.LG
      arxivqa find --author "Jiang" --since 2020-10 --until 2020-12
      arxivqa find --since last --all
      arxivqa find --all --format bibtex > library.bib
      arxivqa find "image matting" --format ris > matting.ris
      arxivqa find --ids references.bib
    """
    wanted = None if everything or limit == 0 else limit
    if since_last := common["since"] == LAST:
        common["since"] = None
    narrowed = filters(common)
    # An empty topic is one that was lost on the way here, not a wish to see everything.
    asked = " ".join(topic) if topic else None
    chosen, form = settings(context, **NO_MODEL, **common), "json" if as_json else form
    (_find_new if since_last else _find)(chosen, asked, narrowed, wanted, form)


@click.command()
@click.argument("arxiv_ids", metavar="ID...", nargs=-1, required=True)
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", help="What to print.")
@json_option
@library_options
@click.pass_context
def show(context: click.Context, /, arxiv_ids: tuple[str, ...], form: str, as_json: bool, **common: Any) -> None:
    """Print all that the library knows of a paper: an id, with or without version, or a link to it.

    \b
    Example:
      arxivqa show 2009.14376
    """
    import qa

    form = "json" if as_json else form
    with qa.open_assistant(settings=settings(context, **NO_MODEL, **common)) as assistant:
        papers = [assistant.show(arxiv_id) for arxiv_id in arxiv_ids]
    if form != "text":
        _print_papers(papers, form)
        return
    printer = Printer()
    for index, paper in enumerate(papers):
        if index:
            printer.line()
        printer.paper(paper)


def _find(chosen: Settings, topic: str | None, narrowed: Filters, limit: int | None, form: str) -> None:
    """Print the papers on a topic, or the newest ones."""
    import qa

    with qa.open_assistant(settings=chosen) as assistant:
        count = _print_papers(assistant.find(topic, filters=narrowed, limit=limit), form)
        known = {paper.arxiv_id for paper in assistant.library.get(narrowed.ids)}
    if missing := [arxiv_id for arxiv_id in narrowed.ids if arxiv_id not in known]:
        more = f", and {len(missing) - _MISSING:,} more" if len(missing) > _MISSING else ""
        note(f"Not in the library: {', '.join(missing[:_MISSING])}{more}.")
    if not count:
        note("No paper in the library matches.")
    elif count == limit and form == "text" and sys.stdout.isatty():
        note(f"These are the first {count}; --limit N or --all shows more.")


def _find_new(chosen: Settings, topic: str | None, narrowed: Filters, limit: int | None, form: str) -> None:
    """Print the papers that are new since the last visit, and keep that this was one."""
    import qa
    from qa.history.store import LOCAL, Store
    from qa.history.whats_new import keep_visit, new_papers

    with Store(chosen.conversations) as store, qa.open_assistant(settings=chosen) as assistant:
        visit = store.last_visit(LOCAL)
        found = new_papers(assistant.library, visit)
        note(describe_news(found, visit))
        within = found.within(narrowed)
        matching = 0 if within is None else assistant.library.count(within)
        count = _print_papers(assistant.find(topic, within, limit), form) if matching else 0
        if topic is None and count < matching:
            # Else who then asks for all of them would find that nothing is new.
            note(f"These are the first {count} of {matching}; --all shows the others. Until then they stay new.")
            return
        if not count and found.filters is not None:
            note("None of them matches.")
        keep_visit(assistant.library, store, LOCAL)


def describe_news(found: News, visit: Visit | None) -> str:
    """Return what is new, in a sentence."""
    from vectorstore.text.dates import long_date

    if found.newest is None:
        return "No paper in this library has a date, so none can be new."
    newest = f"of the newest listing, {long_date(found.newest)}"
    papers = f"{found.total:,} paper{'' if found.total == 1 else 's'}"
    if visit is None:
        return f"This is your first visit, so what is new are the {papers} {newest}."
    last = f"your last visit ({visit.when:%Y-%m-%d %H:%M} UTC)"
    if found.newer:
        return f"{papers} since {last}."
    return f"Nothing is newer than {last}, so these are of the {papers} {newest}."


def _print_papers(papers: Iterable[Paper], form: str) -> int:
    """Print papers as text or in one of `qa.export.papers.FORMS`; returns how many there were."""
    if form == "text":
        return Printer().papers(papers)
    found = list(papers)
    if form == "json":  # one object a line, which programs can read as it comes
        for paper in found:
            print_json(paper.to_json())
    elif found:
        from qa.export.papers import export

        print(export(found, form).text, end="")
    return len(found)
