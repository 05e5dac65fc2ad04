"""`arxivqa ingest`: papers in from wherever they are, and what became of each record."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import click

from ui.cli.options import Day, json_option, library_options, settings, wait_policy, write_options
from ui.cli.output import clean, note, print_json
from vectorstore.errors import InputError

if TYPE_CHECKING:
    from qa.settings import Settings
    from ui.cli.progress import InputBytes, Meter
    from vectorstore.engine.ingestion import IngestSummary
    from vectorstore.ingest import Reference, Selection
    from vectorstore.ingest.arxiv.query import ArxivQuery
    from vectorstore.ingest.arxiv.sync import SyncResult
    from vectorstore.ingest.listings.rejects import Reject
    from vectorstore.library import Library
    from vectorstore.paper import Paper

SHOWN = 20  # refusals that a person wants to see; a program gets them all
_COUNTED = ("added", "replaced", "unchanged")


@click.command()
@click.argument("places", metavar="PLACE...", nargs=-1)
@click.option(
    "--category", "categories", metavar="CODE", multiple=True, help="Only papers in cs.CV, or all of cs; repeat."
)
@click.option("--since", metavar="DATE", type=Day(), help="Only papers listed on or after this day.")
@click.option("--until", metavar="DATE", type=Day(last=True), help="Only papers listed on or before this day.")
@click.option("--fetch", is_flag=True, help="Ask arXiv for the papers that a list names and the library lacks.")
@click.option("--rebuild", is_flag=True, help="First make vectors and index again, with the model now set.")
@write_options
@json_option
@library_options
@click.pass_context
def ingest(
    context: click.Context, /, places: tuple[str, ...], fetch: bool, rebuild: bool, as_json: bool, **common: Any
) -> int:
    """Read papers into the library, and make the library where there is none.

    A PLACE is a file, a folder of them, a pattern of names in quotes, or - for standard input. What is in a file is
    told from its content: a listing; arXiv's metadata snapshot (JSON lines), whose papers count as listed on the day
    they were first sent in; a zip or tar archive of these, or one packed with gzip, bzip2 or xz. A BibTeX file, or a
    text with an id or a link a line, only names papers: those that the library lacks are reported, or asked of arXiv
    with --fetch.

    A PLACE may also be asked of arXiv: arxiv:cs.CV for a category, arxiv:2009.14376 for a paper, or a query with
    arXiv's own fields (ti, au, abs, co, jr, cat, all). This keeps three seconds between requests. A fetch that was
    cut off goes on where it stopped when it is run again, and arxivqa update fetches what is new later on.

    What has not changed is not embedded again. A record that cannot be read is reported with file, line and reason;
    all others go in, and the exit status is 1.

    \b
    Examples:
      arxivqa ingest seeds
      arxivqa ingest "~/listings/2024-*.txt" listings.tar.xz --library ~/papers
      arxivqa ingest arxiv-metadata-oai-snapshot.json.zip --category cs.CV --since 2020
      arxivqa ingest arxiv:cs.CV --since 2024-01
      arxivqa ingest "arxiv:au:Kaiming He"
      arxivqa ingest references.bib --fetch
      arxivqa ingest --rebuild --model ~/models/tuned
    """
    if not places and not rebuild:
        raise click.UsageError("Say what to read: arxivqa ingest PLACE...")
    from vectorstore.ingest import Selection

    try:
        selection = Selection(*(common.pop(name) for name in ("categories", "since", "until")))
    except InputError as error:
        raise click.UsageError(str(error)) from None
    chosen = settings(context, **common)
    return report(chosen, _ingest(chosen, places, selection, fetch, rebuild), as_json)


@dataclass(slots=True)
class Tally:
    """What one run did to a library, all its parts together."""

    added: int = 0
    replaced: int = 0
    unchanged: int = 0
    papers: int = 0
    problems: list[Reject] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)
    missing: list[Reference] = field(default_factory=list)
    started: float = field(default_factory=time.perf_counter)

    def count(self, summary: IngestSummary) -> None:
        """Add what a library got."""
        for name in _COUNTED:
            setattr(self, name, getattr(self, name) + getattr(summary, name))
        self.papers = summary.papers

    def take(self, parts: Iterable[SyncResult]) -> None:
        """Add what came from arXiv, part by part."""
        for part in parts:
            self.count(part.summary)
            self.problems += part.refusals

    @property
    def seen(self) -> int:
        """How many papers came so far."""
        return self.added + self.replaced + self.unchanged


def _ingest(chosen: Settings, places: Sequence[str], selection: Selection, fetch: bool, rebuild: bool) -> Tally:
    """Read papers into the library, and count what became of them.

    Args:
        chosen: which library, and its model.
        places: what to read: paths, patterns, "-", or what to ask arXiv for.
        selection: which papers to take.
        fetch: whether papers that are only named may be asked of arXiv.
        rebuild: whether the library is made again first.
    """
    from ui.cli.progress import InputBytes, Meter
    from vectorstore.embedding.embedder import Embedder
    from vectorstore.engine.opening import open_record
    from vectorstore.ingest.arxiv.query import PREFIX, ArxivQuery
    from vectorstore.library import Library

    asked = [place for place in places if place.lower().startswith(PREFIX)]
    wishes = [ArxivQuery.read(place, selection.categories) for place in asked]
    local = [place for place in places if place not in asked]
    embedder = Embedder(chosen.model)
    tally = Tally()
    with Meter() as meter:
        waiting = wait_policy(meter.say)
        if rebuild:
            with closing(open_record(chosen.library, None, chosen.server)) as record:
                papers = record.state.papers
            meter.begin("rebuilding")
            Library.rebuild(
                chosen.library,
                embedder=embedder,
                progress=lambda reported: meter.show_count(reported.done, papers),
                patience=waiting,
                server=chosen.server,
            ).close()
        with Library.open(
            chosen.library, embedder=embedder, create=True, patience=waiting, server=chosen.server
        ) as library:
            try:
                if local or not wishes:
                    read = InputBytes(local)
                    meter.begin("ingesting", read.share)
                    tally.count(library.ingest(_read_papers(local, selection, tally, read), progress=meter.show))
                named = {reference.arxiv_id: reference for reference in tally.references}
                known = {paper.arxiv_id for paper in library.get(list(named))}
                tally.missing = [reference for arxiv_id, reference in named.items() if arxiv_id not in known]
                if fetch and tally.missing:
                    wishes.append(ArxivQuery("the papers that are named", ids=tuple(r.arxiv_id for r in tally.missing)))
                    tally.missing = []
                if wishes:
                    _fetch(library, wishes, selection, meter, tally)
            finally:
                # What came in before an error is in; a person should know how much that is.
                error = sys.exc_info()[1]
                if error is not None and tally.seen:
                    note(f"{_counts(tally)} before it stopped.")
                elif isinstance(error, KeyboardInterrupt) and meter.committed:
                    note(f"The first {meter.committed:,} papers read are in; run this again for the others.")
    return tally


def _fetch(library: Library, wishes: Sequence[ArxivQuery], selection: Selection, meter: Meter, tally: Tally) -> None:
    from vectorstore.ingest.arxiv.client import Api
    from vectorstore.ingest.arxiv.sync import fetch_papers

    api = Api(meter.say)
    for wish in wishes:
        meter.begin(f"fetching {wish.words}")
        before = tally.seen
        tally.take(fetch_papers(library, api, wish, selection.since, selection.until, meter.show_part))
        if tally.seen == before:
            meter.say(f"{wish.words}: nothing came from arXiv.")
    tally.papers = library.count()


def report(chosen: Settings, tally: Tally, as_json: bool, **more: Any) -> int:
    """Print what a run did; returns the exit status.

    Args:
        chosen: which library.
        tally: what it did.
        as_json: whether a program reads it.
        more: what else such a program gets.
    """
    from vectorstore.ingest.listings.rejects import Reject

    seconds = time.perf_counter() - tally.started
    refusals = [problem for problem in tally.problems if problem.kind != "skipped"]
    skipped = [problem for problem in tally.problems if problem.kind == "skipped"]
    missing = [Reject(r.place, None, f"{r.arxiv_id} is not in the library") for r in tally.missing]
    status = int(bool(refusals or missing))
    if as_json:
        counts = {name: getattr(tally, name) for name in _COUNTED}
        rows = {"refusals": _rows(refusals), "skipped": _rows(skipped), "missing": [r.arxiv_id for r in tally.missing]}
        totals = {"refused": len(refusals), "papers": tally.papers, "seconds": round(seconds, 3)}
        print_json({**counts, **totals, "library": str(chosen.library), **rows, **more})
        return status
    _say("skipped", skipped)
    _say("refused", refusals)
    _say("missing", missing)
    if missing:
        note("Add --fetch to ask arXiv for what is missing.")
    named = len({reference.arxiv_id for reference in tally.references})
    there = f"; {named - len(missing):,} of the {named:,} papers named are in" if named else ""
    print(
        f"{_counts(tally)}, {len(refusals):,} refused in {seconds:.1f} s{there}; "
        f"{_papers_in_words(tally.papers)} in {clean(str(chosen.server or chosen.library))}"
    )
    return status


def _counts(tally: Tally) -> str:
    return ", ".join(f"{getattr(tally, name):,} {name}" for name in _COUNTED)


def _rows(problems: Iterable[Reject]) -> list[dict[str, str | int | None]]:
    return [{"file": p.file, "line": p.line, "reason": p.reason} for p in problems]


def _say(what: str, problems: Sequence[Reject]) -> None:
    shown = problems[:SHOWN] if sys.stderr.isatty() else problems
    for problem in shown:
        print(f"{what}: {clean(str(problem))}", file=sys.stderr)
    if len(problems) > len(shown):
        print(f"and {len(problems) - len(shown):,} more {what}; --json lists all", file=sys.stderr)


def _papers_in_words(count: int) -> str:
    return "1 paper" if count == 1 else f"{count:,} papers"


def _read_papers(places: Iterable[str], selection: Selection, tally: Tally, read: InputBytes) -> Iterator[Paper]:
    """Yield the papers of every place; what cannot be read, and what is only named, goes to the tally."""
    from vectorstore.ingest import Reference, find_inputs, read_papers
    from vectorstore.ingest.listings.rejects import Reject

    for record in read_papers(read.follow(find_inputs(places)), selection):
        if isinstance(record, Reject):
            tally.problems.append(record)
        elif isinstance(record, Reference):
            tally.references.append(record)
        else:
            yield record
