"""A conversation as the parts of the Ask page that show it."""

from __future__ import annotations

from typing import Any

import gradio as gr

from qa.conversations.turns import Turn
from ui import welcome
from ui.answering import Answering, Talk, settled
from ui.conversations import saved
from ui.desk import Desk
from ui.render import messages
from ui.sources import sources
from vectorstore import ArxivQAError


class Drawing:
    """Draws what the store has.

    Args:
        desk: what the page works with.
        answering: what knows how a conversation could go on.
    """

    def __init__(self, desk: Desk, answering: Answering) -> None:
        self._desk = desk
        self._answering = answering

    def marked(self, user: str) -> set[str]:
        """The questions that the user has saved, which `talk` marks as such."""
        return {question.question for question in self._desk.store.saved_questions(user)}

    def talk(self, talk: Talk, marked: set[str]) -> tuple[list[Any], str]:
        """The conversation, and its sources."""
        return messages(talk.turns, marked, talk.further), sources(talk.turns, talk.conversation)

    def kept(self, user: str, conversation: str) -> Talk:
        """A conversation as it was left.

        Raises:
            InputError: there is no such conversation, or it is another user's.
        """
        turns = tuple(settled(turn) for turn in self._desk.store.open(user, conversation).turns)
        return Talk(conversation, turns, done=True, further=self._answering.further(turns))

    def chat(self, here: str, request: gr.Request) -> Any:
        """The open conversation again, when something about it has changed."""
        user = self._desk.user(request)
        return self.talk(self.kept(user, here), self.marked(user))[0] if here else gr.skip()

    def turns(self, here: str, request: gr.Request) -> tuple[Turn, ...]:
        """The turns of the open conversation, for an event that needs them; what is wrong with it, the page says."""
        try:
            return self._desk.store.open(self._desk.user(request), here).turns if here else ()
        except ArxivQAError as error:
            raise gr.Error(str(error), title="This cannot be done", print_exception=False) from error

    def turn(self, here: str, number: Any, request: gr.Request) -> Turn:
        """One turn of the open conversation, from 1."""
        turns = self.turns(here, request)
        if not isinstance(number, int) or not 0 < number <= len(turns):
            raise gr.Error("This question is not there any more. Reload the page.", print_exception=False)
        return turns[number - 1]

    def saved(self, request: gr.Request) -> str:
        """The saved questions in the sidebar."""
        try:
            return saved(self._desk.store.saved_questions(self._desk.user(request)))
        except ArxivQAError:
            return ""  # The list of conversations says what is wrong.

    def opening(self) -> welcome.Opening:
        """What stands on the page before the first question."""
        try:
            return welcome.opening(self._desk.assistant.stats())
        except ArxivQAError as error:
            return welcome.broken(str(error))
