"""How the cost of a library grows with its papers: one library, grown from size to size, measured at each.

    python -m benchmarks.growth.run_growth LISTINGS FOLDER [--sizes 249,2000,20000,192022] [--out docs/scaling.md]

LISTINGS is whatever `arxivqa ingest` reads; of a folder the files are taken in an order that makes the first ones a
sample of all. The papers of `seeds/` come first. At each size: an ingest of what is missing, opening, a cold
`arxivqa ask`, questions with and without filters, memory and disk, each in a process of its own. What was measured is
kept in FOLDER after each size, so that a run that was stopped goes on where it was; FOLDER can then be used to ask.
Prints the table and what follows from it for more papers (`plan.py`), and puts them between the markers
`<!-- growth -->` and `<!-- plan -->` and their ends of the page named by `--out`.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

from benchmarks.growth import plan
from benchmarks.growth.sizes import Asked, Size
from benchmarks.processes import python
from benchmarks.report import between

SIZES = "249,2000,20000,192022"
FILTERED = ("since 2020", "one month", "one category")  # as in `steps`, which imports what this must not
COLD = ("Which networks count the cells of blood smears?", "How is a camera calibrated without a pattern?")
ABSTAINED = 3


class Growth:
    """One library that grows, and what was measured of it so far.

    Args:
        folder: where both are kept.
        listings: where papers come from after those of `seeds/`; None for no others.
        questions: how many are asked in each way.
        rounds: how many openings and cold answers there are, of which the median counts.
    """

    def __init__(self, folder: Path, listings: Path | None, questions: int = 60, rounds: int = 5) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.library, self._kept, self._log = folder / "library", folder / "growth.json", folder / "ingest.json"
        self._listings, self._questions, self._rounds = listings, questions, rounds
        state = json.loads(self._kept.read_text(encoding="utf-8")) if self._kept.is_file() else {}
        self.sizes = [Size.read(row) for row in state.get("sizes", [])]
        self._parts: list[dict[str, float]] = state.get("parts", [])  # of a step that was stopped

    def reach(self, papers: int) -> Size:
        """Grow the library to a size and measure it; what was measured before is taken as it is.

        Raises:
            SystemExit: the library is larger already, or there are not so many papers.
        """
        for size in self.sizes:
            if size.papers == papers:
                return size
        before = self.sizes[-1].papers if self.sizes else 0
        start = int(self._step("open")["papers"]) if (self.library / "chroma" / "chroma.sqlite3").is_file() else 0
        if start > papers:
            sys.exit(f"{self.library} has {start:,} papers, and {papers:,} were to be measured: name another folder.")
        self._gather()
        if start < papers:
            _say(f"{start:,} papers; ingesting up to {papers:,}")
            more = [str(self._listings)] if self._listings else []
            self._child("prepare")
            self._child("ingest", str(self.library), str(self._log), str(start), str(papers), *more)
            self._gather()
        _say(f"measuring {papers:,} papers")
        if not self._parts:
            sys.exit(f"It is not known how long {self.library} took to make: name another folder.")
        size = self._measured(papers, papers - before)
        self.sizes.append(size)
        self._parts = []
        self._keep()
        return size

    def _measured(self, papers: int, added: int) -> Size:
        opened = [self._step("open") for _ in range(self._rounds)]
        if opened[0]["papers"] != papers:
            sys.exit(f"There are {opened[0]['papers']:,} papers in seeds/ and the listings, not {papers:,}.")
        library = ("--library", str(self.library))
        cold = [
            python("-m", "ui.cli", "ask", *library, COLD[number % len(COLD)], allowed=(0, ABSTAINED)).seconds
            for number in range(self._rounds)
        ]
        kinds = ("without filters", *FILTERED)
        return Size(
            papers=papers,
            chunks=int(opened[0]["chunks"]),
            added=added,
            seconds=sum(part["seconds"] for part in self._parts),
            writing=sum(part["writing"] for part in self._parts),
            embedding=sum(part["embedding"] for part in self._parts),
            ingest_mebibytes=max(part["mebibytes"] for part in self._parts),
            open_seconds=statistics.median(one["seconds"] for one in opened),
            first_seconds=statistics.median(one["first"] for one in opened),
            held_mebibytes=statistics.median(one["held"] for one in opened),
            cold_seconds=statistics.median(cold),
            asked={kind: Asked(**self._step("ask", kind, str(self._questions))) for kind in kinds},
            disk=disk(self.library),
        )

    def _gather(self) -> None:
        """Take over how long an ingest took, whether it ended or was stopped."""
        if self._log.is_file():
            part = json.loads(self._log.read_text(encoding="utf-8"))
            if part not in self._parts:  # stopped between the next two lines
                self._parts.append(part)
            self._keep()
            self._log.unlink()

    def _keep(self) -> None:
        state = {"sizes": [asdict(size) for size in self.sizes], "parts": self._parts}
        fresh = self._kept.with_suffix(".new")
        fresh.write_text(json.dumps(state, indent=1), encoding="utf-8")
        fresh.replace(self._kept)

    def _step(self, name: str, *arguments: str) -> dict[str, float]:
        measured: dict[str, float] = json.loads(self._child(name, str(self.library), *arguments))
        return measured

    def _child(self, *arguments: str) -> str:
        return python("-m", "benchmarks.growth.steps", *arguments).output


def disk(library: Path) -> dict[str, int]:
    """The bytes of a library's parts: Chroma's database, its index of vectors, and the full text."""
    parts = {"SQLite": 0, "HNSW": 0, "full text": 0}
    for place, _, names in os.walk(library):
        inside = Path(place).relative_to(library).parts
        for name in names:
            part = (
                "full text" if inside and inside[0].startswith("fulltext") else "HNSW" if len(inside) > 1 else "SQLite"
            )
            parts[part] += (Path(place) / name).stat().st_size
    return parts


def table(sizes: Sequence[Size]) -> str:
    """Sizes side by side, as a Markdown table."""
    if not sizes:
        return "Nothing has been measured yet."
    total = 0.0
    since_nothing = [total := total + size.seconds for size in sizes]
    rows: list[tuple[str, Callable[[Size], str]]] = [
        ("chunks, one vector each", lambda s: f"{s.chunks:,}"),
        ("ingest, this step (papers/s)", lambda s: f"{s.added / s.seconds:.0f}"),
        ("… processor a paper, writing and embedding (ms)", _processor),
        ("ingest, from nothing", lambda s: _duration(since_nothing[sizes.index(s)])),
        ("ingest, peak memory of both processes (MiB)", lambda s: f"{s.ingest_mebibytes:,.0f}"),
        ("open (ms)", lambda s: f"{1000 * s.open_seconds:.0f}"),
        ("first search after that (ms)", lambda s: f"{1000 * s.first_seconds:.0f}"),
        ("what it brings into memory (MiB)", lambda s: f"{s.held_mebibytes:,.0f}"),
        ("`arxivqa ask`, cold (s)", lambda s: f"{s.cold_seconds:.2f}"),
        *((f"ask, {kind}, p50 (p95) (ms)", _latency(kind)) for kind in ("without filters", *FILTERED)),
        ("asking, peak memory (MiB)", lambda s: f"{max(one.mebibytes for one in s.asked.values()):,.0f}"),
        ("disk (MB)", lambda s: _megabytes(sum(s.disk.values()))),
        *((f"… {part}", _part(part)) for part in ("SQLite", "HNSW", "full text")),
        ("disk a paper (kB)", lambda s: f"{sum(s.disk.values()) / s.papers / 1e3:.1f}"),
        ("HNSW files a vector (bytes)", lambda s: f"{s.disk['HNSW'] / s.chunks:,.0f}"),
    ]
    lines = ["| papers | " + " | ".join(f"{size.papers:,}" for size in sizes) + " |", "|---|" + "---:|" * len(sizes)]
    lines += [f"| {name} | " + " | ".join(cell(size) for size in sizes) + " |" for name, cell in rows]
    return "\n".join(lines)


def publish(page: Path, sizes: Sequence[Size]) -> None:
    """Put the table and the plan between their markers; all else on the page stays as it is.

    Raises:
        SystemExit: the page does not have the markers exactly once.
    """
    text = page.read_text(encoding="utf-8")
    for name, part in (("growth", table(sizes)), ("plan", plan.table(sizes))):
        try:
            text = between(text, f"<!-- {name} -->", f"<!-- /{name} -->", part)
        except ValueError as error:
            sys.exit(f"{page} {error}")
    page.write_text(text, encoding="utf-8")


def _processor(size: Size) -> str:
    return f"{1000 * size.writing / size.added:.1f} and {1000 * size.embedding / size.added:.1f}"


def _latency(kind: str) -> Callable[[Size], str]:
    return lambda size: f"{size.asked[kind].p50:.0f} ({size.asked[kind].p95:.0f})"


def _part(name: str) -> Callable[[Size], str]:
    return lambda size: _megabytes(size.disk[name])


def _megabytes(count: int) -> str:
    return f"{count / 1e6:,.1f}" if count < 1e8 else f"{count / 1e6:,.0f}"


def _duration(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds < 120 else f"{seconds / 60:.1f} min"


def _say(text: str) -> None:
    print(f"growth: {text}", file=sys.stderr, flush=True)


def main() -> None:
    """Grow, measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("listings", type=Path, help="a folder of listings, an archive, or a snapshot")
    parser.add_argument("folder", type=Path, help="where the library and the measures are kept")
    parser.add_argument("--sizes", default=SIZES, help=f"papers, rising; {SIZES}")
    parser.add_argument("--questions", type=int, default=60, help="how many are asked in each way; 60")
    parser.add_argument("--out", type=Path, help="a page with markers for the table")
    given = parser.parse_args()
    if not given.listings.exists():
        parser.error(f"there are no listings in {given.listings}")
    sizes = [int(size) for size in given.sizes.split(",")]
    if sizes != sorted(set(sizes)) or sizes[0] < 1:
        parser.error(f"the sizes {given.sizes} do not rise")
    growth = Growth(given.folder.absolute(), given.listings.absolute(), given.questions)
    if given.out is not None:
        publish(given.out, growth.sizes)  # now, since a page without its markers should be known before hours pass
    for papers in sizes:
        growth.reach(papers)
        if given.out is not None:
            publish(given.out, growth.sizes)
    print(f"{table(growth.sizes)}\n\n{plan.table(growth.sizes)}")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("growth: stopped; the same command goes on from here")
