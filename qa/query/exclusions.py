"""What a request leaves out: "but not medical", "excluding GANs", "except surveys", "not cross-listed in cs.RO"."""

from __future__ import annotations

import re

from qa.query import authors, categories, dates, venues
from qa.query.spans import PAPERS, PLACEHOLDER, FilterSpan
from vectorstore import Filters

_NOTHING = Filters()
# "Not only", "not limited to" and the like deny nothing that is asked for.
_NOT = (
    r"not(?!\s+(?:only|just|merely|simply|solely|limited|necessarily|yet|to|so|all|every|always|enough|much|many"
    r"|really))"
)
_CUE = re.compile(
    rf"(?:\s*[,;]?\s*\b(?:(?:but|and|yet)\s+(?:please\s+)?{_NOT}|excluding|except(?:ing)?(?:\s+for)?|excepting"
    rf"|other\s+than"
    r"|apart\s+from|aside\s+from|leaving\s+out|leave\s+out|but\s+(?:exclude|leave\s+out|skip|omit|no|nothing|none"
    r"|without)"
    rf"|minus)|\s*[,;]\s*(?:{_NOT}|no(?:thing|ne)?|exclude|omit|skip|but\s+no)|(?<=papers)\s+{_NOT}(?=\s+(?:from|in"
    rf"|cross|about|on)))\s+",
    re.I,
)
_END = re.compile(
    rf"\s*(?:[;:?!()\n{PLACEHOLDER}]|[.,](?!\w)(?!\s+(?:and|or|nor)?\s*[\w-]+(?:\s+[\w-]+)?\s*[.?!]*$)|\.$"
    rf"|(?<![\w-])(?:since|before|after|until|"
    r"published|listed|accepted|posted|between|that|which|who|where|please|pls|but|in\s+\d{4}|from\s+\d{4}"
    r"|(?:is|are|was|were|do|does|did|can)\b)|$)",
    re.I,
)
_THOSE = re.compile(
    rf"(?:those|ones|the\s+ones|any|{PAPERS})\s+(?:that|which)\s+(?:are\s+(?:about|on)|use|deal\s+with|concern|treat"
    rf"|mention"
    r"|are|study|cover)\s+",
    re.I,
)
_LEADING = re.compile(
    rf"^(?:(?:the|any|those|these|ones?|all|of|on|about|from|in|using|with|related\s+to|dealing\s+with|concerning"
    rf"|for|a|an|such"
    rf"|cross-?listed|works?\s+on|{PAPERS})\s+)+",
    re.I,
)
_TRAILING = re.compile(rf"\s+(?:{PAPERS}|ones?|either|please|topics?|stuff|things)$", re.I)
_VAGUE = re.compile(
    r"^(?:it|that|this|them|these|those|much|anything|others?|same|one|ones|yes|no|all|sure|necessarily|more|less"
    r"|longer"
    r"|for|how|why|what|when|where|if|in\s+the|possible|important|relevant|which|need\w*|have|has|was|were|be|been"
    r"|do|does|did)\b",
    re.I,
)
_BESIDE = re.compile(
    r"\b(?:something|anything|data|metrics?|modalit\w+|sensors?|inputs?|uses?|using|everything\s+fails)\s*$", re.I
)
_LONGEST = 4  # words of a thing left out; what is longer was probably not understood


def parse_exclusions(text: str) -> list[FilterSpan]:
    """The stretches of a request for a list that say what does not belong.

    A reading without filters is an exclusion of something that no filter can leave out, such as a year; its words must
    not be read as the contrary.

    >>> [r.filters.without for r in parse_exclusions("papers on image synthesis, excluding GANs and diffusion models")]
    [('GANs', 'diffusion models')]
    >>> parse_exclusions("papers on learning without labels")
    []
    """
    found: list[FilterSpan] = []
    at = 0
    while cue := _CUE.search(text, at):
        begin = cue.end()
        if those := _THOSE.match(text, begin):
            begin = those.end()
        stop = _END.search(text, begin)
        end = stop.start() if stop else len(text)
        at = max(end, cue.end())
        thing = text[begin:end].strip()
        if not thing or _BESIDE.search(text[: cue.start()]):
            continue
        filters = _left_out(thing)
        if filters is not None:
            found.append(FilterSpan(cue.start(), end, filters))
    return found


def _left_out(thing: str) -> Filters | None:
    """What is left out; empty filters for what cannot be; None for what is not an exclusion at all."""
    named = categories.parse_categories(f"papers in {thing}") or categories.parse_categories(f"papers {thing}")
    if named:
        return Filters(without_categories=tuple(code for reading in named for code in reading.filters.categories))
    said = f"papers {thing}"
    if (
        dates.parse_dates(said).spans
        or dates.parse_dates(f"papers from {thing}").spans
        or venues.parse_venues(said)
        or authors.parse_authors(said)
    ):
        return _NOTHING
    words: list[str] = []
    for part in re.split(r"\s*,\s*(?:and\s+|or\s+|nor\s+)?|\s+(?:and|or|nor)\s+", thing):
        part = _LEADING.sub("", f"{part} ").strip(" .'\"“”")
        part = _TRAILING.sub("", part).strip()
        if not part:
            continue
        if len(part.split()) > _LONGEST or _VAGUE.match(part) or PLACEHOLDER in part:
            return None
        words.append(part)
    return Filters(without=tuple(dict.fromkeys(words))) if words else None
