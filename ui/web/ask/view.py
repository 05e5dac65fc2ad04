"""A conversation as the parts of the Ask page that show it."""

from __future__ import annotations

from typing import Any

import gradio as gr

from qa.history.models import Turn
from ui.web.ask import welcome
from ui.web.ask.messages import messages
from ui.web.ask.runner import Answering, ConversationView, settled
from ui.web.ask.sidebar import saved
from ui.web.ask.sources import sources
from ui.web.context import AppContext
from vectorstore import ArxivQAError, Filters


class Renderer:
    """Draws conversations as the store has them.

    Args:
        context: what the page works with.
        answering: what knows how a conversation could go on.
    """

    def __init__(self, context: AppContext, answering: Answering) -> None:
        self._context = context
        self._answering = answering

    def marked(self, user: str) -> set[tuple[str, Filters]]:
        """Return the questions that the user has saved, with their filters; `talk` marks them as such."""
        return {(question.question, question.filters) for question in self._context.store.saved_questions(user)}

    def talk(self, talk: ConversationView, marked: set[tuple[str, Filters]]) -> tuple[list[Any], str]:
        """Return the conversation, and its sources."""
        return messages(talk.turns, marked, talk.further), sources(talk.turns, talk.conversation)

    def kept(self, user: str, conversation: str) -> ConversationView:
        """Return a conversation as it was left.

        Raises:
            InputError: there is no such conversation, or it is another user's.
        """
        turns = tuple(settled(turn) for turn in self._context.store.open(user, conversation).turns)
        return ConversationView(conversation, turns, done=True, further=self._answering.further(turns))

    def chat(self, here: str, request: gr.Request) -> Any:
        """Return the open conversation again, when something about it has changed."""
        user = self._context.user(request)
        return self.talk(self.kept(user, here), self.marked(user))[0] if here else gr.skip()

    def turns(self, here: str, request: gr.Request) -> tuple[Turn, ...]:
        """Return the turns of the open conversation; the page says what is wrong with one that cannot be read."""
        try:
            return self._context.store.open(self._context.user(request), here).turns if here else ()
        except ArxivQAError as error:
            raise gr.Error(str(error), title="This cannot be done", print_exception=False) from error

    def turn(self, here: str, number: Any, request: gr.Request) -> Turn:
        """Return one turn of the open conversation, from 1."""
        turns = self.turns(here, request)
        if not isinstance(number, int) or not 0 < number <= len(turns):
            raise gr.Error("This question is not there any more. Reload the page.", print_exception=False)
        return turns[number - 1]

    def saved(self, request: gr.Request) -> str:
        """Return the saved questions in the sidebar."""
        try:
            return saved(self._context.store.saved_questions(self._context.user(request)))
        except ArxivQAError:
            return ""  # The list of conversations says what is wrong.

    def opening(self) -> welcome.Opening:
        """Return what stands on the page before the first question."""
        try:
            return welcome.opening(self._context.assistant.stats())
        except ArxivQAError as error:
            return welcome.broken(str(error))
