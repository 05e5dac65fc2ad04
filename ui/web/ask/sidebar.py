"""The sidebar as HTML: conversations by day, the newest first, and saved questions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import groupby

from qa.history.models import SavedQuestion, Summary
from qa.query.describe import filters
from ui.web.html.escape import attribute, escape
from vectorstore.text.dates import long_date

_DOTS = (
    '<svg viewBox="0 0 16 16" width="16" height="16" fill="currentColor" aria-hidden="true">'
    '<circle cx="3" cy="8" r="1.3"/><circle cx="8" cy="8" r="1.3"/><circle cx="13" cy="8" r="1.3"/></svg>'
)
_CROSS = (
    '<svg viewBox="0 0 16 16" width="14" height="14" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" '
    'aria-hidden="true"><path d="M4 4l8 8M12 4l-8 8"/></svg>'
)

# What stands over the page when it is asked for: one menu for all conversations, a
# question before something goes, a field for a title.
OVERLAYS = """
<div id="talk-menu" role="menu" aria-label="Conversation" popover>
  <button type="button" role="menuitem" name="rename">Rename</button>
  <button type="button" role="menuitem" name="link">Copy link</button>
  <button type="button" role="menuitem" name="markdown">Export as Markdown</button>
  <button type="button" role="menuitem" name="json">Export as JSON</button>
  <button type="button" role="menuitem" name="delete" class="danger">Delete</button>
</div>
<dialog id="sure" aria-labelledby="sure-words"><form method="dialog">
  <p id="sure-words"></p>
  <div><button value="no">Keep</button><button value="yes" class="danger">Delete</button></div>
</form></dialog>
<dialog id="naming" aria-label="Rename"><form method="dialog">
  <label>Title <input type="text" maxlength="120" autocomplete="off"></label>
  <div><button value="yes">Rename</button><button value="no">Cancel</button></div>
</form></dialog>
"""


def listing(summaries: Sequence[Summary], here: str, today: date, *, search: str = "") -> str:
    """Return the list of conversations, in groups by the day of their last question.

    Args:
        summaries: newest first.
        here: the id of the one that is open; empty for none.
        today: from which days are counted, UTC like all times.
        search: what they were searched for.
    """
    if not summaries:
        words = "No conversation has these words." if search.strip() else "Conversations are kept here."
        return f'<p class="nothing">{words}</p>'
    groups = groupby(summaries, key=lambda summary: _when(summary.updated.date(), today))
    return "".join(
        f"<section><h2>{escape(name)}</h2><ul>{''.join(_item(summary, here) for summary in group)}</ul></section>"
        for name, group in groups
    )


def _item(summary: Summary, here: str) -> str:
    current = ' aria-current="page"' if summary.id == here else ""
    title = attribute(summary.title)
    more = attribute(f"More on “{summary.title}”")
    return (
        f"<li data-talk={attribute(summary.id)}><a href={attribute(f'/?c={summary.id}')}{current} title={title}>"
        f"{escape(summary.title)}</a>"
        f'<button type="button" class="more" aria-haspopup="menu" aria-label={more}>{_DOTS}</button></li>'
    )


def _when(when: date, today: date) -> str:
    if when >= today:
        return "Today"
    if when == today - timedelta(days=1):
        return "Yesterday"
    if when > today - timedelta(days=7):
        return "Last 7 days"
    if when > today - timedelta(days=30):
        return "Last 30 days"
    return long_date(when).partition(" ")[2]


def saved(questions: Sequence[SavedQuestion]) -> str:
    """Return the saved questions, each to be asked by a click or forgotten; empty where there is none."""
    if not questions:
        return ""
    items = "".join(
        f'<li data-question={attribute(question.id)}><button type="button" class="ask" '
        f"title={attribute(_about(question))}>{escape(question.question)}</button>"
        f'<button type="button" class="more" title="Forget" '
        f"aria-label={attribute(f'Forget “{question.question}”')}>{_CROSS}</button></li>"
        for question in questions
    )
    new = '<a class="new" href="/papers?new=1">Ask them of new papers</a>'
    return f"<section><h2>Saved questions</h2><ul>{items}</ul>{new}</section>"


def _about(question: SavedQuestion) -> str:
    return question.question + (f" (only papers {filters(question.filters)})" if question.filters else "")
