"""Text as the readers clean it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vectorstore.text.cleaning import clean, clean_html, shortened, without_controls


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  a \t b\n\u00a0c\u2028d ", "a b c d"),
        ("H&amp;E, 2&plusmn;1, &#39;x&#39;, &#x3b1;, &lt;k&gt;", "H&E, 2±1, 'x', α, <k>"),
        ("&amp;lt;", "&lt;"),
        ("AT&T; Q&A; state&region ?a=1&copy=2", "AT&T; Q&A; state&region ?a=1&copy=2"),
        ("naÃ¯ve GuimarÃ£es", "naïve Guimarães"),
        ("Hoàng-Ân Lê’s “quotes” … ﬁ", "Hoàng-Ân Lê’s “quotes” … fi"),
        ("T\x7fünnermann", "Tünnermann"),
        ("\x1b[31mred\x1b[0m \x1b]0;title\x07bell\x07", "red bell"),
        ("&#27;[2Jgone &#0;", "[2Jgone \ufffd"),
        ("a\u202eb\u200bc\ufeffd\U000e0041e", "abcde"),
        ("मराठी क्\u200dष 👩\u200d🔬", "मराठी क्\u200dष 👩\u200d🔬"),
        (r"$\alpha_{i}^2$ Nystr{\"{o}}m \'e ``x'' <k>", r"$\alpha_{i}^2$ Nystr{\"{o}}m \'e ``x'' <k>"),
    ],
)
def test_text_is_repaired_and_otherwise_as_written(text: str, expected: str) -> None:
    assert clean(text) == expected


@given(st.text())
def test_any_text_becomes_one_storable_line(text: str) -> None:
    for cleaned in (clean(text), clean_html(text), without_controls(text), shortened(text)):
        cleaned.encode("utf-8")
        assert not any(ord(sign) < 32 or 127 <= ord(sign) < 160 for sign in cleaned)


@pytest.mark.parametrize("piece", ["<a ", "<br ", '<a href="', '<a href="x">', "&#", "\x1b[", "&amp", "<i "])
def test_hostile_text_is_read_to_its_end(piece: str) -> None:
    assert clean_html(piece * 50_000 + "\nend").endswith("end")
