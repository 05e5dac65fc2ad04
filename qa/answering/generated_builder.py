"""An answer made of checked sentences: citations numbered as they are read, remarks where something is missing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from qa.answer import Answer, Outcome, Retrieved, Statement
from qa.answering.builder import AnswerBuilder
from qa.answering.output_cleaning import unfinished
from qa.answering.prompts import NOT_STATED
from qa.attribution.boilerplate import abstention
from qa.attribution.checker import Checked
from qa.query.parser import ParsedQuery
from vectorstore import Paper

_NOT_STATED = re.compile(rf"\W*{NOT_STATED.replace(' ', '[ _]')}\b", re.I)
_MARK = re.compile(r"\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class Composer:
    """Makes answers to one request of what a model wrote for it.

    Attributes:
        request: the question as understood.
        retrieved: its candidates, best first; at least one.
        extractive: the answer without the model: how sure it is, its shape and its remarks hold for this one too.
        papers: those given to the model, in the order in which its marks count them.
        backend: the model's name.
        strict: whether sentences that the abstracts do not bear out are left out.
    """

    request: ParsedQuery
    retrieved: tuple[Retrieved, ...]
    extractive: Answer
    papers: tuple[Paper, ...]
    backend: str
    strict: bool

    def snapshot(self, checked: Sequence[Checked], coming: str, thinking: str) -> Answer:
        """The answer so far: sentences that are finished, and the one that is being written.

        Args:
            checked: the finished ones.
            coming: what follows them, as the model wrote it; not shown where only what is supported may be.
            thinking: the model's reasoning so far.
        """
        draft = AnswerBuilder(self.request, self.retrieved)
        statements = self._statements(draft, [c for c in checked if _claims(c)])
        # "NOT STATED" is a sign for the program, and so is each of its beginnings.
        rest = "" if self.strict or NOT_STATED.startswith(coming.strip().upper()[:10]) else unfinished(coming)
        if rest:
            statements.append(Statement(rest))
        return replace(self._finish(draft, statements, "answered", thinking), complete=False)

    def answer(self, checked: Sequence[Checked], thinking: str) -> Answer | None:
        """The whole answer; None where the model neither claimed anything nor said that it is not stated."""
        claims = [c for c in checked if _claims(c)]
        declines = [c for c in checked if _declines(c)]
        supported = [c for c in claims if c.supported]
        if not claims and not declines:
            return None
        if declines and not supported:
            return self._abstention("The abstracts in this library do not seem to state this.", thinking)
        if not supported and self.strict:
            return self._abstention("The abstracts bear out nothing of what the language model wrote.", thinking)
        draft = AnswerBuilder(self.request, self.retrieved)
        # A question that is declined first is not answered by what is said beside it.
        if declines and declines[0].start < claims[0].start:
            said = Statement("The abstracts in this library do not seem to state this. What they do say:", kind="note")
            return self._finish(draft, [said, *self._statements(draft, supported)], "detail_not_stated", thinking)
        statements = self._statements(draft, claims)
        if not supported:
            statements.append(Statement("The abstracts themselves say:", kind="note"))
            statements += self._extracts(draft)
        else:
            statements += self._remarks()
        if declines:
            statements.append(Statement("The abstracts do not seem to state the rest.", kind="note"))
        return self._finish(draft, statements, "answered", thinking)

    def _statements(self, draft: AnswerBuilder, sentences: Sequence[Checked]) -> list[Statement]:
        shown = [sentence for sentence in sentences if sentence.supported or not self.strict]
        numbers: dict[int, int] = {}
        for sentence in shown:
            evidence = dict(sentence.evidence)
            for given in sentence.citations:
                numbers[given] = draft.cite(self.papers[given - 1], evidence.get(given, ()))
        return [
            Statement(
                sentence.text,
                tuple(numbers[given] for given in sentence.citations),
                "item" if sentence.kind == "item" else "sentence",
                supported=sentence.supported,
                reasons=tuple(self._renumbered(reason, numbers) for reason in sentence.reasons),
            )
            for sentence in shown
        ]

    def _renumbered(self, reason: str, numbers: dict[int, int]) -> str:
        """A reason with the answer's numbers for the prompt's; a paper that is not cited goes by its id."""

        def name(match: re.Match[str]) -> str:
            given = int(match[1])
            if not 1 <= given <= len(self.papers):
                return match[0]
            return f"[{numbers[given]}]" if given in numbers else self.papers[given - 1].arxiv_id

        return _MARK.sub(name, reason)

    def _remarks(self) -> list[Statement]:
        """What the program has to say beside the sentences: a paper that is missing, a side that no abstract has."""
        notes = [s for s in self.extractive.statements if s.kind == "note" and not s.citations]
        return [note for note in notes if not note.text.endswith(":")]

    def _extracts(self, draft: AnswerBuilder) -> list[Statement]:
        numbers = {c.n: draft.cite(c.paper, c.evidence) for c in self.extractive.citations}
        return [replace(s, citations=tuple(numbers[n] for n in s.citations)) for s in self.extractive.statements]

    def _abstention(self, why: str, thinking: str) -> Answer:
        draft = AnswerBuilder(self.request, self.retrieved)
        best = self.extractive.citations[0].paper if self.extractive.citations else self.retrieved[0].paper
        found = draft.evidence(best)
        draft.note(f"{why} The nearest paper says:")
        draft.quote(best, found[:1], found)
        # The program thought it answered, the model does not: the one is as good a judge as the other.
        sure = self.extractive.confidence / 2
        answer = draft.finish("detail_not_stated", sure, shape=self.extractive.shape)
        return replace(answer, backend=self.backend, thinking=thinking)

    def _finish(self, draft: AnswerBuilder, statements: Sequence[Statement], outcome: Outcome, thinking: str) -> Answer:
        answer = draft.finish(outcome, self.extractive.confidence, shape=self.extractive.shape)
        return replace(answer, statements=tuple(statements), backend=self.backend, thinking=thinking)


def _declines(sentence: Checked) -> bool:
    """Whether a sentence says that the abstracts do not tell."""
    if _NOT_STATED.match(sentence.text):
        return True
    return sentence.kind == "note" and abstention(sentence.text)[0]


def _claims(sentence: Checked) -> bool:
    """Whether a sentence says something of the papers; greetings and headings do not."""
    return sentence.kind != "note" and not _declines(sentence)
