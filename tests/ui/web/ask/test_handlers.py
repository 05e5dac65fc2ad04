"""What the Ask page does on each event, without a browser: a real assistant over the seeds, a real store."""

from __future__ import annotations

from typing import Any

import gradio as gr
import pytest

from tests.ui.web.conftest import request
from ui.web.ask.conversation_handlers import TalkEvents
from ui.web.ask.handlers import AskEvents
from ui.web.ask.runner import Answering
from ui.web.ask.view import Renderer
from ui.web.context import AppContext
from vectorstore import Filters

LIST = "Which papers detect COVID-19 in chest X-rays?"


class Page:
    """The events of one open page, and the conversation that it shows."""

    def __init__(self, context: AppContext) -> None:
        answering = Answering(context)
        drawing = Renderer(context, answering)
        self.asks = AskEvents(context, answering, drawing)
        self.talks = TalkEvents(context, drawing)
        self.here = ""
        self.chat: list[dict[str, str]] = []

    def ask(self, question: str, number: int = 0, narrow: str = "") -> None:
        self.draw(self.asks.ask(question, self.here, number, None, narrow, request()))

    def draw(self, updates: Any) -> None:
        for _, chat, _, self.here, _, _ in updates:
            self.chat = chat if isinstance(chat, list) else self.chat


@pytest.fixture
def page(context: AppContext) -> Page:
    return Page(context)


def event(**sent: object) -> gr.EventData:
    return gr.EventData(None, sent)


def test_a_blank_question_changes_nothing(page: Page, context: AppContext) -> None:
    (only,) = page.asks.ask(" \n ", "", 0, None, "", request())
    assert all(update["__type__"] == "update" and len(update) == 1 for update in only)
    assert not context.store.conversations("ada")


def test_a_filter_of_the_question_that_is_taken_off_is_asked_without_and_can_be_put_back(
    page: Page, context: AppContext
) -> None:
    page.ask("Which papers on segmentation were listed in November 2020, but not surveys?")
    listed, without = "listed from 1 November 2020 to 30 November 2020", "without “surveys”"
    chips, *_ = page.talks.around("", page.here, request())
    assert (chips.value, [name for name, _ in chips.choices], chips.visible) == (
        [listed, without],
        [listed, without],
        True,
    )

    page.draw(page.asks.narrower([without], page.here, None, request()))
    (turn,) = context.store.open("ada", page.here).turns
    assert turn.answer is not None
    assert turn.answer.filters == Filters(without=("surveys",))
    chips, *_ = page.talks.around("", page.here, request())
    assert (chips.value, [name for name, _ in chips.choices]) == ([without], [listed, without])

    page.draw(page.asks.narrower([listed, without], page.here, None, request()))
    (turn,) = context.store.open("ada", page.here).turns
    assert turn.answer is not None
    assert turn.answer.filters.since is not None


def test_what_was_set_beside_the_question_is_no_chip_of_what_it_says(page: Page) -> None:
    page.ask("Which papers on segmentation in cs.CV are there, but not surveys?", narrow='{"categories": ["cs.CV"]}')
    chips, *_ = page.talks.around("", page.here, request())
    assert [name for name, _ in chips.choices] == ["without “surveys”"]


def test_a_question_without_filters_shows_no_chips(page: Page) -> None:
    page.ask(LIST)
    assert not page.talks.around("", page.here, request())[0].visible
    assert not page.talks.around("", "", request())[0].visible


def test_filters_that_cannot_be_read_are_told_in_the_answers_place(page: Page) -> None:
    page.ask(LIST, narrow='{"ids": ["not an id"]}')
    assert "not an id" in page.chat[-1]["content"]


def test_a_question_is_put_back_into_the_box_with_its_filters(page: Page) -> None:
    page.ask(LIST, narrow='{"categories": ["cs.CV"]}')
    page.ask("Which papers use graph neural networks?")
    box, number, note, narrow = page.asks.edit(page.here, event(turn=1), request())
    assert (box, number, narrow) == (LIST, 1, '{"categories": ["cs.CV"]}')
    assert "the question after it goes" in note


def test_asking_again_keeps_the_conversation_up_to_there(page: Page, context: AppContext) -> None:
    page.ask(LIST)
    page.ask("Which papers use graph neural networks?")
    page.draw(page.asks.again(page.here, None, event(turn=1), request()))
    assert [turn.question for turn in context.store.open("ada", page.here).turns] == [LIST]


def test_a_rating_is_kept_and_a_second_click_takes_it_back(page: Page, context: AppContext) -> None:
    page.ask(LIST)
    ratings = []
    for rate in (page.asks.up, page.asks.down, page.asks.down):
        rate(page.here, event(turn=1), request())
        ratings.append(context.store.open("ada", page.here).turns[0].rating)
    assert ratings == ["up", "down", None]


def test_a_question_is_saved_with_its_filters_asked_again_and_forgotten(page: Page, context: AppContext) -> None:
    page.ask(LIST, narrow='{"categories": ["cs.CV"]}')
    chat, kept = page.asks.save(page.here, event(turn=1), request())
    assert 'name="forget"' in chat[-1]["content"]
    assert "/papers?new=1" in kept
    (saved,) = context.store.saved_questions("ada")
    assert (saved.question, saved.filters) == (LIST, Filters(categories=("cs.CV",)))
    before = page.here
    page.draw(page.asks.ask_saved(None, event(id=saved.id), request()))
    assert page.here != before
    assert context.store.open("ada", page.here).turns[0].given == saved.filters
    chat, kept = page.asks.forget(page.here, event(turn=1), request())
    assert 'name="save"' in chat[-1]["content"]
    assert kept == ""
    assert not context.store.saved_questions("ada")


def test_forgetting_a_saved_question_keeps_the_same_words_with_other_filters(page: Page, context: AppContext) -> None:
    everywhere = context.store.save_question("ada", LIST)
    page.ask(LIST, narrow='{"categories": ["cs.CV"]}')
    chat, _ = page.asks.save(page.here, event(turn=1), request())
    assert 'name="forget"' in chat[-1]["content"]
    chat, _ = page.asks.forget(page.here, event(turn=1), request())
    assert 'name="save"' in chat[-1]["content"]  # what is still saved is another question
    assert [kept.id for kept in context.store.saved_questions("ada")] == [everywhere]


def test_a_turn_that_is_not_there_is_told_in_words(page: Page) -> None:
    page.ask(LIST)
    for number in (0, 2, "1", None):
        with pytest.raises(gr.Error, match="not there any more"):
            page.asks.up(page.here, event(turn=number), request())
    with pytest.raises(gr.Error, match="no such conversation"):
        page.asks.up(page.here, event(turn=1), request("bob"))
