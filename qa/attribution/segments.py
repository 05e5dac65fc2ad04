"""A written answer cut into sentences: Markdown taken off, each with the marks that belong to it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from qa.attribution import citation_marks
from qa.attribution.citation_marks import Mark
from vectorstore import Paper
from vectorstore.text.sentences import split_sentences

SegmentKind = Literal["sentence", "item", "heading"]

_ITEM = re.compile(r"[ \t]{0,40}(?:>[ \t]?){0,5}(?:[-*+•][ \t]+|\d{1,3}[.)][ \t]+|\|)")
_HEADING = re.compile(r"[ \t]{0,40}#{1,6}[ \t]|[ \t]{0,40}(?:\*\*|__)[^*_\n]{1,120}(?:\*\*:?|__:?|:\*\*|:__)[ \t]*$")
_PREFIX = re.compile(r"^(?:[ \t]{0,40}(?:>|#{1,6}(?=\s)|[-*+•](?=\s)|\d{1,3}[.)](?=\s)|\|))+[ \t]*")
_FENCE = re.compile(r"^[ \t]{0,3}(?:```|~~~)")
_STRONG = re.compile(r"(\*\*|__)(?=\S)(.{1,400}?)(?<=\S)\1", re.S)
_EMPHASIS = re.compile(r"(?<![\w*\\])\*(?=[^\s*])([^*\n]{1,400}?)(?<=[^\s*])\*(?![\w*])")
_CODE = re.compile(r"`([^`\n]{1,200})`")
_EMPTY = re.compile(
    r"[ \t]?[(\[][ \t]*(?:see|cf\.?|e\.g\.,?|from|source:?|refs?\.?)?[ \t,;&]*(?:and)?[ \t]*[)\]]", re.I
)


@dataclass(frozen=True, slots=True)
class Segment:
    """A sentence of an answer.

    Attributes:
        text: without marks and Markdown.
        start, end: its place in the answer, marks included.
        kind: "item" for a line of a list or table.
        numbers: the papers its marks point at, in order.
        marked: whether it had any mark, if only one that points at nothing.
    """

    text: str
    start: int
    end: int
    kind: SegmentKind
    numbers: tuple[int, ...]
    marked: bool


def split_segments(text: str, papers: Sequence[Paper]) -> list[Segment]:
    """Cut an answer into sentences.

    A mark behind a full stop belongs to the sentence before it; one that its sentence cannot do without ("[1] shows")
    gives way to "this paper", or to the title where a sentence names several.

    Args:
        text: as the model wrote it.
        papers: the papers that its marks count.
    """
    found = citation_marks.find_marks(text, papers)
    masked = _mask(text, found)
    spans = [(a, b, kind) for start, end, kind in _blocks(text) for a, b in _sentences(masked, start, end, kind)]
    held: list[list[Mark]] = [[] for _ in spans]
    place = 0
    for mark in found:
        while place + 1 < len(spans) and spans[place + 1][0] <= mark.start:
            place += 1
        # A line may open with its mark, before the first word of its first sentence.
        ahead = place + 1
        if ahead < len(spans) and mark.start >= spans[place][1] and _same_line(text, mark.end, spans[ahead][0]):
            opens = not text[text.rfind("\n", 0, mark.start) + 1 : mark.start].strip(" \t>-*+•|#")
            if opens:
                held[ahead].append(mark)
                continue
        if spans:
            held[place].append(mark)
    return [_segment(text, a, b, kind, own, papers) for (a, b, kind), own in zip(spans, held, strict=True)]


def finished(text: str) -> int:
    """How much of an answer that is still being written can be checked already.

    >>> finished("It is fast [1]. It is sm"), finished("It is fast. [1")
    (15, 0)

    Args:
        text: what has arrived.

    Returns:
        An offset: no sentence before it changes, whatever follows.
    """
    masked = _mask(text, citation_marks.find_marks(text, ()))
    # A mark still being written may belong to the sentence before it.
    masked = re.sub(r"[\[【][^\]】\n]{0,60}$", "", masked)
    spans = [span for start, end, kind in _blocks(masked) for span in _sentences(masked, start, end, kind)]
    if len(spans) < 2:
        return 0
    end = spans[-1][0]
    return len(text[:end].rstrip())


def _mask(text: str, found: Sequence[Mark]) -> str:
    """The text with blanks for marks; one that stands for a noun is a word to the splitter."""
    pieces: list[str] = []
    at = 0
    for mark in found:
        pieces += [text[at : mark.start], ("X" if mark.noun else " ") * (mark.end - mark.start)]
        at = mark.end
    return "".join([*pieces, text[at:]])


def _blocks(text: str) -> list[tuple[int, int, SegmentKind]]:
    """Stretches that no sentence crosses: items, headings, paragraphs."""
    blocks: list[tuple[int, int, SegmentKind]] = []
    at = 0
    fresh = True  # whether the next line opens a block
    for line in text.splitlines(keepends=True):
        start, at = at, at + len(line)
        if not line.strip() or _FENCE.match(line):
            fresh = True
        elif _HEADING.match(line):
            blocks.append((start, at, "heading"))
            fresh = True
        elif _ITEM.match(line):
            blocks.append((start, at, "item"))
            fresh = False
        elif fresh:
            blocks.append((start, at, "sentence"))
            fresh = False
        else:
            before = blocks[-1]
            blocks[-1] = (before[0], at, before[2])
    return blocks


def _sentences(text: str, start: int, end: int, kind: SegmentKind) -> list[tuple[int, int]]:
    prefix = _PREFIX.match(text[start:end])
    inner = start + (prefix.end() if prefix else 0)
    if kind == "heading":
        return [(inner, start + len(text[start:end].rstrip()))] if text[inner:end].strip() else []
    return [
        (inner + a, inner + b)
        for a, b in split_sentences(text[inner:end])
        if any(ch.isalnum() for ch in text[inner + a : inner + b])
    ]


def _same_line(text: str, start: int, end: int) -> bool:
    return "\n" not in text[start:end]


def _segment(text: str, a: int, b: int, kind: SegmentKind, own: Sequence[Mark], papers: Sequence[Paper]) -> Segment:
    start, end = min([a, *(m.start for m in own)]), max([b, *(m.end for m in own)])
    several = len({n for m in own if m.noun for n in m.numbers}) > 1
    pieces: list[str] = []
    at = start
    for mark in own:
        pieces.append(text[at : mark.start])
        if mark.noun:
            pieces.append(_said(mark, papers, several, opens=not "".join(pieces).strip(" *_>-")))
        at = mark.end
    pieces.append(text[at:end])
    numbers = tuple(dict.fromkeys(n for m in own for n in m.numbers))
    return Segment(_clean("".join(pieces)), start, end, kind, numbers, bool(own))


def _said(mark: Mark, papers: Sequence[Paper], several: bool, opens: bool) -> str:
    """Words for a mark that a sentence needs."""
    if several and mark.numbers:
        return " and ".join(f"“{' '.join(papers[n - 1].title.split())}”" for n in mark.numbers[:3])
    plural = len(mark.numbers) > 1
    said = ("these papers" if plural else "this paper") if mark.numbers else "one paper"
    return said.capitalize() if opens else said


def _clean(text: str) -> str:
    """A sentence as it reads without Markdown and without the gaps that its marks leave."""
    text = text.replace("|", ", ") if text.count("|") > 1 and "$" not in text else text
    for _ in range(2):
        text = _STRONG.sub(r"\2", text)
    text = _CODE.sub(r"\1", _EMPHASIS.sub(r"\1", text))
    text = re.sub(r"\*\*", "", text)
    text = " ".join(_EMPTY.sub("", text).split())
    text = re.sub(r" +(?=[.,;:!?](?:\s|$))", "", text)
    return re.sub(r"^[,;:\s]+|(?:,\s*)+(?=[.,;]|$)", "", text).strip()
