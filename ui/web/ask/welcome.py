"""What the page shows before the first question: an invitation with examples, or how to fill an empty library."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ui.web.html.escape import escape
from vectorstore import ArxivQAError, SettingsError
from vectorstore.text.dates import long_date

if TYPE_CHECKING:
    from qa.assistant import Assistant
    from vectorstore.library import Stats

# The first ones fit the listings that arxivqa brings along, the last ones most listings of computer vision.
_QUESTIONS = (
    "Which papers detect COVID-19 in chest X-rays?",
    "How can SLAM cope with moving objects?",
    "Can a vision transformer be competitive without hundreds of millions of pretraining images?",
    "What speed-up does DDIM report over DDPM?",
    "Which papers use graph neural networks?",
    "Which papers release a new benchmark?",
)
_MOST_EXAMPLES = 4


@dataclass(frozen=True, slots=True)
class Opening:
    """What a page without a conversation shows.

    Attributes:
        words: HTML of what stands where the conversation will be.
        ready: whether questions can be asked.
        generation: the library's, -1 where it cannot be read.
    """

    words: str
    ready: bool
    generation: int


def opening(stats: Stats) -> Opening:
    """Return the opening for a library that can be read: an invitation, or how to fill it."""
    count = "1 paper" if stats.papers == 1 else f"{stats.papers:,} papers"
    if not stats.papers:
        return Opening(_empty(stats), ready=False, generation=stats.generation)
    newest = f", the newest listed on {long_date(stats.newest)}" if stats.newest else ""
    words = (
        '<div class="start"><h2>Ask the library</h2>'
        f"<p>Answers come from the abstracts of its {count}{newest}. Every sentence carries its source.</p></div>"
    )
    return Opening(words, ready=True, generation=stats.generation)


def examples(assistant: Assistant) -> list[str]:
    """Return up to four questions that the library answers, made from its newest titles where the usual ones fail."""
    try:
        found: list[str] = []
        for question in _QUESTIONS:
            if len(found) < _MOST_EXAMPLES and not assistant.ask(question).abstained:
                found.append(question)
        if found:
            return found
        return [f"What is “{paper.title}” about?" for paper in assistant.find(limit=_MOST_EXAMPLES - 1)]
    except ArxivQAError:
        return []


def elsewhere(reason: str) -> str:
    """Return what stands where a conversation would, when its link leads nowhere for this user."""
    return (
        f'<div class="start"><h2>This conversation cannot be opened</h2>'
        f"<p>{escape(reason)} A question below begins a new one.</p></div>"
    )


def unlisted(reason: str) -> str:
    """Return what stands in the place of the list of conversations where they cannot be read."""
    return f'<p class="nothing">{escape(reason)}</p>'


def broken(reason: str) -> Opening:
    """Return the opening for a library that cannot be read: the reason, in the error's own words."""
    words = f'<div class="start"><h2>The library cannot be read</h2><p>{escape(reason)}</p></div>'
    return Opening(words, ready=False, generation=-1)


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
        '<p>Drop arXiv listings on the <a href="/library">Library</a> page, or fill it from a file or a folder:</p>'
        f"<pre><code>{escape(_command(stats.path))}</code></pre>"
        f"<p>Then reload this page. The library is in <code>{escape(str(stats.path))}</code></p></div>"
    )
