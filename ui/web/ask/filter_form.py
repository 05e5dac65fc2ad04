"""The filters beside the question: what the browser sends of them, and what it needs to offer them."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

import gradio as gr

from vectorstore import Filters, InputError

if TYPE_CHECKING:
    from vectorstore.library import Library

# A browser sends what it likes; a filter that a person set is far below this.
_LONGEST = 50_000

# Filled in and worked by filters.js. The panel opens upwards from the question box, and is closed at first.
_FORM = """
<div class="narrow">
  <button type="button" id="narrow-button" aria-expanded="false" aria-controls="narrow-panel">Filters<span
    id="narrow-count"></span></button>
  <ul id="narrow-chips" aria-label="Filters that were set"></ul>
</div>
<form id="narrow-panel" aria-label="Which papers may be used" hidden>
  <fieldset class="dates">
    <legend>Listed</legend>
    <div id="narrow-months"></div>
    <label>From <input type="date" name="since"></label>
    <label>To <input type="date" name="until"></label>
  </fieldset>
  <fieldset class="categories">
    <legend>In any of these categories</legend>
    <div id="narrow-categories"></div>
    <label class="unseen" for="narrow-more">Another category</label>
    <select id="narrow-more"></select>
  </fieldset>
  <label class="line">By these authors, separated by commas
    <input type="text" name="authors" autocomplete="off" placeholder="Ada Lovelace, Grace Hopper"></label>
  <label class="line">Only these papers, by arXiv id
    <input type="text" name="ids" autocomplete="off" spellcheck="false" placeholder="2012.12535, 1903.00001"></label>
  <p class="narrow-error" role="alert"></p>
  <div class="narrow-end"><button type="reset">Clear all</button><button type="button"
    id="narrow-close">Done</button></div>
</form>
"""
_SCRIPT = """
arxivqa.narrowing(element, () => props, watch);
"""


def form() -> gr.HTML:
    """Return the button and its panel; its value is the filters as JSON, as `parse_filter_form` takes them."""
    return gr.HTML(
        "",
        html_template=_FORM,
        js_on_load=_SCRIPT,
        apply_default_css=False,
        elem_id="narrow",
        months=[],
        categories=[],
    )


def offers(library: Library) -> dict[str, Any]:
    """Return what the panel offers of a library: papers a month, oldest first, and categories, the most used first."""
    stats = library.stats()
    return {
        "months": _gapless(library.months()),
        "categories": [list(pair) for pair in stats.categories.items()],
    }


def _gapless(counts: dict[str, int]) -> list[list[Any]]:
    """Return every month from the first to the last with its count, so that the bars keep to the calendar."""
    if not counts:
        return []
    first, last = (12 * int(month[:4]) + int(month[5:]) - 1 for month in (min(counts), max(counts)))
    months = (f"{month // 12:04}-{month % 12 + 1:02}" for month in range(first, last + 1))
    return [[month, counts.get(month, 0)] for month in months]


def parse_filter_form(sent: str | None) -> Filters:
    """Return the filters that a browser sent.

    >>> parse_filter_form('{"since": "2020-10-01", "categories": ["cs.CV"]}').since
    datetime.date(2020, 10, 1)

    Raises:
        InputError: they are none; the message says what is wrong.
    """
    if not sent:
        return Filters()
    try:
        said = json.loads(sent) if len(sent) <= _LONGEST else None
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise InputError("The filters beside the question cannot be read. Clear them, and set them again.")
    names = (_texts(said, name) for name in ("categories", "authors", "ids"))
    return Filters(_day(said, "since"), _day(said, "until"), *names)


def write(filters: Filters) -> str:
    """Return filters as the panel takes them; empty for none.

    >>> write(Filters(ids=("2012.12535",)))
    '{"ids": ["2012.12535"]}'
    """
    kept = {name: value for name, value in filters.to_json().items() if value}
    return json.dumps(kept) if kept else ""


def _day(said: dict[str, Any], name: str) -> date | None:
    value = said.get(name)
    if not value:
        return None
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise InputError(f"{str(value)[:40]!r} is no date. Choose one, or clear it.") from None


def _texts(said: dict[str, Any], name: str) -> tuple[str, ...]:
    values = said.get(name) or []
    return tuple(str(value) for value in values) if isinstance(values, list) else ()
