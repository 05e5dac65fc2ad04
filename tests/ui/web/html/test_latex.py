"""LaTeX and untrusted text to HTML."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ui.web.reading import Reader
from ui.web.html.escape import escape
from ui.web.html.latex import typeset
from ui.web.html.mathml import mathml

# Pieces that a hostile or merely careless abstract is made of.
MARKUP = st.sampled_from(
    [
        "<",
        ">",
        "&",
        '"',
        "'",
        "`",
        "$",
        "$$",
        "\\(",
        "\\)",
        "\\[",
        "\\]",
        "{",
        "}",
        "\\",
        "^",
        "_",
        "*",
        "**",
        "[1]",
        "\\emph{",
        "\\textbf{",
        "\\frac{",
        "\\href{javascript:alert(1)}{x}",
        "{\\em ",
        "\\'e",
        "\n\n",
        "\n",
        "~",
        "``",
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "](javascript:alert(1))",
        "&lt;",
        "&#60;",
        "-->",
        "\\alpha",
        "\\R",
        "\\%",
        "x",
        " ",
        "word",
        "5",
        "naïve",
        "中文",
        "🙂",
        "\x00",
        "\u202e",
        "\u2028",
    ]
)
TEXTS = st.lists(st.one_of(MARKUP, st.text(max_size=4)), max_size=25).map("".join)
OURS = {"mark", "em", "strong", "code", "span", "sub", "sup"}


def shown(html: str) -> str:
    return Reader(html).text


@given(TEXTS)
def test_untrusted_text_becomes_only_the_elements_meant_for_it(text: str) -> None:
    read = Reader(typeset(text))
    formula = {"math", "mrow", "mi", "mn", "mo", "ms", "mtext", "mspace", "mfrac", "msqrt", "mroot", "mstyle", "msub"}
    formula |= {"msup", "msubsup", "munder", "mover", "munderover", "mmultiscripts", "mtable", "mtr", "mtd", "mpadded"}
    formula |= {"mphantom", "menclose"}
    assert set(read.tags) <= OURS | formula
    assert not {name for name, _ in read.attributes} & {"href", "src", "style", "class", "id", "onclick", "xlink:href"}


@given(TEXTS, st.data())
def test_a_line_break_never_survives_so_no_markdown_can_begin(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    html = typeset(text, [(start, end)])
    assert len(html.splitlines()) <= 1
    outside_tags = "".join(part.partition(">")[2] for part in f">{html}".split("<"))
    assert not set("*_[]`$\\{}") & set(outside_tags)


@given(
    st.text(alphabet=st.characters(exclude_characters="$\\{}`'~-", exclude_categories=["Cc", "Cf", "Zl", "Zp", "Cs"]))
)
def test_text_without_latex_is_shown_as_it_is(text: str) -> None:
    assert shown(typeset(text)) == text


@given(st.text(alphabet="abc <&>*[", max_size=60), st.data())
def test_highlights_cover_exactly_the_characters_asked_for(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    read = Reader(typeset(text, [(start, end)]))
    assert read.text == text
    assert read.marked == (text[start:end] if text[start:end].strip() else "")


@pytest.mark.parametrize(
    ("source", "html"),
    [
        (r"$\sim$5", "∼5"),
        (r"$10 \times$ faster", "10× faster"),
        (r"ImageNet$_{50}$", "ImageNet<sub>50</sub>"),
        (r"3$^{rd}$", "3<sup>rd</sup>"),
        (r"$96.3\%$", "96.3&#37;"),
    ],
)
def test_a_number_with_its_signs_is_text_of_the_line(source: str, html: str) -> None:
    assert typeset(source) == html


def test_two_highlights_stay_two() -> None:
    assert typeset("one. two. three.", [(0, 4), (10, 16)]) == "<mark>one.</mark> two. <mark>three.</mark>"


def test_a_formula_is_highlighted_whole() -> None:
    html = typeset(r"We get $x^2$ here. Then more.", [(0, 18)])
    assert html.startswith("<mark>We get <math>")
    assert html.endswith(" here.</mark> Then more.")


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (r"$\alpha$-matting", "α-matting"),
        (r"$O(n \log n)$", "O(nlogn)"),
        (r"3$\times$3", "3×3"),
        (r"$\sim$5", "∼5"),
        (r"90$^{\circ}$", "90°"),
        (r"$T:\R^n\to \R^n$", "T:ℝn→ℝn"),
        (r"\(x\) and \[y\]", "x and y"),
        (r"96.3\% \& more", "96.3% & more"),
        (r"``quoted''", "“quoted”"),
        (r"pages 1--2 --- all", "pages 1–2 — all"),
        (r"M\"uller, Erd\H{o}s, na\"{i}ve", "Müller, Erdős, naïve"),
        (r"Nystr{\"o}m, G{\"{o}}del", "Nyström, Gödel"),
        (r"\emph{word} \textbf{bold} {\em old}", "word bold old"),
        (r"\url{https://example.org/a_b}", "https://example.org/a_b"),
        (r"Fig.~3", "Fig.\xa03"),
        (r"at $5 and $6, says this; $x<3$ holds", "at $5 and $6, says this; x<3 holds"),
        (r"$\text{true positive rate} = 3$", "true\xa0positive\xa0rate=3"),
    ],
)
def test_latex_is_typeset(source: str, text: str) -> None:
    assert shown(typeset(source)) == text


@pytest.mark.parametrize(
    "text",
    [
        "It costs $5 and $6.",
        "from $5-$6 a month",
        "US$5 against A$6",
        "$5 = cheap, says this study, and $6 = dear",
        "a set {x, y} of two",
        "10~20% of it",
        r"\cite{someone2020}",
        "the --flag option",
        "it's 5' long",
    ],
)
def test_what_only_looks_like_latex_is_left_alone(text: str) -> None:
    html = typeset(text)
    assert shown(html) == text
    assert "<" not in html


@pytest.mark.parametrize("source", [r"\frac{a", r"\notacommand{x}", "{" * 400, r"\left(", "x" * 600])
def test_a_formula_that_cannot_be_read_is_shown_as_written(source: str) -> None:
    text = f"${source}^2$"
    html = typeset(text)
    assert shown(html) == text
    assert "<math" not in html


def test_a_link_in_a_formula_is_dropped() -> None:
    html = mathml(r"\href{javascript:alert(1)}{x}") or ""
    assert "javascript" not in html
    assert shown(html) in ("x", "")


@given(st.text(alphabet=r"\abcdfrx{}^_&<>$%~ 12[]", max_size=40))
def test_no_formula_makes_the_converter_fail_or_emit_anything_else(source: str) -> None:
    html = mathml(source)
    assert html is None or not {"script", "img", "a"} & set(Reader(html).tags)


def test_directional_marks_and_control_characters_are_dropped() -> None:
    assert escape("a\u202eb\x1b[31mc\x00") == "ab&#91;31mc"
