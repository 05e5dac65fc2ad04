"""The choice of what writes the answers on the page, against a server that speaks a language model's protocol."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from qa.assistant import Assistant
from qa.errors import LanguageModelError
from qa.history.models import Turn
from qa.llm.factory import open_model
from qa.llm.protocol import LanguageModel
from qa.settings import Settings
from tests.qa.llm.scripted_server import MODEL, Pause, ScriptedServer, Thinking
from ui.web.ask.messages import messages
from ui.web.ask.runner import Answering, ConversationView
from ui.web.context import AppContext
from ui.web.model_choice import EXTRACTIVE, Backends

QUESTION = "How many parameters does the stain normalization network have?"


@pytest.fixture
def assistant(seeds_assistant: Assistant) -> Assistant:
    return seeds_assistant


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer("cites_well") as running:
        yield running


def speaking(context: AppContext, server: ScriptedServer) -> AppContext:
    """The same context, on a machine where this server offers a model."""
    return replace(context, backends=Backends(context.assistant, Settings(llm_url=server.url)))


def chosen(context: AppContext) -> str:
    """The choice on the page that means the server's model."""
    (value,) = [value for _, value in context.backends.look() if value.startswith(f"openai/{MODEL}")]
    return value


def written(context: AppContext, writer: str | None = None) -> ConversationView:
    *_, last = Answering(context).ask("ada", "", Turn(QUESTION), writer=writer or chosen(context))
    return last


def shown(talk: ConversationView) -> str:
    return messages(talk.turns)[-1]["content"]


def test_nobody_is_asked_before_a_visitor_looks(assistant: Assistant, server: ScriptedServer) -> None:
    backends = Backends(assistant, Settings(llm_url=server.url))
    assert [value for _, value in backends.offered()] == [EXTRACTIVE]
    assert not server.paths
    assert f"openai/{MODEL}" in [label for label, _ in backends.look()]
    assert "/v1/models" in server.paths
    assert not server.requests


def test_a_choice_that_was_never_offered_is_not_opened(assistant: Assistant, server: ScriptedServer) -> None:
    backends = Backends(assistant, Settings())
    assert backends.assistant(f"openai/{MODEL} at {server.url}") is assistant
    assert backends.assistant(None) is assistant
    assert not server.paths


def test_others_are_served_while_a_model_is_being_opened(
    context: AppContext, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = speaking(context, server)
    model, entered, released, opened = chosen(context), threading.Event(), threading.Event(), []

    def slow(*settings: Any) -> LanguageModel:
        entered.set()
        assert released.wait(30)
        opened.append(open_model(*settings))
        return opened[-1]

    monkeypatch.setattr("qa.llm.factory.open_model", slow)
    with ThreadPoolExecutor() as visitors:
        waiting = [visitors.submit(context.backends.assistant, model) for _ in range(2)]
        assert entered.wait(30)
        try:
            others = visitors.submit(lambda: (context.backends.offered(), context.backends.assistant(EXTRACTIVE)))
            assert others.result(30)[1] is context.assistant
            assert not any(each.done() for each in waiting)
        finally:
            released.set()
        first, second = (each.result(30) for each in waiting)
    assert first is second
    assert len(opened) == 1


def test_a_model_that_could_not_be_opened_is_tried_again(
    context: AppContext, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = speaking(context, server)
    model = chosen(context)

    def fail(*_: Any) -> LanguageModel:
        raise LanguageModelError("no such model")

    with monkeypatch.context() as patch:
        patch.setattr("qa.llm.factory.open_model", fail)
        with pytest.raises(LanguageModelError, match="no such model"):
            context.backends.assistant(model)
    assert context.backends.assistant(model).backend == f"openai/{MODEL}"


def test_the_chosen_model_writes_and_the_page_says_so(context: AppContext, server: ScriptedServer) -> None:
    context = speaking(context, server)
    talk = written(context)
    assert talk.turns[-1].answer is not None
    assert talk.turns[-1].answer.backend == f"openai/{MODEL}"
    assert f"Written by openai/{MODEL} in " in shown(talk)
    talk = written(context, EXTRACTIVE)
    assert talk.turns[-1].answer is not None
    assert talk.turns[-1].answer.backend == EXTRACTIVE
    assert "Quoted in " in shown(talk)
    assert len(server.requests) == 1


def test_what_the_abstracts_do_not_bear_out_is_marked(context: AppContext, server: ScriptedServer) -> None:
    server.script = (
        "The network has 93 million parameters [1]. <b>It</b> runs on <script>alert(1)</script> phones [99]."
    )
    html = shown(written(speaking(context, server)))
    assert 'class="unsupported"' in html
    assert "not found in the abstracts" in html
    assert "<script" not in html
    assert "<b>" not in html


def test_thinking_is_folded_and_is_no_part_of_the_answer(context: AppContext, server: ScriptedServer) -> None:
    server.script = lambda asked: iter([Thinking("Let me <i>see</i>.\nHm."), asked.quotes[0][1], " [1]."])
    html = shown(written(speaking(context, server)))
    assert '<details class="thinking"><summary>' in html
    assert "<i>" not in html
    assert "Hm." in html


def test_leaving_ends_the_request(context: AppContext, server: ScriptedServer) -> None:
    server.script = lambda asked: iter([asked.quotes[0][1], Pause(threading.Event())])
    context = speaking(context, server)
    answering = Answering(context).ask("ada", "", Turn(QUESTION), writer=chosen(context))
    for talk in answering:
        if talk.turns[-1].answer is not None and talk.turns[-1].answer.statements:
            break
    answering.close()
    assert server.ended.wait(10)


def test_stopping_ends_the_request_and_keeps_what_was_written(context: AppContext, server: ScriptedServer) -> None:
    server.script = lambda asked: iter([asked.quotes[0][1], Pause(threading.Event())])
    context = speaking(context, server)
    answering = Answering(context)
    for talk in answering.ask("ada", "", Turn(QUESTION), writer=chosen(context), page="page"):
        if talk.turns[-1].answer is not None and talk.turns[-1].answer.statements:
            answering.stop("page")
    assert server.ended.wait(10)
    (kept,) = context.store.open("ada", talk.conversation).turns
    assert kept.stopped
    assert kept.answer is not None
    assert kept.answer.statements


def test_a_model_that_fails_leaves_the_quoted_answer_and_a_word_on_why(
    context: AppContext, server: ScriptedServer
) -> None:
    server.script = "unknown_model"
    talk = written(speaking(context, server))
    answer = talk.turns[-1].answer
    assert answer is not None
    assert answer.backend == EXTRACTIVE
    assert answer.citations[0].paper.arxiv_id == "2012.12535"
    assert answer.statements[0].kind == "note"
    assert f"openai/{MODEL}" in shown(talk)
