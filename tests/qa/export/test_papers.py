"""Papers in other programs' formats: nothing in them is obeyed, and their own readers read them back."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import UTC, date, datetime

import pytest
import rispy
from hypothesis import given
from hypothesis import strategies as st

from qa.export.papers import FORMS, export, side_by_side_markdown
from qa.retrieval.browse import compare
from vectorstore import InputError, Paper

HOSTILE = st.text(st.sampled_from('\\{}$%&#_^~"@,=+-|[]()<>*`ab1 é\x1b\n\r\t\u2028\u202e中')) | st.text()
PAPER = Paper(
    "2009.14352",
    r"Nystr\"{o}m Attention at $\alpha$ & more",
    "We propose it.\nIt works.",
    version=2,
    listed=date(2020, 10, 1),
    authors=(r"Ana M\"uller", "Laurens van der Maaten", "The ATLAS Collaboration"),
    categories=("cs.CV", "cs.CL"),
    published=datetime(2020, 9, 30, tzinfo=UTC),
    doi="10.1007/978-3-030_1",
    journal="ECCV2020",
)


def test_ris_is_read_back_as_it_was_stated() -> None:
    file = export([PAPER, Paper("cs/9810003", "T", "A")], "ris")
    first, second = rispy.loads(file.text)
    assert first["type_of_reference"] == "UNPB"
    assert first["title"] == "Nyström Attention at alpha & more"
    assert first["authors"] == ["Müller, Ana", "van der Maaten, Laurens", "The ATLAS Collaboration"]
    assert (first["year"], first["date"], first["doi"]) == ("2020", "2020/09/30", "10.1007/978-3-030_1")
    assert first["abstract"] == "We propose it. It works."
    assert first["urls"] == ["https://arxiv.org/abs/2009.14352v2"]
    assert first["keywords"] == ["cs.CV", "cs.CL"]
    assert second["title"] == "T"
    assert file.text.startswith("TY  - UNPB\n")


def test_bibtex_keeps_accents_as_letters_that_tex_prints() -> None:
    entry = export([PAPER], "bibtex").text
    assert r"title = {{Nystr{\"o}m Attention at $\alpha$ \& more}}" in entry
    assert r"Ana M{\"u}ller" in entry


def test_csv_is_a_table_in_which_nothing_is_a_formula() -> None:
    wicked = Paper("2009.14353", "=HYPERLINK(1)", "\t@SUM(A1)", authors=("+1", "-2"), comment="-x", journal="@y")
    first, second = csv.DictReader(io.StringIO(export([PAPER, wicked], "csv").text))
    assert first["authors"] == "Ana Müller; Laurens van der Maaten; The ATLAS Collaboration"
    assert (first["arxiv_id"], first["listed"], first["version"]) == ("2009.14352", "2020-10-01", "2")
    assert second["title"] == "'=HYPERLINK(1)"
    assert second["abstract"] == "'@SUM(A1)"
    assert (second["authors"], second["comment"], second["journal"]) == ("'+1; -2", "'-x", "'@y")


def test_json_is_all_that_is_known() -> None:
    assert json.loads(export([PAPER], "json").text) == [PAPER.to_json()]


def test_markdown_is_a_list_of_links() -> None:
    lines = export([PAPER, PAPER], "markdown").text.splitlines()
    assert lines[1].startswith("2. [Nyström Attention")
    assert "](https://arxiv.org/abs/2009.14352v2)" in lines[0]
    assert "Ana Müller" in lines[0]


@pytest.mark.parametrize("form", FORMS)
def test_a_file_has_a_name_that_every_system_takes(form: str) -> None:
    strange = Paper("cs/9810003", "../../etc/passwd", "A", authors=("../Ünal\x00",))
    for papers in ([strange], [strange, PAPER]):
        assert re.fullmatch(r"[a-z0-9-]+\.(?:bib|ris|csv|json|md)", export(papers, form).name)


def test_an_unknown_format_names_those_there_are() -> None:
    with pytest.raises(InputError, match="bibtex, ris, csv, json, markdown"):
        export([PAPER], "docx")


@given(title=HOSTILE, author=HOSTILE, comment=HOSTILE)
def test_no_text_breaks_out_of_its_field(title: str, author: str, comment: str) -> None:
    paper = Paper("2009.14352", title, title, authors=(author,), comment=comment, journal=title, doi=comment)
    ris = export([paper, PAPER], "ris").text
    assert all(re.match(r"[A-Z][A-Z0-9]  - |$", line) for line in re.split(r"[\n\r\u2028\x85\x0b\x0c]", ris))
    assert len(re.findall(r"^ER  - ", ris, re.M)) == 2
    table = list(csv.reader(io.StringIO(export([paper], "csv").text)))
    assert len(table) == 2
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in table[1])
    assert len(export([paper, PAPER], "markdown").text.splitlines()) == 2
    for form in ("ris", "csv", "markdown", "bibtex"):
        assert not re.search("[\x00-\x08\x1b\u202e]", export([paper], form).text)


def test_side_by_side_every_sentence_has_its_mark_and_every_mark_its_reference() -> None:
    first = Paper("2012.12535", "StainNet", "We propose StainNet, a small network. It reaches 31.2 dB.")
    second = Paper("2009.14376", "On | shapes", "Manifolds are hard.")
    written = side_by_side_markdown(compare([first, second]))
    table = written.split("\n\n")[0].splitlines()
    assert len(table) == 4
    assert table[2].startswith("| StainNet [1] |")
    assert "StainNet, a small network. [1] |" in table[2]
    assert r"On \| shapes [2]" in table[3]
    assert first.url in written
    assert second.url in written
