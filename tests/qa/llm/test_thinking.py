"""Reasoning in tags, however it is cut into pieces."""

from __future__ import annotations

import pytest

from qa.llm.thinking import Splitter


def split(text: str, size: int) -> tuple[str, str]:
    splitter = Splitter()
    pieces = [piece for at in range(0, len(text), size) for piece in splitter.feed(text[at : at + size])]
    pieces += splitter.end()
    return "".join(piece.thinking for piece in pieces), "".join(piece.text for piece in pieces)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
@pytest.mark.parametrize(
    ("text", "thinking", "answer"),
    [
        ("<think>Nine?</think>\n\nNine [1].", "Nine?", "Nine [1]."),
        ("\n <thinking>a < b</thinking>Nine.", "a < b", "Nine."),
        ("<think>a</think><think>b</think> Nine.", "ab", "Nine."),
        ("<think></think>Nine.", "", "Nine."),
        ("<think>never ends </thin", "never ends </thin", ""),
        ("The <think> token is new.", "", "The <think> token is new."),
        ("<b>Nine</b>", "", "<b>Nine</b>"),
        ("<", "", "<"),
        ("", "", ""),
    ],
)
def test_blocks_before_the_answer_are_reasoning(text: str, thinking: str, answer: str, size: int) -> None:
    assert split(text, size) == (thinking, answer)
