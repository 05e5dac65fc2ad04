"""Conversations to take along: as Markdown for notes, as JSON for programs; and one answer with its references.

In Markdown each answer has its references under it, with the numbers that it had on the page: a question can be copied
out of the notes with all that belongs to it, and what is said of a mark ("the number 93.2 is not in [1]") stays true.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from itertools import groupby
from typing import Any, Literal, get_args

from qa.answer import Answer, Statement
from qa.export.markdown import escape_markdown, one_line
from qa.export.papers import File
from qa.history.models import Conversation, Turn
from qa.query import describe
from vectorstore import Filters, InputError, Paper
from vectorstore.text.dates import long_date

Form = Literal["markdown", "json"]
FORMS: tuple[Form, ...] = get_args(Form)

_MOST_AUTHORS = 6
_LONGEST_HEADING = 200


def export(conversation: Conversation, form: str) -> File:
    """Write a conversation in a format.

    >>> from datetime import UTC, datetime
    >>> now = datetime(2026, 11, 20, tzinfo=UTC)
    >>> export(Conversation("0", "What is a GAN?", now, now), "markdown").name
    'what-is-a-gan.md'

    Args:
        conversation: with its turns.
        form: one of `FORMS`.

    Raises:
        InputError: the format is neither of them.
    """
    if form not in FORMS:
        raise InputError(f"A conversation cannot be written as {form!r}. Choose one of {', '.join(FORMS)}.")
    name = unicodedata.normalize("NFKD", conversation.title).encode("ascii", "ignore").decode().lower()
    name = re.sub(r"[^a-z0-9]+", "-", name)[:60].strip("-") or "conversation"
    if form == "json":
        text = json.dumps(to_json(conversation), ensure_ascii=False, indent=2)
        return File(f"{name}.json", "application/json", f"{text}\n")
    return File(f"{name}.md", "text/markdown", to_markdown(conversation))


def to_markdown(conversation: Conversation) -> str:
    """The conversation as Markdown: questions as headings, answers with marks and references."""
    blocks = [
        f"# {escape_markdown(conversation.title)}",
        f"Asked with arxivqa on {long_date(conversation.created)}.",
    ]
    for turn in conversation.turns:
        blocks += [*_question(turn), *_reply(turn)]
    return "\n\n".join(blocks) + "\n"


def to_json(conversation: Conversation) -> dict[str, Any]:
    """The conversation as JSON-ready values; its answers as `arxivqa ask --json` prints them."""
    return {
        "id": conversation.id,
        "title": conversation.title,
        "created": conversation.created.isoformat(),
        "updated": conversation.updated.isoformat(),
        "turns": [
            {
                "number": number,
                "question": turn.question,
                "given": turn.given.to_json(),
                "dropped": turn.dropped.to_json(),
                "answer": turn.answer.to_json() if turn.answer else None,
                "failure": turn.failure,
                "stopped": turn.stopped,
                "rating": turn.rating,
            }
            for number, turn in enumerate(conversation.turns, start=1)
        ],
    }


def answer_with_references(answer: Answer) -> str:
    """The answer as plain text with the papers behind its marks, for the clipboard.

    >>> from qa.answer import Citation
    >>> paper = Paper("2012.12535", "StainNet", "…", authors=("Hongtao Kang",))
    >>> said = Statement("It has 1.28K parameters.", (1,))
    >>> print(answer_with_references(Answer("q", (said,), "answered", citations=(Citation(1, paper),))))
    It has 1.28K parameters. [1]
    <BLANKLINE>
    [1] Hongtao Kang. StainNet. arXiv:2012.12535, 2020. https://arxiv.org/abs/2012.12535
    """
    # Line by line: what is pasted into a terminal must not do anything there.
    text = "\n".join(one_line(line) for line in answer.text.splitlines())
    references = "\n".join(f"[{citation.n}] {_reference(citation.paper)}" for citation in answer.citations)
    return "\n\n".join(filter(None, (text, references)))


def _question(turn: Turn) -> Iterator[str]:
    asked = one_line(turn.question)
    if len(asked) <= _LONGEST_HEADING:
        yield f"## {escape_markdown(asked)}"
    else:
        yield f"## {escape_markdown(asked[:_LONGEST_HEADING].rpartition(' ')[0] or asked[:_LONGEST_HEADING])}…"
        yield f"> {escape_markdown(asked)}"
    filters = turn.answer.filters if turn.answer else turn.given
    if filters != Filters():
        yield f"*Only papers {escape_markdown(describe.filters(filters))}.*"


def _reply(turn: Turn) -> Iterator[str]:
    if turn.answer is not None:
        yield from _answer(turn.answer)
    if turn.failure is not None:
        yield f"*This question could not be answered: {escape_markdown(turn.failure)}*"
    elif turn.stopped:
        yield "*Stopped before it was complete.*"


def _answer(answer: Answer) -> Iterator[str]:
    for kind, statements in groupby(answer.statements, key=lambda statement: statement.kind):
        yield ("\n" if kind == "item" else " ").join(map(_statement, statements))
    if answer.citations:
        yield "**References**"
        yield "\n".join(f"- [{c.n}] {_reference(c.paper, escaped=True)}" for c in answer.citations)
    if answer.abstained and answer.further:
        yield "**Nearest papers**"
        yield "\n".join(f"- {_reference(paper, escaped=True)}" for paper in answer.further)
    if answer.backend != "extractive" and answer.complete:
        yield f"*Written by {escape_markdown(answer.backend)}, checked sentence by sentence against the abstracts.*"


def _statement(statement: Statement) -> str:
    words = escape_markdown(statement.text)
    marks = "".join(f"[{n}]" for n in statement.citations)
    caveat = f"**{escape_markdown(statement.caveat)}**" if statement.caveat else ""
    if statement.kind == "item":
        lead = f"**{escape_markdown(statement.lead)}**" if statement.lead else ""
        said = " ".join(filter(None, (lead, words and f"– {words}" if lead else words, marks, caveat)))
        return f"- {said}"
    if statement.kind == "note":
        words = f"*{words}*"
    return " ".join(filter(None, (words, marks, caveat)))


def _reference(paper: Paper, *, escaped: bool = False) -> str:
    write = escape_markdown if escaped else one_line
    authors = ", ".join(paper.authors[:_MOST_AUTHORS])
    if len(paper.authors) > _MOST_AUTHORS:
        authors += " et al."
    said = [write(part) for part in (authors, paper.title) if part.strip()]
    ended = [part if part.endswith((".", "?", "!")) else f"{part}." for part in said]
    return f"{' '.join(ended)} arXiv:{paper.versioned_id}, {paper.year}. {paper.url}"
