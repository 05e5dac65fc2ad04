"""Journals and conferences in a question: "accepted at ECCV", "published in TPAMI", "CVPR 2020 papers"."""

from __future__ import annotations

import re

from qa.query.spans import PAPERS, PLACEHOLDER, FilterSpan
from vectorstore import Filters
from vectorstore.text.venues import NAMES

_SPELLINGS = sorted({s for name, others in NAMES.items() for s in (name, *others)}, key=len, reverse=True)
# Short names are read in capitals or as people type them, but not those that are also words.
_WORDS = {"tip", "media", "das", "uai", "chi", "acl", "tog", "kdd", "rss", "ral", "fg", "colt", "tits", "pami"}


def _pattern(spelling: str) -> str:
    escaped = re.sub(r"(?:\\ )+", r"\\s+", re.escape(spelling))
    return escaped if spelling.lower() in _WORDS else f"(?i:{escaped})"


_YEAR = r"(?:\s*,?\s*(?:in\s+)?(?P<year>(?:19[89]|20[0-4])\d)\b|\s*['’]\s?(?P<short>\d\d)\b)?"
_KNOWN = rf"(?:(?i:ieee(?:/cvf)?|acm|the)\s+){{0,3}}(?P<name>{'|'.join(map(_pattern, _SPELLINGS))})\b{_YEAR}"
# A journal or a conference that is not in the table needs to be called one.
_UNKNOWN = (
    r"(?i:the\s+)?(?:(?i:journal|conference|proceedings)\s+)?(?P<name>(?i:journal|conference|transactions|proceedings"
    r"|symposium)\s+(?i:of|on|for)\s+(?i:the\s+)?[A-Z][\w-]+(?:\s+(?:(?:and|of|for|in|on|the)\s+)*[A-Z][\w-]+){0,5})"
    + _YEAR
)
_ACCEPTED = (
    r"(?i:(?:(?:that|which)\s+)?(?:(?:was|were|is|are|has\s+been|have\s+been|got|to\s+be)\s+)?"
    r"(?:accepted|published|presented(?:\s+orally|\s+as\s+an?\s+\w+)?|appeared|appearing|to\s+appear|appears?"
    r"|printed|featured)"
    r"(?:\s+for\s+(?:publication|presentation))?\s+(?:at|in|to|by|with)\s+(?:the\s+)?(?:(?:journal|conference)\s+)?)"
)
_SAID = re.compile(rf"\b{_ACCEPTED}(?:{_KNOWN})")
_SAID_UNKNOWN = re.compile(rf"\b{_ACCEPTED}(?:{_UNKNOWN})")
_ADJECTIVE = re.compile(rf"\b(?:{_KNOWN})\s+(?=(?i:(?:accepted|oral|main)\s+)?(?i:{PAPERS})\b)")
_AT = re.compile(rf"\b(?i:(?P<how>at|from|of|in|by))\s+(?:the\s+)?(?:{_KNOWN})")
_DID = re.compile(rf"(?<=\b[Ww]hat\sdid\s)(?:{_KNOWN})(?=\s+(?:have|bring|publish|offer|show)\b)")
_OR = re.compile(rf"\s*(?:,|/|(?i:\bor\b|\band\b))\s*(?:(?i:at|in)\s+)?(?:{_KNOWN})")
# After a venue these say that a data set, a contest or an event is meant, not where a paper stands.
_THING = re.compile(
    r"[\s-]*(?:[\w-]+[\s-]+){0,3}?(?:challenges?|data\s?sets?|competitions?|contests?|benchmarks?|tracks?|workshops?"
    r"|winners?|tasks?|protocols?|splits?|test|data|corpus|images?|videos?|reviewers?|submissions?|templates?"
    r"|deadline)\b",
    re.I,
)
_PAPERS = re.compile(rf"\b(?:{PAPERS}|anything|everything|what\s+(?:did|was|were|has|have|is))\b", re.I)
_WON = re.compile(
    r"\b(?:won|winning|ranked|placed|scored?|evaluated?|tested?|trained?|hosted|held|rank)\b[^.?!]*$", re.I
)
_DENIED = re.compile(
    r"\b(?:not|except|excluding|other\s+than|nothing|none|no|make\s+it|submitted|rejected)\s+(?:\w+\s+){0,3}$", re.I
)


def parse_venues(text: str) -> list[FilterSpan]:
    """The stretches of a text that say where a paper appeared.

    >>> [r.filters.venues for r in parse_venues("CVPR 2020 papers on pruning")]
    [('CVPR 2020',)]
    >>> parse_venues("papers on the CVPR challenge dataset")
    []
    """
    found: list[FilterSpan] = []
    for pattern in (_SAID, _SAID_UNKNOWN, _ADJECTIVE, _AT, _DID):
        for match in pattern.finditer(text):
            if any(match.start() < other.end and other.start < match.end() for other in found):
                continue
            if not _meant(text, match, pattern is _AT):
                continue
            names, end = [_venue(match)], match.end()
            while (more := _OR.match(text, end)) and not _THING.match(text, more.end()):
                names.append(_venue(more))
                end = more.end()
            found.append(FilterSpan(match.start(), end, Filters(venues=tuple(dict.fromkeys(names)))))
    return found


def _meant(text: str, match: re.Match[str], bare: bool) -> bool:
    before = text[: match.start()]
    if _THING.match(text, match.end()) or _DENIED.search(before):
        return False
    if not bare:
        return True
    # "at ECCV" tells where a paper stands only when papers are asked for, and "of" and "in" right after them.
    if _WON.search(before) or not _PAPERS.search(text.replace(PLACEHOLDER, " papers ")):
        return False
    return match["how"].lower() in ("at", "from") or re.search(rf"\b(?:{PAPERS})\s+$", before, re.I) is not None


def _venue(match: re.Match[str]) -> str:
    year = match["year"] or (match["short"] and f"20{match['short']}")
    name = " ".join(match["name"].split())
    return f"{name} {year}" if year else name
