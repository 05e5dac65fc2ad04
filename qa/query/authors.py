"""Authors in a question: "papers by Kaiming He", "what has Kaiming He published", "papers of Li and Wang"."""

from __future__ import annotations

import re

from qa.query.spans import PAPERS, PLACEHOLDER, FilterSpan
from vectorstore import Filters
from vectorstore.text.dates import MONTHS

# No names: what else stands with a capital after "by" or before "'s papers".
_NOT_NAMES = frozenset(
    "a an the this that these those which what who whose how when where why is are was were do does did can could "
    "has have any all some list show find give get name tell please compare count papers paper works work studies "
    "study google facebook meta microsoft apple amazon alibaba tencent baidu huawei samsung intel nvidia ibm adobe "
    "openai deepmind anthropic disney sony toyota bosch siemens philips waymo tesla uber snap netflix bytedance "
    "sensetime megvii stanford harvard oxford cambridge berkeley princeton cornell tsinghua peking google's "
    "university institute college lab labs laboratory research team group groups center centre company companies "
    "industry school department hospital generative adversarial convolutional transformer transformers users nasa "
    "esa cnn gan deep learning machine neural network networks computer vision robotics chinese european american "
    "german japanese monday "
    "tuesday wednesday thursday friday saturday sunday arxiv year topic date".split()
) | {name.lower() for name in MONTHS}
_PARTICLE = r"(?:van|von|der|den|de|del|della|da|di|du|la|le|el|al|bin|ben|ibn|ter|ten|dos|das|af|zu|zur)"
_WORD = r"[^\W\d_a-z][^\W\d_]*(?:[-'’‐][^\W\d_]+)*"
_INITIALS = r"[^\W\d_a-z]\.(?:-?[^\W\d_a-z]\.){0,3}"
_PART = rf"(?:{_INITIALS}|{_WORD}(?<!['’]s))"
_NAME = rf"(?:{_PARTICLE}\s+){{0,2}}{_PART}(?:\s+(?:{_PARTICLE}\s+){{0,2}}{_PART}){{0,4}}"
_NAMES = rf"(?P<names>{_NAME}(?:(?:\s*,\s*|\s*,?\s+(?:and|&|or)\s+){_NAME})*)(?:\s+et\s+al\b\.?)?"
_DONE = r"(?:(?:co-?)?(?:authored|written|published|signed))"
_BY = re.compile(
    rf"(?P<verb>\b(?i:(?:(?:that|which)\s+)?(?:(?:are|is|was|were)\s+)?{_DONE}\s+by)\s+"
    rf"|(?<=\b)(?P<noun>(?i:{PAPERS}|anything|everything|something))\s+(?:(?i:from"
    rf"|by)\s+(?i:the\s+)?(?i:authors?\s+)?|(?P<of>of\s+))"
    rf"|\b(?i:by)\s+(?i:the\s+)?(?i:authors?)\s+){_NAMES}"
)
_HAS = re.compile(
    rf"\b(?i:what\s+(?:else\s+)?(?:has|have|did|does))\s+{_NAMES}\s+(?i:(?:co-?)?(?:authored?|written|write"
    rf"|published?|done))\b"
)
_WROTE = re.compile(
    rf"\b(?P<noun>(?i:{PAPERS}))\s+(?:(?i:that|which)\s+)?{_NAMES}\s+(?i:(?:has|have)\s+)?(?i:(?:co-?)?authored"
    rf"|wrote|written|published)\b"
)
_OWN = re.compile(rf"\b(?P<names>{_NAME})['’]s?\s+(?i:(?:latest|recent|newest|new|own)\s+)?(?P<noun>(?i:{PAPERS}))\b")
_AS = re.compile(
    rf"\b(?i:with|having)\s+{_NAMES}\s+(?i:as|among|in)\s+(?i:(?:an\s+|one\s+of\s+)?(?:the\s+)?(?:co-?)?authors?)\b"
)
# "Papers on stereo matching by Ada Lovelace": only a whole name, in a request for papers, before what may follow one.
_LATER = re.compile(
    rf"(?<=\s)by\s+(?:the\s+)?(?P<names>{_PART}(?:\s+(?:{_PARTICLE}\s+){{0,2}}{_PART}){{1,4}}"
    rf"(?:(?:\s*,\s*|\s*,?\s+(?:and|&|or)\s+){_PART}(?:\s+(?:{_PARTICLE}\s+){{0,2}}{_PART}){{1,4}})*)(?:\s+et\s+al\b\.?)?"
    rf"(?=\s*(?:$|[?.!,;:{PLACEHOLDER}]|(?:on|about|from|since|in|at|and|that|which|but|published|listed|accepted|before|after"
    r"|between|please|excluding|except|not|with|cross|written|over|within)\b))"
)
_PAPERS_BEFORE = re.compile(rf"\b{PAPERS}\b", re.I)
# Such as "does it beat the work by He et al.?": the named work is what the question measures another one by.
_MEASURE = re.compile(
    r"\b(?:than|beats?|outperforms?|compared?|comparison|extends?|extending|improves?|improving|builds?|building"
    r"|based|following"
    r"|follows?|unlike|differs?|relative|similar|inspired|over|not|except|excluding|using|used|uses|proposed|introduced"
    r"|captions?|images?|labell?ed|annotated)\b(?:\s+[\w-]+){0,3}\s*$",
    re.I,
)


def parse_authors(text: str) -> list[FilterSpan]:
    """The stretches of a text that say who wrote a paper.

    >>> [r.filters.authors for r in parse_authors("What has Kaiming He published on detection?")]
    [('Kaiming He',)]
    >>> parse_authors("papers by Google on detection")
    []
    """
    found: list[FilterSpan] = []
    for pattern in (_BY, _HAS, _WROTE, _OWN, _AS, _LATER):
        for match in pattern.finditer(text):
            groups = match.groupdict()
            before = text[: match.start()]
            if _MEASURE.search(before) or (pattern is _LATER and not _PAPERS_BEFORE.search(before)):
                continue
            names, end = _people(match)
            # "Papers of Interest" and "of Li": a single word after "of" is read only beside another name.
            if not names or (groups.get("of") and len(names) == 1 and " " not in names[0]):
                continue
            noun = groups.get("noun") or ("papers" if pattern is _HAS else "")
            found.append(FilterSpan(match.start(), end, Filters(authors=names), noun))
        if found:
            break
    return found


def _people(match: re.Match[str]) -> tuple[tuple[str, ...], int]:
    """The names of a match, () when one of them is none, and where the match ends."""
    names, end = match["names"], match.end()
    people = [name.strip(" .,'’") for name in re.split(r"\s*,\s*(?:and\s+|or\s+)?|\s+(?:and|&|or)\s+", names)]
    for person in people:
        for word in person.split():
            plain = re.sub(r"['’]s$", "", word).rstrip(".")
            # Capitals throughout are an acronym (initials have a stop, or are one or two letters).
            shouted = len(plain) > 2 and plain.isupper()
            inner = re.search(r"[a-z][A-Z]", plain) and not re.match(
                r"(?:Mc|Mac|De|Di|La|Le|Van|Von|Fitz|O)[A-Z]", plain
            )
            if plain.lower() in _NOT_NAMES or shouted or inner:
                return (), end
    if re.search(r"\s(?:or)\s", names):
        return (" or ".join(people),), end
    return tuple(people), end
