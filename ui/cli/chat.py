"""`arxivqa chat`: the page, until Ctrl-C."""

from __future__ import annotations

from typing import Any

import click

from ui.cli.options import json_option, library_options, llm_options, settings
from ui.cli.output import print_json


@click.command()
@click.option("--host", metavar="ADDRESS", help="Where the page listens; 127.0.0.1 is for this machine only.")
@click.option("--port", metavar="NUMBER", type=click.IntRange(1, 65535), help="The first port to try; 7860.")
@llm_options
@json_option
@library_options
@click.pass_context
def chat(context: click.Context, /, host: str | None, port: int | None, as_json: bool, **common: Any) -> None:
    """Serve the page and print its address; Ctrl-C ends it.

    A port that is taken gives way to the next free one. At a host other than 127.0.0.1 everyone who reaches the page
    has to sign in; say who may with arxivqa users add NAME.

    \b
    Example:
      arxivqa chat --port 8000
    """
    import qa
    from ui import web
    from vectorstore.embedding.embedder import Embedder
    from vectorstore.library import Library

    chosen = settings(context, host=host, port=port, **common)
    # A first visit without a library gets a page that says how to fill one, so there has to be one to look at.
    Library.open(chosen.library, embedder=Embedder(chosen.model), create=True, server=chosen.server).close()
    with qa.open_assistant(settings=chosen) as assistant:
        if not as_json:
            web.launch(assistant, host=chosen.host, port=chosen.port, settings=chosen)
            return
        with web.serve(assistant, host=chosen.host, port=chosen.port, settings=chosen) as server:
            print_json({"url": server.url})
            web.wait()
