"""What the page says before the first question: its name, its library, and how to fill an empty one."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ui.escaping import escape
from ui.render import day
from vectorstore import SettingsError

if TYPE_CHECKING:
    from vectorstore.library import Stats

# A drawn icon in the page itself, so that no file has to be fetched: a sheet with a quoted line.
ICON = (
    '<link rel="icon" type="image/svg+xml" href="data:image/svg+xml,'
    "%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E"
    "%3Crect width='32' height='32' rx='7' fill='%231f4e79'/%3E"
    "%3Cpath d='M8 10h16M8 16h10M8 22h13' stroke='white' stroke-width='3' stroke-linecap='round'/%3E%3C/svg%3E\">"
)


@dataclass(frozen=True, slots=True)
class Opening:
    """What a page without a conversation shows.

    Attributes:
        header: HTML of the top line.
        words: HTML of what stands where the conversation will be.
        ready: whether questions can be asked.
        generation: the library's, -1 where it cannot be read.
    """

    header: str
    words: str
    ready: bool
    generation: int


def opening(stats: Stats) -> Opening:
    """Return the opening for a library that can be read: an invitation, or how to fill it."""
    count = "1 paper" if stats.papers == 1 else f"{stats.papers:,} papers"
    if not stats.papers:
        return Opening(_header(), _empty(stats), ready=False, generation=stats.generation)
    newest = f'<span class="newest">, newest from {day(stats.newest)}</span>' if stats.newest else ""
    words = (
        '<div class="start"><h2>Ask the library</h2>'
        f"<p>Answers come from the abstracts of its {count}. Every sentence carries its source.</p></div>"
    )
    return Opening(_header(count + newest), words, ready=True, generation=stats.generation)


def broken(reason: str) -> Opening:
    """Return the opening for a library that cannot be read: the reason, in the error's own words."""
    words = f'<div class="start"><h2>The library cannot be read</h2><p>{escape(reason)}</p></div>'
    return Opening(_header(), words, ready=False, generation=-1)


def _header(facts: str = "") -> str:
    return f'<div class="brand"><h1>arxivqa</h1><p>{facts}</p></div>'


def _command(library: Path) -> str:
    """Return the command that fills this library; one that is not the usual one has to be named."""
    from qa.settings import Settings

    try:
        usual = Settings().library
    except SettingsError:
        usual = None
    return "arxivqa ingest PATH" + ("" if library == usual else f" --library {shlex.quote(str(library))}")


def _empty(stats: Stats) -> str:
    return (
        '<div class="start"><h2>This library is empty</h2>'
        "<p>Fill it from arXiv listings, a file or a folder of them:</p>"
        f"<pre><code>{escape(_command(stats.path))}</code></pre>"
        f"<p>Then reload this page. The library is in <code>{escape(str(stats.path))}</code></p></div>"
    )
