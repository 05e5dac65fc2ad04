"""How an answer is printed: what is not supported is marked, and no model's text commands a terminal."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from qa import Answer, Citation, Paper, Statement
from tests.qa.llm.scripted_server import ScriptedServer
from tests.ui.cli.conftest import HOSTILE, Run
from ui.cli.output import Printer, print_json

PAPER = Paper("2012.12535", "StainNet", "It has only 1.28K parameters.")


def printed(capsys: pytest.CaptureFixture[str], *statements: Statement, thinking: str = "") -> str:
    answer = Answer("?", statements, "answered", citations=(Citation(1, PAPER),), thinking=thinking)
    Printer().answer(answer)
    return capsys.readouterr().out


def test_a_sentence_that_is_not_supported_is_marked_in_its_place(capsys: pytest.CaptureFixture[str]) -> None:
    shown = printed(
        capsys,
        Statement("It has 1.28K parameters.", (1,)),
        Statement("It has 93 layers.", (1,), supported=False, reasons=("the number 93 is not in [1]",)),
        Statement("It is small.", (1,), "item", supported=False),
        Statement("", (1,), "item", "StainNet", supported=False),
    )
    assert shown.splitlines()[:4] == [
        "It has 1.28K parameters. [1] It has 93 layers. [1] (not found in the abstracts: the number 93 is not in [1])",
        "",
        "- It is small. [1] (not found in the abstracts)",
        "- StainNet [1] (not found in the abstracts)",
    ]


def test_a_source_that_was_withdrawn_or_replaced_is_said_to_be(capsys: pytest.CaptureFixture[str]) -> None:
    gone = Paper("2401.00003", "Taken Back", "A.", version=2, comment="This paper has been withdrawn by the author")
    newer = Paper("2401.00002", "Corrected", "B.", version=3, updated=datetime(2024, 1, 20, tzinfo=UTC))
    citations = (Citation(1, PAPER), Citation(2, gone), Citation(3, newer))
    Printer().answer(Answer("?", (Statement("Small.", (1, 2, 3)),), "answered", citations=citations))
    assert capsys.readouterr().out.splitlines()[-3:] == [
        "[1] StainNet (2012.12535) https://arxiv.org/abs/2012.12535",
        "[2] Taken Back (2401.00003v2, withdrawn) https://arxiv.org/abs/2401.00003v2",
        "[3] Corrected (2401.00002v3, replaced 2024-01-20) https://arxiv.org/abs/2401.00002v3",
    ]
    rows = [citation.to_json() for citation in citations]
    assert [(row["withdrawn"], row["replaced"]) for row in rows] == [(False, False), (True, True), (False, True)]


def test_thinking_is_printed_as_json_only(capsys: pytest.CaptureFixture[str]) -> None:
    assert "The user" not in printed(capsys, Statement("Small.", (1,)), thinking="The user asks for the size.")
    print_json(Answer("?", thinking="The user asks for the size.").to_json())
    assert json.loads(capsys.readouterr().out)["thinking"] == "The user asks for the size."


def test_what_a_model_writes_commands_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    shown = printed(capsys, Statement(HOSTILE, (1,), supported=False, reasons=(HOSTILE,)))
    assert not set(shown) & set("\x1b\x07\x9b\x00\x08\u202e\r")
    assert "red" in shown


def test_one_question_is_asked_of_the_model_that_is_set(arxivqa: Run, seeds_library: Path) -> None:
    question = "How many parameters does the stain normalization network have?"
    with ScriptedServer("StainNet has only 1.28K parameters. It has 93.7 layers [1].") as server:
        model = {"ARXIVQA_LLM": "openai/scripted", "ARXIVQA_LLM_URL": server.url}
        done = arxivqa("ask", question, "--strict", "--json", library=seeds_library, **model)
    assert done.returncode == 0
    row = json.loads(done.stdout)
    assert (row["backend"], row["text"]) == ("openai/scripted", "StainNet has only 1.28K parameters. [1]")
    assert [sentence["supported"] for sentence in row["sentences"]] == [True]
