"""The page: what stands where, and what happens on each event. Its HTML is made elsewhere."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr

from ui import welcome
from ui.backends import EXTRACTIVE, Backends
from ui.chips import chips, dropped
from ui.examples import examples
from ui.render import messages
from ui.sources import sources
from ui.theme import theme
from ui.turns import Turn, history
from vectorstore import ArxivQAError

if TYPE_CHECKING:
    from qa.assistant import Assistant
    from qa.settings import Settings

_LOG = logging.getLogger("arxivqa.page")
_HERE = Path(__file__).parent

# A pasted page is not a question; the assistant itself takes this much.
_LONGEST = 10_000

Turns = tuple[Turn, ...]


class Page:
    """The page over one library.

    Args:
        assistant: what answers until a visitor chooses something else.
        settings: for the language models that can be chosen.

    Attributes:
        theme: for `launch`.
        head: the stylesheet and the script, inlined, for `launch`.
    """

    def __init__(self, assistant: Assistant, settings: Settings) -> None:
        self._assistant = assistant
        self._backends = Backends(assistant, settings)
        self._examples: tuple[int, list[str]] = (-1, [])
        self._working_out_examples = threading.Lock()
        self.theme = theme()
        style, script = ((_HERE / name).read_text(encoding="utf-8") for name in ("style.css", "page.js"))
        self.head = f"{welcome.ICON}<style>{style}</style><script>{script}</script>"

    def blocks(self) -> gr.Blocks:
        """Return the page, ready to launch."""
        blocks: gr.Blocks
        with gr.Blocks(title="arxivqa", fill_width=True, analytics_enabled=False) as blocks:
            opening = self._opening()
            turns = gr.State(())
            with gr.Row(elem_id="top"):
                header = gr.Markdown(opening.header, elem_id="brand", sanitize_html=True, latex_delimiters=[])
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
                fresh = gr.Button("New conversation", elem_id="fresh", size="sm", scale=0)
            with gr.Row(elem_id="work"):
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
                    narrowed = gr.CheckboxGroup(
                        elem_id="filters", label="Only papers", container=False, visible=False, interactive=True
                    )
                    box = gr.Textbox(
                        elem_id="box",
                        show_label=False,
                        label="Your question",
                        container=False,
                        placeholder="Ask about the papers",
                        lines=1,
                        max_lines=8,
                        max_length=_LONGEST,
                        autofocus=True,
                        submit_btn="Ask",
                        stop_btn=False,
                        visible=opening.ready,
                    )
                found = gr.Markdown(elem_id="sources", sanitize_html=True, latex_delimiters=[])

            outputs = [box, chat, found, turns]
            private: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
            asked = box.submit(self.ask, [box, turns, writer], outputs, **private)
            picked = chat.example_select(self.ask_example, [turns, writer], outputs, **private)
            # A chip that is taken off, or put back, asks the last question again.
            again = narrowed.input(
                self.ask_again, [narrowed, turns, writer], outputs, cancels=[asked, picked], **private
            )
            # Servers of this machine are asked for their models when someone opens the choice, not before.
            writer.focus(self.look, None, writer, **private)
            stopped = box.stop(self.stop, [turns], outputs, cancels=[asked, picked, again], **private)
            for event in (asked, picked, again, stopped):
                event.then(self.understood, [turns], narrowed, **private)
            # The examples come second: working them out may take a moment, an empty conversation must not.
            emptied = fresh.click(self.fresh, None, [*outputs, header], cancels=[asked, picked, again], **private)
            emptied.then(self.understood, [turns], narrowed, **private)
            opened = blocks.load(self.arrive, None, [box, chat, header], **private)
            emptied.then(self.offer, None, chat, **private)
            opened.then(self.offer, None, chat, **private)
        blocks.queue(default_concurrency_limit=4, api_open=False)
        return blocks

    def ask(self, question: str, turns: Turns, writer: str | None = None) -> Iterator[tuple[Any, ...]]:
        """Answer a question, yielding what the box, the chat, the sources and the turns become after each piece."""
        question = (question or "").strip()
        if not question:
            yield (gr.skip(),) * 4
            return
        yield from self._answer(Turn(question), turns, writer)

    def ask_again(self, kept: list[str], turns: Turns, writer: str | None = None) -> Iterator[tuple[Any, ...]]:
        """Answer the last question again, understanding only those of its filters that are kept."""
        if not turns:
            yield (gr.skip(),) * 4
            return
        last = turns[-1]
        yield from self._answer(Turn(last.question, dropped=dropped(last, kept)), turns[:-1], writer)

    def understood(self, turns: Turns) -> Any:
        """Show what was understood of the last question as filters, to be taken off or put back."""
        choices, on = chips(turns)
        return gr.CheckboxGroup(choices=choices, value=on, visible=bool(choices))

    def _answer(self, asked: Turn, before: Turns, writer: str | None) -> Iterator[tuple[Any, ...]]:
        question, turn = asked.question, asked
        drawn = messages((*before, turn)), sources(before)
        yield (
            gr.Textbox(value="", submit_btn=False, stop_btn="Stop"),
            drawn[0],
            gr.skip(),
            (*before, turn),
        )
        try:
            assistant = self._backends.assistant(writer)
            # Closed when the visitor stops: a language model must not go on writing for nobody.
            with closing(assistant.stream(question, history(before), dropped=asked.dropped)) as snapshots:
                for snapshot in snapshots:
                    # While a model says nothing the same snapshot comes again and again, so that it can be stopped.
                    turn = replace(asked, answer=snapshot)
                    after = (*before, turn)
                    now = messages(after), sources(after)
                    yield gr.skip(), *map(_news, now, drawn), after
                    drawn = now
        except ArxivQAError as error:
            turn = replace(asked, failure=str(error))
        except Exception as error:
            _LOG.error("%s while answering: %s", type(error).__name__, error)
            _LOG.debug("where it happened", exc_info=True)
            turn = replace(asked, failure="Something went wrong inside arxivqa. The terminal it runs in says what.")
        after = (*before, turn)
        yield gr.Textbox(submit_btn="Ask", stop_btn=False), messages(after), sources(after), after

    def ask_example(self, turns: Turns, writer: str | None, event: gr.SelectData) -> Iterator[tuple[Any, ...]]:
        """Ask the example question that was clicked."""
        yield from self.ask(event.value["text"], turns, writer)

    def look(self) -> Any:
        """Offer the language models that this machine has."""
        return gr.Dropdown(choices=self._backends.look())

    def stop(self, turns: Turns) -> tuple[Any, ...]:
        """Leave an answer as far as it got."""
        if turns and not (turns[-1].answer and turns[-1].answer.complete):
            last = turns[-1]
            turns = (*turns[:-1], replace(last, stopped=True))
        return gr.Textbox(submit_btn="Ask", stop_btn=False), messages(turns), sources(turns), turns

    def arrive(self) -> tuple[Any, ...]:
        """Show the library as it is now; leaves alone what a quick visitor has already typed or asked."""
        opening = self._opening()
        return gr.Textbox(visible=opening.ready), gr.Chatbot(placeholder=opening.words), opening.header

    def fresh(self) -> tuple[Any, ...]:
        """Start an empty conversation over the library as it is now."""
        opening = self._opening()
        return (
            gr.Textbox(value="", submit_btn="Ask", stop_btn=False, visible=opening.ready),
            gr.Chatbot(value=[], placeholder=opening.words),
            "",
            (),
            opening.header,
        )

    def _opening(self) -> welcome.Opening:
        try:
            return welcome.opening(self._assistant.stats())
        except ArxivQAError as error:
            return welcome.broken(str(error))

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
        opening = self._opening()
        if not opening.ready:
            return []
        with self._working_out_examples:
            if self._examples[0] != opening.generation:
                self._examples = (opening.generation, examples(self._backends.assistant(EXTRACTIVE)))
            return self._examples[1]


def _news(now: Any, drawn: Any) -> Any:
    """What a part of the page becomes; nothing where it stands there already."""
    return gr.skip() if now == drawn else now
