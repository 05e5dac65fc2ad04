"""The citations of a written answer, checked against the abstracts that it was written from.

A language model drops marks, invents them, and sets them on the wrong paper. So every sentence is held against the
abstracts: its citations are what they bear out, its evidence is found here, and what they do not bear out is said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from qa.answer import Evidence
from qa.attribution import boilerplate, segments
from qa.attribution.mismatches import find_mismatches
from qa.attribution.scoring import Claim, Support, assess_support
from qa.attribution.segments import Segment, split_segments
from qa.attribution.sources import Abstract, analyze_source
from vectorstore import Paper

_LONGEST = 1500  # characters of a sentence
_MOVES = 1.5  # log-odds by which another paper must bear a sentence out better than the one that it cites
_ADDS = 0.2  # share of a sentence that a second paper must add, for both to be cited
_RIVAL = 0.02  # share of a sentence by which a paper may trail one that contradicts it
_FAULT = 0.1  # share of a sentence that one fault outweighs, where the paper that comes nearest is looked for
_TOUCHES = 0.45  # share of an unsupported sentence that a paper must have, to be cited for what it nearly says
_DENIES = 0.75  # share of an abstention that an abstract must have, for the abstention to be false
_ONLY_NEAR = "the abstracts that were given do not say this"

finished = segments.finished


@dataclass(frozen=True, slots=True)
class Checked:
    """A sentence of an answer, checked.

    Attributes:
        text: without marks and Markdown.
        start, end: its place in the given text, marks included.
        citations: the papers that bear it out, 1-based numbers of those given; of an unsupported sentence those that
            come nearest to it, perhaps none.
        evidence: of each cited paper the sentences that bear it out, best first, with offsets into its abstract.
        supported: whether the abstracts bear it out; True for what claims nothing of a paper.
        reasons: why not, in plain words; empty for a supported sentence.
        kind: "sentence" runs on in a paragraph; "item" is a line of a list or table; "note" claims nothing of a paper.
    """

    text: str
    start: int
    end: int
    citations: tuple[int, ...] = ()
    evidence: tuple[tuple[int, tuple[Evidence, ...]], ...] = ()
    supported: bool = True
    reasons: tuple[str, ...] = ()
    kind: Literal["sentence", "item", "note"] = "sentence"


def check_citations(text: str, papers: Sequence[Paper]) -> tuple[Checked, ...]:
    """Check a written answer sentence by sentence.

    >>> paper = Paper("2001.00001", "StainNet", "Stains vary. StainNet has 1.28K parameters and is fast.")
    >>> for sentence in check_citations("StainNet has only 1,280 parameters. It has 93 layers [1][7].", [paper]):
    ...     print(sentence.text, sentence.citations, sentence.supported, sentence.reasons)
    StainNet has only 1,280 parameters. (1,) True ()
    It has 93 layers. () False ('the number 93 is not in [1]',)

    Args:
        text: the answer as a language model wrote it, or as much of it as `finished` says has settled.
        papers: those given to it, in the order that its marks count from 1.

    Returns:
        Its sentences in order; empty for a text without words. Each stands by itself: checking a part of the text gives
        the same for the sentences that are whole in it.
    """
    abstracts = [analyze_source(paper) for paper in papers]
    return tuple(_checked(segment, abstracts) for segment in split_segments(text, papers))


def _checked(segment: Segment, abstracts: Sequence[Abstract]) -> Checked:
    kind: Literal["sentence", "item"] = "item" if segment.kind == "item" else "sentence"
    if len(segment.text) > _LONGEST:
        return _unsupported(segment, kind, ("the sentence is too long to be checked",))
    if boilerplate.claims_nothing(segment.text, segment.kind, bool(segment.numbers)):
        return Checked(segment.text, segment.start, segment.end, kind="note")
    if not abstracts:
        return _unsupported(segment, kind, ("no abstract was given",))
    abstains, rest = boilerplate.abstention(segment.text)
    if abstains and not rest:
        if _denied(segment, abstracts):
            return _unsupported(segment, kind, ("an abstract that was given does say this",))
        return Checked(segment.text, segment.start, segment.end, kind="note")
    marked = [n - 1 for n in segment.numbers]
    claim = Claim.of(rest)
    judged = _judge(claim, marked, abstracts)
    cited, evidence = _cited(judged, abstracts)
    if judged.holds:
        return Checked(segment.text, segment.start, segment.end, cited, evidence, kind=kind)
    if judged.covered < _TOUCHES:
        cited, evidence = (), ()
    reasons = judged.faults or tuple(
        find_mismatches(claim.row, [abstracts[n] for n in marked], marked) if marked else ()
    )
    reasons = reasons or (_ONLY_NEAR,)
    return Checked(segment.text, segment.start, segment.end, cited, evidence, False, reasons, kind)


def _judge(claim: Claim, marked: Sequence[int], abstracts: Sequence[Abstract]) -> Support:
    """The papers that bear a claim out, the marked ones first; where none do, the one that comes nearest."""
    near = [abstract.nearness(claim.keys, claim.vectors) for abstract in abstracts]
    alone = {n: assess_support(claim, [(n, abstracts[n])], [near[n]]) for n in range(len(abstracts))}

    def together(numbers: Sequence[int]) -> Support:
        return assess_support(claim, [(n, abstracts[n]) for n in numbers], [near[n] for n in numbers])

    best = max(alone.values(), key=lambda backing: (backing.holds, backing.score))
    held = [alone[n] for n in marked if alone[n].holds]
    if held:
        own = max(held, key=lambda backing: backing.score)
        if not (best.holds and best.score > own.score + _MOVES):
            return _joined(sorted(held, key=lambda backing: -backing.score))
        return best
    if len(marked) > 1 and (both := together(marked[:6])).holds:
        return both
    # What one paper contradicts, another does not rescue by saying less of it.
    rival = max((b.covered for b in alone.values() if b.faults and b.score > 0), default=0.0)
    if best.holds and best.covered >= rival - _RIVAL:
        return best
    order = sorted(alone, key=lambda n: -alone[n].covered + _FAULT * len(alone[n].faults))
    first = order[0]
    reach = near[first].max(axis=0) ** 2 if claim.keys else np.zeros(0)
    for second in order[1:4]:
        added = np.maximum(near[second].max(axis=0) ** 2 - reach, 0.0) @ claim.weights if claim.keys else 0.0
        if added > _ADDS * claim.weights.sum() and (both := together([first, second])).holds:
            return both
    # What the marked paper lacks is more to the point than what another one lacks, unless it is about something else.
    marked_best = max((alone[n] for n in marked), key=lambda backing: backing.covered, default=None)
    if marked_best is not None and marked_best.covered >= min(alone[first].covered - 0.15, _TOUCHES):
        return marked_best
    return alone[first]


def _joined(held: Sequence[Support]) -> Support:
    """Several papers each of which bears the claim out by itself."""
    chosen = tuple(dict.fromkeys(pair for backing in held for pair in backing.chosen))
    return Support(held[0].score, chosen, (), held[0].covered)


def _cited(
    judged: Support, abstracts: Sequence[Abstract]
) -> tuple[tuple[int, ...], tuple[tuple[int, tuple[Evidence, ...]], ...]]:
    """The numbers of the papers that carry a judgement, and the sentences of each."""
    found: dict[int, list[Evidence]] = {}
    for number, place in judged.chosen:
        evidence = abstracts[number].parts[place].evidence
        own = found.setdefault(number + 1, [])
        if evidence is not None:
            own.append(evidence)
    return tuple(found), tuple((number, tuple(own)) for number, own in found.items())


def _denied(segment: Segment, abstracts: Sequence[Abstract]) -> bool:
    """Whether an abstract says what a sentence denies that the abstracts say."""
    claim = Claim.of(segment.text)
    for abstract in abstracts:
        near = abstract.nearness(claim.keys, claim.vectors)
        backing = assess_support(claim, [(0, abstract)], [near])
        if backing.covered > _DENIES and backing.score > 0:
            return True
    return False


def _unsupported(segment: Segment, kind: Literal["sentence", "item"], reasons: tuple[str, ...]) -> Checked:
    return Checked(segment.text, segment.start, segment.end, (), (), False, reasons, kind)
