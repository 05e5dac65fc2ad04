"""All 249 papers of the five seed listings, against a check that is no part of the readers."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from vectorstore import Paper
from vectorstore.ingest import find_listings
from vectorstore.ingest.listings import read_listing

ROOT = Path(__file__).parents[4]
GOLDEN = ROOT / "tests" / "data" / "seeds-golden.jsonl"


@pytest.fixture(scope="module")
def papers() -> list[Paper]:
    found = [one for path in find_listings([ROOT / "seeds"]) if isinstance(path, Path) for one in read_listing(path)]
    assert all(isinstance(one, Paper) for one in found)
    return [one for one in found if isinstance(one, Paper)]


def test_the_golden_file_is_what_the_independent_check_makes_of_the_seeds() -> None:
    made = subprocess.run(
        [sys.executable, "-I", ROOT / "tests" / "data" / "make_golden.py"], capture_output=True, check=True
    )
    assert made.stdout.decode() == GOLDEN.read_text(encoding="utf-8")


def test_all_249_ids_titles_and_abstracts_are_as_in_the_golden_file(papers: list[Paper]) -> None:
    golden = [json.loads(line) for line in GOLDEN.read_text(encoding="utf-8").splitlines()]
    assert len(golden) == len({row["arxiv_id"] for row in golden}) == 249
    assert golden == [
        {
            "file": paper.sources[0].file,
            "arxiv_id": paper.arxiv_id,
            "version": paper.version,
            "title": paper.title,
            "abstract_sha256": hashlib.sha256(paper.abstract.encode()).hexdigest(),
        }
        for paper in papers
    ]


def test_every_paper_has_its_listing_date_and_its_heading_line(papers: list[Paper]) -> None:
    assert Counter(paper.listed for paper in papers) == {
        date(2019, 3, 21): 24,
        date(2020, 10, 7): 55,
        date(2019, 5, 29): 55,
        date(2020, 12, 24): 68,
        date(2020, 9, 30): 47,
    }
    for paper in papers:
        (source,) = paper.sources
        line = (ROOT / "seeds" / source.file).read_text(encoding="utf-8").split("\n")[source.line - 1]
        assert line.startswith("### ")
        assert paper.title.split()[-1].split("&")[0] in line


def test_the_export_gives_the_fields_that_only_it_states(papers: list[Paper]) -> None:
    (paper,) = [paper for paper in papers if paper.arxiv_id == "2009.14376"]
    assert paper.to_json() | {"abstract": ""} == {
        "arxiv_id": "2009.14376",
        "version": 2,
        "title": "Toward Privacy and Utility Preserving Image Representation",
        "abstract": "",
        "authors": ["Ahmadreza Mosallanezhad", "Yasin N. Silva", "Michelle V. Mancenido", "Huan Liu"],
        "categories": ["cs.CV", "cs.CR"],
        "listed": "2020-09-30",
        "published": "2020-09-30T01:25:00+00:00",
        "updated": "2020-10-17T16:27:59+00:00",
        "doi": None,
        "journal": None,
        "comment": "Accepted as a working paper in SBP-BRiMS 2020",
        "withdrawn": False,
        "replaced": True,
        "url": "https://arxiv.org/abs/2009.14376v2",
        "pdf_url": "https://arxiv.org/pdf/2009.14376v2",
        "sources": [{"file": "004_53eea74d32a0d151.txt", "line": 16, "listed": "2020-09-30", "category": "cs.CV"}],
    }
    assert sum(bool(paper.authors) for paper in papers) == 47
    assert sum(paper.comment is not None for paper in papers) == 27
    assert sum(paper.doi is not None for paper in papers) == 12
    assert sum(paper.journal is not None for paper in papers) == 3
