"""An answerer over a language model: what it writes is shown as it comes, and believed as far as the abstracts go."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import replace

from qa.answers import Answer, Retrieved, Statement
from qa.citations import Checked, check, finished
from qa.composing import Composer
from qa.condensing import condense
from qa.drafting import Draft
from qa.extractive import ExtractiveAnswerer
from qa.gathering import Gathered
from qa.llm.base import LanguageModel, LanguageModelError
from qa.prompts import Source, build
from qa.prose import plain
from qa.questions import Request

Search = Callable[[str], Sequence[Retrieved]]

_PAPERS = 6  # in a prompt
_BESIDE = 2  # of them from the search for a follow-up as the model understands it
_COMPUTED = ("list", "count")  # shapes whose papers and numbers no model may change
_LONGEST = 6_000  # characters of an answer that was asked for in five sentences
_LONGEST_THINKING = 200_000


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
        request: Request,
        retrieved: Sequence[Retrieved],
        gathered: Gathered | None = None,
        history: Sequence[Answer] = (),
        search: Search | None = None,
    ) -> Generator[Answer, None, None]:
        """Answer a request as the model writes; closing the iterator closes the model's own.

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
        extractive = self._extractive.answer(request, retrieved, gathered)
        beside: Sequence[Retrieved] = ()
        if history and search and not request.filters.ids and (extractive.abstained or self._writes(extractive)):
            text = condense(self.model, request.question, history)
            if text is not None:
                beside = search(text)
                if extractive.abstained:
                    meant = replace(request, text=text)
                    answer = self._extractive.answer(meant, beside, gathered)
                    if not answer.abstained:
                        request, retrieved, extractive, beside = meant, beside, answer, retrieved
        if not self._writes(extractive):
            yield from extractive.growing()
            return
        try:
            earlier = [answer.question for answer in history]
            yield from self._written(request, retrieved, extractive, beside, earlier)
        except LanguageModelError as error:
            said = Statement(" ".join(str(error).split()), kind="note")
            yield from replace(extractive, statements=(said, *extractive.statements)).growing()

    def _writes(self, extractive: Answer) -> bool:
        return not extractive.abstained and extractive.shape not in _COMPUTED

    def _written(
        self,
        request: Request,
        retrieved: Sequence[Retrieved],
        extractive: Answer,
        beside: Sequence[Retrieved],
        earlier: Sequence[str],
    ) -> Generator[Answer, None, None]:
        sources = _sources(request, retrieved, extractive, beside)
        prompt = build(self.model, request.question, sources, earlier)
        composer = Composer(request, tuple(retrieved), extractive, prompt.papers, self.model.name, self.strict)
        raw, thinking, settled = "", "", 0
        checked: tuple[Checked, ...] = ()
        snapshot = composer.snapshot((), "", "")
        with closing(self.model.stream(prompt.messages, prompt.max_tokens)) as pieces:
            for piece in pieces:
                if not piece.text and not piece.thinking:
                    yield snapshot  # nothing new, but whoever reads may want to stop
                    continue
                raw += piece.text
                thinking += piece.thinking
                if len(raw) > _LONGEST or len(thinking) > _LONGEST_THINKING:
                    raise LanguageModelError(
                        f"{self.model.name} did not stop writing, so its answer is not used: ask again, or choose "
                        "another model."
                    )
                text = plain(raw)
                if (until := finished(text)) > settled:
                    checked, settled = check(text[:until], prompt.papers), until
                snapshot = composer.snapshot(checked, text[settled:], thinking)
                yield snapshot
        answer = composer.answer(check(plain(raw), prompt.papers), thinking)
        if answer is None:
            raise LanguageModelError(
                f"{self.model.name} wrote no answer to this question: ask it in other words, or choose another model."
            )
        yield answer


def _sources(
    request: Request, retrieved: Sequence[Retrieved], extractive: Answer, beside: Sequence[Retrieved]
) -> list[Source]:
    """The papers for a prompt, best first: what is cited without a model, then what was found."""
    draft = Draft(request, retrieved)
    evidence = {citation.paper.arxiv_id: citation.evidence for citation in extractive.citations}
    papers = {citation.paper.arxiv_id: citation.paper for citation in extractive.citations}
    for candidate in [*beside[:_BESIDE], *retrieved[:_PAPERS]]:
        papers.setdefault(candidate.paper.arxiv_id, candidate.paper)
    return [
        Source(paper, evidence.get(arxiv_id) or draft.evidence(paper))
        for arxiv_id, paper in list(papers.items())[:_PAPERS]
    ]
