"""What shows that a sentence answers a question: shared words, its place, and cues of both, as numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from qa.evidence import word_vectors
from qa.evidence.tokens import rarity, stems

# What a question asks for.
_MEASURES = (
    "accuracy score rate percentage error f1 dice map auc auroc psnr ssim iou miou fid speed fps number size share "
    "fraction gain factor level margin improvement reduction cost recall precision rank"
).replace(" ", "|")
_ASKED = {
    "number": r"\bhow (?:much|many|big|large|small|fast|long|often|far|accurate|well|quick|precise|close|high|low|few"
    rf"|heavy|tiny|deep|slow|expensive|cheap)\b|\bwhat (?:\w+ ){{0,3}}(?:{_MEASURES})s?\b"
    r"|\b(?:accuracy|score|error rate|percentage|f1|dice|map|auc|auroc|psnr|ssim|iou|miou|fid|fps|frame rate|number of"
    r"|speed-?up|gain|margin|by what|percent|%|parameters|rank|size of)\b",
    "data": r"\b(?:which|what|on which|whose|name)\b[^?]{0,40}\b(?:datasets?|benchmarks?|data|corpus|corpora"
    r"|collections?|image sets?|databases?|sets?)\b|\b(?:tested|evaluated|trained|tried|shown|validated|compared"
    r"|benchmarked) on\b"
    r"|\bhow many\b[^?]{0,30}\b(?:datasets|benchmarks|images|videos|patients|samples|classes|scans)\b",
    "why": r"\bwhy\b|\bproblems?\b|\bwrong\b|\bfails?\b|\bweakness|\blimit|\bdrawback|\bcomplain|\bissue|\bshortcoming"
    r"|\bsuffer|\bcriti",
    "how": r"\bhow (?:do|does|did|can|could|is|are|was|were|to|would|should|might)\b|\bwhat (?:is|are|does|trick|method"
    r"|idea|technique|loss|module|mechanism|approach|strategy|way|kind|type)\b|\bany way\b|\bis there (?:a|any|some)\b",
    "compare": r"\b(?:better|worse|beats?|outperform|compared?|versus|vs|than|relative|against|faster|improve|hurt|help"
    r"|cheaper)\b",
    "yes_no": r"(?:^|[.?!] )(?:can|could|does|do|did|is|are|was|were|will|would|has|have|should|must)\b",
    "which": r"\b(?:which|what|who|whose|where|when)\b",
    "keywords": r"^[^?]*$",
}
# What a sentence of an abstract does.
_DONE = {
    "number": r"\d",
    "measure": r"\d\s*(?:\\?%|percent|db|fps|ms|x\b|times|\\times|mm|cm|hours?|seconds?|gb|mb|[mk]\b)",
    "amount": r"\b\d[\d,]{2,}\b|\b\d+(?:\.\d+)?\s*[mkb]\b|million|thousand|hundred",
    "data": r"\b(?:datasets?|benchmarks?|corpus|database|collection|challenge)\b|(?-i:\b[A-Z][A-Za-z]*[A-Z0-9][\w-]*)",
    "method": r"\b(?:we|this paper|this work|this article|our method|our approach|i) (?:\w+ ){0,2}(?:propose|introduce"
    r"|present|develop|design|build|describe|suggest|use|adopt|employ|formulate|construct|devise|exploit|leverage)"
    r"|\b(?:is|are) (?:\w+ )?(?:proposed|introduced|presented|developed|designed)\b|\bnovel\b"
    r"|\b(?:by|via|using|through) \w+ing\b",
    "detail": r"\b(?:specifically|in particular|namely|first(?:ly)?|second(?:ly)?|then|finally|consists? of|composed of"
    r"|based on|to this end|which|where|each|module|loss|by)\b",
    "result": r"\b(?:outperform|achiev|improv|results?|show(?:s|n|ed)?|demonstrat|experiments?|evaluat|surpass|superior"
    r"|state[- ]of[- ]the[- ]art|obtain|reach|accuracy|competitive|compar|reduc|faster)",
    "finding": r"\b(?:we (?:find|found|show|observe|reveal|demonstrate|prove|conclude)|findings?|reveal|suggest that"
    r"|indicat|observ|analysis|study)",
    "problem": r"\b(?:however|but|although|despite|suffer|limit|challeng|difficult|lack|fail|problem|unfortunately"
    r"|costly|expensive|hard|drawback|degrad|cannot|require|still|often|tend|due to|because)",
    "background": r"\b(?:recent(?:ly)?|in recent years|has been|have been|important|popular|widely|many|traditional"
    r"|existing|current|most|increasingly|crucial|essential|task)\b",
    "link": r"https?://|github|code (?:is|will|and)|available at|publicly available",
}
_ASKED_PATTERNS = {name: re.compile(pattern, re.I) for name, pattern in _ASKED.items()}
_DONE_PATTERNS = {name: re.compile(pattern, re.I) for name, pattern in _DONE.items()}
_SHARED = (
    "coverage",
    "coverage_here",
    "best_coverage",
    "alone_coverage",
    "beside_coverage",
    "log_words",
    "short",
    "place",
    "place_squared",
    "first",
    "last",
)
NAMES: tuple[str, ...] = (
    *_SHARED,
    *_DONE,
    *(f"{asked}*{done}" for asked in _ASKED for done in _DONE),
    *(f"{asked}*place" for asked in _ASKED),
    *(f"{asked}*place_squared" for asked in _ASKED),
    *word_vectors.NAMES,
)


def asked(question: str) -> NDArray[np.float64]:
    """Which of the kinds of question this is, shape (8,), 0 or 1 each."""
    return np.array([1.0 if p.search(question) else 0.0 for p in _ASKED_PATTERNS.values()])


def coverage(question: set[str], text: set[str]) -> float:
    """The share of a question's stems, weighed by rarity, that stand among a text's stems: 0 to 1."""
    total = sum(rarity(s) for s in question)
    return sum(rarity(s) for s in question & text) / total if total else 0.0


def evidence_features(question: str, sentences: Sequence[str], title: str = "") -> NDArray[np.float64]:
    """Numbers that say how well each sentence of one abstract answers the question.

    Args:
        question: the question.
        sentences: the abstract's sentences in order.
        title: the paper's title, whose words say less of what is asked.

    Returns:
        Shape (len(sentences), len(NAMES)).
    """
    sentences = tuple(sentences)
    count = len(sentences)
    wanted = set(stems(question))
    weights = {s: rarity(s) for s in wanted}
    total = sum(weights.values()) or 1.0
    found = [wanted & own for own in word_vectors.analyze_sentences(sentences).found]
    here = sum(weights[s] for s in set().union(*found)) or 1.0
    shared = np.array([sum(weights[s] for s in f) for f in found])
    # A word that only this sentence has says more than one that all have.
    alone = np.array([sum(weights[s] / sum(s in other for other in found) for s in f) for f in found])
    padded = np.concatenate(([0.0], shared, [0.0]))
    lengths = np.array([len(sentence.split()) for sentence in sentences])
    place = np.arange(count) / max(1, count - 1)
    own = np.stack(
        [
            shared / total,
            shared / here,
            (shared >= shared.max() - 1e-9) & (shared > 0),
            alone / here,
            np.maximum(padded[:-2], padded[2:]) / here,
            np.log(lengths + 1),
            np.minimum(lengths, 12) / 12,
            place,
            place**2,
            np.arange(count) == 0,
            np.arange(count) == count - 1,
        ],
        axis=1,
    ).astype(np.float64)
    kinds = asked(question)
    done = _done(sentences)
    crossed = (kinds[None, :, None] * done[:, None, :]).reshape(count, -1)
    near = word_vectors.word_vector_features(question, sentences, title)
    return np.concatenate([own, done, crossed, np.outer(place, kinds), np.outer(place**2, kinds), near], axis=1)


@lru_cache(maxsize=512)
def _done(sentences: tuple[str, ...]) -> NDArray[np.float64]:
    """Which of the things that a sentence may do each one does, shape (sentences, len(_DONE)), 0 or 1 each."""
    return np.array([[1.0 if p.search(s) else 0.0 for p in _DONE_PATTERNS.values()] for s in sentences])
