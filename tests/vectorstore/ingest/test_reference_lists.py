"""Lists of papers: BibTeX as several programs write it, and ids in any of arXiv's spellings."""

from __future__ import annotations

from pathlib import Path

import pytest

from vectorstore import InputError, Reject
from vectorstore.ingest import Reference, find_inputs, read_papers
from vectorstore.ingest.reference_lists import ids_of_file

BIBTEX = Path(__file__).parents[2] / "data" / "references.bib"


def test_a_bibtex_file_names_papers_however_its_entries_say_so() -> None:
    found = list(read_papers(find_inputs([str(BIBTEX)])))
    named = [(one.arxiv_id, int(one.place.rpartition(":")[2])) for one in found if isinstance(one, Reference)]
    assert named == [
        ("2401.00001", 4),
        ("1706.03762", 11),
        ("2009.14376", 18),
        ("math/0309136", 26),
        ("2401.00006", 28),
        ("hep-th/9901001", 32),
    ]
    refused = [(one.line, one.kind, one.reason) for one in found if isinstance(one, Reject)]
    assert refused == [
        (30, "skipped", "the entry 'nothere' names no paper on arXiv"),
        (34, "record", "is not BibTeX that can be read"),
    ]


def test_a_list_of_ids_is_told_from_other_text_and_its_bad_lines_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "ids.txt"
    path.write_text("\ufeff# to read\n\n2009.14376v2\nhttps://arxiv.org/abs/cs/9810003\nnothing here\n", "utf-8")
    assert list(read_papers(find_inputs([str(path)]))) == [
        Reference("2009.14376", f"{path}:3"),
        Reference("cs/9810003", f"{path}:4"),
        Reject(str(path), 5, "'nothing here' holds no arXiv id"),
    ]
    path.write_text("We read arXiv:2009.14376 and liked it.\n")
    (refusal,) = read_papers(find_inputs([str(path)]))
    assert isinstance(refusal, Reject)
    assert refusal.reason.startswith("is not a listing")


def test_a_file_that_names_nothing_is_an_error_where_ids_are_needed(tmp_path: Path) -> None:
    assert ids_of_file(str(BIBTEX))[:2] == ("2401.00001", "1706.03762")
    path = tmp_path / "none.bib"
    path.write_text("@misc{a, title = {T}}\n")
    with pytest.raises(InputError, match=r"names no paper on arXiv\. Give a BibTeX file"):
        ids_of_file(str(path))
    with pytest.raises(InputError, match="cannot be read"):
        ids_of_file(str(tmp_path))
