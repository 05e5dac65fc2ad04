"""The Ask page: what stands where, and which event leads to what. What happens then is in `ui.web.ask.handlers` and
`ui.web.ask.conversation_handlers`.
"""

from __future__ import annotations

from typing import Any

import gradio as gr

from ui.web.ask import filter_form
from ui.web.ask.conversation_handlers import TalkEvents
from ui.web.ask.handlers import LONGEST, AskEvents
from ui.web.ask.runner import Answering
from ui.web.ask.sidebar import OVERLAYS
from ui.web.ask.view import Renderer
from ui.web.context import AppContext
from ui.web.layout import page_layout, plain

# The page's own buttons reach Python through one part of it, whose value is the id of the open conversation.
# Gradio takes the names of its events from the words in quotes.
_BRIDGE = """
arxivqa.send = (name, data) => trigger(name, data);
watch("value", () => arxivqa.moved(props.value));
watch("download", () => arxivqa.download(props.download));
// "again" "edit" "leave" "suggested" "up" "down" "save" "forget" "drop" "saved" "open" "rename" "erase" "export"
"""


class AskPage:
    """The page that answers questions.

    Args:
        context: what it works with.
    """

    def __init__(self, context: AppContext) -> None:
        self._backends = context.backends
        answering = Answering(context)
        self._drawing = Renderer(context, answering)
        self.asks = AskEvents(context, answering, self._drawing)
        self.talks = TalkEvents(context, self._drawing)

    def build(self) -> None:
        """Lay the page out, inside the context of its route."""
        opening = self._drawing.opening()
        with page_layout("Ask", sidebar=True):
            writer = gr.Dropdown(
                self._backends.offered(),
                value=self._backends.first,
                elem_id="writer",
                label="Answers written by",
                show_label=False,
                container=False,
                filterable=False,
                interactive=True,
                visible=opening.ready,
            )
        with gr.Row(elem_id="work"):
            with gr.Column(elem_id="side"):
                fresh = gr.Button("New conversation", elem_id="fresh", size="sm")
                search = gr.Textbox(
                    elem_id="search",
                    label="Search conversations",
                    show_label=False,
                    container=False,
                    placeholder="Search",
                    max_lines=1,
                    max_length=200,
                )
                listed = plain("listing")
                kept = plain("saved")
            with gr.Column(elem_id="talk", scale=3):
                chat = gr.Chatbot(
                    elem_id="chat",
                    label="Conversation",
                    show_label=False,
                    container=False,
                    placeholder=opening.words,
                    height=None,
                    layout="panel",
                    buttons=[],
                    feedback_options=None,
                    autoscroll=False,  # page.js keeps the question in view instead of running after the text
                    sanitize_html=True,
                    allow_tags=False,
                    latex_delimiters=[],
                    group_consecutive_messages=False,
                    allow_file_downloads=False,
                )
                with gr.Column(elem_id="composer"):
                    changing = plain("changing")
                    narrowed = gr.CheckboxGroup(
                        elem_id="filters", label="Only papers", container=False, visible=False, interactive=True
                    )
                    narrow = filter_form.form()
                    box = gr.Textbox(
                        elem_id="box",
                        show_label=False,
                        label="Your question",
                        container=False,
                        placeholder="Ask about the papers",
                        lines=1,
                        max_lines=8,
                        max_length=LONGEST,
                        autofocus=True,
                        submit_btn="Ask",
                        stop_btn=False,
                        visible=opening.ready,
                    )
            found = gr.Markdown(elem_id="sources", sanitize_html=True, latex_delimiters=[])
        plain("overlays", OVERLAYS)
        here = gr.HTML("", js_on_load=_BRIDGE, download=None, visible="hidden", elem_id="bridge")
        number = gr.State(0)  # of the question that is being changed; 0 for none

        asks, talks = self.asks, self.talks
        private: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
        quick: dict[str, Any] = {**private, "queue": False}
        answered = [box, chat, found, here, number, changing]
        asking = [
            box.submit(asks.ask, [box, here, number, writer, narrow], answered, **private),
            chat.example_select(asks.ask_example, [here, writer, narrow], answered, **private),
            here.suggested(asks.ask_suggested, [here, writer, narrow], answered, **private),
            here.saved(asks.ask_saved, [writer], answered, **private),
            here.again(asks.again, [here, writer], answered, **private),
            # A chip that is taken off, or put back, asks the last question again.
            narrowed.input(asks.narrower, [narrowed, here, writer], answered, **private),
        ]
        box.stop(asks.stop, None, None, **quick)

        # Servers of this machine are asked for their models when someone opens the choice, not before.
        writer.focus(talks.look, None, writer, **private)
        here.edit(asks.edit, [here], [box, number, changing, narrow], **quick)
        here.leave(asks.leave, None, [box, number, changing], **quick)
        for name, rating in (("up", asks.up), ("down", asks.down)):
            getattr(here, name)(rating, [here], chat, **quick)
        here.save(asks.save, [here], [chat, kept], **quick)
        here.forget(asks.forget, [here], [chat, kept], **quick)
        here.drop(asks.drop, [here], [chat, kept], **quick)
        here.export(talks.export, None, here, **quick)
        search.input(talks.listed, [search, here], listed, trigger_mode="always_last", **quick)
        here.rename(talks.rename, [search, here], listed, **quick)

        opened = [*answered, narrow]
        arrived = gr.on(None, talks.arrive, None, opened, **private)
        turned = [
            here.open(talks.open, None, opened, cancels=asking, **quick),
            fresh.click(talks.fresh, None, opened, cancels=asking, **quick),
            here.erase(talks.erase, [here], opened, cancels=asking, **quick),
        ]
        for event in (*asking, *turned, arrived):
            event.then(talks.around, [search, here], [narrowed, listed, kept], **quick)
        # The examples come last: working them out may take a moment, an empty conversation must not.
        for event in (arrived, *turned):
            event.then(talks.offer, None, chat, **private)
        arrived.then(talks.narrows, None, narrow, **private)
