"""What a paper proposes, its numbers, and what it is evaluated on, in its own sentences."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from qa.answer import Evidence
from qa.evidence import contributions, selection
from vectorstore import Paper

# A proposal in so many words, and what only goes with one.
_OUTRIGHT = re.compile(
    r"\b(?:we|i|(?:this|the|our) (?:\w+ )?(?:paper|work|article|study|survey|review)|the authors)\s+"
    r"(?:(?:\w+ly|then|also|further|first|here|thus|therefore|instead) )*"
    r"(?:propos|introduc|present|develop|design|devis|formulat|releas|contribut|suggest)"
    r"|\bin this (?:paper|work|article|study|survey|review)\b.*\bwe (?:propos|introduc|present|develop|design)",
    re.I,
)
_PASSIVE = re.compile(r"\b(?:is|are) (?:(?!also )\w+ )?(?:proposed|introduced|presented|developed)\b", re.I)
_ASIDE = re.compile(
    r"^\W*(?:for (?:the )?evaluation|to evaluate|finally|moreover|furthermore|in addition|additionally)\b", re.I
)

# A number that measures something: with its unit, as a decimal, in thousands, or as so many of something countable.
_UNITS = (
    r"\\?%|percent(?:age)?\b|points?\b|d[bB]\b|fps\b|FPS\b|Hz\b|ms\b|s\b|m?m\b|[ck]m\b|hours?\b|minutes?\b|(?:milli)?seconds?\b"
    r"|[GMK]B\b|[GMT]?FLOPs?\b|[MKBG]\b|\$?\\times\b|(?:\$\\times\$|[x×])(?![\w])|times\b|fold\b|mAP\b|mIoU\b|AP\b|GPUs?\b|orders?\b"
)
_QUANTITY = re.compile(
    rf"(?<![\w.-])[~∼+-]?\d[\d,]*(?:\.\d+)?\s*-?(?:{_UNITS})|(?<![\w.])\d*\.\d+(?![\w.]|-\w)|\b\d{{1,3}}(?:,\d{{3}})+\b"
    r"|\b(?:(?-i:AP|AUC|IoU|PSNR|SSIM|FID|F1)|mAP|mIoU|accuracy|recall|precision|score|error)\s(?:\w+\s){0,3}\d+"
    r"|\b\d[\d,]*[KM]?\+?\s+(?!DoF\b|shot\b|way\b|bit\b)(?:\w+[\s-]){0,3}(?:images?|videos?|clips?|frames?|samples?|classes"
    r"|categories|patients?|subjects?|scans?|objects?|instances?|parameters|annotations?|pairs|hours|scenes|sequences"
    r"|points|papers|participants|questions)\b"
    r"|\b\d+(?:\.\d+)?\s+(?:million|billion|thousand)\b|\bfactor of (?:\w+ ){0,2}\d+",
    re.I,
)
_RESULT = re.compile(
    r"\b(?:outperform|achiev|improv|results?\b|demonstrat|evaluat|surpass|superior|obtain|reach|accurac|attain|yield"
    r"|reduc|faster|gain|boost|increas|decreas|exceed|beat|compar|rank|state[- ]of[- ]the[- ]art|sota\b|perform)",
    re.I,
)
# What the paper says of itself, so that the numbers of its field's troubles are not taken for its own.
_OWN = re.compile(
    r"\b(?:we|our|ours|this (?:paper|work|study|approach|method|model|dataset)|(?:the )?proposed|experiments?|it)\b",
    re.I,
)
_TRIED = re.compile(
    r"\b(?:evaluat|experiment|test(?:s|ed|ing)?\b|validat|benchmark|results?\b|demonstrat|trained|verif|perform|outperform"
    r"|achiev|state[- ]of[- ]the[- ]art|compar|improv|effective|appl(?:y|ied)|show|surpass|obtain)",
    re.I,
)
_ON = re.compile(
    r"\b(?:on|in|over|across|using|with|for|from|of|by|and|to|both|including|namely|under)\b"
    r"(?:(?!\bwhile\b)[^.;]|(?<=\d)\.(?=\d)){0,120}?\b(?:data\s?-?sets?|databases?|benchmarks?|corpus|corpora|challenges?"
    r"|collections?|test(?:ing)? sets?|validation sets?|leaderboard"
    r"|real[- ]world (?:data|images|videos|scenes|sequences)"
    r"|(?:synthetic|clinical|medical|satellite|mri|ct|in[- ]vivo) (?:data|images|scans|volumes))\b",
    re.I,
)
# A name such as KITTI, ImageNet, CIFAR-10, Market-1501 or MS COCO, where something was tried on it.
_NAMED = re.compile(
    r"\b(?:on|across)\s+(?:the\s+|both\s+|several\s+)?(?:[\w-]+\s){0,3}?"
    r"(?-i:(?:[A-Z]{3,}[\w+-]*|[A-Z][a-z]+[A-Z][\w+-]*|[A-Z][A-Za-z]+-?\d[\w+-]*|Kodak|Cityscapes|Kinetics|Waymo|Middlebury"
    r"|Sintel|Vimeo))\b",
    re.I,
)
_SAYS_SO = re.compile(r"\b(?:evaluat(?:e|es|ed|ions?)\b|experiment|test(?:s|ed)\b|validated?\b)", re.I)
# Names that are written like those of datasets.
_NO_DATASET = re.compile(r"\b(?:CNNs?|GANs?|DNNs?|RNNs?|LSTMs?|VAEs?|SVMs?|GPUs?|CPUs?|RGB|MRI|CT|LIDAR|SLAM)\b")


@dataclass(frozen=True, slots=True)
class Column:
    """One paper of a comparison.

    Attributes:
        n: the mark of its citations, from 1.
        paper: the paper.
        proposed: the sentence that says what it proposes; None where none says so.
        numbers: the sentences that give its results in numbers, two at most.
        evaluated: the sentence that says what it was tried on; None where none does.
    """

    n: int
    paper: Paper
    proposed: Evidence | None
    numbers: tuple[Evidence, ...]
    evaluated: Evidence | None

    def rows(self) -> tuple[tuple[str, tuple[Evidence, ...]], ...]:
        """The cells that quote the abstract, each with the name of its row."""
        return (
            ("Proposed", (self.proposed,) if self.proposed else ()),
            ("Numbers", self.numbers),
            ("Evaluated on", (self.evaluated,) if self.evaluated else ()),
        )

    def to_json(self) -> dict[str, Any]:
        """The column as JSON-ready values; offsets are into the abstract."""
        return {
            "n": self.n,
            "arxiv_id": self.paper.arxiv_id,
            "version": self.paper.version,
            "title": self.paper.title,
            "listed": self.paper.listed.isoformat() if self.paper.listed else None,
            "url": self.paper.url,
            "proposed": self.proposed.to_json() if self.proposed else None,
            "numbers": [sentence.to_json() for sentence in self.numbers],
            "evaluated": self.evaluated.to_json() if self.evaluated else None,
        }


def column(n: int, paper: Paper) -> Column:
    """Read what one paper says of itself, as the nth of a comparison.

    >>> found = column(
    ...     1, Paper("2012.12535", "T", "We propose StainNet. It reaches 31.2 dB on the Camelyon16 dataset.")
    ... )
    >>> found.proposed.text, found.numbers[0].text
    ('We propose StainNet.', 'It reaches 31.2 dB on the Camelyon16 dataset.')

    A cell is empty where no sentence of the abstract is sure to fill it.
    """
    proposed = _proposed(paper.abstract)
    sentences = selection.sentences_of(paper.abstract)
    # What stands before the proposal is about others.
    own = [e for e in sentences if proposed is None or e.start >= proposed.start]
    return Column(n, paper, proposed, _numbers(own, proposed is not None), _evaluated(own, proposed))


def _proposed(abstract: str) -> Evidence | None:
    """The first sentence that proposes something outright, or else the first in which the paper says what it does."""
    does = [e for e in contributions.proposals(abstract) if not _ASIDE.search(e.text)]
    outright = [e for e in does if _OUTRIGHT.search(e.text)]
    passive = [e for e in does if _PASSIVE.search(e.text)]
    return next((found[0] for found in (outright, passive, does) if found), None)


def _numbers(sentences: Sequence[Evidence], sure: bool) -> tuple[Evidence, ...]:
    """The two sentences with most numbers, results first; `sure` where all of these are on the paper's own work."""
    found = [
        (bool(_RESULT.search(e.text)), len(_QUANTITY.findall(e.text)), -place, e)
        for place, e in enumerate(sentences)
        if _QUANTITY.search(e.text) and (sure or _RESULT.search(e.text) or _OWN.search(e.text))
    ]
    best = sorted(found, key=lambda one: one[:3], reverse=True)[:2]
    return tuple(sorted((e for *_, e in best), key=lambda e: e.start))


def _evaluated(sentences: Sequence[Evidence], proposed: Evidence | None) -> Evidence | None:
    ranked = []
    for place, sentence in enumerate(sentences):
        if sentence == proposed or not _TRIED.search(sentence.text):
            continue
        named = bool(_NAMED.search(_NO_DATASET.sub("", sentence.text)))
        on = bool(_ON.search(sentence.text))
        says = bool(_SAYS_SO.search(sentence.text))
        if (says and (named or on)) or (named and _RESULT.search(sentence.text)):
            ranked.append((2 * says + on + named, -place, sentence))
    return max(ranked, key=lambda one: one[:2])[2] if ranked else None
