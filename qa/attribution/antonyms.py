"""Words that say the opposite of each other."""

from __future__ import annotations

from functools import cache

from qa.attribution.tokenizer import Item
from qa.evidence.tokens import stem

# Two sides of one thing a line; a word may stand on one side of several. A line that begins with a space goes on.
_OPPOSITES = """
increase increases increasing increased raise raises raised boost boosts boosted grow grows growth rise rises gain
 gains enlarge enlarges elevate amplify amplifies maximize maximizes / reduce reduces reducing reduced reduction
 decrease decreases decreasing decreased lower lowers lowered lowering drop drops dropped decline declines diminish
 diminishes shrink shrinks cut cuts lessen suppress suppresses minimize minimizes
more higher high larger large greater great big bigger most many longer maximum upper / less fewer lower low smaller
 small least few little shorter minimum
better superior improve improves improving improved improvement enhance enhances enhanced best strengthen / worse
 inferior degrade degrades degraded degradation deteriorate deteriorates worsen worsens harm harms worst weaken
 underperform underperforms hurts
improve improves improved improving improvement enhance enhances / reduce reduces reduced reducing decrease decreases
fast faster quick quickly quicker rapid rapidly accelerate accelerates fastest speedup / slow slower slowly slowest
 slows
simple simpler easy easier easily straightforward / hard harder difficult complex complicated challenging
strong stronger strongly / weak weaker weakly
cheap cheaper inexpensive / expensive costly
accept accepts / reject rejects
succeed succeeds successful successfully success / fail fails failed unsuccessful failure
able capable / unable incapable
possible / impossible
feasible / infeasible
sensitive vulnerable fragile brittle / robust insensitive
efficient efficiently / inefficient inefficiently
effective effectively successful successfully / ineffective ineffectively unsuccessful unsuccessfully
accurate accurately / inaccurate
sufficient / insufficient
consistent consistently / inconsistent
dense densely / sparse sparsely
before earlier / after later
always / never
often frequently commonly usually / rarely seldom
supervised / unsupervised
indoor indoors / outdoor outdoors
online / offline
local locally / global globally
static / dynamic
short / long
shallow / deep
single / multiple several
synthetic simulated artificial / real
linear / nonlinear
positive / negative
benign / malignant
known / unknown
seen / unseen
top / bottom
coarse / fine
narrow / wide
thin / thick
bright / dark
day daytime / night nighttime
homogeneous / heterogeneous
labeled labelled annotated / unlabeled unlabelled unannotated
paired / unpaired
constrained / unconstrained
calibrated / uncalibrated
balanced / imbalanced unbalanced
necessary / unnecessary
available / unavailable
common / uncommon rare
similar same identical / different dissimilar
correct correctly / incorrect incorrectly wrong
reliable reliably / unreliable unreliably
complete / incomplete
stable / unstable
biased / unbiased
rigid / nonrigid
explicit explicitly / implicit implicitly
lightweight light / heavy heavyweight
outperform outperforms outperforming outperformed surpass surpasses surpassing exceed exceeds beat beats /
 underperform underperforms trail trails lag lags
alleviate alleviates mitigate mitigates overcome overcomes solve solves / aggravate aggravates worsen worsens
enable enables allow allows / prevent prevents prohibit prohibits
preserve preserves retain retains maintain maintains keep keeps / discard discards lose loses destroy destroys
include includes including / exclude excludes excluding
"""


@cache
def _sides() -> dict[str, tuple[tuple[int, int], ...]]:
    found: dict[str, list[tuple[int, int]]] = {}
    lines = _OPPOSITES.strip().replace("\n ", " ").split("\n")
    for dimension, line in enumerate(lines):
        for side, listed in enumerate(line.split("/")):
            for word in listed.split():
                for key in {word, stem(word)}:
                    entry = found.setdefault(key, [])
                    if (dimension, side) not in entry:
                        entry.append((dimension, side))
    return {key: tuple(entry) for key, entry in found.items()}


def antonym_sides(item: Item) -> tuple[tuple[int, int], ...]:
    """Which side of what a word stands on: pairs of a line of the table and 0 or 1; none for most words."""
    if item.kind == "number":
        return ()
    known = _sides()
    return known.get(item.text.lower()) or known.get(item.key) or ()
