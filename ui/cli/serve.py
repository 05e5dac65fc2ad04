"""`arxivqa chat`: the page, until Ctrl-C."""

from __future__ import annotations

import qa
from qa.settings import Settings
from ui import web
from ui.cli.output import print_json
from vectorstore.embedding.embedder import Embedder
from vectorstore.library import Library


def serve(settings: Settings, as_json: bool) -> None:
    """Serve the page until it is interrupted."""
    # A first visit without a library gets a page that says how to fill one, so there has to be one to look at.
    Library.open(settings.library, embedder=Embedder(settings.model), create=True, server=settings.server).close()
    with qa.open_assistant(settings=settings) as assistant:
        if not as_json:
            web.launch(assistant, host=settings.host, port=settings.port, settings=settings)
            return
        with web.serve(assistant, host=settings.host, port=settings.port, settings=settings) as server:
            print_json({"url": server.url})
            web.wait()
