"""The citation marks of a written answer: [1], [1, 2], [1-3], [^1], 【1】, [Paper 1], (arXiv:2009.14376)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from vectorstore import Paper
from vectorstore.text.arxiv_ids import ID, split_id

_NAMED = r"(?:\^|#|(?:papers?|sources?|refs?\.?|references?|abstracts?|documents?|doc|citations?|no\.?)\s{0,2}#?)?"
_NUMBERS = rf"{_NAMED}\s{{0,2}}\d{{1,4}}(?:\s{{0,2}}(?:,|;|&|and|to|-|–|—)\s{{0,2}}{_NAMED}\s{{0,2}}\d{{1,4}}){{0,40}}"
_LINK = r"(?:\((?:https?:|#|/|\./)[^()\s]{0,300}\))?"
_MARK = re.compile(
    rf"\[\[?\s{{0,2}}(?P<square>{_NUMBERS})\s{{0,2}}\]\]?{_LINK}"
    rf"|【\s{{0,2}}(?P<corner>{_NUMBERS})(?:†[^【】]{{0,80}})?\s{{0,2}}】"
    rf"|[\[(](?:arxiv\s?:\s?)?(?P<id>{ID})[\])]{_LINK}",
    re.I,
)
_ROUND = re.compile(r"(?<=\s)\((?P<round>\d{1,2}(?:, ?\d{1,2}){0,9})\)(?=[.,;:]?(?:\s|$))")
_MATH = re.compile(r"(?<!\\)\$[^$\n]{1,300}\$")
_PART = re.compile(r"(\d{1,4})(?:\s*(?:-|–|—|to)\s*(?:\D{0,12})?(\d{1,4}))?")
_BEFORE = re.compile(r"(\w+)\W{0,2}$")
# A mark that a sentence cannot do without: "[1] proposes", "in [2],", "than [3]".
_NOUN_BEFORE = re.compile(
    r"(?:\b(?:in|by|of|to|from|than|with|and|or|both|unlike|while|whereas|paper|papers|work|works|study|see|per|that"
    r"|between|versus|vs\.?|like|on|for|as|whether|because|beats|outperforms|surpasses|exceeds|extends)|[,;])\s*$",
    re.I,
)
_OPENS = re.compile(r"(?:^|\n)[\s>*•+-]*$|[.!?:]\s*$")
_NOUN_AFTER = re.compile(
    r"\s+(?:and\s+\[\d|also\s|then\s|further\s|(?:is|are|was|has|have|can|does|do)\s|[a-z]+(?:es|s|ed)\s)"
)


@dataclass(frozen=True, slots=True)
class Mark:
    """A citation mark in a text.

    Attributes:
        start, end: where it stands.
        numbers: the papers that it points at, 1-based, of those given; empty for one that points at nothing.
        noun: whether it stands for the paper in its sentence ("[1] proposes …"), so that words must take its place.
    """

    start: int
    end: int
    numbers: tuple[int, ...]
    noun: bool = False


def find_marks(text: str, papers: Sequence[Paper]) -> list[Mark]:
    """The marks of a text, in order. What a paper's own abstract has in brackets ("[0,1]", "as in [2]") is none.

    >>> [
    ...     mark.numbers
    ...     for mark in find_marks("It is fast [1], small [2-3] and in [0, 1] [99].", [Paper("2001.00001", "", "")])
    ... ]
    [(1,), (), ()]
    """
    closed = [match.span() for match in _MATH.finditer(text)]
    own = _own_brackets(papers)
    found = [m for m in _MARK.finditer(text) if not _is_text(text, m, own, closed)]
    if not found:
        found = [m for m in _ROUND.finditer(text) if _in_reach(m["round"], len(papers)) and not _inside(m, closed)]
    return [Mark(*m.span(), _numbers(m, papers), _is_noun(text, m)) for m in found]


def _numbers(match: re.Match[str], papers: Sequence[Paper]) -> tuple[int, ...]:
    groups = match.groupdict()
    if groups.get("id"):
        arxiv_id, _ = split_id(groups["id"])
        return tuple(n for n, paper in enumerate(papers, 1) if paper.arxiv_id == arxiv_id)
    named: list[int] = []
    for part in _PART.finditer(groups.get("square") or groups.get("corner") or groups.get("round") or ""):
        first, last = int(part[1]), int(part[2] or part[1])
        named += range(first, min(last, len(papers)) + 1)
    return tuple(n for n in dict.fromkeys(named) if 1 <= n <= len(papers))


def _in_reach(numbers: str, count: int) -> bool:
    return all(1 <= int(n) <= count for n in re.findall(r"\d+", numbers))


def _is_text(text: str, match: re.Match[str], own: frozenset[str], closed: Sequence[tuple[int, int]]) -> bool:
    """Whether brackets are a part of the sentence: an interval, a formula, or what stands in a given abstract."""
    if re.search(r"(?<!\d)0\d*(?!\d)", match["square"] or "") or _inside(match, closed):
        return True
    return _key(text[: match.start()], match[0]) in own


def _inside(match: re.Match[str], closed: Sequence[tuple[int, int]]) -> bool:
    return any(a < match.start() < b for a, b in closed)


def _own_brackets(papers: Sequence[Paper]) -> frozenset[str]:
    """Brackets of the abstracts that look like marks, each with the word before it."""
    return frozenset(
        _key(paper.abstract[: m.start()], m[0]) for paper in papers for m in _MARK.finditer(paper.abstract)
    )


def _key(before: str, brackets: str) -> str:
    word = _BEFORE.search(before[-40:])
    return f"{word[1].lower() if word else ''} {''.join(brackets.split())}"


def _is_noun(text: str, match: re.Match[str]) -> bool:
    before = text[max(0, match.start() - 20) : match.start()]
    opens = bool(_OPENS.search(before))
    if opens or _NOUN_BEFORE.search(before):
        return bool(_NOUN_AFTER.match(text, match.end())) or (
            not opens and before.rstrip()[-1:] not in ",;" and text[match.end() : match.end() + 1] not in ("[", "【")
        )
    return False
