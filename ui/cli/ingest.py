"""`arxivqa ingest`: papers in from wherever they are, a bar while it works, and what became of each record."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from qa.settings import Settings
from ui.cli.output import clean, note, print_json
from ui.cli.progress import InputBytes, Meter
from ui.cli.wait_option import patience
from vectorstore.embedding.embedder import Embedder
from vectorstore.engine.ingestion import IngestSummary
from vectorstore.engine.opening import open_record
from vectorstore.ingest import Reference, Selection, find_inputs, read_papers
from vectorstore.ingest.arxiv.query import PREFIX, ArxivQuery
from vectorstore.ingest.listings.rejects import Reject
from vectorstore.library import Library
from vectorstore.paper import Paper

if TYPE_CHECKING:
    from vectorstore.ingest.arxiv.sync import SyncResult

SHOWN = 20  # refusals that a person wants to see; a program gets them all
_COUNTED = ("added", "replaced", "unchanged")


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


def ingest(
    settings: Settings, places: Sequence[str], selection: Selection, fetch: bool, rebuild: bool, as_json: bool
) -> int:
    """Read papers into the library; returns the exit status, 1 when anything was refused or is missing.

    What holds no papers, in a folder or an archive of listings, is passed over with a note and is no failure.

    Args:
        settings: which library, and its model.
        places: what to read: paths, patterns, "-", or what to ask arXiv for.
        selection: which papers to take.
        fetch: whether papers that are only named may be asked of arXiv.
        rebuild: whether the library is made again first.
        as_json: whether a program reads what is printed.
    """
    asked = [place for place in places if place.lower().startswith(PREFIX)]
    wishes = [ArxivQuery.read(place, selection.categories) for place in asked]
    local = [place for place in places if place not in asked]
    embedder = Embedder(settings.model)
    tally = Tally()
    with Meter() as meter:
        waiting = patience(meter.say)
        if rebuild:
            with closing(open_record(settings.library, None, settings.server)) as record:
                papers = record.state.papers
            meter.begin("rebuilding")
            Library.rebuild(
                settings.library,
                embedder=embedder,
                progress=lambda reported: meter.show_count(reported.done, papers),
                patience=waiting,
                server=settings.server,
            ).close()
        with Library.open(
            settings.library, embedder=embedder, create=True, patience=waiting, server=settings.server
        ) as library:
            try:
                if local or not wishes:
                    read = InputBytes(local)
                    meter.begin("ingesting", read.share)
                    tally.count(library.ingest(_papers(local, selection, tally, read), progress=meter.show))
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
    return report(settings, tally, as_json)


def _fetch(library: Library, wishes: Sequence[ArxivQuery], selection: Selection, meter: Meter, tally: Tally) -> None:
    from vectorstore.ingest.arxiv import sync
    from vectorstore.ingest.arxiv.client import Api

    api = Api(meter.say)
    for wish in wishes:
        meter.begin(f"fetching {wish.words}")
        before = tally.seen
        tally.take(sync.fetch(library, api, wish, selection.since, selection.until, meter.show_part))
        if tally.seen == before:
            meter.say(f"{wish.words}: nothing came from arXiv.")
    tally.papers = library.count()


def report(settings: Settings, tally: Tally, as_json: bool, **more: Any) -> int:
    """Print what a run did; returns the exit status.

    Args:
        settings: which library.
        tally: what it did.
        as_json: whether a program reads it.
        more: what else such a program gets.
    """
    seconds = time.perf_counter() - tally.started
    refusals = [problem for problem in tally.problems if problem.kind != "skipped"]
    skipped = [problem for problem in tally.problems if problem.kind == "skipped"]
    missing = [Reject(r.place, None, f"{r.arxiv_id} is not in the library") for r in tally.missing]
    status = int(bool(refusals or missing))
    if as_json:
        counts = {name: getattr(tally, name) for name in _COUNTED}
        rows = {"refusals": _rows(refusals), "skipped": _rows(skipped), "missing": [r.arxiv_id for r in tally.missing]}
        totals = {"refused": len(refusals), "papers": tally.papers, "seconds": round(seconds, 3)}
        print_json({**counts, **totals, "library": str(settings.library), **rows, **more})
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
        f"{_papers_in_words(tally.papers)} in {clean(str(settings.server or settings.library))}"
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


def _papers(places: Iterable[str], selection: Selection, tally: Tally, read: InputBytes) -> Iterator[Paper]:
    """The papers of every place; what cannot be read, and what is only named, goes to the tally."""
    for record in read_papers(read.follow(find_inputs(places)), selection):
        if isinstance(record, Reject):
            tally.problems.append(record)
        elif isinstance(record, Reference):
            tally.references.append(record)
        else:
            yield record
