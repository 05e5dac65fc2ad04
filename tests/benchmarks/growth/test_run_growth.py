"""The table of how cost grows: where papers are cut, what a stopped run leaves, and what is written."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import corpus
from benchmarks.growth import plan, run_growth, steps
from benchmarks.growth.run_growth import Growth
from benchmarks.growth.sizes import Asked, Size
from vectorstore.library import Library

RECORD = """### A Paper On Zebra {number}
- **Arxiv ID**: http://arxiv.org/abs/2102.{number:05}v1
- **Categories**: **cs.CV**
- **Published**: 2021-02-01 00:13:49+00:00
- **Updated**: 2021-02-01 00:13:49+00:00
- **Authors**: Ana Example
- **Summary**: We count the stripes of zebras in photographs.



"""
SIZE = Size(
    papers=200,
    chunks=210,
    added=200,
    seconds=10.0,
    writing=2.0,
    embedding=16.0,
    ingest_mebibytes=300.0,
    open_seconds=0.05,
    first_seconds=0.01,
    held_mebibytes=2.0,
    cold_seconds=1.5,
    asked={kind: Asked(20.0, 30.0, 0.5, 310.0) for kind in steps.FILTERS},
    disk={"SQLite": 4_000_000, "HNSW": 420_000, "full text": 180_000},
)


def listing(folder: Path, name: str, *numbers: int) -> None:
    folder.mkdir(exist_ok=True)
    records = "".join(RECORD.format(number=number) for number in numbers)
    (folder / name).write_text(f"# Arxiv Papers in cs.CV on 2021-02-03\n{records}")


def test_papers_come_in_one_order_whatever_the_folder_says_the_seeds_first(tmp_path: Path) -> None:
    for folder, names in ((tmp_path / "one", "abcdef"), (tmp_path / "other", "fedcba")):
        for name in names:
            listing(folder, f"{name}.txt", ord(name))
    one, other = ([p.arxiv_id for p in corpus.records(tmp_path / name)] for name in ("one", "other"))
    assert one == other
    assert [p.arxiv_id for p in corpus.records()] == one[:-6]
    assert sorted(one[-6:]) == [f"2102.{ord(name):05}" for name in "abcdef"] != one[-6:]


def test_papers_are_cut_at_the_last_one_that_is_wanted_and_go_on_after_it(tmp_path: Path) -> None:
    listing(tmp_path / "one", "a.txt", 1, 2, 2, 1, 3, 4, 4, 5)
    papers = [paper for paper in corpus.records(tmp_path / "one") if paper.title.startswith("A Paper On Zebra")]

    def numbers(count: int, until: int) -> list[int]:
        source = iter(papers)
        seen = corpus.skip(source, count)
        return [int(paper.arxiv_id[5:]) for paper in corpus.take(source, seen, until)]

    assert numbers(0, 3) == [1, 2, 2, 1, 3]
    assert numbers(3, 5) == [4, 4, 5]
    assert numbers(4, 9) == [4, 5]
    assert numbers(3, 3) == []


def test_a_step_that_was_stopped_goes_on_and_counts_both_parts(tmp_path: Path) -> None:
    folder = tmp_path / "grown"
    folder.mkdir()
    log = folder / "ingest.json"
    steps.ingest(folder / "library", None, 0, 5, log)  # stopped here: what it took was not gathered
    before = json.loads(log.read_text())
    grown = Growth(folder, None, questions=2, rounds=1)
    size = grown.reach(7)
    assert (size.papers, size.added) == (7, 7)
    assert size.seconds > before["seconds"] > 0
    assert size.ingest_mebibytes >= before["mebibytes"] > 0
    assert size.asked.keys() == steps.FILTERS.keys()
    assert sum(size.disk.values()) == sum(
        path.stat().st_size for path in (folder / "library").rglob("*") if path.is_file()
    )
    with Library.open(folder / "library") as library:
        wanted = {paper.arxiv_id for paper in corpus.take(corpus.records(), set(), 7)}
        assert {paper.arxiv_id for paper in library.papers()} == wanted
    again = Growth(folder, tmp_path / "gone")
    assert again.reach(7) == size  # nothing is measured twice
    with pytest.raises(SystemExit, match="has 7 papers, and 6 were to be measured"):
        again.reach(6)


def test_the_table_sets_sizes_side_by_side_between_its_markers(tmp_path: Path) -> None:
    larger = replace(SIZE, papers=1000, chunks=1050, added=800, seconds=200.0)
    table = run_growth.table([SIZE, larger])
    assert table.splitlines()[:6] == [
        "| papers | 200 | 1,000 |",
        "|---|---:|---:|",
        "| chunks, one vector each | 210 | 1,050 |",
        "| ingest, this step (papers/s) | 20 | 4 |",
        "| … processor a paper, writing and embedding (ms) | 10.0 and 80.0 | 2.5 and 20.0 |",
        "| ingest, from nothing | 10.0 s | 3.5 min |",
    ]
    assert "| ask, one month, p50 (p95) (ms) | 20 (30) | 20 (30) |" in table
    assert "| disk (MB) | 4.6 | 4.6 |" in table
    assert "| HNSW files a vector (bytes) | 2,000 | 400 |" in table
    page = tmp_path / "page.md"
    page.write_text("# Scaling\n\n<!-- growth -->\nold\n<!-- /growth -->\n\nmore\n<!-- plan -->\n<!-- /plan -->\n")
    run_growth.publish(page, [SIZE])
    run_growth.publish(page, [SIZE, larger])
    planned = plan.table([SIZE, larger])
    parts = (
        f"# Scaling\n\n<!-- growth -->\n\n{table}",
        f"<!-- /growth -->\n\nmore\n<!-- plan -->\n\n{planned}",
        "<!-- /plan -->\n",
    )
    assert page.read_text() == "\n\n".join(parts)
    page.write_text("# Scaling\n")
    with pytest.raises(SystemExit, match="once each"):
        run_growth.publish(page, [SIZE])


def test_the_plan_says_what_follows_for_a_million_papers() -> None:
    asked = {kind: Asked(120.0, 150.0, 0.5, 500.0) for kind in steps.FILTERS}
    larger = replace(
        SIZE,
        papers=100_000,
        chunks=105_000,
        added=99_800,
        seconds=998.0,
        writing=499.0,
        asked=asked,
        held_mebibytes=202.0,
        first_seconds=2.006,
    )
    rows = {
        name: cell
        for name, _, cell, _, _ in (
            row[2:].split(" | ") for row in plan.table([SIZE, larger]).splitlines() if " | " in row
        )
    }
    assert rows == {
        "papers": "1,000,000",
        "vectors, millions": "1.1",
        "ingest on this machine (h)": "2.8",
        "ingest on 16 such cores (h)": "1.4",
        "ingest, where embedding costs nothing (h)": "1.4",
        "HNSW in memory (GB)": "2.1",
        "asking, memory (GB)": "2.4",
        "first search (s)": "20",
        "ask without filters, p50, at most (ms)": "1022",
        "ask since 2020, p50, at most (ms)": "1022",
        "disk (GB)": "0",
    }
