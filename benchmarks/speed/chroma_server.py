"""What a Chroma server costs beside a record in the library's own folder, on this machine.

    python -m benchmarks.speed.chroma_server [--each N] [LISTINGS ...]

Starts `chroma run` in a temporary folder, puts the same papers (those of `seeds/`) in both, and asks both the training
questions in their own words, in turns, so that the machine's other work slows both alike. Prints a Markdown table:
seconds to put the papers in, milliseconds to open the library; the median and the 95th percentile of a question in
milliseconds, without a filter and with one; and what every use pays to learn whether somebody else has written. Then
how long another folder takes to make the server's full text its own, which embeds nothing.
"""

from __future__ import annotations

import argparse
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import numpy as np

from benchmarks import ROOT, report
from benchmarks.speed.latency import asked
from qa.assistant import Assistant
from vectorstore import Filters, Paper
from vectorstore.embedding.embedder import Embedder
from vectorstore.errors import ServerError
from vectorstore.ingest import find_listings
from vectorstore.ingest.listings import read_listing
from vectorstore.library import Library
from vectorstore.storage.chroma_server import ChromaServer
from vectorstore.storage.server_address import Server

SEEDS = ROOT / "seeds"
HEADS = ("record", "ingest s", "open ms", "p50 ms", "p95 ms", "filter p50 ms", "filter p95 ms", "state ms")
_FILTER = Filters(since=date(2020, 1, 1))
_WARMING = 5  # questions before the first that counts
_LOOKS = 100


@contextmanager
def running(folder: Path) -> Iterator[Server]:
    """A `chroma run` process over a folder, until the end of the block."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    server = Server(f"http://127.0.0.1:{port}")
    command = [Path(sys.executable).with_name("chroma"), "run", "--path", folder, "--host", "127.0.0.1", "--port", port]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        while True:
            try:
                ChromaServer(server).close()
                break
            except ServerError:
                if process.poll() is not None:
                    sys.exit("chroma run ended")
                time.sleep(0.1)
        yield server
    finally:
        process.terminate()
        process.wait()


def ingested(path: Path, papers: list[Paper], embedder: Embedder, server: Server | None) -> tuple[float, float]:
    """Seconds to put papers into a new library, and to open it then."""
    with Library.open(path, embedder=embedder, create=True, server=server) as library:
        began = time.perf_counter()
        library.ingest(papers)
        took = time.perf_counter() - began
    began = time.perf_counter()
    Library.open(path, embedder=embedder, server=server).close()
    return took, time.perf_counter() - began


def times(assistants: list[Assistant], questions: list[str], filters: Filters) -> list[list[float]]:
    """Seconds that each of these takes for each question, asked in turns."""
    took: list[list[float]] = [[] for _ in assistants]
    for number, question in enumerate(questions):
        for assistant, seconds in zip(assistants, took, strict=True):
            began = time.perf_counter()
            assistant.ask(question, filters=filters)
            if number >= _WARMING:
                seconds.append(time.perf_counter() - began)
    return took


def _state(library: Library) -> float:
    """Seconds that the simplest use takes, which is little more than a look at the record's state."""
    began = time.perf_counter()
    for _ in range(_LOOKS):
        library.count()
    return (time.perf_counter() - began) / _LOOKS


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("listings", nargs="*", type=Path, default=[SEEDS], help="where the papers come from")
    parser.add_argument("--each", type=int, default=60, help="questions a column (60)")
    given = parser.parse_args()
    files = [file for file in find_listings(given.listings) if isinstance(file, Path)]
    papers = [record for file in files for record in read_listing(file) if isinstance(record, Paper)]
    embedder = Embedder()
    embedder.embed([paper.title for paper in papers[:64]])  # which makes the model ready
    with tempfile.TemporaryDirectory() as base, running(Path(base) / "server") as server:
        places = [("folder", Path(base) / "folder", None), ("server", Path(base) / "beside", server)]
        filled = [ingested(path, papers, embedder, place) for _, path, place in places]
        libraries = [Library.open(path, embedder=embedder, server=place) for _, path, place in places]
        assistants = [Assistant(library) for library in libraries]
        questions = asked(_WARMING + given.each)
        plain, narrow = (times(assistants, questions, filters) for filters in (Filters(), _FILTER))
        rows = []
        for number, (name, _, _) in enumerate(places):
            shares = [np.quantile(found[number], share) for found in (plain, narrow) for share in (0.5, 0.95)]
            took, opening = filled[number]
            cells = [f"{1000 * seconds:.0f}" for seconds in (opening, *shares)]
            rows.append((name, f"{took:.1f}", *cells, f"{1000 * _state(libraries[number]):.2f}"))
        for library in libraries:
            library.close()
        began = time.perf_counter()
        with Library.open(Path(base) / "another", embedder=embedder, server=server) as library:
            caught_up = time.perf_counter() - began
            print(f"{library.count():,} papers; {given.each} questions a column\n")
    print(report.table(HEADS, rows))
    print(f"\nAnother folder caught up with the server in {caught_up:.1f} s.")


if __name__ == "__main__":
    main()
