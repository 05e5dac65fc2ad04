"""The conversation as safe HTML: questions, answers sentence by sentence with links to their sources, and notes.

Every function returns one line that opens with a block tag, which is what keeps Markdown out (see `ui.escaping`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby

from qa.answers import Answer, Citation, Statement
from ui.escaping import attribute, escape
from ui.turns import Turn
from ui.typeset import typeset
from vectorstore import Filters


def messages(turns: Sequence[Turn]) -> list[dict[str, str]]:
    """Return the conversation as the messages of a Gradio chat, numbering the turns from 1."""
    shown = []
    for number, turn in enumerate(turns, start=1):
        shown.append({"role": "user", "content": question(turn.question, number)})
        shown.append({"role": "assistant", "content": reply(turn, number)})
    return shown


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
    """What a model thought before it answered, folded: it is unchecked, and no part of the answer."""
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
    title = attribute(f"Source {n}: {citation.paper.title}")
    return f'<a class="cite" href="#t{number}-s{n}" title={title}>&#91;{n}&#93;</a>'


def _how(given: Answer, number: int) -> Iterable[str]:
    """Yield what is worth knowing about how the answer was found, each as HTML."""
    if given.backend != "extractive":
        yield f"Written by {escape(given.backend)}"
    if given.filters:
        yield f"Only papers {escape(filters(given.filters))}"
    if number > 1 and given.standalone and _words(given.standalone) != _words(given.question):
        yield f"<span title={attribute(f'Searched as: {given.standalone}')}>Read as a follow-up</span>"
    if not given.abstained:
        meaning = attribute("The chance that the cited papers answer the question.")
        # No answer is certain, and one that is given is not impossible.
        percent = min(max(round(given.confidence * 100), 1), 99)
        yield f"<span title={meaning}>Confidence {percent}&#160;&#37;</span>"


def _words(text: str) -> list[str]:
    return text.casefold().split()


def filters(given: Filters) -> str:
    """Return filters as words that follow "only papers".

    >>> filters(Filters(since=date(2020, 10, 1), categories=("cs.CV", "eess.IV")))
    'listed since 1 October 2020, in cs.CV or eess.IV'
    """
    parts = []
    if given.since and given.since == given.until:
        parts.append(f"listed on {day(given.since)}")
    elif given.since and given.until:
        parts.append(f"listed from {day(given.since)} to {day(given.until)}")
    elif given.since:
        parts.append(f"listed since {day(given.since)}")
    elif given.until:
        parts.append(f"listed up to {day(given.until)}")
    if given.categories:
        parts.append(f"in {' or '.join(given.categories)}")
    if given.authors:
        parts.append(f"by {' and '.join(given.authors)}")
    if given.venues:
        parts.append(f"at {' or '.join(given.venues)}")
    if given.ids:
        parts.append(f"with id {' or '.join(given.ids)}")
    if given.without:
        parts.append(f"without {' or '.join(f'“{words}”' for words in given.without)}")
    if given.without_categories:
        parts.append(f"not in {' or '.join(given.without_categories)}")
    return ", ".join(parts)


def day(when: date) -> str:
    """Return a date as "5 October 2020", in English whatever the machine's locale."""
    months = "January February March April May June July August September October November December".split()
    return f"{when.day} {months[when.month - 1]} {when.year}"


def _note(kind: str, title: str, html: str) -> str:
    note = f'<p class="note"><strong>{title}.</strong> {html}</p>'
    return f'<div class="reply"><div class="answer {kind}">{note}</div></div>'
