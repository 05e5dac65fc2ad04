"""AnswerBuilder: an answer being written, whose papers get their numbers as they are first quoted."""

from __future__ import annotations

from collections.abc import Sequence

from qa.answer import Answer, Citation, Evidence, Outcome, Retrieved, Statement
from qa.evidence import selection
from qa.query.parser import Intent, ParsedQuery
from vectorstore import Paper

_FURTHER = 5
_LIST_WORDS = 45


class AnswerBuilder:
    """Statements and citations of one answer, added in the order in which they are read.

    Args:
        request: the question as understood.
        retrieved: its candidates, best first; those that are not cited become further reading.
    """

    def __init__(self, request: ParsedQuery, retrieved: Sequence[Retrieved]) -> None:
        self.request = request
        self.retrieved = tuple(retrieved)
        self._statements: list[Statement] = []
        self._citations: dict[str, Citation] = {}

    def __len__(self) -> int:
        return len(self._statements)

    @property
    def quoted(self) -> set[str]:
        """Every sentence that stands in the draft, so that none is said twice."""
        return {statement.text for statement in self._statements if statement.kind != "note"}

    def evidence(self, paper: Paper) -> tuple[Evidence, ...]:
        """The sentences of a paper that answer the question."""
        # A follow-up is answered by what its own words ask, not by the context that found the paper.
        request = self.request
        return selection.pick(request.question if request.about else request.text, paper.abstract, title=paper.title)

    def cite(self, paper: Paper, found: Sequence[Evidence]) -> int:
        """Number a paper, or find its number; its evidence is `found`, before what it was cited for already."""
        held = self._citations.get(paper.arxiv_id)
        if held is None:
            number = len(self._citations) + 1
            self._citations[paper.arxiv_id] = Citation(number, paper, tuple(found))
            return number
        known = {(e.start, e.end) for e in held.evidence}
        more = tuple(e for e in found if (e.start, e.end) not in known)
        self._citations[paper.arxiv_id] = Citation(held.n, paper, held.evidence + more)
        return held.n

    def quote(self, paper: Paper, sentences: Sequence[Evidence], found: Sequence[Evidence] | None = None) -> None:
        """Quote sentences of a paper, one statement each; `found` is the evidence its citation carries, if not they."""
        number = self.cite(paper, sentences if found is None else found)
        self._statements += [Statement(sentence.text, (number,)) for sentence in sentences]

    def item(self, paper: Paper, found: Sequence[Evidence]) -> None:
        """Add a line of a list: a title and the best sentence that is not too long."""
        line = next((e for e in found if len(e.text.split()) <= _LIST_WORDS), found[0] if found else None)
        lead = " ".join(paper.title.split())
        self._statements.append(Statement(line.text if line else "", (self.cite(paper, found),), "item", lead))

    def note(self, text: str, citations: tuple[int, ...] = ()) -> None:
        """Say something of the program's own."""
        self._statements.append(Statement(text, citations, "note"))

    def unmarked(self) -> tuple[int, ...]:
        """The numbers of the papers that are cited but have no mark in the text yet."""
        marked = {n for statement in self._statements for n in statement.citations}
        return tuple(c.n for c in self._citations.values() if c.n not in marked)

    def finish(
        self,
        outcome: Outcome,
        sure: float,
        *,
        shape: Intent = "one",
        papers: Sequence[Paper] | None = None,
        total: int | None = None,
    ) -> Answer:
        """The answer.

        Args:
            outcome: what came of the question.
            sure: the chance that the cited papers answer it, 0 to 1.
            shape: what kind of answer this is.
            papers: what it rests on or lists; None for the cited papers. None are named where it abstains.
            total: how many papers match, where that was counted.
        """
        citations = tuple(self._citations.values())
        rests_on = tuple(c.paper for c in citations) if papers is None else tuple(papers)
        named = {paper.arxiv_id for paper in rests_on} | set(self._citations)
        # An abstention rests on nothing, so its nearest paper, though cited, is further reading too.
        further = [r.paper for r in self.retrieved if outcome != "answered" or r.paper.arxiv_id not in named]
        return Answer(
            question=self.request.question,
            statements=tuple(self._statements),
            outcome=outcome,
            confidence=sure,
            citations=citations,
            papers=rests_on if outcome == "answered" else (),
            further=tuple(further[:_FURTHER]),
            retrieved=self.retrieved,
            filters=self.request.filters,
            standalone=self.request.text,
            shape=shape,
            total=total,
        )
