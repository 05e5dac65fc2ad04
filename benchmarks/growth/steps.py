"""What `benchmarks.growth.run_growth` measures, each part in a process of its own: ingesting, opening, asking."""

from __future__ import annotations

import argparse
import json
import random
import resource
import statistics
import time
from datetime import date
from pathlib import Path

from benchmarks import ROOT, corpus
from benchmarks.processes import mebibytes
from vectorstore import Filters

# Asked one after the other; as in use, the later ones profit from what the first have brought into memory.
FILTERS = {
    "without filters": Filters(),
    "since 2020": Filters(since=date(2020, 1, 1)),
    "one month": Filters(since=date(2020, 10, 1), until=date(2020, 10, 31)),
    "one category": Filters(categories=("cs.RO",)),
}
_TRAINING = ROOT / "training" / "data" / "questions.jsonl"  # of papers that are in no question set
_WARMING = 5  # questions; the second one of a large library reads all vectors
_SAID = 1.0  # seconds between two notes of how far an ingest is


def questions(count: int) -> list[str]:
    """So many training questions, the same ones each time, spread over their file."""
    with _TRAINING.open(encoding="utf-8") as lines:
        asked = [json.loads(line)["question"] for line in lines]
    return random.Random(7).sample(asked, count)


def ingest(library: Path, listings: Path | None, start: int, until: int, log: Path) -> None:
    """Ingest the papers after the first `start` ones, so that there are `until`; the log says how far it is.

    Imports and the way through the papers that are in already are not in the time.
    """
    from ui.cli.progress import Meter
    from vectorstore.embedding.embedder import Embedder
    from vectorstore.engine.ingestion import Progress
    from vectorstore.library import Library

    embedder = Embedder()
    papers = corpus.records(listings)
    seen = corpus.skip(papers, start)
    began = said = time.perf_counter()
    before = cpu(resource.RUSAGE_SELF)

    def write(now: float) -> None:
        # Of the process that embeds beside this one both are known when it has ended.
        told = {
            "start": start,
            "seconds": now - began,
            "mebibytes": peak() + peak(resource.RUSAGE_CHILDREN),
            "writing": cpu(resource.RUSAGE_SELF) - before,
            "embedding": cpu(resource.RUSAGE_CHILDREN),
        }
        fresh = log.with_suffix(".new")
        fresh.write_text(json.dumps(told), encoding="utf-8")
        fresh.replace(log)

    with Meter(f"ingesting up to {until:,}") as meter:

        def show(progress: Progress) -> None:
            nonlocal said
            meter.show_count(progress.done, until - start)
            if (now := time.perf_counter()) - said > _SAID:
                said = now
                write(now)

        with Library.open(library, embedder=embedder, create=True) as opened:
            opened.ingest(corpus.take(papers, seen, until), progress=show)
    write(time.perf_counter())


def opening(library: Path) -> dict[str, float]:
    """Open the library, then search it once, which loads the vectors' index into memory."""
    import numpy as np

    from vectorstore.embedding.embedder import Embedder
    from vectorstore.library import Library

    embedder = Embedder()
    began = time.perf_counter()
    with Library.open(library, embedder=embedder) as opened:
        seconds = time.perf_counter() - began
        before = peak()
        vector = np.ones(384, dtype=np.float32) / np.sqrt(np.float32(384))
        began = time.perf_counter()
        opened.nearest(vector, Filters(), 10)
        first, held = time.perf_counter() - began, peak() - before
        stats = opened.stats()
    return {"seconds": seconds, "first": first, "held": held, "papers": stats.papers, "chunks": stats.chunks}


def asking(library: Path, filters: Filters, count: int) -> dict[str, float]:
    """Ask so many questions in one process, after a few that warm it up."""
    import qa

    asked = questions(count + _WARMING)
    with qa.open_assistant(library) as assistant:
        for question in asked[:_WARMING]:
            assistant.ask(question, filters=filters)
        seconds, answered = [], 0
        for question in asked[_WARMING:]:
            began = time.perf_counter()
            answer = assistant.ask(question, filters=filters)
            seconds.append(time.perf_counter() - began)
            answered += not answer.abstained
    *_, last = statistics.quantiles(seconds, n=20, method="inclusive")
    return {
        "p50": 1000 * statistics.median(seconds),
        "p95": 1000 * last,
        "answered": answered / len(seconds),
        "mebibytes": peak(),
    }


def prepare() -> dict[str, float]:
    """Make the model's ONNX files, once a machine, which is no part of any size."""
    from vectorstore.embedding.embedder import Embedder
    from vectorstore.embedding.encoders import BATCH

    began = time.perf_counter()
    Embedder().embed([""] * BATCH)
    return {"seconds": time.perf_counter() - began}


def cpu(who: int) -> float:
    """Seconds of the processor that this process or its children have used so far."""
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime


def peak(who: int = resource.RUSAGE_SELF) -> float:
    """The largest resident memory so far, in MiB: of this process, or of the largest of its children."""
    return mebibytes(resource.getrusage(who).ru_maxrss)


def main() -> None:
    """Do one step, and print what was measured as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    steps = parser.add_subparsers(dest="step", required=True)
    steps.add_parser("prepare")
    step = steps.add_parser("ingest")
    step.add_argument("library", type=Path)
    step.add_argument("log", type=Path)
    step.add_argument("start", type=int)
    step.add_argument("until", type=int)
    step.add_argument("listings", type=Path, nargs="?")
    step = steps.add_parser("open")
    step.add_argument("library", type=Path)
    step = steps.add_parser("ask")
    step.add_argument("library", type=Path)
    step.add_argument("filters", choices=FILTERS)
    step.add_argument("count", type=int)
    given = parser.parse_args()
    if given.step == "prepare":
        print(json.dumps(prepare()))
    elif given.step == "ingest":
        ingest(given.library, given.listings, given.start, given.until, given.log)
    elif given.step == "open":
        print(json.dumps(opening(given.library)))
    else:
        print(json.dumps(asking(given.library, FILTERS[given.filters], given.count)))


if __name__ == "__main__":
    main()
