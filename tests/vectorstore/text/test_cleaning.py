"""Text as the readers clean it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vectorstore.text.cleaning import DIRECTIONS, clean, clean_html, encodable, shortened, visible, without_controls


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
    for cleaned in (clean(text), clean_html(text), without_controls(text), shortened(text), visible(text)):
        cleaned.encode("utf-8")
        assert not any(ord(sign) < 32 or 127 <= ord(sign) < 160 for sign in cleaned)


@given(st.text() | st.text("a\ud83e\udd8a\udfff"))
def test_any_text_can_be_encoded_and_only_halves_of_characters_change(text: str) -> None:
    made = encodable(text)
    made.encode("utf-8")
    assert [a for a, b in zip(made, text, strict=True) if a != b] == ["?" for c in text if "\ud800" <= c <= "\udfff"]


def test_what_is_visible_is_one_line_without_what_is_not_seen() -> None:
    assert visible(f"a\x1b[31m\r\nb\u2028\xa0c{DIRECTIONS}\ud800\x9b d\u200d") == "a[31m b c d"


@pytest.mark.parametrize("piece", ["<a ", "<br ", '<a href="', '<a href="x">', "&#", "\x1b[", "&amp", "<i "])
def test_hostile_text_is_read_to_its_end(piece: str) -> None:
    assert clean_html(piece * 50_000 + "\nend").endswith("end")
