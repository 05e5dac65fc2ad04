"""Untrusted text in Markdown: shown as it stands, by a reader of CommonMark with everything switched on."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from qa.export.markdown import escape_markdown, one_line

# With raw HTML, tables and strikethrough, which readers of notes know.
READER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
MARKS = "<>&*_`[]()#+-=.!|~\\{}:;\"'/%^ \n\tab1"


@given(st.text(st.sampled_from(MARKS), max_size=60) | st.text(max_size=60))
@example("<script>alert(1)</script>")
@example("[click](javascript:alert(1)) ![x](https://evil.example/x.png)")
@example("# heading")
@example("- item\n- item")
@example("2020. A year\n===")
@example("> quoted &amp; <b>")
@example("    code")
@example("[1]: https://evil.example")
@example("| a |\n| - |")
def test_any_text_is_a_paragraph_that_reads_as_it_stands(text: str) -> None:
    text = text.replace("$", "")  # formulas are tried below
    shown = READER.render(escape_markdown(text))
    line = one_line(text)
    assert shown == (f"<p>{html.escape(line, quote=False)}</p>\n".replace('"', "&quot;") if line else "")


@pytest.mark.parametrize(
    ("text", "written"),
    [
        (r"an error of $10^{-5}$", r"an error of $10^{-5}$"),
        (r"where $a<b$ and $b > c$", r"where $a\lt b$ and $b \gt  c$"),
        (r"$\input{/etc/passwd}$", r"\$\\input{/etc/passwd}\$"),
        (r"$\href{javascript:alert(1)}{x}$", r"\$\\href{javascript:alert(1)}{x}\$"),
        ("$![x](https://evil.example)$", r"\$!\[x\](https://evil.example)\$"),
        ("$a` <b>$", r"\$a\` &lt;b&gt;\$"),
        ("costs $5 and $6", r"costs \$5 and \$6"),
    ],
)
def test_formulas_stay_where_they_do_no_harm(text: str, written: str) -> None:
    assert escape_markdown(text) == written
    assert not re.search(r"<(?!/?p>)", READER.render(written).replace("\n", ""))


def test_what_a_terminal_or_a_reader_would_obey_is_gone() -> None:
    assert one_line("\x1b[31mred\x07\u202e back\r\n\u2028next \u200fline") == "[31mred back next line"
    assert one_line("") == ""
