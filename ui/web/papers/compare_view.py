"""Papers side by side, and saved questions answered by new papers, as HTML."""

from __future__ import annotations

from collections.abc import Sequence

from qa.answer import Answer, Evidence
from qa.evidence.aspects import Column
from qa.history.models import SavedQuestion
from ui.web.html.escape import attribute, escape
from ui.web.html.latex import typeset
from vectorstore.text.dates import long_date


def beside(columns: Sequence[Column]) -> str:
    """Return a comparison: a column a paper, every cell a sentence of its abstract with its mark."""
    heads = "".join(
        f'<th scope="col"><span class="number">{column.n}</span>'
        f"{_link(column.paper.url, typeset(column.paper.title))}</th>"
        for column in columns
    )
    dates = "".join(f"<td>{_dates(column)}</td>" for column in columns)
    names = [name for name, _ in columns[0].rows()]
    rows = "".join(
        f'<tr><th scope="row">{name}</th>{"".join(_cell(column, column.rows()[place][1]) for column in columns)}</tr>'
        for place, name in enumerate(names)
    )
    return (
        '<header><h2 id="beside-title">Side by side</h2><div>'
        '<button type="button" name="copy">Copy as Markdown</button>'
        '<button type="button" name="save">Save as Markdown</button>'
        '<button type="button" name="close" aria-label="Close">×</button></div></header>'
        '<p class="lead">Every sentence stands in the abstract of the paper it is marked with. A dash means that no '
        "sentence says so plainly.</p>"
        '<div class="scroll" tabindex="0" role="region" aria-labelledby="beside-title">'
        f"<table><thead><tr><td></td>{heads}</tr></thead>"
        f'<tbody><tr><th scope="row">Listed</th>{dates}</tr>{rows}</tbody></table></div>'
    )


def refused(reason: str) -> str:
    """Return why papers cannot be compared."""
    return (
        '<header><h2 id="beside-title">Side by side</h2><div><button type="button" name="close" aria-label="Close">×'
        f'</button></div></header><p role="alert">{escape(reason)}</p>'
    )


def _dates(column: Column) -> str:
    when = column.paper.listed
    return f'<time datetime="{when.isoformat()}">{long_date(when)}</time>' if when else _NOTHING


_NOTHING = '<span class="nothing" title="No sentence of the abstract says so plainly">–</span>'


def _cell(column: Column, said: Sequence[Evidence]) -> str:
    if not said:
        return f"<td>{_NOTHING}</td>"
    mark = _link(column.paper.url, f"&#91;{column.n}&#93;", f"Abstract of {column.paper.versioned_id}")
    return f"<td>{''.join(f'<p>{typeset(sentence.text)}&#160;{mark}</p>' for sentence in said)}</td>"


def answers(found: Sequence[tuple[SavedQuestion, Answer]], asked: int, *, busy: bool) -> str:
    """Return the saved questions that new papers answer.

    Args:
        found: those answered so far.
        asked: how many questions are saved.
        busy: whether there are more to be asked.
    """
    if not asked:
        return ""
    lines = "".join(_answer(question, answer) for question, answer in found)
    if busy:
        state = '<p class="waiting" role="status">Asking your saved questions over the new papers</p>'
    elif not found:
        state = '<p role="status">None of your saved questions is answered by these papers.</p>'
    else:
        state = ""
    listed = f"<ul>{lines}</ul>" if lines else ""
    return f'<section class="papers-answers"><h2>Your saved questions</h2>{listed}{state}</section>'


def _answer(question: SavedQuestion, answer: Answer) -> str:
    links = {citation.n: (citation.paper.url, citation.paper.title) for citation in answer.citations}
    said = []
    for statement in answer.statements:
        marks = "".join(_link(links[n][0], f"&#91;{n}&#93;", links[n][1]) for n in statement.citations if n in links)
        lead = f"<strong>{typeset(statement.lead)}</strong> " if statement.lead else ""
        said.append(f"<p>{lead}{typeset(statement.text)}&#160;{marks}</p>")
    ids = ",".join(dict.fromkeys(citation.paper.arxiv_id for citation in answer.citations))
    again = f"<a href={attribute(f'/?only={ids}')}>Ask these papers</a>" if ids else ""
    return f"<li><h3>{escape(question.question)}</h3>{''.join(said)}{again}</li>"


def _link(url: str, html: str, title: str = "") -> str:
    """Return a link that opens beside the page; the addresses are made by `Paper` from a checked id."""
    told = f" title={attribute(title)}" if title else ""
    return f'<a href={attribute(url)}{told} target="_blank" rel="noopener noreferrer">{html}</a>'
