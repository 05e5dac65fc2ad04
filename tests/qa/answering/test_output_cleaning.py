"""What a language model wrote, made fit to be read: no code of a terminal survives, and no word goes with it."""

from __future__ import annotations

from collections.abc import Generator, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.answering.output_cleaning import legible
from qa.llm.protocol import Delta


def written(parts: Sequence[str]) -> Generator[Delta, None, None]:
    yield from (Delta(part) for part in parts)


def read(text: str, size: int) -> str:
    parts = [text[at : at + size] for at in range(0, len(text), size)]
    return "".join(piece.text for piece in legible(written(parts)))


@pytest.mark.parametrize("size", [1, 3, 100])
@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a \x1b[31mred\x1b[0m word", "a red word"),
        ("a \x9b1;31mred\x9bm word", "a red word"),
        ("\x1b[?25l\x1b[2J\x1b[1;1Hhome", "home"),
        ("\x1b]0;a title 93\x07text", "text"),
        ("\x1b]8;;https://evil.example/31\x1b\\link\x1b]8;;\x1b\\ text", "link text"),
        ("\x9d0;a title\x9ctext", "text"),
        ("\x1bP1$r\x1b\\text \x1b(Bplain \x1b7saved\x1bc", "text plain saved"),
        ("a title that never ends: \x1b]0;31\nnext line", "a title that never ends: \nnext line"),
        ("it ends within \x1b[31", "it ends within "),
        ("it ends with \x1b", "it ends with "),
        ("bell\x07 null\x00 back\x08 line\r\nnext\ttab \x7f", "bell null back line\nnext\ttab "),
        ("[31m is text, and [1] is a mark", "[31m is text, and [1] is a mark"),
        ("naïve — “93.2 %” 深度", "naïve — “93.2 %” 深度"),
    ],
)
def test_codes_go_with_all_that_belongs_to_them(text: str, shown: str, size: int) -> None:
    assert read(text, size) == shown


@given(st.lists(st.text(alphabet="\x1b[]0;1mPX^_\x07\\\x9b\x9d\x9c\n A(", max_size=12), max_size=6))
def test_however_it_is_cut_nothing_commands_a_terminal(parts: Sequence[str]) -> None:
    shown = "".join(piece.text for piece in legible(written(parts)))
    assert not set(shown) & set("\x1b\x07\x9b\x9d\x9c")
    assert shown == read("".join(parts), 10_000)


@pytest.mark.parametrize("part", ["\x1b", "\x9d", "\x1b]", "\x1b[", "\x1b[0"])
def test_hostile_text_takes_no_time_worth_naming(part: str) -> None:
    assert read(part * 30_000 + "\nend", 200_000).endswith("nd")
    assert "".join(piece.text for piece in legible(written([part + "x" * 10] * 3_000))).count("\x1b") == 0


def test_closing_it_closes_the_model() -> None:
    closed = []

    def writing() -> Generator[Delta, None, None]:
        try:
            yield Delta("one ")
            yield Delta("two")
        finally:
            closed.append(True)

    pieces = legible(writing())
    assert next(pieces) == Delta("one ")
    pieces.close()
    assert closed
