"""The answer to "what is X?": the sentence that says what X is, or the paper that introduced it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa.answer import Answer, Evidence, Retrieved
from qa.answering.builder import AnswerBuilder
from qa.evidence import contributions, selection
from qa.evidence.term_match import speaks_of
from qa.query.parser import ParsedQuery
from qa.retrieval import answerability
from vectorstore import Paper

_LOOKED_AT = 20  # candidates
_LONGEST = 200  # characters of a question for what something is
_BESIDE = 2  # papers beside the one that defines
_SURE = 0.5  # least confidence in a paper that defines the term in so many words
_OVERVIEW = re.compile(r"\b(?:survey|review|overview|tutorial|introduction to|primer|taxonomy)\b", re.I)
_ASKS = re.compile(
    r"^\W*(?:(?:please|can you|could you|tell me)\s+)*(?:what(?:['’]s|\s+is|\s+are|\s+does|\s+do)|who\s+is|define"
    r"|explain|describe|introduce|tell\s+me\s+(?:more\s+)?about|(?:give\s+me\s+)?(?:an?\s+)?(?:short\s+|brief\s+)?(?:overview"
    r"|introduction|definition|explanation|summary)\s+(?:of|to|on))\s+(?:me\s+)?(?:what\s+)?"
    r"(?:(?:an?|the)\s+)?(?:(?:definition|meaning|idea|concept|notion|term|task|problem)\s+(?:of|behind)\s+)?(?:(?:an?|the)\s+)?"
    r"|\s*(?:\b(?:is|are|means?|refers?\s+to|stands?\s+for)\s*)?(?:(?:exactly|actually|please|all\s+about)\s*)*[?.!\s]*$",
    re.I,
)
_NAME = re.compile(r"\b(?:[A-Z]{2,}[\w-]*|[A-Za-z]+[A-Z0-9][\w-]*|[A-Za-z]+-?\d[\w-]*)")
_INTRODUCES = r"(?:propos|introduc|present|develop|design|call|name|dub|term|releas|describ|build|contribut)\w*"


def define(request: ParsedQuery, retrieved: Sequence[Retrieved]) -> Answer | None:
    """Answer a question for what something is.

    Args:
        request: the question; its text is the term, perhaps with "what is" before it.
        retrieved: ranked candidates.

    Returns:
        The defining sentence first, then a sentence of one or two other papers that speak of the term; for a name that
        a paper gives to its own work, what that paper says it does. None where no candidate does either.
    """
    term = term_of(request.text)
    if not term:
        return None
    about = [r.paper for r in retrieved[:_LOOKED_AT] if speaks_of(term, f"{r.paper.title}. {r.paper.abstract}")]
    if _NAME.search(term) and (paper := next((p for p in about if introduces(term, p)), None)):
        return _introduced(request, retrieved, paper)
    defining = [(value, -place, paper, e) for place, paper in enumerate(about) for value, e in _defining(term, paper)]
    if not defining:
        return None
    _, _, best, sentence = max(defining, key=lambda found: found[:2])
    draft = AnswerBuilder(request, retrieved)
    found = draft.evidence(best)
    draft.quote(best, [sentence], [sentence, *(e for e in found if e.start != sentence.start)])
    # Surveys first: they say what a field is, where others say what they add to it.
    others = [(paper, told) for paper in about if paper is not best and (told := _telling(term, paper))]
    others.sort(key=lambda other: not _OVERVIEW.search(other[0].title))
    for paper, told in others[:_BESIDE]:
        draft.quote(paper, [told])
    sure = max(answerability.assess(request.text, retrieved).confidence, _SURE)
    return draft.finish("answered", sure, shape="definition")


def term_of(text: str) -> str:
    """What a definition is asked of.

    >>> term_of("What is few-shot learning?"), term_of("Tell me about SAFENet."), term_of("what does NAS mean?")
    ('few-shot learning', 'SAFENet', 'NAS')
    """
    if len(text) > _LONGEST:
        return ""
    return _ASKS.sub("", text).strip(" \t\n?.!,;:\"'“”‘’")


def introduces(name: str, paper: Paper) -> bool:
    """Whether a paper gives this name to its own work: its title opens with it, or it says that it proposes it."""
    written = rf"(?<![\w-]){re.escape(_singular(name))}s?(?![\w-])"
    if re.match(rf"\W*{written}\s*(?::|--?\s|–|—)", paper.title, re.I):
        return True
    # "We propose X", "we propose a network called X", "we propose long words (X)"; but not "we propose an X network".
    pattern = (
        rf"\b(?:we|i|this (?:paper|work)|our)\b[^.]{{0,60}}\b{_INTRODUCES}\s+"
        rf"(?:{written}|[^.()]{{0,120}}(?:\(|\b(?:call|nam|dub|term|denot)\w*\s+(?:as\s+|it\s+)?|\bnamely,?\s+)"
        rf"{written})"
    )
    return re.search(pattern, paper.abstract, re.I) is not None


def _introduced(request: ParsedQuery, retrieved: Sequence[Retrieved], paper: Paper) -> Answer:
    draft = AnswerBuilder(request, retrieved)
    said = contributions.main(paper.abstract)
    found = draft.evidence(paper)
    draft.quote(paper, said, [*said, *(e for e in found if e.start not in {s.start for s in said})])
    sure = max(answerability.assess(request.text, retrieved).confidence, _SURE)
    return draft.finish("answered", sure, shape="definition")


def _singular(term: str) -> str:
    """A term without the s of its plural; the patterns allow for it."""
    return term[:-1] if len(term) > 3 and term.endswith("s") and not term.endswith(("ss", "us", "is")) else term


def _telling(term: str, paper: Paper) -> Evidence | None:
    """The sentence that defines the term, or else the first that speaks of it."""
    if own := _defining(term, paper):
        return max(own, key=lambda found: found[0])[1]
    written = re.compile(_written(term), re.I)
    return next((e for e in selection.sentences_of(paper.abstract) if written.search(e.text)), None)


def _written(term: str) -> str:
    """A pattern of the term: its plural too, hyphens or spaces between, an acronym behind; or as the acronym itself."""
    term = _singular(term)
    words = r"[\s-]+".join(re.escape(word) for word in re.split(r"[\s-]+", term))
    return rf"(?:(?<![\w-]){words}(?:e?s)?(?![\w-])(?:\s*\([^()]{{1,30}}\))?|\((?-i:{re.escape(term)})s?\))"


def _defining(term: str, paper: Paper) -> list[tuple[float, Evidence]]:
    """The sentences of an abstract that say what the term is, each with how plainly it does."""
    written = _written(term)
    kinds = (
        (4.0, rf"^(?:\W*(?:an?|the)\s+)?{written}\s*(?:is|are)\s+(?:\w+ly\s+)?(?:defined|an?|one|the\s+(?:\w+\s+)?"
              rf"(?:task|problem|process|ability|art|science|practice|field|study|technique))\b"),
        (4.0, rf"\b(?:we|i)\s+define\s+(?:an?\s+|the\s+)?{written}"),
        (4.0, rf"{written}\s+(?:refers?\s+to|is\s+(?:the\s+term|used\s+to\s+(?:refer|describe))|denotes?|means)\b"),
        (3.0, rf"^(?:[\w\s,-]{{0,60}}\s)?{written}\s*(?:is|are)\s+(?:an?|one|the)\b"),
        (3.0, rf"\bthe\s+(?:task|problem|goal|aim|objective|purpose)\s+of\s+{written}"),
        (3.0, rf"^(?:[\w\s,-]{{0,60}}\s)?{written}[^.]{{0,20}}\s(?:aims?\s+(?:to|at)|seeks?\s+to|consists?\s+(?:of|in)"
              rf"|deals?\s+with|tries\s+to|attempts?\s+to|involves|is\s+concerned\s+with)\b"),
        (2.5, rf"{written}\s*,\s*(?:i\.e\.,?|that\s+is,?|which\s+(?:is|are|aims?|refers?)|defined\s+as|the\s+"
              rf"(?:task|problem|process|ability)\b|where\b)"),
        # What an acronym stands for, said in passing.
        (2.0, rf"[a-z]\s\((?-i:{re.escape(_singular(term))})s?\)" if _singular(term).isupper() else r"(?!)"),
    )  # fmt: skip
    found: list[tuple[float, Evidence]] = []
    bonus = 1.0 if _OVERVIEW.search(paper.title) else 0.0
    for place, sentence in enumerate(selection.sentences_of(paper.abstract)):
        value = max((v for v, pattern in kinds if re.search(pattern, sentence.text, re.I)), default=0.0)
        if value:
            # What opens an abstract introduces its field; a name in the middle may be compared or used only.
            found.append((value + bonus + (0.5 if place == 0 else 0.0), sentence))
    return found
