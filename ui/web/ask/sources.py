"""The sources of an answer as safe HTML: a card for each citation, then the papers to read further."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from qa.answer import Answer, Citation, Retrieved
from qa.history.models import Turn
from ui.web.html.escape import attribute, escape
from ui.web.html.latex import typeset
from vectorstore import Paper
from vectorstore.text.dates import long_date

# Longer author lists are shortened on the card; the whole list is a hover away.
_AUTHORS = 6


def sources(turns: Sequence[Turn], conversation: str = "") -> str:
    """Return the sources of every turn, numbered from 1 like the conversation; the stylesheet shows the last.

    The blocks stand apart, so that the page redraws only the one that changed.

    Args:
        turns: oldest first.
        conversation: the id that the papers of an answer are found by on their page.
    """
    return "\n\n".join(
        _shown(turn, number, conversation) for number, turn in enumerate(turns, start=1) if _settled(turn)
    )


def _settled(turn: Turn) -> bool:
    """Return whether a turn has something to show; until then the sources before it stay, so that nothing flickers."""
    given = turn.answer
    return turn.failure is not None or (given is not None and (given.complete or bool(given.citations)))


def _shown(turn: Turn, number: int, conversation: str) -> str:
    if turn.answer is None:
        return f'<section class="turn" id="t{number}"></section>'
    return section(turn.answer, number, conversation)


def section(given: Answer, number: int, conversation: str = "") -> str:
    """Return the cards of one answer and its further reading."""
    parts = []
    if given.citations:
        # A list is there to choose from; elsewhere the first paper is the one that answers.
        listed = any(statement.kind == "item" for statement in given.statements)
        cards = "".join(
            card(citation, number, opened=place == 0 and not listed, retrieved=given.retrieved)
            for place, citation in enumerate(given.citations)
        )
        count = f'<span class="count">{len(given.citations)}</span>'
        table = ""
        if conversation and given.complete:
            address = attribute(f"/papers?c={conversation}&turn={number}")
            table = f'<a class="table" href={address}>As a table</a>'
        parts.append(f'<h2>Sources {count}{table}</h2><ol class="cards">{cards}</ol>')
    further = _without(given.further, given.citations)
    if further and given.complete:
        title = "Nearest papers" if given.abstained else "Further reading"
        lines = "".join(f"<li>{_brief(paper)}</li>" for paper in further)
        parts.append(f'<h2>{title}</h2><ul class="further">{lines}</ul>')
    if not parts and given.complete:
        parts.append('<h2>Sources</h2><p class="none">Nothing in the library bears on this question.</p>')
    asked = f'<p class="asked">For <a href="#q{number}">“{escape(_short(given.question))}”</a></p>'
    return f'<section class="turn" id="t{number}">{asked}{"".join(parts)}</section>'


def card(citation: Citation, number: int, *, opened: bool = False, retrieved: Sequence[Retrieved] = ()) -> str:
    """Return the card of one citation: what the paper is, the sentences that carry the answer, and the abstract.

    Args:
        number: the turn's, which makes the card's id unique on the page.
        opened: whether the abstract is unfolded.
        retrieved: the candidates among which the paper was found.
    """
    paper = citation.paper
    marks = [(evidence.start, evidence.end) for evidence in citation.evidence]
    said = "".join(f"<p><mark>{typeset(evidence.text)}</mark></p>" for evidence in citation.evidence[:2])
    excerpt = f'<div class="excerpt">{said}</div>' if said else ""
    unfolded = " open" if opened else ""
    return (
        f'<li class="card" id="t{number}-s{citation.n}" tabindex="-1">'
        f'<p class="title"><span class="number">{citation.n}</span>{_link(paper.url, typeset(paper.title))}</p>'
        f"{_authors(paper)}{_facts(paper)}{excerpt}"
        f'<div class="folds"><details class="abstract"{unfolded}><summary>Abstract</summary>'
        f"<p>{typeset(paper.abstract, marks)}</p></details>{why(citation, retrieved)}"
        f"<a href={attribute(f'/papers?like={paper.arxiv_id}')}>More like this</a></div></li>"
    )


def why(citation: Citation, retrieved: Sequence[Retrieved]) -> str:
    """Return why a paper was taken, folded: the sentence that matched, and its place in each of the two searches."""
    said = f"<dt>Matched</dt><dd>“{typeset(citation.evidence[0].text)}”</dd>" if citation.evidence else ""
    places = [
        f"<dt>{name}</dt><dd>place {place} of {len(retrieved)}</dd>"
        for name, place in (
            ("By meaning", _place(citation.paper, retrieved, "dense")),
            ("By words", _place(citation.paper, retrieved, "fulltext")),
        )
        if place
    ]
    if not said and not places:
        return ""
    return f'<details class="why"><summary>Why this paper</summary><dl>{said}{"".join(places)}</dl></details>'


def _place(paper: Paper, retrieved: Sequence[Retrieved], search: Literal["dense", "fulltext"]) -> int:
    """Return the paper's place in one of the two searches, from 1; 0 where that search did not return it."""
    scores = {found.paper.arxiv_id: getattr(found, search) for found in retrieved}
    own = scores.get(paper.arxiv_id)
    return 0 if own is None else 1 + sum(score is not None and score > own for score in scores.values())


def _authors(paper: Paper) -> str:
    if not paper.authors:
        return ""
    names = ", ".join(paper.authors[:_AUTHORS])
    more = len(paper.authors) - _AUTHORS
    shown = escape(names) + (f" and {more} more" if more > 0 else "")
    return f'<p class="authors" title={attribute(", ".join(paper.authors))}>{shown}</p>'


def _facts(paper: Paper) -> str:
    facts = [_standing(paper)]
    if when := paper.listed or (paper.published and paper.published.date()):
        facts.append(f'<time datetime="{when.isoformat()}">{long_date(when)}</time>')
    facts.extend(f'<span class="category">{escape(category)}</span>' for category in paper.categories)
    links = f"{_link(paper.url, f'abs {escape(paper.versioned_id)}')}{_link(paper.pdf_url, 'pdf')}"
    journal = f'<p class="journal">{typeset(paper.journal)}</p>' if paper.journal else ""
    return f'{journal}<p class="facts">{"".join(facts)}<span class="links">{links}</span></p>'


def _brief(paper: Paper) -> str:
    names = paper.authors[0] + (" et al." if len(paper.authors) > 1 else "") if paper.authors else ""
    facts = ", ".join(filter(None, (escape(names), str(paper.year), _standing(paper))))
    return f'{_link(paper.url, typeset(paper.title))}<span class="facts">{facts}{_link(paper.pdf_url, "pdf")}</span>'


def _standing(paper: Paper) -> str:
    """Return what to know before relying on a paper: withdrawn, or replaced by the version that is shown."""
    if not paper.standing:
        return ""
    return f'<span class="standing{" withdrawn" if paper.withdrawn else ""}">{escape(paper.standing)}</span>'


def _link(url: str, html: str) -> str:
    """Return a link that opens beside the page; the addresses are made by `Paper` from a checked id."""
    return f'<a href={attribute(url)} target="_blank" rel="noopener noreferrer">{html}</a>'


def _without(papers: Sequence[Paper], citations: Sequence[Citation]) -> list[Paper]:
    cited = {citation.paper.arxiv_id for citation in citations}
    return [paper for paper in papers if paper.arxiv_id not in cited]


def _short(text: str, most: int = 90) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= most else flat[: most - 1].rstrip() + "…"
