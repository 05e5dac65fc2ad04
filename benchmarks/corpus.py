"""The papers that benchmarks read, in an order that is the same each time, cut where it is wanted."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from benchmarks import ROOT
from vectorstore import Paper
from vectorstore.ingest import find_inputs, read_papers
from vectorstore.ingest.listings import Reject

SEEDS = ROOT / "seeds"


def records(listings: Path | None = None) -> Iterator[Paper]:
    """The papers of `seeds/`, then those of the listings, record by record; one that stands in two comes twice.

    Args:
        listings: a folder, whose files come in the order of a hash of their names, so that the first few thousand
            papers are a sample of all years; or a file or an archive, which is read from its beginning.
    """
    files = [str(path) for path in sorted(SEEDS.glob("*.txt"))]
    if listings is not None and listings.is_dir():
        found = (path for path in listings.rglob("*") if path.is_file())
        files += [str(path) for path in sorted(found, key=lambda path: _shuffled(path.relative_to(listings)))]
    elif listings is not None:
        files.append(str(listings))
    for record in read_papers(find_inputs(files)):
        if isinstance(record, Paper):
            yield record
        elif isinstance(record, Reject):
            print(record, file=sys.stderr)


def skip(papers: Iterator[Paper], count: int) -> set[str]:
    """Pass over records until so many distinct papers have come; returns their ids."""
    seen: set[str] = set()
    for _ in take(papers, seen, count):
        pass
    return seen


def take(papers: Iterable[Paper], seen: set[str], until: int) -> Iterator[Paper]:
    """Records until so many distinct papers have come in all, the last of them included and nothing after it.

    Args:
        papers: the records.
        seen: ids of those that came before; the others are added to it.
        until: how many there are to be.
    """
    if len(seen) >= until:
        return
    for paper in papers:
        seen.add(paper.arxiv_id)
        yield paper
        if len(seen) >= until:
            return


def _shuffled(path: Path) -> bytes:
    return hashlib.sha256(path.as_posix().encode("utf-8", "surrogateescape")).digest()
