"""Answer and its parts: what every front end shows, prints or serialises."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace
from typing import Any, Literal

from qa.query.parser import Intent
from vectorstore import Filters, Paper

Outcome = Literal["answered", "detail_not_stated", "nothing_found"]
"""Whether the abstracts answer, cover the topic without stating the detail, or do neither."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence of an abstract that bears on the question: `abstract[start:end] == text`.

    Attributes:
        score: how well it answers, higher is better; comparable within one answer only.
    """

    text: str
    start: int
    end: int
    score: float = 0.0

    def to_json(self) -> dict[str, Any]:
        return {"text": self.text, "start": self.start, "end": self.end}


@dataclass(frozen=True, slots=True)
class Citation:
    """The paper behind a mark `[n]`, with the sentences that carry it, best first."""

    n: int
    paper: Paper
    evidence: tuple[Evidence, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "n": self.n,
            **_brief(self.paper),
            "withdrawn": self.paper.withdrawn,
            "replaced": self.paper.replaced,
            "evidence": [e.to_json() for e in self.evidence],
        }


@dataclass(frozen=True, slots=True)
class Retrieved:
    """A ranked candidate: the fused score, and the two it was made from (None where that search did not return it)."""

    paper: Paper
    score: float
    dense: float | None = None
    fulltext: float | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "arxiv_id": self.paper.arxiv_id,
            "title": self.paper.title,
            "score": self.score,
            "dense": self.dense,
            "fulltext": self.fulltext,
        }


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence of an answer with the marks that stand behind it.

    Marks are kept apart from the text, because a quoted sentence may itself contain "[1]".

    Attributes:
        text: without marks; LaTeX as written.
        citations: the `n` of each citation, in order; empty only for what the program says of itself ("note").
        kind: "sentence" runs on in a paragraph; "item" is a line of a list; "note" is the program's own word.
        lead: the title an item opens with, else None.
        supported: False where a language model wrote it and the abstracts do not bear it out.
        reasons: in words for the user, what is wrong with a sentence that is not supported.
    """

    text: str
    citations: tuple[int, ...] = ()
    kind: Literal["sentence", "item", "note"] = "sentence"
    lead: str | None = None
    supported: bool = True
    reasons: tuple[str, ...] = ()

    @property
    def caveat(self) -> str:
        """What a reader must know of a sentence that is not supported, in parentheses; else empty.

        >>> Statement("It is 93.2.", (1,), supported=False, reasons=("the number 93.2 is not in [1]",)).caveat
        '(not found in the abstracts: the number 93.2 is not in [1])'
        """
        if self.supported:
            return ""
        return f"(not found in the abstracts{': ' if self.reasons else ''}{'; '.join(self.reasons)})"

    def __str__(self) -> str:
        return self.placed()[0]

    def placed(self) -> tuple[str, int, int]:
        """The statement as plain text, and where its own words stand in it: those of the lead where it has no more."""
        words = self.text.rstrip()
        marks = "".join(f"[{n}]" for n in self.citations)
        caveat = f" {self.caveat}" if self.caveat else ""
        if self.kind == "item" and self.lead:
            head = f"- {self.lead} {marks}".rstrip()
            if not words:
                return f"{head}{caveat}", 2, 2 + len(self.lead)
            return f"{head}: {words}{caveat}", len(head) + 2, len(head) + 2 + len(words)
        bullet = "- " if self.kind == "item" else ""
        return f"{bullet}{words} {marks}".rstrip() + caveat, len(bullet), len(bullet) + len(words)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one question.

    Attributes:
        question: as asked.
        statements: the answer, sentence by sentence.
        outcome: "answered"; "detail_not_stated" (the topic is covered, the detail is not); "nothing_found".
        confidence: 0 to 1, the chance that the cited papers answer the question.
        citations: in the order of their marks; empty when nothing was found.
        papers: what the answer rests on or lists.
        further: papers that only touch the topic; the nearest ones when abstaining.
        retrieved: the ranked candidates, best first.
        filters: what restricted the papers, given or understood from the question.
        standalone: the question as searched, with what the conversation adds.
        shape: what the answer is: of "one" paper or a few, a "list", a "comparison", a "count" or a "definition".
        total: how many papers match; of a "count", and of a "list" that filters alone make, else None.
        seconds: wall time from question to answer.
        backend: which answerer wrote it ("extractive", or provider/model).
        complete: False for the snapshots that `stream` yields before the last.
        thinking: what a reasoning model wrote before its answer; no part of the answer, and not checked.
    """

    question: str
    statements: tuple[Statement, ...] = ()
    outcome: Outcome = "nothing_found"
    confidence: float = 0.0
    citations: tuple[Citation, ...] = ()
    papers: tuple[Paper, ...] = ()
    further: tuple[Paper, ...] = ()
    retrieved: tuple[Retrieved, ...] = ()
    filters: Filters = Filters()
    standalone: str = ""
    shape: Intent = "one"
    total: int | None = None
    seconds: float = 0.0
    backend: str = "extractive"
    complete: bool = True
    thinking: str = ""

    @property
    def abstained(self) -> bool:
        """True when the library does not answer the question."""
        return self.outcome != "answered"

    @property
    def text(self) -> str:
        """The answer as plain text with `[n]` marks: sentences run on, items and notes stand on lines of their own."""
        return self._laid_out()[0]

    @property
    def sentences(self) -> list[dict[str, Any]]:
        """What the answer claims, sentence by sentence, without the program's own notes.

        Each has its `text` without marks, the offsets `start` and `end` of it in the answer's `text`, its `citations`,
        whether it is `supported`, and the `reasons` why not.
        """
        text, starts = self._laid_out()
        found = []
        for statement, at in zip(self.statements, starts, strict=True):
            _, start, end = statement.placed()
            if statement.kind == "note" or start == end:
                continue
            found.append(
                {
                    "text": text[at + start : at + end],
                    "start": at + start,
                    "end": at + end,
                    "citations": list(statement.citations),
                    "supported": statement.supported,
                    "reasons": list(statement.reasons),
                }
            )
        return found

    def _laid_out(self) -> tuple[str, list[int]]:
        """The answer as plain text, and the offset at which each statement begins."""
        text = ""
        starts = []
        previous = None
        for statement in self.statements:
            if text:
                together = statement.kind == previous and statement.kind != "note"
                text += "\n\n" if not together else "\n" if statement.kind == "item" else " "
            starts.append(len(text))
            text += str(statement)
            previous = statement.kind
        return text, starts

    def to_json(self) -> dict[str, Any]:
        """The answer as `arxivqa ask --json` prints it (less `qid` and `turn`, which the batch adds)."""
        return {
            "question": self.question,
            "text": self.text,
            "sentences": self.sentences,
            "outcome": self.outcome,
            "abstained": self.abstained,
            "confidence": round(self.confidence, 4),
            "citations": [c.to_json() for c in self.citations],
            "papers": [_brief(p) for p in self.papers],
            "further": [_brief(p) for p in self.further],
            "retrieved": [r.to_json() for r in self.retrieved],
            "filters": self.filters.to_json(),
            "shape": self.shape,
            "total": self.total,
            "seconds": round(self.seconds, 4),
            "backend": self.backend,
            "thinking": self.thinking,
        }

    def growing(self) -> Generator[Answer, None, None]:
        """Yield the answer statement by statement: snapshots that are not complete, and at last the answer itself."""
        for count in range(1, len(self.statements)):
            yield replace(self, statements=self.statements[:count], complete=False)
        yield self


def _brief(paper: Paper) -> dict[str, Any]:
    return {"arxiv_id": paper.arxiv_id, "version": paper.version, "title": paper.title, "url": paper.url}
