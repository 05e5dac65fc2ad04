"""What happens on the Ask page around conversations, and what it offers: each method is one event."""

from __future__ import annotations

import logging
import threading
import time
from datetime import UTC, datetime
from typing import Any

import gradio as gr

from qa.export.conversations import export
from ui.web.ask import filter_form, welcome
from ui.web.ask.filter_chips import chips
from ui.web.ask.sidebar import listing
from ui.web.ask.view import Renderer
from ui.web.context import AppContext
from ui.web.model_choice import EXTRACTIVE
from vectorstore import ArxivQAError, Filters, InputError

_LOG = logging.getLogger("arxivqa.page")

# As in the address: what is longer is no question that somebody would link to.
_LONGEST = 2_000

Update = tuple[Any, ...]


class TalkEvents:
    """What becomes of the page. A method that opens returns, in this order, the question box, the conversation, its
    sources, its id, the number of the question that is being changed, the note on that, and the filters.

    Args:
        context: what the page works with.
        drawing: what draws conversations.
    """

    def __init__(self, context: AppContext, drawing: Renderer) -> None:
        self._context = context
        self._drawing = drawing
        self._examples: tuple[int, list[str]] = (-1, [])
        self._working_out_examples = threading.Lock()

    def arrive(self, request: gr.Request) -> Update:
        """Show what the address asks for: a conversation, a question to be asked, or only some papers."""
        asked = dict(request.query_params)
        if conversation := asked.get("c"):
            return self._opened(conversation, request)
        opening = self._drawing.opening()
        # What a quick visitor has typed already is left alone.
        box = {"value": asked["q"][:_LONGEST]} if asked.get("q") else {}
        given = gr.skip()
        try:
            if only := [part for part in asked.get("only", "").split(",") if part.strip()]:
                given = filter_form.write(Filters(ids=tuple(only)))
        except InputError as error:
            _LOG.info("An address asks for papers that are none: %s", error)
        return (
            gr.Textbox(visible=opening.ready, **box),
            gr.Chatbot(placeholder=opening.words),
            *(gr.skip(),) * 4,
            given,
        )

    def open(self, event: gr.EventData, request: gr.Request) -> Update:
        """Open a conversation of the sidebar."""
        return self._opened(str(event.id), request)

    def fresh(self) -> Update:
        """Start an empty conversation over the library as it is now."""
        opening = self._drawing.opening()
        return (
            gr.Textbox(value="", submit_btn="Ask", stop_btn=False, visible=opening.ready),
            gr.Chatbot(value=[], placeholder=opening.words),
            "",
            "",
            0,
            "",
            "",
        )

    def erase(self, here: str, event: gr.EventData, request: gr.Request) -> Update:
        """Delete a conversation; the page becomes empty where it was the open one."""
        try:
            self._context.store.delete(self._context.user(request), str(event.id))
        except InputError as error:
            _LOG.info("Nothing was deleted: %s", error)  # It is gone already, which is what was wanted.
        return self.fresh() if event.id == here else (gr.skip(),) * 7

    def rename(self, search: str, here: str, event: gr.EventData, request: gr.Request) -> str:
        """Give a conversation another title."""
        self._context.store.rename(self._context.user(request), str(event.id), str(event.title))
        return self.listed(search, here, request)

    def export(self, event: gr.EventData, request: gr.Request) -> Any:
        """Hand a conversation to the browser as a file."""
        file = export(self._context.store.open(self._context.user(request), str(event.id)), str(event.form))
        # Stamped, because the browser takes the same file twice for no news.
        return gr.HTML(download={"name": file.name, "media": file.media, "text": file.text, "stamp": time.time_ns()})

    def listed(self, search: str, here: str, request: gr.Request) -> str:
        """Return the conversations in the sidebar that have the words."""
        try:
            found = self._context.store.conversations(self._context.user(request), search or "")
        except ArxivQAError as error:
            return welcome.unlisted(str(error))
        return listing(found, here, datetime.now(UTC).date(), search=search or "")

    def around(self, search: str, here: str, request: gr.Request) -> Update:
        """Return what stands around a conversation when it has changed: the chips, the list, the saved questions."""
        try:
            turns = self._context.store.open(self._context.user(request), here).turns if here else ()
        except ArxivQAError:
            turns = ()  # What is wrong with it stands where the conversation would.
        choices, on = chips(turns)
        boxes = gr.CheckboxGroup(choices=choices, value=on, visible=bool(choices))
        return boxes, self.listed(search, here, request), self._drawing.saved(request)

    def _opened(self, conversation: str, request: gr.Request) -> Update:
        user = self._context.user(request)
        opening = self._drawing.opening()
        try:
            talk = self._drawing.kept(user, conversation)
            shown, found = self._drawing.talk(talk, self._drawing.marked(user))
        except ArxivQAError as error:
            box, _, *rest = self.fresh()
            return box, gr.Chatbot(value=[], placeholder=welcome.elsewhere(str(error))), *rest
        return (
            gr.Textbox(submit_btn="Ask", stop_btn=False, visible=opening.ready),
            gr.Chatbot(value=shown, placeholder=opening.words),
            found,
            conversation,
            0,
            "",
            filter_form.write(talk.turns[-1].given) if talk.turns else "",
        )

    def look(self) -> Any:
        """Offer the language models that this machine has."""
        return gr.Dropdown(choices=self._context.backends.look())

    def narrows(self) -> Any:
        """Offer the months and the categories of the library as filters."""
        try:
            return gr.HTML(**filter_form.offers(self._context.assistant.library))
        except ArxivQAError as error:
            _LOG.warning("No filters are offered: %s", error)
            return gr.skip()

    def offer(self) -> gr.Chatbot:
        """Offer questions to start with."""
        try:
            offered = self.warm()
        except Exception as error:
            _LOG.error("%s while working out example questions: %s", type(error).__name__, error)
            offered = []  # A page without them is still a page.
        return gr.Chatbot(examples=[{"text": text} for text in offered])

    def warm(self) -> list[str]:
        """Load the model and return the example questions, worked out again only when the library has changed."""
        opening = self._drawing.opening()
        if not opening.ready:
            return []
        with self._working_out_examples:
            if self._examples[0] != opening.generation:
                self._examples = (opening.generation, welcome.examples(self._context.backends.assistant(EXTRACTIVE)))
            return self._examples[1]
