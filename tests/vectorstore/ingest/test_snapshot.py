"""arXiv's metadata snapshot: a sample with its oddities, filters while reading, and any size in little memory."""

from __future__ import annotations

import json
import tracemalloc
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from vectorstore import InputError, Paper, Reject, Source
from vectorstore.ingest import Selection, find_inputs, read_papers

SAMPLE = Path(__file__).parents[2] / "data" / "snapshot.jsonl"


def papers(path: Path, selection: Selection = Selection()) -> list[Paper]:
    return [found for found in read_papers(find_inputs([str(path)]), selection) if isinstance(found, Paper)]


def test_a_record_becomes_a_paper_with_all_that_it_states() -> None:
    assert papers(SAMPLE)[0] == Paper(
        "0704.0001",
        "Calculation of prompt diphoton production cross sections",
        "A fully differential calculation in perturbative quantum chromodynamics is presented, with p < 0.01.",
        version=2,
        listed=date(2007, 4, 2),
        authors=("C. Balázs", "E. L. Berger", "P. M. Nadolsky", "C. -P. Yuan Jr."),
        categories=("hep-ph",),
        published=datetime(2007, 4, 2, 19, 18, 42, tzinfo=UTC),
        updated=datetime(2007, 7, 24, 20, 10, 27, tzinfo=UTC),
        doi="10.1103/PhysRevD.76.013009",
        journal="Phys.Rev.D76:013009,2007",
        comment="37 pages, 15 figures; published version",
        sources=(Source("snapshot.jsonl", 0, date(2007, 4, 2)),),
    )


def test_withdrawn_papers_old_ids_collaborations_and_missing_versions_are_read() -> None:
    _, withdrawn, old, zoo, bare = papers(SAMPLE)
    assert (withdrawn.standing, withdrawn.version, withdrawn.published) == (
        "withdrawn",
        2,
        datetime(2024, 1, 3, 10, tzinfo=UTC),
    )
    assert (old.versioned_id, old.authors) == (
        "math/0309136v1",
        ("Ana Example", "Ben Example", "the KNOT Collaboration"),
    )
    assert zoo.authors == ("ZOO Collaboration", "G. Aardvark")
    assert (bare.version, bare.listed, bare.updated) == (None, None, datetime(2024, 1, 9, tzinfo=UTC))


def test_records_that_cannot_be_used_are_refused_with_their_line() -> None:
    refused = [found for found in read_papers(find_inputs([str(SAMPLE)])) if isinstance(found, Reject)]
    assert [(refusal.line, refusal.reason) for refusal in refused] == [
        (6, "the record has no abstract"),
        (7, "its id is not text: '704.0002'"),
        (9, "the record is not valid JSON"),
    ]


@pytest.mark.parametrize(
    ("selection", "ids"),
    [
        (Selection(("cs.CV",)), ["2401.00003", "math/0309136", "2401.00005", "2401.00007"]),
        (Selection(("CS",), since=date(2024, 1, 1)), ["2401.00003", "2401.00005"]),
        (Selection(until=date(2007, 4, 2)), ["0704.0001", "math/0309136"]),
        (Selection(("hep-ph", "cs.LG")), ["0704.0001", "2401.00003"]),
        (Selection(("math",), date(2003, 9, 8), date(2003, 9, 8)), ["math/0309136"]),
    ],
)
def test_papers_are_chosen_by_category_and_by_the_day_of_their_first_version(
    selection: Selection, ids: list[str]
) -> None:
    assert [paper.arxiv_id for paper in papers(SAMPLE, selection)] == ids


def test_a_selection_that_no_paper_can_meet_is_refused() -> None:
    with pytest.raises(InputError, match="Swap them"):
        Selection(since=date(2024, 1, 2), until=date(2024, 1, 1))


def test_the_same_record_in_a_later_snapshot_changes_nothing(tmp_path: Path) -> None:
    lines = SAMPLE.read_text(encoding="utf-8").splitlines()
    later = tmp_path / SAMPLE.name
    later.write_text("\n".join(lines[1:2] + lines[:1]) + "\n", encoding="utf-8")
    assert papers(later) == papers(SAMPLE)[1::-1]


def test_a_record_that_the_file_ends_within_and_one_without_end_are_refused(tmp_path: Path) -> None:
    first = SAMPLE.read_text(encoding="utf-8").splitlines()[0]
    path = tmp_path / "cut.json"
    path.write_text(f'{first}\n{first[:-1]}, "more": "{"x" * (17 << 20)}"}}\n{first[:300]}', encoding="utf-8")
    one, long, cut = read_papers(find_inputs([str(path)]))
    assert isinstance(one, Paper)
    assert str(long) == f"{path}:2: the record is longer than 16,777,216 bytes"
    assert str(cut) == f"{path}:3: the record is cut off: the file ends within it"


def test_any_number_of_records_is_read_in_little_memory(tmp_path: Path) -> None:
    record = json.loads(SAMPLE.read_text(encoding="utf-8").splitlines()[0])
    path = tmp_path / "large.json"
    with path.open("w", encoding="utf-8") as file:
        for number in range(2_000):
            file.write(json.dumps({**record, "id": f"0704.{number:05}", "license": "x" * 5_000}) + "\n")
    tracemalloc.start()
    count = sum(isinstance(found, Paper) for found in read_papers(find_inputs([str(path)]), Selection(("hep-ph",))))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 2_000
    assert path.stat().st_size > 10 << 20
    assert peak < 2 << 20
