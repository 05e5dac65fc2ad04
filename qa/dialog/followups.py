"""What a follow-up says outright: the papers it points at, a list made narrower, a filter replaced."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from qa.answer import Answer
from qa.dialog import references
from qa.dialog.rewrites import corrected, turned, without_opening
from qa.evidence.tokens import stems
from qa.query.parser import ParsedQuery, parse_query
from vectorstore import Filters, Paper

_LATELY = 6  # answers back that a list may have been given
_SLACK = 20  # characters by which understanding a question may lengthen it

# A list, pointed at: "which of these …", "do any …", "only those …", "the ones with …".
_OF_THESE = re.compile(
    r"(?:\b(?:which|what|any|some|none|one|ones|all|most|each|either|many|much|other)\s+)?\b(?:of|among|from)\s+"
    r"(?:these|those|them|the\s+(?:above|list(?:ed)?)|(?:this|that|your)\s+list)\b(?:\s+(?:papers?|ones?|works?))?",
    re.I,
)
_THINGS = re.compile(
    r"^\s+(?:images|videos|frames|datasets|data|classes|modules|components|samples|stages|losses|parameters|methods"
    r"|results|experiments|problems|steps|models|networks|features|layers|tasks|settings|effects|artifacts)\b",
    re.I,
)
_ONLY = re.compile(
    r"^(?:(?:can|could)\s+you\s+)?(?:(?:please\s+)?(?:show|list|give|keep|name)\s+(?:me\s+)?)?(?:only|just)\b"
    r"(?!\s+(?:how|what|why|curious|wondering|to|if|because|one)\b)(?:\s+(?:to|the|those|these|ones|papers|works))*"
    r"|^(?:(?:can|could)\s+you\s+)?(?:please\s+)?(?:narrow|restrict|limit|filter)\b(?:\s+(?:it|them|this|that|these|those|the"
    r"|list|papers|results|down|to|by|for|on|only|ones))*",
    re.I,
)
_ANY = re.compile(
    r"^(?:(?:is|are|was|were)\s+there\s+|(?:is|are|was|were|do|does|did|have|has|can)\s+)?any\b(?:\s+ones?\b)?"
    r"(?=\s+(?:with|without|on|about|using|use|that|which|in|from|by|for|release|released|open|evaluated|evaluate"
    r"|trained|train|tested|test|compare|report|address|consider|deal|run|work\s+(?:on|with|in|without|for))\b)",
    re.I,
)
_WHICH_ONES = re.compile(r"^(?:which|what)\s+ones?\b", re.I)
_THE_ONES = re.compile(
    r"^(?:the\s+ones|those|these)\b(?=\s+(?:with|without|that|which|on|from|using|about|published|listed|after|before"
    r"|since|in|by|between)\b)",
    re.I,
)
_SHOWN = re.compile(r"\b(?:these|those|them|ones?|list|above)\b", re.I)
_ONE = re.compile(
    r"^(?:which|what)\s+one\b|^(?:which|what)\s+(?:of|among)\s+\w+\s+(?:is|was|has|does|\w+[^s\W]s)\b", re.I
)
# Words of a request that narrows by a filter alone; what else there is says what the papers are about.
_FILLERS = frozenset(
    stems(
        "ones papers paper those these only please show list find give published listed posted submitted appeared from "
        "instead sorry actually year years works articles preprints maybe perhaps though rather results restrict limit"
    )
)


@dataclass(frozen=True, slots=True)
class Resolved:
    """A follow-up that needs no weighing.

    Attributes:
        request: what to search for.
        exact: the papers that the user pointed at, all of them to be used, in this order; else empty.
        otherwise: what to search for when nothing passes `request.filters`.
        sure: False where it could as well be a new question ("only RGB images …"), if no paper shown answers it.
    """

    request: ParsedQuery
    exact: tuple[Paper, ...] = ()
    otherwise: ParsedQuery | None = None
    sure: bool = True


def resolve_explicit(request: ParsedQuery, history: Sequence[Answer]) -> Resolved | None:
    """Read a follow-up that points at papers shown, narrows a list, or gives another filter.

    Args:
        request: the question as understood alone.
        history: the answers so far, oldest first.

    Returns:
        What to search for, or None when the question says nothing of the kind.
    """
    if not history:
        return None
    shown, listed = discussed(history)
    narrowing = _narrowing(request.question)
    said, content = _said(narrowing) if narrowing is not None else (Filters(), "")
    if said and not content:
        return _refiltered(request, history, said, shown if listed else (), fresh=False)
    latest = tuple(c.paper for c in history[-1].citations)
    chosen = references.choose(request.question, shown, latest) if shown else None
    if chosen is not None:
        return _pointed(request, *chosen)
    if narrowing is not None:
        return _narrowed(request, shown, said, content) if content and len(shown) > 1 else None
    replaced = corrected(request.question) or turned(request.question)
    if replaced is not None:
        said, content = _said(replaced)
        if said and not content:
            return _refiltered(request, history, said, (), fresh=True)
    return None


def discussed(history: Sequence[Answer]) -> tuple[tuple[Paper, ...], bool]:
    """The papers that marks and places refer to, and whether they were given as a list.

    An answer about one of a list's papers does not end the list: "the second one?" may be followed by "and the third?".
    """
    papers: tuple[Paper, ...] = ()
    listed = False
    for answer in reversed(history[-_LATELY:]):
        cited = tuple(c.paper for c in answer.citations)
        if not {p.arxiv_id for p in papers} <= {p.arxiv_id for p in cited}:
            break
        papers, listed = cited, answer.shape == "list"
        if len(papers) > 1:
            break
    return papers, listed


def topic(history: Sequence[Answer]) -> ParsedQuery:
    """What set the topic: the last question that stood alone, as understood."""
    return parse_query(next((a for a in reversed(history) if _alone(a)), history[0]).question)


def _alone(answer: Answer) -> bool:
    """Whether an answer was found with its question's own words, and not with what came before."""
    if answer.filters.ids and not any(arxiv_id in answer.question for arxiv_id in answer.filters.ids):
        return False
    said, searched = set(stems(answer.question)), set(stems(answer.standalone))
    return len(searched & said) * 2 >= len(searched) and len(answer.standalone) <= len(answer.question) + _SLACK


def _pointed(request: ParsedQuery, papers: tuple[Paper, ...], rest: str) -> Resolved:
    several = len(papers) > 1
    compared = several and request.shape == "comparison"
    pointed = replace(
        request,
        text=rest if re.search(r"\w", rest) else request.text,
        filters=replace(request.filters, ids=tuple(paper.arxiv_id for paper in papers)),
        shape="comparison" if compared else "one",
        sides=tuple(paper.title for paper in papers) if compared else (),
        about=() if compared else papers,
    )
    return Resolved(pointed, exact=papers)


def _narrowing(question: str) -> str | None:
    """What a request to narrow a list asks for, or None when it is no such request."""
    rest = without_opening(question)
    match = _OF_THESE.search(rest)
    if match and not _THINGS.match(rest[match.end() :]):
        return f"{rest[: match.start()]} {rest[match.end() :]}".strip(" ,")
    for pattern in (_ONLY, _ANY, _WHICH_ONES, _THE_ONES):
        match = pattern.match(rest)
        if match:
            return rest[match.end() :].strip(" ,")
    return None


def _narrowed(request: ParsedQuery, shown: tuple[Paper, ...], said: Filters, content: str) -> Resolved:
    """Those of the papers shown that a further property holds of."""
    ids = tuple(paper.arxiv_id for paper in shown)
    single = _ONE.match(without_opening(request.question)) is not None
    shape = request.shape if request.shape == "count" else "one" if single else "list"
    filters = replace(request.filters.overridden_by(said), ids=ids)
    narrowed = replace(request, text=content, filters=filters, shape=shape, sides=(), about=shown)
    # A wrong reading of a filter must not empty the list.
    return Resolved(
        narrowed,
        otherwise=replace(narrowed, filters=replace(request.filters, ids=ids)),
        sure=_SHOWN.search(request.question) is not None,
    )


def _refiltered(
    request: ParsedQuery, history: Sequence[Answer], said: Filters, shown: tuple[Paper, ...], *, fresh: bool
) -> Resolved:
    """The topic as before with another filter, or with one more (`fresh` False)."""
    kept = replace(history[-1].filters, ids=())
    changed = kept.overridden_by(said) if fresh else kept.narrowed_by(said)
    filters = changed.narrowed_by(request.filters)
    anew = replace(topic(history), question=request.question, filters=filters)
    if not shown:
        return Resolved(anew)
    within = replace(anew, filters=replace(filters, ids=tuple(paper.arxiv_id for paper in shown)), about=shown)
    return Resolved(within, otherwise=anew)


def _said(text: str) -> tuple[Filters, str]:
    """The filters that a fragment states, and what it says besides (empty when that is nothing)."""
    text = re.sub(r"\b(?:the\s+)?(?:ones?|those|these|them)\b", " ", text, flags=re.I)
    text = re.sub(r"\s+", " ", text).strip(" ,")
    if not re.search(r"\w", text):
        return Filters(), ""
    read = parse_query(f"papers {text}")
    if not read.filters:
        # "2019" and "ECCV" alone; but a bare "robotics" is a topic, not a category.
        bare = parse_query(f"papers from {text}")
        if (bare.filters.since or bare.filters.until or bare.filters.venues) and not _content(bare.text):
            return bare.filters, ""
        return Filters(), text if _content(text) else ""
    return read.filters, _content(read.text)


def _content(text: str) -> str:
    """What a fragment says the papers are about; empty when that is nothing."""
    text = re.sub(r"^\s*papers\b(?:\s+from\b)?\s*", "", text, flags=re.I)
    return text if set(stems(text)) - _FILLERS else ""
