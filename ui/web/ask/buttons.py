"""What can be done with an answer, as buttons under it; page.js knows them by their names."""

from __future__ import annotations

from qa.export.conversations import answer_with_references
from qa.history.models import Turn
from ui.web.html.escape import attribute, escape

# HTML keeps no line break of ours elsewhere (see `ui.web.html.escape`), and a text to be copied needs them.
_BREAK = "&#10;"


def actions(turn: Turn, number: int, *, last: bool, saved: bool) -> str:
    """Return the line of buttons under an answer.

    Args:
        number: the turn's, from 1.
        last: whether no question came after it.
        saved: whether the question is among the saved ones.
    """
    again = "Ask this question again" if last else "Ask this question again; the ones after it go"
    buttons = [button("again", number, "Ask again", again)]
    if turn.answer is not None and turn.answer.complete:
        buttons = [
            button("copy", number, "Copy", "Copy the answer with its references"),
            *buttons,
            button(
                "forget" if saved else "save",
                number,
                "Saved" if saved else "Save question",
                "Forget this question" if saved else "Ask it again when new papers come",
                on=saved,
            ),
            button("up", number, "Useful", "This answer was useful", on=turn.rating == "up"),
            button("down", number, "Not useful", "This answer was not useful", on=turn.rating == "down"),
        ]
        buttons.append(f'<pre class="copied" id="c{number}" hidden>{_lines(answer_with_references(turn.answer))}</pre>')
    return f'<div class="acts">{"".join(buttons)}</div>'


def button(name: str, number: int, label: str, title: str, *, on: bool = False) -> str:
    """Return a quiet button; `on` where it says what is already so."""
    kind = "act on" if on else "act"
    return (
        f'<button type="button" class="{kind}" name="{name}" value="{number}" title={attribute(title)}>'
        f"{escape(label)}</button>"
    )


def _lines(text: str) -> str:
    return _BREAK.join(escape(line) for line in text.split("\n"))
