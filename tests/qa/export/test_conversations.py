"""Conversations written out: what a researcher pastes into notes, and what programs read."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from markdown_it import MarkdownIt

from qa.answer import Answer, Citation, Statement
from qa.export.conversations import answer_with_references, export, to_json
from qa.history.models import Conversation, Turn
from vectorstore import Filters, InputError, Paper

NOW = datetime(2026, 11, 20, 20, 15, tzinfo=UTC)
READER = MarkdownIt("commonmark", {"html": True})
HOSTILE = (
    "</p><script>alert(1)</script> [x](javascript:alert(1)) ![i](https://evil.example) **b** `c` \x1b[31m\u202e\n# h"
)


def _conversation(*turns: Turn, title: str = "Stains") -> Conversation:
    return Conversation("0" * 32, title, NOW, NOW, turns)


def _markdown(*turns: Turn) -> str:
    return export(_conversation(*turns), "markdown").text


def test_each_answer_has_its_marks_and_the_references_under_it(answers: tuple[Answer, ...]) -> None:
    text = _markdown(*(Turn(answer.question, answer) for answer in answers))
    parts = text.split("\n## ")
    assert parts[0] == "# Stains\n\nAsked with arxivqa on 20 November 2026.\n"
    assert len(parts) == 1 + len(answers)
    for part, answer in zip(parts[1:], answers, strict=True):
        said, _, references = part.partition("**References**")
        assert said.startswith(answer.question)
        for citation in answer.citations:
            assert f"[{citation.n}]" in said
            assert f"\n- [{citation.n}] " in references
            assert citation.paper.url in references
    assert "**Nearest papers**" in parts[-1]
    assert "*Only papers listed since 1 October 2020" in text


def test_it_reads_as_headings_paragraphs_and_lists(answers: tuple[Answer, ...]) -> None:
    tokens = READER.parse(_markdown(*(Turn(answer.question, answer) for answer in answers)))
    assert [token.tag for token in tokens if token.type == "heading_open"] == ["h1", *["h2"] * len(answers)]
    assert not [token for token in tokens if token.type in ("html_block", "code_block", "fence", "table_open")]


def test_hostile_text_stays_text() -> None:
    paper = Paper("2012.12535", HOSTILE, "A", authors=(HOSTILE,))
    statements = (
        Statement(HOSTILE, (1,)),
        Statement(HOSTILE, (1,), "item", lead=HOSTILE),
        Statement(HOSTILE, kind="note"),
        Statement("Wrong.", (1,), supported=False, reasons=(HOSTILE,)),
    )
    answer = Answer(HOSTILE, statements, citations=(Citation(1, paper),), further=(paper,), backend=f"openai/{HOSTILE}")
    turns = [
        Turn(HOSTILE, replace(answer, filters=Filters(authors=(HOSTILE,)))),
        Turn(HOSTILE * 5, failure=HOSTILE),
    ]
    conversation = _conversation(*turns, title=HOSTILE)
    shown = READER.render(export(conversation, "markdown").text)
    assert "<script" not in shown
    assert "<a " not in shown
    assert "<img" not in shown
    assert "<code" not in shown
    assert shown.count("<h1>") == 1
    assert shown.count("<h2>") == 2
    for text in (export(conversation, "markdown").text, answer_with_references(answer)):
        assert "\x1b" not in text
        assert "\u202e" not in text
    assert export(conversation, "json").name == "p-script-alert-1-script-x-javascript-alert-1-i-https-evil-e.json"


def test_what_no_abstract_bears_out_is_marked() -> None:
    statement = Statement("It is 93.2.", (1,), supported=False, reasons=("the number 93.2 is not in [1]",))
    answer = Answer("q", (statement,), citations=(Citation(1, Paper("2012.12535", "T", "A")),), backend="ollama/small")
    text = _markdown(Turn("q", answer))
    assert r"It is 93.2. [1] **(not found in the abstracts: the number 93.2 is not in \[1\])**" in text
    assert "*Written by ollama/small, checked sentence by sentence against the abstracts.*" in text
    assert "(not found in the abstracts: the number 93.2 is not in [1])" in answer_with_references(answer)


@pytest.mark.parametrize(
    ("turn", "said"),
    [
        (Turn("Why?", failure="The model is gone."), "*This question could not be answered: The model is gone.*"),
        (
            Turn("Why?", Answer("Why?", (Statement("Half."),), complete=False), stopped=True),
            "Half.\n\n*Stopped before it was complete.*",
        ),
        (Turn("Why?", given=Filters(since=date(2020, 1, 1))), "*Only papers listed since 1 January 2020.*"),
        (Turn("word " * 100), "## " + "word " * 39 + "word…\n\n> word word"),
        (Turn("x" * 300), "## " + "x" * 200 + "…\n\n> xxx"),
    ],
)
def test_questions_without_a_whole_answer_say_why(turn: Turn, said: str) -> None:
    assert said in _markdown(turn)


def test_json_has_everything_that_programs_get(answers: tuple[Answer, ...]) -> None:
    turn = Turn("q", answers[0], given=Filters(venues=("ECCV",)), rating="up")
    conversation = _conversation(turn, Turn("r", failure="No."))
    written = export(conversation, "json")
    assert (written.name, written.media) == ("stains.json", "application/json")
    found = json.loads(written.text)
    assert found == json.loads(json.dumps(to_json(conversation)))
    assert found["turns"][0]["answer"] == json.loads(json.dumps(answers[0].to_json()))
    assert found["turns"][0]["given"]["venues"] == ["ECCV"]
    assert [turn["rating"] for turn in found["turns"]] == ["up", None]
    assert [turn["failure"] for turn in found["turns"]] == [None, "No."]


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Stain  Normalization?", "stain-normalization.md"),
        ("../../etc/passwd", "etc-passwd.md"),
        ("染色归一化", "conversation.md"),
        ("x" * 200, "x" * 60 + ".md"),
        ("Ärger", "arger.md"),
    ],
)
def test_the_name_of_the_file_is_safe_everywhere(title: str, name: str) -> None:
    assert export(_conversation(title=title), "markdown").name == name


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(InputError, match=r"'docx'\. Choose one of markdown, json"):
        export(_conversation(), "docx")


def test_an_answer_is_copied_with_its_references() -> None:
    papers = [
        Paper("2012.12535", "What is it?", "A", version=2, authors=tuple("ABCDEFGH")),
        Paper("cs/9810003", "Old", "A"),
    ]
    answer = Answer(
        "q",
        (Statement("First.", (1,)), Statement("Second.", (1, 2)), Statement("A note.", kind="note")),
        citations=tuple(Citation(n, paper) for n, paper in enumerate(papers, start=1)),
    )
    assert answer_with_references(answer) == (
        "First. [1] Second. [1][2]\n\nA note.\n\n"
        "[1] A, B, C, D, E, F et al. What is it? arXiv:2012.12535v2, 2020. https://arxiv.org/abs/2012.12535v2\n"
        "[2] Old. arXiv:cs/9810003, 1998. https://arxiv.org/abs/cs/9810003"
    )
    assert answer_with_references(Answer("q", (Statement("Nothing.", kind="note"),))) == "Nothing."
