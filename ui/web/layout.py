"""The layout of every page: one line with the name, the pages, and who is signed in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import gradio as gr

from ui.web.html.escape import attribute, escape

# A drawn icon in the page itself, so that no file has to be fetched: a sheet with a quoted line.
ICON = (
    '<link rel="icon" type="image/svg+xml" href="data:image/svg+xml,'
    "%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E"
    "%3Crect width='32' height='32' rx='7' fill='%231f4e79'/%3E"
    "%3Cpath d='M8 10h16M8 16h10M8 22h13' stroke='white' stroke-width='3' stroke-linecap='round'/%3E%3C/svg%3E\">"
)
# Where each page stands, in the order of the links.
PAGES = {"Ask": "/", "Papers": "/papers", "Library": "/library"}
_BARS = (
    '<svg viewBox="0 0 20 20" width="20" height="20" fill="none" stroke="currentColor" stroke-width="1.6" '
    'stroke-linecap="round" aria-hidden="true"><path d="M3 5.5h14M3 10h14M3 14.5h14"/></svg>'
)


# Where there is no button, so that the links stand in the same place on every page.
_SHEET = (
    '<span class="sheet" aria-hidden="true"><svg viewBox="0 0 32 32" width="22" height="22">'
    '<rect width="32" height="32" rx="7" fill="currentColor"/><path d="M8 10h16M8 16h10M8 22h13" '
    'stroke="var(--ax-page)" stroke-width="3" stroke-linecap="round"/></svg></span>'
)


@contextmanager
def page_layout(page: str, *, sidebar: bool = False) -> Iterator[None]:
    """Build the top line; what is built inside the `with` stands in it, before who is signed in.

    Args:
        page: the name of the page, one of `PAGES`.
        sidebar: whether the page has a sidebar, and so a button that opens and closes it.
    """
    with gr.Row(elem_id="top"):
        plain("brand", top_line(page, sidebar=sidebar))
        yield
        # Filled in by the script: the browser is told with the page who is signed in.
        plain("who", "")


def plain(name: str, html: str = "") -> gr.HTML:
    """Return a part of a page that is drawn by us alone: HTML in which every untrusted text was escaped."""
    return gr.HTML(html, elem_id=name, apply_default_css=False, js_on_load=None)


def top_line(page: str, *, sidebar: bool = False) -> str:
    """Return the name and the links to the pages, the one that is open marked."""
    here = ' aria-current="page"'
    links = "".join(
        f"<a href={attribute(address)}{here if name == page else ''}>{escape(name)}</a>"
        for name, address in PAGES.items()
    )
    button = (
        '<button type="button" id="side-button" aria-controls="side" aria-expanded="true" '
        f'title="Conversations">{_BARS}<span class="unseen">Conversations</span></button>'
        if sidebar
        else _SHEET
    )
    return f'<div class="brand">{button}<h1>arxivqa</h1><nav aria-label="Pages">{links}</nav></div>'
