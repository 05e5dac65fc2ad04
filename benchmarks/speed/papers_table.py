"""How long a page of the table of papers takes, over a library that is named.

python -m benchmarks.speed.papers_table artifacts/category
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from qa.retrieval.browse import PAGE, similar_papers, table_page
from vectorstore import Filters
from vectorstore.library import Library

_TYPED = "segmentation of medical images"
_ROUNDS = 15


def main() -> None:
    """Print the median and the slowest of each kind of page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("library", type=Path)
    with Library.open(parser.parse_args().library) as library:
        measure(library)


def measure(library: Library) -> None:
    """Print the median, and the slowest after the first, of each kind of page in milliseconds."""
    print(f"{library.count():,} papers, {_ROUNDS} rounds each\n")
    print("| page | median ms | slowest ms | first ms |\n|---|---|---|---|")
    deep = 999 * PAGE
    year = Filters(since=date(2020, 1, 1), until=date(2020, 12, 31))
    _time("first page", lambda: table_page(library))
    _time("page 1000", lambda: table_page(library, offset=deep))
    for sort in ("listed", "title", "authors"):
        for descending in (False, True):
            way = "falling" if descending else "rising"
            _time(
                f"by {sort}, {way}, first page", lambda s=sort, d=descending: table_page(library, sort=s, descending=d)
            )
            _time(
                f"by {sort}, {way}, page 1000",
                lambda s=sort, d=descending: table_page(library, sort=s, descending=d, offset=deep),
            )
    _time("one year, by title", lambda: table_page(library, filters=year, sort="title"))
    _time("one author", lambda: table_page(library, filters=Filters(authors=("He",))))
    _time("“segm”, by title", lambda: table_page(library, "segm", sort="title"))
    _time("like one paper", lambda: similar_papers(library, table_page(library, limit=1).papers[0].arxiv_id))
    lengths = range(1, len(_TYPED) + 1)
    _time(
        f"“{_TYPED}” typed, a letter", *(lambda n=n: table_page(library, _TYPED[:n], sort="relevance") for n in lengths)
    )


def _time(name: str, *actions: Callable[[], object]) -> None:
    taken = []
    for action in actions:
        for _ in range(1 + (_ROUNDS if len(actions) == 1 else 3)):
            started = time.perf_counter()
            action()
            taken.append((time.perf_counter() - started) * 1000)
    first, later = taken[0], taken[1:]
    print(f"| {name} | {statistics.median(later):.1f} | {max(later):.1f} | {first:.1f} |", flush=True)


if __name__ == "__main__":
    main()
