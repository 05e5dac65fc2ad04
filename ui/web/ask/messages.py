"""The conversation as safe HTML: questions, answers sentence by sentence with links to their sources, and notes.

Every function returns one line that opens with a block tag, which is what keeps Markdown out (`ui.web.html.escape`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from itertools import groupby

from qa.answer import Answer, Citation, Statement
from qa.export.conversations import answer_with_references
from qa.history.models import Turn
from qa.query.describe import filters
from ui.web.html.escape import attribute, escape
from ui.web.html.latex import typeset
from vectorstore import Filters

_HOVER = 300  # characters of evidence over a mark; a tooltip is no page
# HTML keeps no line break of ours elsewhere (see `ui.web.html.escape`), and a text to be copied needs them.
_BREAK = "&#10;"


def messages(
    turns: Sequence[Turn], saved: Collection[tuple[str, Filters]] = (), suggested: Sequence[str] = ()
) -> list[dict[str, str]]:
    """Return the conversation as the messages of a Gradio chat, numbering the turns from 1.

    Args:
        turns: oldest first.
        saved: the questions that the user saved, each with its filters.
        suggested: what could be asked next; stands under the last answer.
    """
    shown = []
    for number, turn in enumerate(turns, start=1):
        last = number == len(turns)
        edit = button("edit", number, "Edit", "Change this question" + ("" if last else "; the ones after it go"))
        asked = f'<div class="asking">{question(turn.question, number)}{edit}</div>'
        answered = reply(turn, number)
        if turn.failure is not None or turn.stopped or (turn.answer is not None and turn.answer.complete):
            answered += actions(turn, number, last=last, saved=(turn.question, turn.given) in saved)
            answered += suggestions(suggested) if last else ""
        shown.append({"role": "user", "content": asked})
        shown.append({"role": "assistant", "content": f'<div class="turn-answer">{answered}</div>'})
    return shown


def actions(turn: Turn, number: int, *, last: bool, saved: bool) -> str:
    """Return the buttons under an answer; page.js knows them by their names.

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


def changing(number: int, after: int) -> str:
    """Return the line over the question box while a question is changed.

    Args:
        number: the question's, from 1.
        after: how many questions came after it.
    """
    going = ["", ", and the question after it goes"][after] if after < 2 else f", and the {after} questions after it go"
    leave = button("leave", number, "Leave it as it is", "Escape does the same")
    return f'<p role="status">You are changing question {number}: its answer is replaced{going}.</p>{leave}'


def suggestions(suggested: Sequence[str]) -> str:
    """Return questions to go on with, as buttons."""
    if not suggested:
        return ""
    buttons = "".join(
        f'<li><button type="button" class="suggestion" name="suggestion">{escape(text)}</button></li>'
        for text in suggested
    )
    return f'<div class="suggestions"><p>Go on with</p><ul>{buttons}</ul></div>'


def question(text: str, number: int) -> str:
    """Return a question as it was typed, its line breaks kept."""
    lines = "<br>".join(escape(line) for line in text.strip().splitlines())
    return f'<div class="question" id="q{number}">{lines}</div>'


def reply(turn: Turn, number: int) -> str:
    """Return what stands under a question: the answer so far, or why there is none."""
    if turn.failure is not None:
        return _note("failed", "This question could not be answered", escape(turn.failure))
    body = answer(turn.answer, number) if turn.answer is not None else ""
    if turn.stopped:
        return f'<div class="reply">{body}<p class="meta">Stopped.</p></div>'
    if turn.answer is None or not (turn.answer.statements or turn.answer.complete):
        return f'<div class="reply">{_waiting(turn.answer)}</div>'
    return f'<div class="reply">{body}</div>'


def _waiting(so_far: Answer | None) -> str:
    if so_far is None or so_far.backend == "extractive":
        return '<p class="waiting">Looking through the library</p>'
    doing = "is thinking" if so_far.thinking else "is reading the abstracts"
    return f'<p class="waiting">{escape(so_far.backend)} {doing}</p>{_thinking(so_far.thinking)}'


def answer(given: Answer, number: int) -> str:
    """Return an answer, its marks linked to the cards of this turn, and a line on how it was found."""
    cited = {citation.n: citation for citation in given.citations}
    blocks = [
        _block(kind, list(statements), cited, number)
        for kind, statements in groupby(given.statements, key=lambda statement: statement.kind)
    ]
    told = f'<p class="meta">{" · ".join(how)}</p>' if given.complete and (how := list(_how(given, number))) else ""
    # While a model writes, nothing says yet that it abstains.
    kind = "answer abstained" if given.complete and given.abstained else "answer"
    return f'<div class="{kind}">{_thinking(given.thinking)}{"".join(blocks)}{told}</div>'


def _thinking(text: str) -> str:
    """Return what a model thought before it answered, folded: it is unchecked, and no part of the answer."""
    if not text.strip():
        return ""
    lines = "<br>".join(escape(line) for line in text.strip().splitlines() if line.strip())
    return (
        '<details class="thinking"><summary>What the model thought, unchecked</summary>'
        f'<div class="thought">{lines}</div></details>'
    )


def _block(kind: str, statements: list[Statement], cited: dict[int, Citation], number: int) -> str:
    written = [_statement(statement, cited, number) for statement in statements]
    if kind == "sentence":
        return f"<p>{' '.join(written)}</p>"
    if kind == "item":
        return f'<ul class="items">{"".join(f"<li>{line}</li>" for line in written)}</ul>'
    return "".join(f'<p class="note">{line}</p>' for line in written)


def _statement(statement: Statement, cited: dict[int, Citation], number: int) -> str:
    marks = "".join(_mark(n, cited.get(n), number) for n in statement.citations)
    text = typeset(statement.text)
    if statement.caveat:
        # In words too: a colour alone says nothing to who cannot see it.
        text = f'<span class="unsupported">{text}</span>'
        marks += f' <small class="caveat">{escape(statement.caveat)}</small>'
    if statement.kind == "item" and statement.lead:
        line = f'<br><span class="line">{text}</span>' if text else ""
        # The last word and the mark stay on one line, so that no mark stands alone.
        return f'<span class="lead">{typeset(statement.lead)}</span>&#160;{marks}{line}'
    return f"{text}&#160;{marks}" if marks else text


def _mark(n: int, citation: Citation | None, number: int) -> str:
    if citation is None:
        return f"&#91;{n}&#93;"
    said = f"&#10;“{escape(_shortened(citation.evidence[0].text))}”" if citation.evidence else ""
    title = f'"{escape(f"Source {n}: {citation.paper.title}")}{said}"'
    return f'<a class="cite" href="#t{number}-s{n}" title={title}>&#91;{n}&#93;</a>'


def _shortened(text: str) -> str:
    return text if len(text) <= _HOVER else text[: _HOVER - 1].rstrip() + "…"


def _how(given: Answer, number: int) -> Iterable[str]:
    """Yield what is worth knowing about how the answer was found, each as HTML."""
    doing = "Searched" if given.abstained else "Quoted"
    writer = doing if given.backend == "extractive" else f"Written by {escape(given.backend)}"
    yield f"{writer} in {took(given.seconds)}"
    if given.filters:
        yield f"Only papers {escape(filters(given.filters))}"
    # What a conversation adds are words; a list's request also loses some, such as "which papers".
    follows = number > 1 and bool({*_words(given.standalone)} - {*_words(given.question)})
    if follows:
        yield f"<span title={attribute(f'Searched as: {given.standalone}')}>Read as a follow-up</span>"
    # Of a paper that is being talked about, or that was named, the odds are a floor and say nothing.
    held = given.shape == "one" and (follows or given.filters.ids)
    if not given.abstained and not held:
        meaning = attribute("The chance that the cited papers answer the question.")
        # No answer is certain, and one that is given is not impossible.
        percent = min(max(round(given.confidence * 100), 1), 99)
        yield f"<span title={meaning}>Confidence {percent}&#160;&#37;</span>"


def took(seconds: float) -> str:
    """Return a time in words, as exact as it matters.

    >>> took(0.0421), took(2.13), took(75)
    ('0.04 s', '2.1 s', '75 s')
    """
    return f"{seconds:.2f} s" if seconds < 1 else f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"


def _words(text: str) -> list[str]:
    return text.casefold().split()


def _note(kind: str, title: str, html: str) -> str:
    note = f'<p class="note"><strong>{title}.</strong> {html}</p>'
    return f'<div class="reply"><div class="answer {kind}">{note}</div></div>'
