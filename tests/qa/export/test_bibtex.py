"""BibTeX: what a paper states, in a form that neither BibTeX nor TeX stumbles over."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.export.bibtex import bibtex, escape_tex
from vectorstore import Paper

HOSTILE = st.text(st.sampled_from('\\{}$%&#_^~"@,=ab1 é\x1b\n\u202e\u0301ǐ中')) | st.text()


def test_an_entry_has_what_the_paper_states() -> None:
    paper = Paper(
        "2009.14352",
        "Finding It: An $\\ell_1$ View",
        "…",
        version=1,
        authors=("Xiangxi Shi", "The A and B Collaboration"),
        categories=("cs.CV", "cs.CL"),
        published=datetime(2020, 9, 30, tzinfo=UTC),
        doi="10.1007/978-3-030_1",
        journal="ECCV2020",
        comment="100% new",
    )
    assert bibtex(paper) == (
        "@misc{shi2020-2009-14352,\n"
        "  title = {{Finding It: An $\\ell_1$ View}},\n"
        "  author = {Xiangxi Shi and {The A and B Collaboration}},\n"
        "  year = {2020},\n"
        "  month = sep,\n"
        "  eprint = {2009.14352},\n"
        "  archivePrefix = {arXiv},\n"
        "  primaryClass = {cs.CV},\n"
        "  doi = {10.1007/978-3-030_1},\n"
        "  note = {ECCV2020; 100\\% new},\n"
        "  url = {https://arxiv.org/abs/2009.14352v1},\n"
        "}\n"
    )


def test_what_is_not_stated_is_left_out() -> None:
    entry = bibtex(Paper("cs/9810003", "T", "A"))
    assert entry.splitlines()[0] == "@misc{arxiv1998-cs-9810003,"
    for name in ("author", "doi", "note", "primaryClass", "month"):
        assert f"  {name} =" not in entry


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("A & B_c #1", r"A \& B\_c \#1"),
        (r"\input{/etc/passwd}", r"\textbackslash{}input\textbraceleft{}/etc/passwd\textbraceright{}"),
        (r"an $\alpha$-mat $x^2$", r"an $\alpha$-mat $x^2$"),
        (r"$\input{x}$", r"\$\textbackslash{}input\textbraceleft{}x\textbraceright{}\$"),
        ("from $5 to $6", r"from \$5 to \$6"),
        ("one } too many {", r"one \textbraceright{} too many \textbraceleft{}"),
        ("Müller Nuñez Åström Čech ǐ", r"M{\"u}ller Nu{\~n}ez {\r{A}}str{\"o}m {\v{C}}ech {\v{\i}}"),
        ("e\u0301", r"{\'e}"),
        ("中文 ß", "中文 ß"),
        ("a\x1b[31m\u202eb", "a[31mb"),
    ],
)
def test_text_prints_as_it_stands(text: str, escaped: str) -> None:
    assert escape_tex(text) == escaped


@given(title=HOSTILE, author=HOSTILE, comment=HOSTILE, doi=HOSTILE)
def test_no_text_breaks_out_of_its_field(title: str, author: str, comment: str, doi: str) -> None:
    entry = bibtex(Paper("2009.14352", title, "A", authors=(author,), comment=comment, doi=doi))
    depth, ends = 0, []
    for position, character in enumerate(entry):
        depth += {"{": 1, "}": -1}.get(character, 0)
        assert depth >= 0
        if depth == 0 and character == "}":
            ends.append(position)
    assert ends == [len(entry) - 2]
    assert all(re.match(r"@misc\{|  \w+ = |\}$", line) for line in entry.splitlines())


@given(HOSTILE)
def test_only_known_commands_are_left(text: str) -> None:
    outside = re.sub(r"\$[^$]*\$", "", escape_tex(text).replace(r"\$", ""))
    commands = set(re.findall(r"\\([a-zA-Z]+)", outside))
    assert commands <= {"textbackslash", "textbraceleft", "textbraceright", "textasciitilde", "textasciicircum",
                        "i", "j", "u", "r", "H", "v", "c", "k"}  # fmt: skip
