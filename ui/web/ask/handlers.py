"""What happens on the Ask page when something is asked, and with the answers: each method is one event."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import gradio as gr

from qa.history.models import Rating, Turn
from ui.web.ask import filter_form
from ui.web.ask.filter_chips import dropped
from ui.web.ask.messages import changing
from ui.web.ask.runner import Answering
from ui.web.ask.view import Renderer
from ui.web.context import AppContext
from vectorstore import InputError

# A pasted page is not a question; the assistant itself takes this much.
LONGEST = 10_000
_PAUSE = 0.05  # seconds between two drawings of a growing answer

Update = tuple[Any, ...]


class AskEvents:
    """What becomes of the page. A method that answers yields, in this order, the question box, the conversation, its
    sources, the conversation's id, the number of the question that is being changed, and the note on that.

    Args:
        context: what the page works with.
        answering: what answers.
        drawing: what draws conversations.
    """

    def __init__(self, context: AppContext, answering: Answering, drawing: Renderer) -> None:
        self._context = context
        self._answering = answering
        self._drawing = drawing

    def ask(
        self, question: str, here: str, number: int, writer: str | None, narrow: str, request: gr.Request
    ) -> Iterator[Update]:
        """Answer a question, as an addition to the conversation or in the place of the one that is being changed."""
        question = (question or "").strip()[:LONGEST]
        if not question:
            yield (gr.skip(),) * 6
            return
        yield from self._answer(_turn(question, narrow), here, number or None, writer, request, clear=True)

    def ask_example(
        self, here: str, writer: str | None, narrow: str, event: gr.SelectData, request: gr.Request
    ) -> Iterator[Update]:
        """Ask the example question that was clicked."""
        yield from self._answer(_turn(event.value["text"], narrow), here, None, writer, request)

    def ask_suggested(
        self, here: str, writer: str | None, narrow: str, event: gr.EventData, request: gr.Request
    ) -> Iterator[Update]:
        """Ask the suggestion that was clicked."""
        yield from self._answer(_turn(str(event.question)[:LONGEST], narrow), here, None, writer, request)

    def ask_saved(self, writer: str | None, event: gr.EventData, request: gr.Request) -> Iterator[Update]:
        """Ask a saved question again, with its filters, in a conversation of its own."""
        for question in self._context.store.saved_questions(self._context.user(request)):
            if question.id == event.id:
                yield from self._answer(Turn(question.question, given=question.filters), "", None, writer, request)

    def again(self, here: str, writer: str | None, event: gr.EventData, request: gr.Request) -> Iterator[Update]:
        """Ask a question of the conversation again, as it was asked."""
        old = self._drawing.turn(here, event.turn, request)
        turn = Turn(old.question, given=old.given, dropped=old.dropped)
        yield from self._answer(turn, here, event.turn, writer, request)

    def narrower(self, kept: list[str], here: str, writer: str | None, request: gr.Request) -> Iterator[Update]:
        """Ask the last question again, understanding only those of its filters that are kept."""
        turns = self._drawing.turns(here, request)
        if not turns:
            yield (gr.skip(),) * 6
            return
        turn = Turn(turns[-1].question, given=turns[-1].given, dropped=dropped(turns[-1], kept))
        yield from self._answer(turn, here, len(turns), writer, request)

    def stop(self, request: gr.Request) -> None:
        """Leave the answer that is being written as far as it got."""
        self._answering.stop(_page(request))

    def _answer(
        self,
        turn: Turn,
        here: str,
        number: int | None,
        writer: str | None,
        request: gr.Request,
        *,
        clear: bool = False,
    ) -> Iterator[Update]:
        user = self._context.user(request)
        marked = self._drawing.marked(user)  # once, and not at each drawing of an answer that grows
        typed: dict[str, Any] = {"value": ""} if clear else {}
        box = gr.Textbox(submit_btn=False, stop_btn="Stop", **typed)
        drawn: tuple[Any, Any] = (None, "")
        at = 0.0
        for talk in self._answering.ask(user, here, turn, number, writer, _page(request)):
            answer = talk.turns[-1].answer
            # No eye follows faster, and each drawing takes as long as a small answer.
            if answer is not None and not answer.complete and not talk.done and time.monotonic() - at < _PAUSE:
                continue
            at = time.monotonic()
            now = self._drawing.talk(talk, marked)
            if talk.done:
                box = gr.Textbox(submit_btn="Ask", stop_btn=False)
            # What stands on the page already is not drawn again.
            changed = (gr.skip() if new == old else new for new, old in zip(now, drawn, strict=True))
            yield box, *changed, talk.conversation, 0, ""
            drawn, box = now, gr.skip()

    def edit(self, here: str, event: gr.EventData, request: gr.Request) -> Update:
        """Put a question back into the box, to be asked in another form."""
        turn = self._drawing.turn(here, event.turn, request)
        after = len(self._drawing.turns(here, request)) - event.turn
        return turn.question, event.turn, changing(event.turn, after), filter_form.write(turn.given)

    def leave(self) -> Update:
        """Leave a question as it was."""
        return "", 0, ""

    def up(self, here: str, event: gr.EventData, request: gr.Request) -> Any:
        """Keep that an answer was useful, or take that back."""
        return self._rated(here, event.turn, "up", request)

    def down(self, here: str, event: gr.EventData, request: gr.Request) -> Any:
        """Keep that an answer was not useful, or take that back."""
        return self._rated(here, event.turn, "down", request)

    def _rated(self, here: str, number: int, rating: Rating, request: gr.Request) -> Any:
        turn = self._drawing.turn(here, number, request)
        self._context.store.rate(self._context.user(request), here, number, None if turn.rating == rating else rating)
        return self._drawing.chat(here, request)

    def save(self, here: str, event: gr.EventData, request: gr.Request) -> Update:
        """Keep a question, to be asked again when papers come."""
        turn = self._drawing.turn(here, event.turn, request)
        self._context.store.save_question(self._context.user(request), turn.question, turn.given)
        return self._drawing.chat(here, request), self._drawing.saved(request)

    def forget(self, here: str, event: gr.EventData, request: gr.Request) -> Update:
        """Forget the saved question that an answer belongs to."""
        turn, user = self._drawing.turn(here, event.turn, request), self._context.user(request)
        for kept in self._context.store.saved_questions(user):
            if (kept.question, kept.filters) == (turn.question, turn.given):
                self._context.store.forget_question(user, kept.id)
        return self._drawing.chat(here, request), self._drawing.saved(request)

    def drop(self, here: str, event: gr.EventData, request: gr.Request) -> Update:
        """Forget a saved question of the sidebar."""
        self._context.store.forget_question(self._context.user(request), str(event.id))
        return self._drawing.chat(here, request), self._drawing.saved(request)


def _turn(question: str, narrow: str) -> Turn:
    try:
        return Turn(question, given=filter_form.parse_filter_form(narrow))
    except InputError as error:
        return Turn(question, failure=str(error))


def _page(request: gr.Request | None) -> str:
    return str(request.session_hash) if request is not None else ""
