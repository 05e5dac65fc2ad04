"""The three pages as one Gradio app, with their stylesheet and their scripts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import gradio as gr

from ui.web.ask.page import AskPage
from ui.web.context import AppContext
from ui.web.layout import ICON, PAGES
from ui.web.library.page import LibraryPage
from ui.web.model_choice import Backends
from ui.web.papers.page import PapersPage
from ui.web.theme import theme

if TYPE_CHECKING:
    from qa.assistant import Assistant
    from qa.history.store import Store
    from qa.settings import Settings

_STATIC = Path(__file__).parent / "static"
_SCRIPTS = ("page.js", "sidebar.js", "filters.js", "papers.js")


class App:
    """The pages over one library.

    Args:
        assistant: what answers until a visitor chooses something else.
        settings: what is in force.
        store: where conversations are kept.

    Attributes:
        theme: for whoever serves the app.
        head: the stylesheet and the scripts, inlined, for whoever serves the app.
        context: what the pages share.
    """

    def __init__(self, assistant: Assistant, settings: Settings, store: Store) -> None:
        self.context = AppContext(assistant, settings, store, Backends(assistant, settings))
        self._ask = AskPage(self.context)
        self._papers = PapersPage(self.context)
        self._library = LibraryPage(self.context)
        self.theme = theme()
        style = (_STATIC / "style.css").read_text(encoding="utf-8")
        scripts = "".join(f"<script>{(_STATIC / name).read_text(encoding='utf-8')}</script>" for name in _SCRIPTS)
        self.head = f"{ICON}<style>{style}</style>{scripts}"

    def blocks(self) -> gr.Blocks:
        """Return the app, ready to be served."""
        blocks: gr.Blocks
        with gr.Blocks(title="arxivqa", fill_width=True, analytics_enabled=False) as blocks:
            self._ask.build()
        with blocks.route("Papers", PAGES["Papers"], show_in_navbar=False):
            self._papers.build()
        with blocks.route("Library", PAGES["Library"], show_in_navbar=False):
            self._library.build()
        # No limit on answers at once: a slow language model must not keep others' quoted sentences waiting.
        blocks.queue(default_concurrency_limit=None, api_open=False)
        return blocks

    def warm(self) -> None:
        """Load the model and work out the example questions, so that the first visitor need not wait for them."""
        self._ask.talks.warm()

    def close(self) -> None:
        """Stop what goes on in the background."""
        self._library.close()
