"""What a paper is about in its own words: the sentences that say what it proposes and what came of it."""

from __future__ import annotations

import re

from qa.answer import Evidence
from qa.evidence import selection
from qa.evidence.tokens import words

_PROPOSES = re.compile(
    r"\b(?:we|i|this (?:paper|work|article|study|survey|review|thesis|report|letter|chapter)|(?:the|our) (?:paper"
    r"|work|method|approach|main (?:idea|contribution)|goal|aim)|the authors)\s+(?:(?:\w+ly|then|also|further|first"
    r"|here|thus|therefore|instead|hereby) )*(?:propos|introduc|present|develop|design|describ|formulat|construct"
    r"|devis|suggest|provid|offer|releas|survey|review|study|studies|investigat|explor|examin|address|tackl|focus|argu|show"
    r"|demonstrat|analy[sz]|discuss|extend|build|creat|contribut|revisit|consider|is to|aims?)"
    r"|\b(?:is|are) (?:\w+ )?(?:proposed|introduced|presented|developed|described|investigated|studied)\b"
    r"|\bin this (?:paper|work|article|study|survey|review)\b",
    re.I,
)
_NEW = re.compile(r"\b(?:propos|introduc|present|novel|new|first|survey|review|releas|in this (?:paper|work))", re.I)
_CAME_OF_IT = re.compile(
    r"\b(?:outperform|achiev|improv(?:es|ed|ement)|results?|experiments?|evaluations?|surpass|superior|demonstrat"
    r"|state[- ]of[- ]the[- ]art|we (?:show|find|found|observe))",
    re.I,
)
# Words of a question that only asks what a paper is about.
_GENERAL = frozenset(
    "tell show explain describe summarize summarise summary summaries summarized overview abstract gist main key "
    "central idea ideas claim claims contribution contributions finding findings result results point points content "
    "contents do does did propose proposes proposed present presents introduce introduces say says state states about "
    "paper article work preprint study publication publications title what please know more details information info "
    "read short brief briefly quick tldr tl dr arxiv id abs pdf there discuss discusses cover covers deal deals "
    "conclude concludes conclusion conclusions show shows contain contains topic topics subject "
    "compare compared comparison contrast versus vs difference differences differ between".split()
)


def main(abstract: str, count: int = 2) -> tuple[Evidence, ...]:
    """The sentences that say what a paper does, then what came of it; in the abstract's order.

    >>> abstract = "Stains vary. We propose StainNet. It is small. Experiments show that it is fast."
    >>> [e.text for e in main(abstract)]
    ['We propose StainNet.', 'Experiments show that it is fast.']

    Args:
        abstract: the abstract as stored.
        count: how many sentences at most.
    """
    sentences = selection.sentences_of(abstract)
    if not sentences:
        return ()
    proposing = proposals(abstract)
    claim = next((e for e in proposing if _NEW.search(e.text)), proposing[0] if proposing else sentences[0])
    chosen = [claim]
    later = [e for e in sentences if e.start > claim.start]
    outcomes = [e for e in later if _CAME_OF_IT.search(e.text)]
    for sentence in [*outcomes, *later]:
        if len(chosen) < count and sentence not in chosen:
            chosen.append(sentence)
    return tuple(sorted(chosen[:count], key=lambda e: e.start))


def proposals(abstract: str) -> tuple[Evidence, ...]:
    """The sentences in which a paper says what it does, in the abstract's order; empty where none does.

    >>> [e.text for e in proposals("Stains vary. We propose StainNet. It is small.")]
    ['We propose StainNet.']
    """
    return tuple(e for e in selection.sentences_of(abstract) if _PROPOSES.search(e.text))


def general(text: str) -> bool:
    """Whether a question asks only what a paper is about, and for no detail of it.

    >>> general("what does propose?"), general("how fast is it?")
    (True, False)
    """
    # An id that is all of a question stays in its text.
    asked = [word for word in words(text) if not word[0].isdigit()]
    return not re.search(r"\bhow\b|\bwhy\b", text, re.I) and all(word in _GENERAL for word in asked)
