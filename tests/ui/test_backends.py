"""The choice of what writes the answers on the page, against a server that speaks a language model's protocol."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from qa.assistant import Assistant, open_assistant
from qa.settings import Settings
from tests.qa.llm.scripted_server import MODEL, Pause, ScriptedServer, Thinking
from ui.backends import EXTRACTIVE, Backends
from ui.page import Page

QUESTION = "How many parameters does the stain normalization network have?"


@pytest.fixture(scope="module")
def assistant(seeds_library: Path) -> Iterator[Assistant]:
    with open_assistant(seeds_library) as opened:
        yield opened


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer("cites_well") as running:
        yield running


def chosen(page: Page) -> str:
    page.look()
    (value,) = [value for _, value in page._backends.offered() if value.startswith(f"openai/{MODEL}")]
    return value


def test_nobody_is_asked_before_a_visitor_looks(assistant: Assistant, server: ScriptedServer) -> None:
    backends = Backends(assistant, Settings(llm_url=server.url))
    assert [value for _, value in backends.offered()] == [EXTRACTIVE]
    assert not server.paths
    assert f"openai/{MODEL}" in [label for label, _ in backends.look()]
    assert server.paths == ["/v1/models"]
    assert not server.requests


def test_a_choice_that_was_never_offered_is_not_opened(assistant: Assistant, server: ScriptedServer) -> None:
    backends = Backends(assistant, Settings())
    assert backends.assistant(f"openai/{MODEL} at {server.url}") is assistant
    assert backends.assistant(None) is assistant
    assert not server.paths


def test_the_chosen_model_writes_and_the_page_says_so(assistant: Assistant, server: ScriptedServer) -> None:
    page = Page(assistant, Settings(llm_url=server.url))
    *_, (_, messages, _, turns) = page.ask(QUESTION, (), chosen(page))
    assert turns[-1].answer is not None
    assert turns[-1].answer.backend == f"openai/{MODEL}"
    assert f"Written by openai/{MODEL}" in messages[-1]["content"]
    *_, (_, messages, _, turns) = page.ask(QUESTION, (), EXTRACTIVE)
    assert turns[-1].answer.backend == EXTRACTIVE
    assert len(server.requests) == 1


def test_what_the_abstracts_do_not_bear_out_is_marked(assistant: Assistant, server: ScriptedServer) -> None:
    server.script = (
        "The network has 93 million parameters [1]. <b>It</b> runs on <script>alert(1)</script> phones [99]."
    )
    page = Page(assistant, Settings(llm_url=server.url))
    *_, (_, messages, _, _) = page.ask(QUESTION, (), chosen(page))
    html = messages[-1]["content"]
    assert 'class="unsupported"' in html
    assert "not found in the abstracts" in html
    assert "<script" not in html
    assert "<b>" not in html


def test_thinking_is_folded_and_is_no_part_of_the_answer(assistant: Assistant, server: ScriptedServer) -> None:
    server.script = lambda asked: iter([Thinking("Let me <i>see</i>.\nHm."), asked.quotes[0][1], " [1]."])
    page = Page(assistant, Settings(llm_url=server.url))
    *_, (_, messages, _, _) = page.ask(QUESTION, (), chosen(page))
    html = messages[-1]["content"]
    assert '<details class="thinking"><summary>' in html
    assert "<i>" not in html
    assert "Hm." in html


def test_stopping_ends_the_request(assistant: Assistant, server: ScriptedServer) -> None:
    server.script = lambda asked: iter([asked.quotes[0][1], Pause(threading.Event())])
    page = Page(assistant, Settings(llm_url=server.url))
    answering = page.ask(QUESTION, (), chosen(page))
    for _, _, _, turns in answering:
        if turns[-1].answer is not None and turns[-1].answer.statements:
            break
    answering.close()
    assert server.ended.wait(10)


def test_a_model_that_fails_leaves_the_quoted_answer_and_a_word_on_why(
    assistant: Assistant, server: ScriptedServer
) -> None:
    server.script = "unknown_model"
    page = Page(assistant, Settings(llm_url=server.url))
    *_, (_, messages, _, turns) = page.ask(QUESTION, (), chosen(page))
    assert turns[-1].answer.backend == EXTRACTIVE
    assert turns[-1].answer.citations[0].paper.arxiv_id == "2012.12535"
    assert turns[-1].answer.statements[0].kind == "note"
    assert f"openai/{MODEL}" in messages[-1]["content"]
