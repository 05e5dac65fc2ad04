"""Answer a question of the page: the answer grows, can be stopped, and is kept."""

from __future__ import annotations

import logging
import threading
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass, replace

from qa.assistant import CANDIDATES
from qa.dialog.suggestions import suggest
from qa.history.models import Turn, history
from ui.web.context import AppContext
from ui.web.model_choice import EXTRACTIVE
from vectorstore import ArxivQAError

_LOG = logging.getLogger("arxivqa.page")
_MANY = 4  # answers at once, above which nobody gets suggestions: each is tried out, which takes as long as an answer
_OURS = "Something went wrong inside arxivqa. The terminal it runs in says what."


@dataclass(frozen=True, slots=True)
class ConversationView:
    """A conversation as it stands while its last question is answered.

    Attributes:
        conversation: its id; empty where it could not be kept.
        turns: all of them, the one that is being answered last.
        done: whether that one is finished: answered, stopped or failed.
        further: questions to go on with, each of which its papers answer.
    """

    conversation: str
    turns: tuple[Turn, ...]
    done: bool = False
    further: tuple[str, ...] = ()


class Answering:
    """Answers questions, and keeps each in its conversation. May be called from several threads.

    Args:
        context: the assistants, and where conversations are kept.
    """

    def __init__(self, context: AppContext) -> None:
        self._context = context
        self._running: dict[str, threading.Event] = {}

    def ask(
        self,
        user: str,
        conversation: str,
        turn: Turn,
        number: int | None = None,
        writer: str | None = None,
        page: str = "",
    ) -> Generator[ConversationView, None, None]:
        """Answer a question; closing the iterator stops it, and keeps what there is.

        Args:
            user: who asks.
            conversation: which one goes on; empty begins one.
            turn: the question, and the filters given with it.
            number: the turn that it takes the place of, from 1; the ones after it go. None adds a turn.
            writer: what writes the answer, as the page offers it.
            page: what `stop` is to be called with.

        Yields:
            The conversation after each piece; the last is `done`.
        """
        stopped = self._running[page] = threading.Event()
        try:
            try:
                conversation, number, before = self._begin(user, conversation, turn, number)
            except ArxivQAError as error:
                yield ConversationView(conversation, (replace(turn, failure=str(error)),), done=True)
                return
            try:
                yield ConversationView(conversation, (*before, turn))
                with closing(self._answered(turn, before, writer, stopped)) as grown:
                    for turn in grown:
                        yield ConversationView(conversation, (*before, turn))
            finally:
                self._keep(user, conversation, number, settled(turn))
            yield ConversationView(conversation, (*before, turn), done=True, further=self.further((*before, turn)))
        finally:
            if self._running.get(page) is stopped:
                del self._running[page]

    def _answered(
        self, turn: Turn, before: tuple[Turn, ...], writer: str | None, stopped: threading.Event
    ) -> Generator[Turn, None, None]:
        """Yield the turn as its answer grows; the last is answered, stopped or failed."""
        if turn.failure is not None:
            return
        try:
            assistant = self._context.backends.assistant(writer)
            snapshots = assistant.stream(turn.question, history(before), turn.given, CANDIDATES, turn.dropped)
            # Closed when the user stops: a language model must not go on writing for nobody.
            with closing(snapshots):
                for snapshot in snapshots:
                    # While a model says nothing the same snapshot comes again and again, so that it can be stopped.
                    turn = replace(turn, answer=snapshot, stopped=stopped.is_set() and not snapshot.complete)
                    yield turn
                    if turn.stopped:
                        return
        except ArxivQAError as error:
            yield replace(turn, answer=None, failure=str(error))
        except Exception as error:
            _LOG.error("%s while answering: %s", type(error).__name__, error)
            _LOG.debug("where it happened", exc_info=True)
            yield replace(turn, answer=None, failure=_OURS)

    def further(self, turns: tuple[Turn, ...]) -> tuple[str, ...]:
        """Questions that the papers of the last answer answer, tried out; none while many wait for answers."""
        last = turns[-1].answer if turns else None
        if last is None or not last.complete or turns[-1].failure is not None or len(self._running) > _MANY:
            return ()
        assistant, earlier = self._context.backends.assistant(EXTRACTIVE), history(turns)
        papers = {citation.paper.arxiv_id for citation in last.citations}
        found = []
        try:
            for question in suggest(last, [turn.question for turn in turns]):
                answer = assistant.ask(question, earlier, turns[-1].given)
                if papers & {citation.paper.arxiv_id for citation in answer.citations}:
                    found.append(question)
        except ArxivQAError as error:
            _LOG.info("Nothing further is suggested: %s", error)
        return tuple(found)

    def stop(self, page: str) -> None:
        """End the answer that this page waits for, at the next piece of it."""
        running = self._running.get(page)
        if running is not None:
            running.set()

    def _keep(self, user: str, conversation: str, number: int, turn: Turn) -> None:
        try:
            self._context.store.replace(user, conversation, number, turn)
        except ArxivQAError as error:
            # Deleted in another window meanwhile, or the disk is full: the answer is shown all the same.
            _LOG.warning("An answer was not kept: %s", error)

    def _begin(self, user: str, conversation: str, turn: Turn, number: int | None) -> tuple[str, int, tuple[Turn, ...]]:
        """Keep the question before it is answered; returns the conversation, its number, and the turns before it."""
        store = self._context.store
        if not conversation:
            conversation = store.create(user)
        if number is None:
            number = store.append(user, conversation, turn)
        else:
            store.replace(user, conversation, number, turn)
        return conversation, number, store.open(user, conversation).turns[: number - 1]


def settled(turn: Turn) -> Turn:
    """Return a turn as it is kept: where nobody waited for the end of its answer, it was stopped."""
    done = turn.failure is not None or (turn.answer is not None and turn.answer.complete)
    return turn if done else replace(turn, stopped=True)
