"""What the pages share, and whose request a page serves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import gradio as gr

from qa.history.store import LOCAL

if TYPE_CHECKING:
    from qa.assistant import Assistant
    from qa.history.store import Store
    from qa.settings import Settings
    from ui.web.model_choice import Backends


@dataclass(frozen=True, slots=True)
class AppContext:
    """What the pages share; one for the whole server.

    Attributes:
        assistant: what answers until a visitor chooses something else.
        settings: what is in force.
        store: conversations, ratings, saved questions and visits of all users.
        backends: what can write answers.
    """

    assistant: Assistant
    settings: Settings
    store: Store
    backends: Backends

    def user(self, request: gr.Request | None) -> str:
        """Return the name of who sent a request: the one signed in with, "local" where sign-in is off."""
        name = request.username if request is not None else None
        return str(name) if name else LOCAL
