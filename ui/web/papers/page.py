"""The Papers page: a table of the library, one paper's abstract beside it, and what can be done with ticked papers."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import gradio as gr

from qa.export.papers import File, export, side_by_side_markdown
from qa.history.whats_new import ask_again, keep_visit
from qa.retrieval.browse import compare
from ui.web.layout import page_layout, plain
from ui.web.papers import compare_view, view
from ui.web.papers.params import Wanted, ids
from ui.web.papers.scope import ALL, Shown, shown
from vectorstore import ArxivQAError, InputError, Paper

if TYPE_CHECKING:
    from ui.web.context import AppContext

_LOG = logging.getLogger("arxivqa.page")
_BROKEN = "Something went wrong inside arxivqa. The terminal it runs in says what."

# The page's own buttons reach Python through one part of it, and hear from it what was done. Gradio takes the names of
# its events from the words in quotes.
_BRIDGE = """
arxivqa.papers((name, data) => trigger(name, data), () => props, watch);
// "look" "choose" "compare" "export"
"""
_DIALOG = '<dialog id="beside" aria-labelledby="beside-title">${value}</dialog>'


class PapersPage:
    """The page over one library.

    Args:
        context: what the pages share.
    """

    def __init__(self, context: AppContext) -> None:
        self._context = context
        self._library = context.assistant.library

    def build(self) -> None:
        """Lay the page out, inside the context of its route."""
        with page_layout("Papers"):
            pass
        given = gr.State(ALL)
        with gr.Column(elem_id="papers"):
            tools = plain("papers-tools", self._tools(ALL))
            heading = plain("papers-heading")
            with gr.Row(elem_id="papers-bar"):
                plain("papers-actions", view.ACTS)
                pager = plain("papers-pager")
            answers = plain("papers-news")
            with gr.Row(elem_id="papers-body"):
                table = plain("papers-rows", view.WAITING)
                panel = plain("papers-panel")
        beside = gr.HTML("", html_template=_DIALOG, js_on_load=None, apply_default_css=False, elem_id="papers-beside")
        bridge = gr.HTML(
            "",
            js_on_load=_BRIDGE,
            elem_id="papers-bridge",
            visible="hidden",
            drawn=0,
            chosen=None,
            compared=None,
            download=None,
        )
        private: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
        quick: dict[str, Any] = {**private, "queue": False}
        arrived = gr.on(None, self.arrive, None, [tools, heading, given, pager, table, bridge], **private)
        arrived.then(self.answers, [given], answers, **private)
        bridge.look(self.look, [given], [pager, table, bridge], trigger_mode="always_last", **quick)
        bridge.choose(self.choose, None, [panel, bridge], trigger_mode="always_last", **quick)
        bridge.compare(self.compare, None, [beside, bridge], **quick)
        bridge.export(self.export, None, bridge, **quick)

    def arrive(self, request: gr.Request) -> tuple[Any, ...]:
        """Show what the address asks for."""
        asked = dict(request.query_params)
        user = self._context.user(request)
        given = ALL
        try:
            given = shown(self._library, self._context.store, user, asked)
            drawn = self._drawn(given, asked)
            if given.found is not None:
                keep_visit(self._library, self._context.store, user)
        except ArxivQAError as error:
            drawn = "", view.failed(str(error), leave=True)
        return self._tools(given), view.heading(given), given, *drawn, gr.HTML(drawn=-1)

    def look(self, given: Shown, event: gr.EventData) -> tuple[Any, ...]:
        """Show the page of the table that the script asks for."""
        asked = _data(event)
        return *self._drawn(given, asked), gr.HTML(drawn=asked.get("number", 0))

    def choose(self, event: gr.EventData) -> tuple[Any, ...]:
        """Show one paper in the panel."""
        asked = _data(event)
        try:
            (paper,) = self._papers(asked.get("id"))
            drawn = view.panel(paper)
        except ArxivQAError as error:
            drawn = view.failed(str(error))
        return drawn, gr.HTML(chosen={"id": asked.get("id"), "stamp": time.time_ns()})

    def compare(self, event: gr.EventData) -> tuple[Any, ...]:
        """Show papers side by side."""
        markdown = ""
        try:
            columns = compare(self._papers(_data(event).get("ids")))
            drawn, markdown = compare_view.beside(columns), side_by_side_markdown(columns)
        except ArxivQAError as error:
            drawn = compare_view.refused(str(error))
        return drawn, gr.HTML(compared={"markdown": markdown, "stamp": time.time_ns()})

    def export(self, event: gr.EventData) -> Any:
        """Hand papers to the browser as a file."""
        asked = _data(event)
        try:
            file = export(self._papers(asked.get("ids")), str(asked.get("form")))
        except ArxivQAError as error:
            raise gr.Error(str(error), print_exception=False) from error
        return gr.HTML(download=_download(file))

    def answers(self, given: Shown, request: gr.Request) -> Iterator[str]:
        """Ask the saved questions over the new papers, and show each answer as it comes."""
        if given.found is None:
            yield ""
            return
        try:
            questions = self._context.store.saved_questions(self._context.user(request))
            yield compare_view.answers((), len(questions), busy=True)
            found = []
            for one in ask_again(self._context.assistant, questions, given.found):
                found.append(one)
                yield compare_view.answers(found, len(questions), busy=True)
            yield compare_view.answers(found, len(questions), busy=False)
        except ArxivQAError as error:
            yield view.failed(str(error))

    def _drawn(self, given: Shown, asked: Mapping[str, Any]) -> tuple[str, str]:
        """Return the line over the table and the table."""
        try:
            wanted = Wanted.read(asked)
            page = given.page(self._library, wanted)
        except ArxivQAError as error:
            return "", view.failed(str(error))
        except Exception as error:
            _LOG.error("%s while making a table of papers: %s", type(error).__name__, error)
            _LOG.debug("where it happened", exc_info=True)
            return "", view.failed(_BROKEN)
        return view.pager(page, wanted), view.table(page, given, wanted)

    def _papers(self, named: object) -> list[Paper]:
        """Return the papers of ids with commas, in that order."""
        wanted = ids(named)
        found = self._library.get(wanted)
        if not found:
            raise InputError("None of these papers is in the library any more. Reload the page.")
        return found

    def _tools(self, given: Shown) -> str:
        try:
            return view.tools(self._library.categories(), given)
        except ArxivQAError:
            return view.tools({}, given)  # What is wrong with it stands where the table would.


def _data(event: gr.EventData) -> dict[str, Any]:
    return event._data if isinstance(event._data, dict) else {}


def _download(file: File) -> dict[str, Any]:
    # Stamped, because the browser takes the same file twice for no news.
    return {"name": file.name, "media": file.media, "text": file.text, "stamp": time.time_ns()}
