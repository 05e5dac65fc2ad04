"""What the topic of a list asks for beside its words: alternatives ("CT or X-rays") and kinds of papers ("surveys")."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa.evidence.tokens import rarity, stems
from qa.retrieval.reranker import Text
from vectorstore import Paper

COVERAGES = ("either_title", "either_passage", "either_text", "either_share", "either_first", "either_full")
KINDS = ("survey", "survey_missing", "dataset", "dataset_missing")

_BETWEEN = re.compile(r"\s*(?:[,;:()/]|\b(?:and|or|as well as|for instance|such as|like|e\.g\.)(?!\w))\s*", re.I)
# Words that say what a paper does with its topic, not what the topic is.
_DOING = frozenset(
    stems(
        "work works working tackle deal deals concern concerns concerning study studies everything anything build "
        "builds apply applies help helps combine combines release releases new judge judging find finding"
    )
)
_HALF = 0.5  # of an alternative's words in a sentence count as a mention
_NEARLY_ALL = 0.99
_MOST_MENTIONS = 4
_IN_ABSTRACT = 0.6  # what an abstract's "we introduce a dataset" counts, where a title's "dataset" counts 1

_DATA = r"(?:data ?sets?|databases?|benchmarks?|corpus|corpora)"
# For each kind: how a topic asks for it, how a title says it, how an abstract does.
_PATTERNS = {
    "survey": (
        re.compile(r"\b(?:surveys?|reviews?|overviews?|tutorials?)\b", re.I),
        re.compile(r"\b(?:surveys?|review|overview|tutorial|primer|state of the art)\b", re.I),
        re.compile(
            r"\b(?:this|our|the present|an?) (?:\w+ ){0,3}(?:survey|review|overview|tutorial)"
            r"|\bwe (?:\w+ )?(?:survey|review|overview|summari[sz]e)\b",
            re.I,
        ),
    ),
    "dataset": (
        re.compile(rf"\b(?:{_DATA}|challenges?)\b", re.I),
        re.compile(rf"\b(?:{_DATA}|benchmarking|challenge)\b", re.I),
        re.compile(
            r"\b(?:introduc|present|releas|collect|construct|build|built|propos|contribut|creat|curat|provid|develop"
            rf"|establish)\w*\b[^.]{{0,80}}?\b{_DATA}\b|\b(?:new|novel|first|large-scale)\b[^.]{{0,40}}\b{_DATA}\b",
            re.I,
        ),
    ),
}


def alternatives(topic: str) -> tuple[frozenset[str], ...]:
    """The stems of each alternative that a topic names; a topic without any is the one alternative.

    >>> [sorted(part) for part in alternatives("radiographs, mammograms or CT")]
    [['radiograph'], ['mammogram'], ['ct']]
    """
    parts = [frozenset(stems(part)) - _DOING for part in _BETWEEN.split(topic)]
    return tuple(part for part in parts if part) or (frozenset(stems(topic)),)


def coverage(parts: Sequence[frozenset[str]], text: Text) -> list[float]:
    """How well a paper covers the alternative it covers best, in the order of `COVERAGES`.

    Args:
        parts: what `alternatives` found.
        text: the paper's words.

    Returns:
        The share of the alternative's stems, weighed by rarity, in the title; in the best sentence of the abstract;
        in title or abstract. Then the share of sentences that mention half of it, what the first one has of it, and
        how often all of it is said, four times counting as 1.
    """
    weighed = [({stem: rarity(stem) for stem in part}, part) for part in parts]

    def best(found: frozenset[str]) -> float:
        return max(
            (
                sum(weights[stem] for stem in part & found) / (sum(weights.values()) or 1.0)
                if not part.isdisjoint(found)
                else 0.0
            )
            for weights, part in weighed
        )

    sentences = [best(passage) for passage in text.passages] or [0.0]
    return [
        best(text.title_stems),
        max(sentences),
        best(text.stems),
        sum(share >= _HALF for share in sentences) / len(sentences),
        sentences[0],
        min(sum(share >= _NEARLY_ALL for share in sentences), _MOST_MENTIONS) / _MOST_MENTIONS,
    ]


def kinds(topic: str, papers: Sequence[Paper]) -> list[list[float]]:
    """Whether each paper is of a kind that the topic asks for, in the order of `KINDS`; all 0 where it asks for none.

    >>> from vectorstore import Paper
    >>> kinds("surveys on pruning", [Paper("2101.00001", "Pruning: a Survey", ""), Paper("2101.00002", "Pruning", "")])
    [[1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0]]
    """
    rows: list[list[float]] = [[] for _ in papers]
    for asked, in_title, in_abstract in _PATTERNS.values():
        wanted = asked.search(topic) is not None
        for row, paper in zip(rows, papers, strict=True):
            if not wanted:
                row += [0.0, 0.0]
            elif in_title.search(paper.title):
                row += [1.0, 0.0]
            else:
                row += [_IN_ABSTRACT, 0.0] if in_abstract.search(paper.abstract) else [0.0, 1.0]
    return rows
