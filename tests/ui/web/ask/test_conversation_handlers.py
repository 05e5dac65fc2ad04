"""Conversations opened, listed, renamed, exported and deleted on the page; links of one's own and of others."""

from __future__ import annotations

import json
import re

import gradio as gr

from qa.history.models import Turn
from tests.ui.web.ask.test_handlers import LIST, Page, event
from tests.ui.web.conftest import request
from ui.web.ask.filter_form import offers, parse_filter_form
from ui.web.context import LOCAL, AppContext


def kept(context: AppContext, user: str = "ada", question: str = LIST) -> str:
    conversation = context.store.create(user)
    context.store.append(user, conversation, Turn(question, failure="The library was away."))
    return conversation


def test_a_link_opens_the_conversation_for_its_owner(context: AppContext) -> None:
    conversation = kept(context)
    _, chat, _, here, *_ = Page(context).talks.arrive(request(c=conversation))
    assert here == conversation
    assert "COVID" in str(chat.value)


def test_a_link_to_anothers_conversation_tells_no_more_than_one_to_none(context: AppContext) -> None:
    conversation = kept(context)
    told = []
    for asked in (request("bob", c=conversation), request("bob", c="0" * 32), request("ada", c="../etc/passwd")):
        _, chat, found, here, *_ = Page(context).talks.arrive(asked)
        told.append(str(chat.placeholder))
        assert (found, here) == ("", "")
    assert len(set(told)) == 1
    assert "cannot be opened" in told[0]


def test_an_address_fills_the_box_and_sets_the_papers(context: AppContext) -> None:
    box, _, _, _, _, _, narrow = Page(context).talks.arrive(request(q="What is a GAN?", only="2012.12535,2010.00067v2"))
    assert box.value == "What is a GAN?"
    assert parse_filter_form(narrow).ids == ("2012.12535", "2010.00067")
    *_, untouched = Page(context).talks.arrive(request(only="no id"))
    assert untouched == gr.skip()


def test_an_answer_that_was_never_finished_is_shown_as_stopped(context: AppContext) -> None:
    conversation = context.store.create("ada")
    context.store.append("ada", conversation, Turn(LIST))
    _, chat, *_ = Page(context).talks.open(event(id=conversation), request())
    assert "Stopped." in str(chat.value)


def test_a_conversation_is_listed_found_renamed_and_deleted(context: AppContext) -> None:
    page = Page(context)
    conversation = kept(context)
    kept(context, question="What is a GAN?")
    kept(context, user="bob", question="Bob's own")
    html = page.talks.listed("", conversation, request())
    assert html.count("<li ") == 2
    assert "Today" in html
    assert html.count("aria-current") == 1
    assert "Bob" not in html
    assert page.talks.listed("covid", "", request()).count("<li ") == 1
    assert "No conversation has these words." in page.talks.listed("zebra", "", request())
    html = page.talks.rename("", "", event(id=conversation, title="<b>Lungs</b>"), request())
    assert "&#60;b&#62;Lungs" in html
    *_, here, _, _, _ = page.talks.erase(conversation, event(id=conversation), request())
    assert here == ""
    assert page.talks.listed("", "", request()).count("<li ") == 1
    # What is gone already, in another window, is no error.
    page.talks.erase("", event(id=conversation), request())


def test_a_conversation_is_handed_over_as_a_file(context: AppContext) -> None:
    conversation = kept(context)
    page = Page(context)
    file = page.talks.export(event(id=conversation, form="markdown"), request()).props["download"]
    assert file["name"].endswith(".md")
    assert "COVID" in file["text"]
    file = page.talks.export(event(id=conversation, form="json"), request()).props["download"]
    assert json.loads(file["text"])["turns"][0]["question"] == LIST


def test_the_filters_offer_the_library(context: AppContext) -> None:
    offered = offers(context.assistant.library)
    months = [month for month, _ in offered["months"]]
    assert months == sorted(months)
    assert all(re.fullmatch(r"\d{4}-\d\d", month) for month in months)
    # Every month of the calendar between the first and the last, those without papers too.
    first, last = (12 * int(m[:4]) + int(m[5:]) for m in (months[0], months[-1]))
    assert len(months) == last - first + 1
    assert sum(count for _, count in offered["months"]) == context.assistant.stats().papers
    assert offered["categories"][0][0] == "cs.CV"


def test_the_example_questions_are_ones_the_library_answers(context: AppContext) -> None:
    offered = [example["text"] for example in Page(context).talks.offer().examples]
    assert len(offered) == 4
    for question in offered:
        assert not context.assistant.ask(question).abstained


def test_who_is_not_signed_in_is_the_local_user(context: AppContext) -> None:
    assert context.user(None) == LOCAL
    assert context.user(gr.Request(username=None)) == LOCAL
    assert context.user(request("ada")) == "ada"
