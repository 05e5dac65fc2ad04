"""An answerer that needs no language model: sentences that stand verbatim in abstracts, each with its citation."""

from __future__ import annotations

from collections.abc import Sequence

from qa.answer import Answer, Retrieved
from qa.answering.builder import AnswerBuilder
from qa.answering.comparison import compare
from qa.answering.count import count_all, count_topic
from qa.answering.definition import define
from qa.evidence import contributions
from qa.query.parser import ParsedQuery
from qa.retrieval import answerability, list_cutoff
from qa.retrieval.answerability import Answerability
from qa.retrieval.intent_searches import IntentData
from vectorstore import Filters

# A paper is cited beside the best one when it is at least 1 to 12 as likely to be the one that answers (log-odds), and
# it is quoted, not only cited, at 1 to 5. Chosen on the training questions.
_CITED_WITHIN = 2.5
_QUOTED_WITHIN = 1.6
_CITED = 4
_QUOTED_SENTENCES = 2  # of the best paper, with at most this many words; of the others one
_QUOTED_WORDS = 70
_NAMED = 0.5  # least confidence in a paper that the user named or is talking about: the odds are not made for those


class ExtractiveAnswerer:
    """Composes answers from the evidence of the best candidates. Holds nothing between questions."""

    def answer(
        self, request: ParsedQuery, retrieved: Sequence[Retrieved], gathered: IntentData | None = None
    ) -> Answer:
        """Answer a request.

        Args:
            request: the question as understood.
            retrieved: its candidates as `conversation.find` ranks them.
            gathered: what its shape needs beside them, as `gathering.gather` collects it; None for nothing.

        Returns:
            The answer; every statement is verbatim from an abstract that it cites, or a note of the program's own.
            `seconds` is left to the caller.
        """
        gathered = gathered or IntentData()
        if gathered.passing:
            return count_all(request, gathered)
        if not retrieved:
            return _none(request)
        if request.shape in ("list", "count"):
            listed = list_cutoff.select_list(request.text, retrieved)
            if not listed.covered:
                return _abstain(request, retrieved, Answerability("nothing_found", listed.confidence))
            return (_list if request.shape == "list" else count_topic)(request, retrieved, listed)
        if request.filters.ids and (request.shape == "comparison" or contributions.general(request.text)):
            return _named(request, retrieved)
        # What leans on the conversation is asked of its papers, whatever its shape.
        if not request.about:
            shaped = _shaped(request, retrieved, gathered)
            if shaped is not None:
                return shaped
        judged = answerability.assess(request.text, retrieved)
        # Papers that the user named, or is already talking about, are the ones to quote, whatever the odds.
        if judged.outcome != "answered" and not (request.filters.ids or request.about):
            return _abstain(request, retrieved, judged)
        sure = max(judged.confidence, _NAMED) if request.filters.ids or request.about else judged.confidence
        return _quote(request, retrieved, sure)


def _shaped(request: ParsedQuery, retrieved: Sequence[Retrieved], gathered: IntentData) -> Answer | None:
    """A comparison or a definition; None where neither is asked for or the abstracts do not give it."""
    if request.shape == "comparison" and len(gathered.sides) > 1:
        return compare(request, retrieved, gathered.sides)
    if request.shape == "definition":
        return define(request, retrieved)
    return None


def _quote(request: ParsedQuery, retrieved: Sequence[Retrieved], sure: float) -> Answer:
    """The best paper's answering sentences, then one sentence of each paper that comes close."""
    draft = AnswerBuilder(request, retrieved)
    cited = [r for r in retrieved[:_CITED] if retrieved[0].score - r.score <= _CITED_WITHIN]
    for place, candidate in enumerate(cited):
        found = draft.evidence(candidate.paper)
        quoted = 0 if retrieved[0].score - candidate.score > _QUOTED_WITHIN else 1 if place else _QUOTED_SENTENCES
        words, sentences = 0, []
        for sentence in found[:quoted]:
            words += len(sentence.text.split())
            if words <= _QUOTED_WORDS or sentence is found[0]:
                sentences.append(sentence)
        draft.quote(candidate.paper, sentences, found)
    # Every citation has its mark in the text: the papers that are cited but not quoted share a closing note.
    if rest := draft.unmarked():
        draft.note("See also", rest)
    return draft.finish("answered", sure)


def _list(request: ParsedQuery, retrieved: Sequence[Retrieved], listed: list_cutoff.ListResult) -> Answer:
    """Every paper that belongs, with its title and a line of evidence."""
    draft = AnswerBuilder(request, retrieved)
    for candidate in listed.papers:
        draft.item(candidate.paper, draft.evidence(candidate.paper))
    return draft.finish("answered", listed.confidence, shape="list")


def _named(request: ParsedQuery, retrieved: Sequence[Retrieved]) -> Answer:
    """What papers that were named by id say, one after the other: what is asked of them, or else their main claims."""
    draft = AnswerBuilder(request, retrieved)
    by_id = {r.paper.arxiv_id: r.paper for r in retrieved}
    compared = request.shape == "comparison"
    for paper in (by_id[name] for name in request.filters.ids if name in by_id):
        found = draft.evidence(paper)
        said = contributions.main(paper.abstract) if contributions.general(request.text) else found[:_QUOTED_SENTENCES]
        starts = {e.start for e in said}
        if compared:
            draft.note(f"{' '.join(paper.title.split())}:")
        draft.quote(paper, said, [*said, *(e for e in found if e.start not in starts)])
    if missing := [name for name in request.filters.ids if name not in by_id]:
        draft.note(_missing(missing))
    return draft.finish("answered", 1.0, shape="comparison" if compared else "one")


def _abstain(request: ParsedQuery, retrieved: Sequence[Retrieved], judged: Answerability) -> Answer:
    """Say plainly what is missing; where the topic is covered, what the nearest paper does state."""
    draft = AnswerBuilder(request, retrieved)
    if judged.outcome == "nothing_found":
        draft.note("I found nothing in this library that answers this. The nearest papers are named instead.")
        return draft.finish("nothing_found", judged.confidence, shape=request.shape)
    best = retrieved[0].paper
    found = draft.evidence(best)
    draft.note("The abstracts in this library do not seem to state this. The nearest paper says:")
    draft.quote(best, found[:1], found)
    return draft.finish("detail_not_stated", judged.confidence, shape=request.shape)


def _none(request: ParsedQuery) -> Answer:
    draft = AnswerBuilder(request, ())
    draft.note(_absent(request.filters))
    return draft.finish("nothing_found", 0.0, shape=request.shape)


def _absent(filters: Filters) -> str:
    """Why there is no candidate at all."""
    if filters.ids:
        return _missing(filters.ids)
    if filters:
        return (
            "No paper in this library passes the filters of this question. Widen the dates, categories, authors or "
            "venues, or leave out an exclusion."
        )
    return "This library has no papers. Add some: arxivqa ingest PATH"


def _missing(ids: Sequence[str]) -> str:
    return f"{' and '.join(ids)} {'is' if len(ids) == 1 else 'are'} not among the papers that this question may use."
