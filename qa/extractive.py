"""An answerer that needs no language model: sentences that stand verbatim in abstracts, each with its citation."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

from qa import confidence, evidence, listing
from qa.answers import Answer, Citation, Evidence, Outcome, Retrieved, Statement
from qa.questions import Request
from vectorstore import Filters, Paper

# A paper is cited beside the best one when it is at least 1 to 12 as likely to be the one that answers (log-odds), and
# it is quoted, not only cited, at 1 to 5. Chosen on the training questions: see docs/measurements.md.
_CITED_WITHIN = 2.5
_QUOTED_WITHIN = 1.6
_CITED = 4
_QUOTED_SENTENCES = 2  # of the best paper, with at most this many words; of the others one
_QUOTED_WORDS = 70
_NAMED = 0.5  # least confidence in a paper that the user named or is talking about: the odds are not made for those
_FURTHER = 5
_LIST_WORDS = 45


class ExtractiveAnswerer:
    """Composes answers from the evidence of the best candidates. Holds nothing between questions."""

    def answer(self, request: Request, retrieved: Sequence[Retrieved]) -> Answer:
        """Answer a request.

        Args:
            request: the question as understood.
            retrieved: its candidates as `conversation.find` ranks them.

        Returns:
            The answer; every statement is verbatim from an abstract that it cites, or a note of the program's own.
            `seconds` is left to the caller.
        """
        if not retrieved:
            return _finish(request, retrieved, "nothing_found", 0.0, (_note(_absent(request.filters)),))
        if request.shape == "list":
            listed = listing.belonging(request.text, retrieved)
            if listed.covered:
                return _list(request, retrieved, listed)
            return _abstain(request, retrieved, confidence.Judgement("nothing_found", listed.confidence))
        judged = confidence.judge(request.text, retrieved)
        # Papers that the user named, or is already talking about, are the ones to quote, whatever the odds.
        if judged.outcome != "answered" and not (request.filters.ids or request.about):
            return _abstain(request, retrieved, judged)
        sure = max(judged.confidence, _NAMED) if request.filters.ids or request.about else judged.confidence
        return _quote(request, retrieved, sure)


def _quote(request: Request, retrieved: Sequence[Retrieved], sure: float) -> Answer:
    """The best paper's answering sentences, then one sentence of each paper that comes close."""
    cited = [r for r in retrieved[:_CITED] if retrieved[0].score - r.score <= _CITED_WITHIN]
    statements: list[Statement] = []
    citations: list[Citation] = []
    for number, candidate in zip(count(1), cited, strict=False):
        found = _evidence(request, candidate.paper)
        citations.append(Citation(number, candidate.paper, found))
        if retrieved[0].score - candidate.score > _QUOTED_WITHIN:
            continue
        words = 0
        for sentence in found[: _QUOTED_SENTENCES if number == 1 else 1]:
            words += len(sentence.text.split())
            if words <= _QUOTED_WORDS or sentence is found[0]:
                statements.append(Statement(sentence.text, (number,)))
    # Every citation has its mark in the text: the papers that are cited but not quoted share a closing note.
    marked = {n for statement in statements for n in statement.citations}
    rest = tuple(c.n for c in citations if c.n not in marked)
    if rest:
        statements.append(Statement("See also", rest, "note"))
    return _finish(request, retrieved, "answered", sure, tuple(statements), tuple(citations))


def _list(request: Request, retrieved: Sequence[Retrieved], listed: listing.Listed) -> Answer:
    """Every paper that belongs, with its title and a line of evidence."""
    statements: list[Statement] = []
    citations: list[Citation] = []
    for number, candidate in zip(count(1), listed.papers, strict=False):
        found = _evidence(request, candidate.paper)
        citations.append(Citation(number, candidate.paper, found))
        line = next((e for e in found if len(e.text.split()) <= _LIST_WORDS), found[0] if found else None)
        text = line.text if line else ""
        statements.append(Statement(text, (number,), "item", lead=_one_line(candidate.paper.title)))
    return _finish(request, retrieved, "answered", listed.confidence, tuple(statements), tuple(citations))


def _abstain(request: Request, retrieved: Sequence[Retrieved], judged: confidence.Judgement) -> Answer:
    """Say plainly what is missing; where the topic is covered, what the nearest paper does state."""
    best = retrieved[0].paper
    if judged.outcome == "nothing_found":
        note = _note("I found nothing in this library that answers this. The nearest papers are named instead.")
        return _finish(request, retrieved, "nothing_found", judged.confidence, (note,))
    found = _evidence(request, best)
    statements = [_note("The abstracts in this library do not seem to state this. The nearest paper says:")]
    citations = (Citation(1, best, found),)
    statements += [Statement(e.text, (1,)) for e in found[:1]]
    return _finish(request, retrieved, "detail_not_stated", judged.confidence, tuple(statements), citations)


def _finish(
    request: Request,
    retrieved: Sequence[Retrieved],
    outcome: Outcome,
    sure: float,
    statements: tuple[Statement, ...],
    citations: tuple[Citation, ...] = (),
) -> Answer:
    cited = {c.paper.arxiv_id for c in citations}
    papers = tuple(c.paper for c in citations) if outcome == "answered" else ()
    # An abstention rests on nothing, so its nearest paper, though cited, is further reading too.
    others = tuple(r.paper for r in retrieved if outcome != "answered" or r.paper.arxiv_id not in cited)
    return Answer(
        question=request.question,
        statements=statements,
        outcome=outcome,
        confidence=sure,
        citations=citations,
        papers=papers,
        further=others[:_FURTHER],
        retrieved=tuple(retrieved),
        filters=request.filters,
        standalone=request.text,
    )


def _evidence(request: Request, paper: Paper) -> tuple[Evidence, ...]:
    # A follow-up is answered by what its own words ask, not by the context that found the paper.
    return evidence.pick(request.question if request.about else request.text, paper.abstract)


def _note(text: str) -> Statement:
    return Statement(text, kind="note")


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _absent(filters: Filters) -> str:
    """Why there is no candidate at all."""
    if filters.ids:
        names = " and ".join(filters.ids)
        return f"{names} {'is' if len(filters.ids) == 1 else 'are'} not among the papers that this question may use."
    if filters:
        return "No paper in this library passes the filters of this question. Widen the dates, categories or authors."
    return "This library has no papers. Add some: arxivqa ingest PATH"
