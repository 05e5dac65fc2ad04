"""Lists of papers: BibTeX as several programs write it, and ids in any of arXiv's spellings."""

from __future__ import annotations

from pathlib import Path

import pytest

from vectorstore import InputError, Reject
from vectorstore.ingest import Reference, find_inputs, read_papers
from vectorstore.ingest.reference_lists import id_in, ids_in

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


@pytest.mark.parametrize(
    ("text", "arxiv_id"),
    [
        ("2009.14376", "2009.14376"),
        ("2009.14376v2  a title may follow", "2009.14376"),
        ("arXiv:2009.14376v2 [cs.CV] 30 Sep 2020", "2009.14376"),
        ("ARXIV: HEP-TH/9901001V3", "hep-th/9901001"),
        ("math.GT/0309136", "math/0309136"),
        ("https://arxiv.org/abs/2009.14376", "2009.14376"),
        ("http://export.arxiv.org/pdf/cs/9810003v1.pdf", "cs/9810003"),
        ("https://www.arxiv.org/html/2009.14376v1#S3", "2009.14376"),
        ("https://doi.org/10.48550/arXiv.2009.14376", "2009.14376"),
        ("<https://arxiv.org/abs/2009.14376>", "2009.14376"),
        ("2009.143761234", None),
        ("10.1000/182", None),
        ("https://example.org/2009.14376", None),
        ("", None),
    ],
)
def test_an_id_is_known_in_any_spelling(text: str, arxiv_id: str | None) -> None:
    assert id_in(text) == arxiv_id


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
    assert ids_in(str(BIBTEX))[:2] == ("2401.00001", "1706.03762")
    path = tmp_path / "none.bib"
    path.write_text("@misc{a, title = {T}}\n")
    with pytest.raises(InputError, match=r"names no paper on arXiv\. Give a BibTeX file"):
        ids_in(str(path))
    with pytest.raises(InputError, match="cannot be read"):
        ids_in(str(tmp_path))
