"""What the page does on each event, without a browser: a real assistant over the seeds."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from qa.assistant import open_assistant
from qa.settings import Settings
from ui.page import Page
from vectorstore import Filters

QUESTION = "Which papers detect COVID-19 in chest X-rays?"


@pytest.fixture(scope="module")
def page(seeds_library: Path) -> Iterator[Page]:
    with open_assistant(seeds_library) as assistant:
        yield Page(assistant, Settings())


def test_an_answer_grows_and_never_takes_back(page: Page) -> None:
    replies = [turns[-1].answer for *_, turns in page.ask(QUESTION, ())]
    written = [answer.statements for answer in replies if answer is not None]
    assert len(written) > 2
    assert all(later[: len(earlier)] == earlier for earlier, later in pairwise(written))
    assert replies[-1] is not None
    assert replies[-1].complete


def test_a_blank_question_changes_nothing(page: Page) -> None:
    (only,) = page.ask(" \n ", ())
    assert all(update["__type__"] == "update" and len(update) == 1 for update in only)


def test_a_stopped_answer_stays_and_is_not_history(page: Page) -> None:
    answering = page.ask(QUESTION, ())
    pieces = [next(answering) for _ in range(3)]
    answering.close()
    _, messages, _, turns = page.stop(pieces[-1][3])
    assert turns[-1].stopped
    assert "Stopped." in messages[-1]["content"]
    *_, last = page.ask("How many parameters does the stain normalization network have?", turns)
    assert last[3][-1].answer.citations[0].paper.arxiv_id == "2012.12535"


def test_stopping_what_is_done_leaves_it_as_it_is(page: Page) -> None:
    *_, (_, messages, _, turns) = page.ask(QUESTION, ())
    assert page.stop(turns)[1] == messages


def test_the_example_questions_are_ones_the_library_answers(page: Page) -> None:
    chat = page.offer()
    offered = [example["text"] for example in chat.examples]
    assert len(offered) == 4
    for question in offered:
        *_, last = page.ask(question, ())
        assert not last[3][-1].answer.abstained


def test_a_filter_that_is_taken_off_is_asked_without_and_can_be_put_back(page: Page) -> None:
    question = "Which papers on segmentation were listed in November 2020, but not surveys?"
    *_, (*_, asked) = page.ask(question, ())
    chips = page.understood(asked)
    listed, without = "listed from 1 November 2020 to 30 November 2020", "without “surveys”"
    assert (chips.value, [name for name, _ in chips.choices], chips.visible) == (
        [listed, without],
        [listed, without],
        True,
    )

    *_, (*_, fewer) = page.ask_again([without], asked)
    assert len(fewer) == 1
    assert fewer[0].answer.filters == Filters(without=("surveys",))
    chips = page.understood(fewer)
    assert (chips.value, [name for name, _ in chips.choices]) == ([without], [listed, without])

    *_, (*_, again) = page.ask_again([listed, without], fewer)
    assert again[0].answer.filters == asked[0].answer.filters


def test_a_question_without_filters_shows_no_chips(page: Page) -> None:
    *_, (*_, turns) = page.ask(QUESTION, ())
    assert not page.understood(turns).visible
    assert not page.understood(()).visible
