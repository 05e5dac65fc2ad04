"""Reasoning in tags, however it is cut into pieces."""

from __future__ import annotations

import pytest

from qa.llm.reasoning import Splitter


def split(text: str, size: int) -> tuple[str, str]:
    splitter = Splitter()
    pieces = [piece for at in range(0, len(text), size) for piece in splitter.feed(text[at : at + size])]
    pieces += splitter.end()
    thinking = written = ""
    for piece in pieces:
        thinking, written = thinking + piece.thinking, written + piece.text
        if piece.reasoned:
            thinking, written = thinking + written, ""
    return thinking, written


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
        ("Nine?\n</think>\n\nNine [1].", "Nine?\n", "Nine [1]."),
        ("Nine? </thinking><think>Or ten?</think> Nine.", "Nine? Or ten?", "Nine."),
        ("</think> Nine.", "", "Nine."),
        ("Nine?</think> It ends with </think> [1].", "Nine?", "It ends with </think> [1]."),
        ("<think>Nine?</think> It ends with </think> [1].", "Nine?", "It ends with </think> [1]."),
        ("Reasoning stands in <think> and </think>.", "", "Reasoning stands in <think> and </think>."),
        ("It ends with `</think>` [1].", "", "It ends with `</think>` [1]."),
        ("It ends with </b> and </thin", "", "It ends with </b> and </thin"),
        ("<", "", "<"),
        ("", "", ""),
    ],
)
def test_blocks_before_the_answer_are_reasoning(text: str, thinking: str, answer: str, size: int) -> None:
    assert split(text, size) == (thinking, answer)


def test_text_is_given_as_it_comes_until_a_closing_tag_takes_it_back() -> None:
    splitter = Splitter()
    first = list(splitter.feed("The user asks for "))
    assert [piece.text for piece in first] == ["The user asks for "]
    assert [piece.reasoned for piece in splitter.feed("a number.</think>")] == [True]
    assert [piece.text for piece in splitter.feed("Nine.")] == ["Nine."]
