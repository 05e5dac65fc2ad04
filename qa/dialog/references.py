"""Which papers of an answer a question points at: "the second one", "[2]", "the first two", "the newer paper"."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date

from qa.evidence.tokens import stem, stems, words
from vectorstore import Paper

_PLACES = {
    word: place
    for place, forms in enumerate(
        (
            "first 1st",
            "second 2nd",
            "third 3rd",
            "fourth 4th",
            "fifth 5th",
            "sixth 6th",
            "seventh 7th",
            "eighth 8th",
            "ninth 9th",
            "tenth 10th",
        )
    )
    for word in forms.split()
} | {"last": -1, "final": -1, "bottom": -1, "top": 0}
_COUNTS = {word: n for n, word in enumerate("zero one two three four five six seven eight nine ten".split())} | {
    "couple": 2
}
_NEW = ("newest", "latest", "newer", "most recent", "more recent", "later")
_OLD = ("oldest", "earliest", "older", "earlier")

_NOUN = (
    r"(?:ones?|papers?|articles?|works?|stud(?:y|ies)|preprints?|publications?|results?|entr(?:y|ies)|items?|hits?"
    r"|citations?|references?|sources?)"
)
# "The first paper on pruning" and "the latest work that uses it" ask for a paper of the world, not for one shown.
_OF_THE_WORLD = (
    r"(?!\s+(?:to|on|about|that|which|who|for|using|ever|with|where|in(?!\s+(?:your|the|this|that)\s+(?:list|answer)))"
    r"\b)"
)
_NAMED = rf"\s+{_NOUN}\b{_OF_THE_WORLD}"
# A bare "the second" must not count a thing ("the second stage"): what follows it is a stop or one of these words.
_BARE = (
    r"(?=\s*(?:$|[?.!,;:)]|(?:is|are|was|were|do|does|did|has|have|had|can|could|use|uses|compare|differ|perform"
    r"|performs|work|works|say|says|report|reports|achieve|achieves|also|too|please|better|worse|faster|of\s+(?:these"
    r"|those|them|the\s+(?:list|papers)))\b))"
)
_PLACE = rf"(?:{'|'.join(sorted(_PLACES, key=len, reverse=True))})"
_COUNT = rf"(?:{'|'.join(_COUNTS)}|[1-9])"
_JOINED = r"(?:\s*,\s*(?:and\s+)?|\s+(?:and|or|to|with|versus|vs\.?|than|from)\s+)"

_FIRST_FEW = re.compile(
    rf"\b(?:the|your)\s+(?P<end>first|top|last|final|bottom)\s+(?P<count>{_COUNT})(?:{_NAMED}|{_BARE})", re.I
)
_SECOND_LAST = re.compile(rf"\b(?:second|next)[\s-]+to[\s-]+(?:the\s+)?last(?:{_NAMED}|{_BARE})|\bpenultimate\b", re.I)
_PLACED = re.compile(
    rf"\b(?:the|your)\s+(?P<places>{_PLACE}(?:{_JOINED}(?:the\s+)?{_PLACE})*)(?:{_NAMED}|{_BARE})", re.I
)
_NUMBERED = re.compile(
    rf"(?:\b(?:numbers?|no\.|nrs?\.?|{_NOUN})\s*|#\s*)(?P<several>\d{{1,2}}(?:(?:\s*,\s*|\s+(?:and|or|to|vs\.?)\s+)"
    r"\d{1,2})*)(?![\w.]*\d|\s*%|\s+(?:images|videos|classes|samples|datasets))"
    r"|(?P<marks>\[\d{1,2}\](?:(?:\s*,\s*|\s+and\s+|\s*)\[\d{1,2}\])*)",
    re.I,
)
_BOTH = re.compile(
    rf"\bboth\s+(?:of\s+(?:them|these|those)\b|{_NOUN}\b)|\bboth{_BARE}|\bthe\s+two(?:{_NAMED}|{_BARE})", re.I
)
_FORMER = re.compile(r"\bthe\s+(?P<which>former|latter)\b", re.I)
_ALL = re.compile(rf"\ball\s+(?:{_COUNT}\s+)?of\s+(?:them|these|those)\b|\ball\s+{_COUNT}(?:{_NAMED}|{_BARE})", re.I)
_AGED = re.compile(
    rf"\b(?:the|your)\s+(?P<age>{'|'.join((*_NEW, *_OLD))})"
    rf"(?:{_NAMED}|\s+of\s+(?:the\s+(?:two|three|four)|them|these|those)\b)",
    re.I,
)
_DATED = re.compile(
    rf"\bthe\s+(?:(?P<before>(?:19[89]|20[0-4])\d)\s+{_NOUN}\b"
    rf"|{_NOUN}\s+(?:(?:published|listed|posted|written|that\s+appeared)\s+)?(?:from|of|in)\s+(?P<after>(?:19[89]|20[0-4])\d))\b",
    re.I,
)
_WRITTEN = re.compile(
    rf"\bthe\s+{_NOUN}\s+(?:written\s+)?by\s+(?P<by>(?-i:[^\W\d_a-z])[\w'’-]+(?:\s+(?-i:[^\W\d_a-z])[\w'’-]+)*)"
    r"|\b(?P<et_al>(?-i:[^\W\d_a-z])[\w'’-]+)\s+et\s+al\b\.?",
    re.I,
)
_DESCRIBED = re.compile(rf"\bthe\s+(?P<words>(?:[\w-]+\s+){{1,3}}?)(?:ones?|papers?){_OF_THE_WORLD}\b", re.I)
_OTHER = re.compile(rf"\bthe\s+other(?:{_NAMED}|s\b|\s+(?:one|two)\b|{_BARE})", re.I)


def choose(
    question: str, papers: Sequence[Paper], latest: Sequence[Paper] = ()
) -> tuple[tuple[Paper, ...], str] | None:
    """The papers that a question points at, and the question without the words that do.

    >>> shown = [
    ...     Paper("2001.00001", "On cats", "", listed=date(2020, 1, 1)),
    ...     Paper("1901.00001", "On dogs", "", listed=date(2019, 1, 1)),
    ... ]
    >>> for question in ("What data does the second one use?", "And the newer paper?", "What is the second stage for?"):
    ...     chosen = choose(question, shown)
    ...     print([paper.title for paper in chosen[0]] if chosen else None)
    ['On dogs']
    ['On cats']
    None

    Args:
        question: as asked.
        papers: what was shown, in the order of its marks.
        latest: what the last answer cited of these; "the other one" is none of them.

    Returns:
        The papers in the order named, never empty; None when the question points at none of those shown.
    """
    for pattern, meaning in _READINGS:
        found: dict[str, Paper] = {}
        for match in pattern.finditer(question):
            found |= {paper.arxiv_id: paper for paper in meaning(match, papers, latest)}
        if found:
            rest = re.sub(r"\s+", " ", pattern.sub(" ", question))
            return tuple(found.values()), re.sub(r"\s+([?.!,;:])", r"\1", rest).strip(" ,;:")
    return None


def _few(match: re.Match[str], papers: Sequence[Paper], _: Sequence[Paper]) -> Sequence[Paper]:
    count = int(match["count"]) if match["count"].isdigit() else _COUNTS[match["count"].lower()]
    if not 2 <= count <= len(papers):
        return ()
    return papers[:count] if match["end"].lower() in ("first", "top") else papers[-count:]


def _second_last(_: re.Match[str], papers: Sequence[Paper], __: Sequence[Paper]) -> Sequence[Paper]:
    return papers[-2:-1]


def _placed(match: re.Match[str], papers: Sequence[Paper], _: Sequence[Paper]) -> Sequence[Paper]:
    places = [_PLACES[word.lower()] for word in re.findall(_PLACE, match["places"], re.I)]
    return [papers[place] for place in places] if max(places) < len(papers) else ()


def _numbered(match: re.Match[str], papers: Sequence[Paper], _: Sequence[Paper]) -> Sequence[Paper]:
    numbers = [int(n) for n in re.findall(r"\d+", match["several"] or match["marks"])]
    return [papers[n - 1] for n in numbers] if min(numbers) >= 1 and max(numbers) <= len(papers) else ()


def _both(_: re.Match[str], papers: Sequence[Paper], __: Sequence[Paper]) -> Sequence[Paper]:
    return papers if len(papers) == 2 else ()


def _former(match: re.Match[str], papers: Sequence[Paper], _: Sequence[Paper]) -> Sequence[Paper]:
    # "Does it use X or Y, and is the latter faster?" has its own two.
    if len(papers) != 2 or re.search(r"\w\W+(?:or|and|versus|vs)\b", match.string[: match.start()], re.I):
        return ()
    return papers[:1] if match["which"].lower() == "former" else papers[1:]


def _all(_: re.Match[str], papers: Sequence[Paper], __: Sequence[Paper]) -> Sequence[Paper]:
    return papers


def _aged(match: re.Match[str], papers: Sequence[Paper], _: Sequence[Paper]) -> Sequence[Paper]:
    if len(papers) < 2:
        return ()
    by_age = sorted(papers, key=lambda paper: (paper.listed or date.min, paper.arxiv_id))
    return by_age[-1:] if match["age"].lower() in _NEW else by_age[:1]


def _dated(match: re.Match[str], papers: Sequence[Paper], _: Sequence[Paper]) -> Sequence[Paper]:
    year = int(match["before"] or match["after"])
    return [paper for paper in papers if paper.listed and paper.listed.year == year]


def _written(match: re.Match[str], papers: Sequence[Paper], _: Sequence[Paper]) -> Sequence[Paper]:
    name = (match["by"] or match["et_al"]).split()[-1].lower()
    return [p for p in papers if any(name in author.lower().split() for author in p.authors)]


def _described(match: re.Match[str], papers: Sequence[Paper], _: Sequence[Paper]) -> Sequence[Paper]:
    """The one paper that has these words in its title ("the survey one")."""
    wanted = set(stems(match["words"]))
    if not wanted or len(wanted) != len(set(map(stem, re.findall(r"\w+", match["words"].lower())))):
        return ()  # "the same one", "the only one": words that name nothing
    titled = [paper for paper in papers if wanted <= set(stems(paper.title))]
    return titled if len(titled) == 1 and words(match["words"]) else ()


def _other(_: re.Match[str], papers: Sequence[Paper], latest: Sequence[Paper]) -> Sequence[Paper]:
    seen = {paper.arxiv_id for paper in latest}
    others = [paper for paper in papers if paper.arxiv_id not in seen]
    return others if len(others) < len(papers) else ()


_Meaning = Callable[[re.Match[str], Sequence[Paper], Sequence[Paper]], Sequence[Paper]]
_READINGS: tuple[tuple[re.Pattern[str], _Meaning], ...] = (
    (_FIRST_FEW, _few),
    (_SECOND_LAST, _second_last),
    (_PLACED, _placed),
    (_NUMBERED, _numbered),
    (_FORMER, _former),
    (_OTHER, _other),
    (_AGED, _aged),
    (_DATED, _dated),
    (_WRITTEN, _written),
    (_BOTH, _both),
    (_ALL, _all),
    (_DESCRIBED, _described),
)
