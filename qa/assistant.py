"""Assistant: ask, stream, find and show; the object that scripts, the shell and the page use."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncGenerator, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Self

from qa.answer import Answer, Retrieved
from qa.answering.extractive import ExtractiveAnswerer
from qa.dialog import resolve
from qa.query.parser import ParsedQuery, parse_query
from qa.retrieval import list_cutoff, reranker
from qa.retrieval.intent_searches import IntentData, fetch_for_intent
from qa.retrieval.retriever import Retriever
from qa.settings import Settings
from vectorstore import Filters, InputError, Paper, split_id
from vectorstore.embedding.embedder import Embedder
from vectorstore.library import Library, Stats

if TYPE_CHECKING:
    from qa.llm.protocol import LanguageModel

# What is ranked again for a question that one paper answers: of a whole category, 40, 100 or 200 found no more than one
# in a hundred more among the first ten (docs/tried.md), and each costs time.
CANDIDATES = 20


class Assistant:
    """Answers questions over one library. Use `open_assistant`, or give it a library that is open.

    All methods may be called from several threads. Results are values: nothing changes after it was returned. Several
    assistants may share a library: `Assistant(other.library, model)` answers with another model.

    Args:
        library: the papers; closed with the assistant.
        model: what writes the answers; None for the abstracts' own sentences.
        strict: whether sentences of the model that the abstracts do not bear out are left out.
    """

    def __init__(self, library: Library, model: LanguageModel | None = None, *, strict: bool = False) -> None:
        self.library = library
        self._retriever = Retriever(library)
        self._extractive = ExtractiveAnswerer()
        self._generative = None
        if model is not None:
            # Imported here, because who answers without a model need not wait for what belongs to one.
            from qa.answering.generative import GenerativeAnswerer

            self._generative = GenerativeAnswerer(model, strict=strict)

    @property
    def backend(self) -> str:
        """What writes the answers: "extractive", or the language model as provider/model."""
        return self._generative.model.name if self._generative else "extractive"

    def ask(
        self,
        question: str,
        history: Sequence[Answer] = (),
        filters: Filters | None = None,
        limit: int = 10,
        dropped: Filters | None = None,
    ) -> Answer:
        """Answer a question from the library's abstracts, with citations, or abstain.

        >>> with open_assistant() as assistant:
        ...     answer = assistant.ask("How many parameters does the stain normalization network have?")
        >>> answer.citations[0].paper.arxiv_id
        '2012.12535'

        Args:
            question: in plain words, up to any length.
            history: the answers of this conversation so far, oldest first; a follow-up may lean on them.
            filters: which papers may be used; what the question itself says ("before 2020") is added to it.
            limit: how many ranked candidates stand in `Answer.retrieved`.
            dropped: what was understood of the question as a filter and should not have been.

        Returns:
            The answer; `answer.abstained` is True where these abstracts do not say.

        Raises:
            InputError: the question is empty.
            LibraryError: the library cannot be read.
        """
        found = self._search(question, history, filters, limit, dropped)
        (answer,) = deque(self._answers(found, history), maxlen=1)
        return answer

    def stream(
        self,
        question: str,
        history: Sequence[Answer] = (),
        filters: Filters | None = None,
        limit: int = 10,
        dropped: Filters | None = None,
    ) -> Generator[Answer, None, None]:
        """Answer a question piece by piece; closing the iterator ends the work on it, a language model's too.

        Yields:
            Snapshots of the answer: the first has the ranked papers and no statement, each later one a statement more,
            or what a language model has written since; the last is what `ask` returns, and the only one with `complete`
            True. Where a language model fails half-way, what it wrote gives way to the abstracts' own sentences.
        """
        found = self._search(question, history, filters, limit, dropped)
        yield Answer(
            found.request.question,
            retrieved=found.retrieved[: found.shown],
            filters=found.request.filters,
            standalone=found.request.text,
            shape=found.request.shape,
            complete=False,
        )
        with closing(self._answers(found, history)) as answers:
            yield from answers

    async def aask(
        self,
        question: str,
        history: Sequence[Answer] = (),
        filters: Filters | None = None,
        limit: int = 10,
        dropped: Filters | None = None,
    ) -> Answer:
        """`ask` for async programs: runs in a thread, so that the event loop stays free."""
        return await asyncio.to_thread(self.ask, question, history, filters, limit, dropped)

    async def astream(
        self,
        question: str,
        history: Sequence[Answer] = (),
        filters: Filters | None = None,
        limit: int = 10,
        dropped: Filters | None = None,
    ) -> AsyncGenerator[Answer, None]:
        """`stream` for async programs."""
        snapshots = self.stream(question, history, filters, limit, dropped)
        try:
            step = asyncio.ensure_future(asyncio.to_thread(next, snapshots, None))
            # Shielded, because a thread cannot be cancelled: the stream is closed when it comes back.
            while (snapshot := await asyncio.shield(step)) is not None:
                yield snapshot
                step = asyncio.ensure_future(asyncio.to_thread(next, snapshots, None))
        finally:
            step.add_done_callback(lambda _: snapshots.close())

    def find(self, topic: str | None = None, filters: Filters | None = None, limit: int | None = 20) -> list[Paper]:
        """List papers.

        Args:
            topic: papers on this, best first; None for all that pass the filters, newest listed first.
            filters: which papers may be listed.
            limit: how many at most; None for all.

        Raises:
            InputError: the topic is empty or the limit is below 1.
        """
        if limit is not None and limit < 1:
            raise InputError(f"The limit must be at least 1, not {limit}.")
        if topic is None:
            return list(self.library.papers(filters or Filters(), limit))
        request = parse_query(topic, filters, self.library.newest())
        wanted = limit if limit is not None else max(self.library.count(request.filters), 1)
        candidates = self._retriever.retrieve(request.text, request.filters, max(wanted, list_cutoff.CANDIDATES))
        return [hit.paper for hit in reranker.rank(request.text, candidates)[:wanted]]

    async def afind(
        self, topic: str | None = None, filters: Filters | None = None, limit: int | None = 20
    ) -> list[Paper]:
        """`find` for async programs."""
        return await asyncio.to_thread(self.find, topic, filters, limit)

    def show(self, arxiv_id: str) -> Paper:
        """One paper.

        Args:
            arxiv_id: with or without version, or a link to the paper.

        Raises:
            InputError: it is not an arXiv id, or the paper is not in the library.
        """
        bare, _ = split_id(arxiv_id)
        found = self.library.get([bare])
        if not found:
            raise InputError(f"{bare} is not in the library {self.library.path}. See what is: arxivqa find")
        return found[0]

    def stats(self) -> Stats:
        """What is in the library."""
        return self.library.stats()

    def close(self) -> None:
        """Close the library."""
        self.library.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _search(
        self, question: str, history: Sequence[Answer], filters: Filters | None, limit: int, dropped: Filters | None
    ) -> _Found:
        started = time.perf_counter()
        if limit < 1:
            raise InputError(f"The limit must be at least 1, not {limit}.")
        with self.library.steady():
            request = parse_query(question, filters, self.library.newest(), dropped)
            alone = request.shape == "one" and not history
            candidates = max(limit, CANDIDATES if alone else list_cutoff.CANDIDATES)
            request, retrieved = resolve.resolve(
                request, history, lambda text, within: self._retriever.retrieve(text, within, candidates)
            )
            gathered = fetch_for_intent(request, self._retriever, self.library)
        return _Found(request, tuple(retrieved), gathered, candidates, started, limit)

    def _answers(self, found: _Found, history: Sequence[Answer]) -> Generator[Answer, None, None]:
        """The answer as it grows."""
        request = found.request
        if self._generative is None:
            answers = self._extractive.answer(request, found.retrieved, found.gathered).growing()
        else:

            def search(text: str) -> list[Retrieved]:
                return reranker.rank(text, self._retriever.retrieve(text, request.filters, found.candidates))

            answers = self._generative.stream(request, found.retrieved, found.gathered, history, search)
        with closing(answers):
            for answer in answers:
                yield replace(
                    answer,
                    # An answer that filters alone make has no candidates of its own.
                    retrieved=(answer.retrieved or found.retrieved)[: found.shown],
                    seconds=time.perf_counter() - found.started,
                )


@dataclass(frozen=True, slots=True)
class _Found:
    """A question's way between searching and answering.

    Attributes:
        candidates: how many were searched for.
        shown: how many of them the answer shows.
        started: when it was asked, on the clock of `time.perf_counter`.
    """

    request: ParsedQuery
    retrieved: tuple[Retrieved, ...]
    gathered: IntentData
    candidates: int
    started: float
    shown: int


def open_assistant(library: Path | str | None = None, settings: Settings | None = None) -> Assistant:
    """Open the library and return an assistant over it; use it in a `with`.

    Args:
        library: its folder; None for the one the settings name.
        settings: what is in force; None reads `ARXIVQA_*` variables and the configuration file.

    Raises:
        SettingsError: a setting is wrong.
        LibraryError: there is no library, or it was made by another model or format.
        LanguageModelError: the packages that the settings' language model needs are not installed.
    """
    settings = settings or Settings()
    path = settings.library if library is None else Path(library)
    opened = Library.open(path, embedder=Embedder(settings.model), server=settings.server)
    if settings.llm == "extractive":
        return Assistant(opened)
    from qa.llm.factory import open_model

    try:
        return Assistant(opened, open_model(settings), strict=settings.strict)
    except BaseException:
        opened.close()
        raise
