"""A question in the light of the conversation: follow-ups find their paper, a new topic is not held by the old one."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from qa.answer import Answer, Retrieved
from qa.dialog import context_gate, followups
from qa.dialog.rewrites import corrected, put_in, turned, wants_others
from qa.query.parser import ParsedQuery
from qa.retrieval import answerability, list_cutoff, reranker
from vectorstore import Filters, Paper

Search = Callable[[str, Filters], Sequence[Retrieved]]

_LATELY = 3  # answers back that a question may lean on
_ABOUT = 6  # papers of them
_CHANGES = re.compile(
    r"\b(?:something (?:else|different|completely)|(?:another|different|new|next|other)"
    r" (?:topic|question|subject|matter)|chang(?:e|ing) (?:of )?(?:the )?(?:topic|subject)|mov(?:e|ing) on"
    r"|switch(?:ing)? (?:gears|topics?|subjects?)|forget (?:that|it|about)|unrelated(?:ly)?|by the way"
    r"|on (?:a|another) (?:different )?note)\b",
    re.I,
)


def resolve(request: ParsedQuery, history: Sequence[Answer], search: Search) -> tuple[ParsedQuery, list[Retrieved]]:
    """Search for a request in the light of the conversation.

    Args:
        request: the question as understood alone.
        history: the answers so far, oldest first.
        search: text and filters to candidates, in any number; called up to three times.

    Returns:
        The request, and the ranked candidates. Where the question leans on the conversation, the request's `text` has
        what was searched with, its `filters` what the conversation adds to them, and its `about` the papers that it
        leans on.
    """
    if not history or request.filters.ids or _CHANGES.search(request.question):
        return request, _ranked(request, search)
    settled = followups.resolve_explicit(request, history)
    if settled is not None and (settled_on := _settled(settled, search)) is not None:
        return settled_on
    if wants_others(request.question) and recent(history):
        return _others(request, history, search)
    found = searched(request, history, search)
    if not found.topic and not found.about:
        return request, list(found.own)
    ranked = reranker.ordered(*context_gate.fuse_context(found))
    if context_gate.depends_on_context(found, ranked) >= 0:
        about = tuple(found.about)
        return replace(request, text=join(found.text, history), about=about), ranked[: max(len(found.own), 1)]
    if not found.topic or _stands_alone(found, ranked):
        return replace(request, text=found.text), list(found.own)
    # Another paper on the same topic: judged by the words of both questions.
    whole = _on_topic(request, found.text, history)
    scored = reranker.rank(whole.text, ranked[: max(len(found.topic), 1)])
    first = next(r for r in scored if r.paper.arxiv_id == ranked[0].paper.arxiv_id)
    retrieved = [replace(first, score=scored[0].score), *(r for r in scored if r is not first)]
    if found.about and context_gate.terse(found) and answerability.assess(whole.text, retrieved).outcome != "answered":
        # "And on faces?" where no paper has both: what is said of it where the conversation is.
        return replace(request, text=join(found.text, history), about=tuple(found.about)), list(found.joined)
    return whole, retrieved


def recent(history: Sequence[Answer]) -> tuple[Paper, ...]:
    """The papers that the last answers cite, the latest answer's first."""
    papers = {c.paper.arxiv_id: c.paper for answer in reversed(history[-_LATELY:]) for c in answer.citations}
    return tuple(papers.values())[:_ABOUT]


def join(text: str, history: Sequence[Answer]) -> str:
    """A question with what it may lean on: the title of the paper cited last, and the question before."""
    last = next(answer for answer in reversed(history) if answer.citations)
    return f"{last.citations[0].paper.title}. {last.question} {text}"


def own_words(request: ParsedQuery) -> str:
    """What a question says besides "what about" and "no, I meant"."""
    part = corrected(request.text) or turned(request.text)
    return part if part and re.search(r"\w", part) else request.text


def _on_topic(request: ParsedQuery, text: str, history: Sequence[Answer]) -> ParsedQuery:
    """The request that set the topic, with a part of it replaced."""
    before = followups.topic(history)
    shape = before.shape if before.shape in ("list", "count") else request.shape
    return replace(request, text=put_in(before.text, text), shape=shape)


def _others(request: ParsedQuery, history: Sequence[Answer], search: Search) -> tuple[ParsedQuery, list[Retrieved]]:
    """Papers on the topic that the conversation has not come to yet."""
    whole = _on_topic(request, request.text, history)
    known = {paper.arxiv_id for paper in recent(history)}
    return whole, [r for r in _ranked(whole, search) if r.paper.arxiv_id not in known]


def _ranked(request: ParsedQuery, search: Search) -> list[Retrieved]:
    return reranker.rank(request.text, search(request.text, request.filters))


def searched(request: ParsedQuery, history: Sequence[Answer], search: Search) -> context_gate.ContextCandidates:
    """Search for a question alone and with what it may lean on; arguments as of `find`."""

    def ranked(text: str) -> list[Retrieved]:
        return reranker.rank(text, search(text, request.filters))

    about = recent(history)
    text = own_words(request)
    shifts = context_gate.shifts(request.question)
    own = ranked(text)
    return context_gate.ContextCandidates(
        request.question,
        text,
        own=own,
        joined=ranked(join(text, history)) if about else (),
        topic=ranked(_on_topic(request, text, history).text) if shifts else (),
        about=about,
        alone=answerability.assess(text, own),
    )


def _stands_alone(found: context_gate.ContextCandidates, ranked: Sequence[Retrieved]) -> bool:
    """Whether a question that may shift the topic is a new one: it is answered without the old one, the same way."""
    if not found.own or not ranked or found.own[0].paper.arxiv_id != ranked[0].paper.arxiv_id:
        return not ranked
    return found.alone.outcome == "answered"


def _settled(settled: followups.Resolved, search: Search) -> tuple[ParsedQuery, list[Retrieved]] | None:
    """Search for what a follow-up says outright; None where that turns out to be no follow-up."""
    request = settled.request
    ranked = _ranked(request, search)
    if not ranked and settled.otherwise is not None:
        request = settled.otherwise
        ranked = _ranked(request, search)
    if settled.exact:
        # All of them were asked for: none is less likely than another.
        place = {paper.arxiv_id: i for i, paper in enumerate(settled.exact)}
        top = max((r.score for r in ranked), default=0.0)
        ranked = sorted((replace(r, score=top) for r in ranked), key=lambda r: place[r.paper.arxiv_id])
    elif request.about and request.shape == "list" and not list_cutoff.select_list(request.text, ranked).covered:
        if not settled.sure:
            return None
        request = replace(request, shape="one")  # the nearest of the papers shown, rather than nothing
    return request, ranked
