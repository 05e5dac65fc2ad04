"""A whole category's listings, 5,783 files, read as a user would: `make soak LISTINGS=PATH`, a folder or an archive."""

from __future__ import annotations

import os
import resource
import shutil
import sys
import time
from pathlib import Path

import pytest

from vectorstore import Paper, Reject
from vectorstore.ingest import find_listings
from vectorstore.ingest.listings import read_listing

SEEDS = Path(__file__).parents[2] / "seeds"
GOAL = 60  # seconds, for the whole of it in one process; printed beside the time, as no test is judged by the clock


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The listings as a folder, unpacked where they are an archive."""
    given = os.environ.get("ARXIVQA_SOAK_LISTINGS")
    if not given:
        pytest.fail("No listings are named: run `make soak LISTINGS=PATH` with the category's folder or archive.")
    path = Path(given).expanduser()
    if not path.exists():
        pytest.fail(f"LISTINGS names {path}, which does not exist.")
    if path.is_dir():
        return path
    unpacked = tmp_path_factory.mktemp("listings")
    safe = {} if path.suffix == ".zip" else {"filter": "data"}
    shutil.unpack_archive(path, unpacked, **safe)  # type: ignore[arg-type]
    return unpacked


@pytest.mark.soak
def test_every_record_of_the_category_is_read(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    started = time.perf_counter()
    files = records = 0
    ids: set[str] = set()
    refused: list[Reject] = []
    for path in find_listings([folder]):
        if isinstance(path, Reject):
            refused.append(path)
            continue
        files += 1
        for found in read_listing(path):
            if isinstance(found, Paper):
                records += 1
                ids.add(found.arxiv_id)
            else:
                refused.append(found)
    seconds = time.perf_counter() - started
    seeds = {
        paper.arxiv_id
        for path in sorted(SEEDS.glob("*.txt"))
        for paper in read_listing(path)
        if isinstance(paper, Paper)
    }
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)
    with capsys.disabled():
        print(
            f"\n{files:,} files, {records:,} records, {len(ids):,} papers, {len(ids & seeds)} of them in the seeds,"
            f" {len(refused)} refused; {seconds:.1f} s (goal < {GOAL} s), peak memory {peak:.0f} MiB"
        )
        for refusal in refused[:20]:
            print(refusal)
    assert refused == []
    assert (files, records, len(ids), len(ids & seeds)) == (5_783, 192_108, 191_954, 181)
