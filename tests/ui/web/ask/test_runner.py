"""Questions asked on a context, without a page: what is answered, what is stopped, and what is kept of it."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest

from qa.history.models import Turn
from tests.qa.llm.scripted_server import Pause, ScriptedServer
from tests.ui.web.test_model_choice import chosen, speaking
from ui.web.ask.runner import Answering, ConversationView
from ui.web.context import AppContext
from vectorstore import Filters

LIST = "Which papers detect COVID-19 in chest X-rays?"
QUESTION = "How many parameters does the stain normalization network have?"


@pytest.fixture
def answering(context: AppContext) -> Answering:
    return Answering(context)


def asked(answering: Answering, question: str, conversation: str = "", **more: object) -> ConversationView:
    *_, last = answering.ask("ada", conversation, Turn(question), **more)  # type: ignore[arg-type]
    return last


def test_an_answer_grows_and_never_takes_back(answering: Answering) -> None:
    replies = [talk.turns[-1].answer for talk in answering.ask("ada", "", Turn(LIST))]
    written = [answer.statements for answer in replies if answer is not None]
    assert len(written) > 2
    assert all(later[: len(earlier)] == earlier for earlier, later in pairwise(written))
    assert replies[-1] is not None
    assert replies[-1].complete


def test_what_is_asked_is_kept_with_its_answer(answering: Answering, context: AppContext) -> None:
    first = asked(answering, LIST)
    second = asked(answering, QUESTION, first.conversation)
    assert context.store.open("ada", first.conversation).turns == second.turns
    assert [turn.question for turn in second.turns] == [LIST, QUESTION]


def test_a_question_is_kept_before_it_is_answered(answering: Answering, context: AppContext) -> None:
    answers = answering.ask("ada", "", Turn(LIST))
    begun = next(answers)
    assert [turn.question for turn in context.store.open("ada", begun.conversation).turns] == [LIST]
    answers.close()


def test_an_answer_that_is_stopped_stays_as_far_as_it_got(answering: Answering, context: AppContext) -> None:
    answers = answering.ask("ada", "", Turn(LIST), page="here")
    next(answers), next(answers)
    answering.stop("elsewhere")
    next(answers)
    answering.stop("here")
    *_, last = answers
    assert last.done
    assert last.turns[-1].stopped
    assert last.turns[-1].answer is not None
    assert context.store.open("ada", last.conversation).turns == last.turns
    # It is no history: the next question finds its own paper.
    after = asked(answering, QUESTION, last.conversation)
    assert after.turns[-1].answer is not None
    assert after.turns[-1].answer.citations[0].paper.arxiv_id == "2012.12535"


def test_who_leaves_while_it_is_written_finds_what_there_was(answering: Answering, context: AppContext) -> None:
    answers = answering.ask("ada", "", Turn(LIST))
    next(answers), next(answers)
    seen = next(answers)
    answers.close()
    (kept,) = context.store.open("ada", seen.conversation).turns
    assert kept.stopped
    assert kept.answer == seen.turns[-1].answer


def test_a_question_asked_in_anothers_place_takes_the_later_ones_with_it(
    answering: Answering, context: AppContext
) -> None:
    talk = asked(answering, LIST)
    asked(answering, "Which papers use graph neural networks?", talk.conversation)
    changed = asked(answering, QUESTION, talk.conversation, number=1)
    assert [turn.question for turn in changed.turns] == [QUESTION]
    assert context.store.open("ada", talk.conversation).turns == changed.turns


def test_another_users_conversation_is_not_gone_on_with(answering: Answering, context: AppContext) -> None:
    talk = asked(answering, LIST)
    *_, refused = answering.ask("bob", talk.conversation, Turn(QUESTION))
    assert "no such conversation" in (refused.turns[-1].failure or "")
    assert context.store.open("ada", talk.conversation).turns == talk.turns


def test_filters_beside_the_question_are_used_and_kept(answering: Answering, context: AppContext) -> None:
    given = Filters(ids=("2012.12535",))
    *_, talk = answering.ask("ada", "", Turn(LIST, given=given))
    assert talk.turns[0].answer is not None
    assert {found.paper.arxiv_id for found in talk.turns[0].answer.retrieved} <= {"2012.12535"}
    assert context.store.open("ada", talk.conversation).turns[0].given == given


def test_what_is_suggested_is_answered_from_the_same_papers(answering: Answering) -> None:
    talk = asked(answering, LIST)
    assert talk.further
    assert talk.turns[-1].answer is not None
    papers = {citation.paper.arxiv_id for citation in talk.turns[-1].answer.citations}
    for question in talk.further:
        answer = asked(answering, question, talk.conversation).turns[-1].answer
        assert answer is not None
        assert papers & {citation.paper.arxiv_id for citation in answer.citations}


def test_thirty_conversations_at_once_are_each_answered_and_kept_apart(
    answering: Answering, context: AppContext
) -> None:
    questions = [QUESTION, LIST, "Which papers use graph neural networks?"] * 10

    def ask(place: int) -> ConversationView:
        return asked(answering, questions[place], page=str(place))

    with ThreadPoolExecutor(len(questions)) as visitors:
        talks = list(visitors.map(ask, range(len(questions))))
    assert len({talk.conversation for talk in talks}) == len(questions)
    for question, talk in zip(questions, talks, strict=True):
        (turn,) = context.store.open("ada", talk.conversation).turns
        assert turn.question == question
        assert turn.answer is not None
        assert not turn.answer.abstained


def test_a_slow_model_keeps_nobody_else_waiting(context: AppContext) -> None:
    with ScriptedServer("cites_well") as server:
        silence = threading.Event()
        server.script = lambda asked: iter([asked.quotes[0][1], Pause(silence)])
        slow = speaking(context, server)
        answering = Answering(slow)
        answers = answering.ask("bob", "", Turn(QUESTION), writer=chosen(slow), page="slow")
        for talk in answers:
            if talk.turns[-1].answer is not None and talk.turns[-1].answer.statements:
                break
        quick = asked(answering, LIST, page="quick")
        assert quick.done
        assert quick.turns[-1].answer is not None
        answers.close()
