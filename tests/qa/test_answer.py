"""Answers as text and as JSON: sentences with their places, and a plain word where one is not supported."""

from __future__ import annotations

import json

from qa import Answer, Statement

STATEMENTS = (
    Statement("The nearest paper says:", kind="note"),
    Statement("It is a network with marks in brackets [1].", (1,)),
    Statement("It has 93 layers.", (1, 2), supported=False, reasons=("the number 93 is not in [1]", "nor in [2]")),
    Statement("", (1,), "item", "A Small Network"),
    Statement("It normalises stains.", (2,), "item", "A Large Network"),
    Statement("It is fast.", (), "item", supported=False),
    Statement("See also", (3,), "note"),
)


def test_each_sentence_stands_in_the_text_where_json_says() -> None:
    row = Answer("?", STATEMENTS, "answered").to_json()
    for sentence in row["sentences"]:
        assert row["text"][sentence["start"] : sentence["end"]] == sentence["text"]
    assert [sentence["text"] for sentence in row["sentences"]] == [
        "It is a network with marks in brackets [1].",
        "It has 93 layers.",
        "A Small Network",
        "It normalises stains.",
        "It is fast.",
    ]
    assert [sentence["citations"] for sentence in row["sentences"]] == [[1], [1, 2], [1], [2], []]
    assert [sentence["supported"] for sentence in row["sentences"]] == [True, False, True, True, False]
    assert row["sentences"][1]["reasons"] == ["the number 93 is not in [1]", "nor in [2]"]
    assert json.loads(json.dumps(row)) == row


def test_text_says_of_a_sentence_that_it_is_not_supported_and_why() -> None:
    assert Answer("?", STATEMENTS).text == (
        "The nearest paper says:\n\n"
        "It is a network with marks in brackets [1]. [1] It has 93 layers. [1][2] (not found in the abstracts: the "
        "number 93 is not in [1]; nor in [2])\n\n"
        "- A Small Network [1]\n- A Large Network [2]: It normalises stains.\n- It is fast. (not found in the "
        "abstracts)\n\nSee also [3]"
    )


def test_an_answer_grows_statement_by_statement() -> None:
    answer = Answer("?", STATEMENTS)
    snapshots = list(answer.growing())
    assert [len(snapshot.statements) for snapshot in snapshots] == list(range(1, len(STATEMENTS) + 1))
    assert [snapshot.complete for snapshot in snapshots] == [False] * (len(STATEMENTS) - 1) + [True]
    assert snapshots[-1] is answer
    assert list(Answer("?").growing()) == [Answer("?")]


def test_thinking_is_in_json_and_not_in_the_text() -> None:
    answer = Answer("?", STATEMENTS, thinking="The user asks for layers.")
    assert answer.to_json()["thinking"] == "The user asks for layers."
    assert "The user asks" not in answer.text
