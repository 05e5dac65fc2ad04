"""What a language model makes of a follow-up, and how it shares the time and the stop button with the answer."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from qa import Answer, Citation, Evidence, Statement
from qa.answer import Retrieved
from qa.answering.generative import GenerativeAnswerer
from qa.errors import LanguageModelError, ReplyError
from qa.llm.protocol import Delta
from tests.qa.stains import GOOD, QUESTION, REQUEST, RETRIEVED, SHOWN, STAINS, TRACKING
from tests.qa.writer import Writer

FIRST = Answer(
    "What is StainNet?",
    (Statement("We propose StainNet.", (1,)),),
    "answered",
    citations=(Citation(1, STAINS, (Evidence("We propose StainNet.", 0, 1),)),),
)


def test_the_models_question_adds_papers_behind_those_of_the_rules() -> None:
    writer = Writer(GOOD, question="How many parameters does the StainNet tracker have?")
    searched: list[str] = []

    def search(text: str) -> Sequence[Retrieved]:
        searched.append(text)
        return (RETRIEVED[1],)

    *_, given = GenerativeAnswerer(writer).stream(REQUEST, RETRIEVED[:1], None, [FIRST], search)
    assert searched == ["How many parameters does the StainNet tracker have?"]
    data = writer.given[0][1].text
    assert data.index(f"Paper [1]: {STAINS.title}") < data.index(f"Paper [2]: {TRACKING.title}")
    assert "<earlier_question>\nWhat is StainNet?\n</earlier_question>" in data
    # What a model made of the question is good for searching; what is asked of it is what the user asked.
    assert "StainNet tracker" not in data
    assert given.standalone == QUESTION
    assert given.citations[0].paper == STAINS


def test_where_the_model_cannot_say_what_a_follow_up_means_the_rules_do() -> None:
    for wrong in (ReplyError("It broke off: ask again."), "", "One line.\nTwo lines."):
        writer = Writer(GOOD, question=wrong)
        *_, given = GenerativeAnswerer(writer).stream(
            REQUEST, RETRIEVED, None, [FIRST], lambda text: pytest.fail(f"searched for {text}")
        )
        assert given.text == SHOWN


def test_a_model_that_fails_at_the_follow_up_is_not_asked_twice() -> None:
    writer = Writer(GOOD, question=LanguageModelError("Down: start it."))
    *_, given = GenerativeAnswerer(writer).stream(REQUEST, RETRIEVED, None, [FIRST], lambda _: ())
    assert given.statements[0] == Statement("Down: start it.", kind="note")
    assert (given.backend, given.outcome, writer.given) == ("extractive", "answered", [])


def test_the_follow_up_and_the_answer_share_one_clock_and_both_can_be_stopped() -> None:
    writer = Writer(GOOD, question=[Delta(), Delta("How many parameters does StainNet have?")])
    stream = GenerativeAnswerer(writer).stream(REQUEST, RETRIEVED, None, [FIRST], lambda _: ())
    assert next(stream).statements == ()
    assert not writer.closed
    stream.close()
    assert writer.closed
    assert not writer.given
    list(GenerativeAnswerer(writer).stream(REQUEST, RETRIEVED, None, [FIRST], lambda _: ()))
    first, *both = writer.since
    assert len(both) == 2
    assert first is not None
    assert both[0] == both[1]
