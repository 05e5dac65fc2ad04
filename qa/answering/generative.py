"""An answerer over a language model: what it writes is shown as it comes, and believed as far as the abstracts go."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace

from qa.answer import Answer, Retrieved, Statement
from qa.answering.builder import AnswerBuilder
from qa.answering.condense import condense
from qa.answering.extractive import ExtractiveAnswerer
from qa.answering.generated_builder import Composer
from qa.answering.output_cleaning import legible, plain
from qa.answering.prompts import Source, build
from qa.attribution.checker import Checked, check_citations, finished
from qa.errors import LanguageModelError
from qa.llm.protocol import Delta, LanguageModel
from qa.query.parser import ParsedQuery
from qa.retrieval.intent_searches import IntentData
from vectorstore import Paper

Search = Callable[[str], Sequence[Retrieved]]

_PAPERS = 6  # in a prompt
_BESIDE = 2  # of them from the search for a follow-up as the model understands it
_COMPUTED = ("list", "count")  # shapes whose papers and numbers no model may change
_LONGEST = 6_000  # characters of an answer that was asked for in five sentences
_LONGEST_THINKING = 200_000  # characters of everything


class GenerativeAnswerer:
    """Has a language model write what one paper, a comparison or a definition answers, and checks every sentence.

    Whether the library answers at all is not left to the model, nor are lists and counts: those answers are the
    extractive ones. So is every answer for which the model fails, with a note on what happened.

    Args:
        model: what writes.
        strict: whether sentences that the abstracts do not bear out are left out.
    """

    def __init__(self, model: LanguageModel, *, strict: bool = False) -> None:
        self.model = model
        self.strict = strict
        self._extractive = ExtractiveAnswerer()

    def stream(
        self,
        request: ParsedQuery,
        retrieved: Sequence[Retrieved],
        gathered: IntentData | None = None,
        history: Sequence[Answer] = (),
        search: Search | None = None,
    ) -> Generator[Answer, None, None]:
        """Answer a request as the model writes; closing the iterator closes the model's own, and so its request.

        Args:
            request: the question as understood by rules.
            retrieved: its candidates as `conversation.find` ranks them.
            gathered: what its shape needs beside them.
            history: the answers so far, oldest first.
            search: a text to ranked candidates; with it and a history the model is asked what a follow-up means. The
                rules' candidates lead. Those of the model's question stand behind them in the prompt, and in their
                place where the rules' question would have no answer.

        Yields:
            Snapshots: finished sentences are checked, the last one is shown as it comes. The last snapshot is the
            answer, and the only one with `complete` True.
        """
        asked = _Asked(request, tuple(retrieved), self._extractive.answer(request, retrieved, gathered))
        follows = bool(history) and search is not None and not request.filters.ids
        if not asked.written and not (follows and asked.extractive.abstained):
            yield from asked.extractive.growing()
            return
        try:
            self.model.prepare()
            since = time.monotonic()
            if follows and search is not None:
                asked = yield from self._condensed(asked, gathered, history, search, since)
            if asked.written:
                yield from self._written(asked, [answer.question for answer in history], since)
                return
            answer = asked.extractive
        except LanguageModelError as error:
            said = Statement(" ".join(str(error).split()), kind="note")
            answer = replace(asked.extractive, statements=(said, *asked.extractive.statements))
        yield from answer.growing()

    def _condensed(
        self, asked: _Asked, gathered: IntentData | None, history: Sequence[Answer], search: Search, since: float
    ) -> Generator[Answer, None, _Asked]:
        """The follow-up with what the model's words for it find; in the model's words where the rules found nothing."""
        waiting = self._composer(asked, ()).snapshot((), "", "")
        text = yield from condense(self.model, asked.request.question, history, waiting, since)
        if text is None:
            return asked
        found = tuple(search(text))
        if asked.extractive.abstained:
            meant = replace(asked.request, text=text)
            answer = self._extractive.answer(meant, found, gathered)
            if not answer.abstained:
                return _Asked(meant, found, answer, asked.retrieved)
        return replace(asked, beside=found)

    def _written(self, asked: _Asked, earlier: Sequence[str], since: float) -> Generator[Answer, None, None]:
        prompt = build(self.model, asked.request.question, _sources(asked), earlier)
        composer = self._composer(asked, prompt.papers)
        raw, thinking, settled = "", "", 0
        checked: tuple[Checked, ...] = ()
        snapshot = composer.snapshot((), "", "")
        with closing(legible(self.model.stream(prompt.messages, prompt.max_tokens, since))) as pieces:
            for piece in pieces:
                raw += piece.text
                thinking += piece.thinking
                if piece.reasoned:
                    raw, thinking, checked, settled = "", thinking + raw, (), 0
                if len(raw) + len(thinking) > _LONGEST_THINKING:
                    break
                # Nothing new, but whoever reads may want to stop; or too much, which may yet turn out to be reasoning.
                if piece != Delta() and len(raw) <= _LONGEST:
                    text = plain(raw)
                    if (until := finished(text)) > settled:
                        checked, settled = check_citations(text[:until], prompt.papers), until
                    snapshot = composer.snapshot(checked, text[settled:], thinking)
                yield snapshot
        if len(raw) > _LONGEST or len(raw) + len(thinking) > _LONGEST_THINKING:
            raise LanguageModelError(
                f"{self.model.name} did not stop writing, so its answer is not used: ask again, or choose another "
                "model."
            )
        answer = composer.answer(check_citations(plain(raw), prompt.papers), thinking.strip())
        if answer is None:
            raise LanguageModelError(
                f"{self.model.name} wrote no answer to this question: ask it in other words, or choose another model."
            )
        yield answer

    def _composer(self, asked: _Asked, papers: tuple[Paper, ...]) -> Composer:
        return Composer(asked.request, asked.retrieved, asked.extractive, papers, self.model.name, self.strict)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is to be answered.

    Attributes:
        request: the question as understood.
        retrieved: its candidates, best first.
        extractive: the answer without a model.
        beside: candidates for the question as it was understood in another way.
    """

    request: ParsedQuery
    retrieved: tuple[Retrieved, ...]
    extractive: Answer
    beside: tuple[Retrieved, ...] = ()

    @property
    def written(self) -> bool:
        """Whether a model may write the answer."""
        return not self.extractive.abstained and self.extractive.shape not in _COMPUTED


def _sources(asked: _Asked) -> list[Source]:
    """The papers for a prompt, best first: what is cited without a model, then what was found."""
    draft = AnswerBuilder(asked.request, asked.retrieved)
    evidence = {citation.paper.arxiv_id: citation.evidence for citation in asked.extractive.citations}
    papers = {citation.paper.arxiv_id: citation.paper for citation in asked.extractive.citations}
    for candidate in [*asked.beside[:_BESIDE], *asked.retrieved[:_PAPERS]]:
        papers.setdefault(candidate.paper.arxiv_id, candidate.paper)
    return [
        Source(paper, evidence.get(arxiv_id) or draft.evidence(paper))
        for arxiv_id, paper in list(papers.items())[:_PAPERS]
    ]
