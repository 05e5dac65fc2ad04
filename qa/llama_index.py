"""The same retrieval and answers as llama-index parts, for programs built on llama-index."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.base.response.schema import Response
from llama_index.core.bridge.pydantic import PrivateAttr
from llama_index.core.llms import LLM, ChatMessage
from llama_index.core.query_engine import CustomQueryEngine
from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from qa.answer import Answer
from qa.assistant import Assistant
from qa.llm.adapter import ChatAdapter, Reply, delta, whole
from qa.llm.errors import ProviderErrors
from qa.llm.streaming import Cancellation
from qa.retrieval.retriever import Retriever
from vectorstore import Filters
from vectorstore.embedding.chunking import Chunk, full_text
from vectorstore.embedding.embedder import Embedder
from vectorstore.library import Library


class LibraryEmbedding(BaseEmbedding):
    """The library's model as llama-index's embedding, for a stock `VectorStoreIndex` over the collection.

    Args:
        embedder: the model.
    """

    _embedder: Embedder = PrivateAttr()

    def __init__(self, embedder: Embedder, **kwargs: Any) -> None:
        super().__init__(model_name=embedder.name, **kwargs)
        self._embedder = embedder

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embeddings([text])[0]

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return [[float(value) for value in vector] for vector in self._embedder.embed(texts)]

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embedding(query)

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embedding(query)


class LibraryRetriever(BaseRetriever):
    """Hybrid retrieval as llama-index's retriever: one node a paper, with its citation fields as metadata.

    Args:
        library: where to search.
        filters: which papers may be found.
        limit: how many.
    """

    def __init__(self, library: Library, filters: Filters | None = None, limit: int = 10) -> None:
        super().__init__()
        self._retriever = Retriever(library)
        self._filters = filters or Filters()
        self._limit = limit

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        hits = self._retriever.retrieve(query_bundle.query_str, self._filters, self._limit)
        return [
            NodeWithScore(node=Chunk(hit.paper, 0, 0, len(full_text(hit.paper))).to_node(), score=hit.score)
            for hit in hits
        ]


class LlamaIndexModel(ChatAdapter):
    """Any language model of llama-index, set up by the program that has it, as one that an `Assistant` takes.

    Args:
        llm: the model; its own settings say how long it may take and write.
    """

    def __init__(self, llm: LLM) -> None:
        name = f"{type(llm).__name__}/{llm.metadata.model_name}"
        super().__init__(name, ProviderErrors(name))
        self._llm = llm

    @property
    def context_window(self) -> int:
        """What the model says of itself."""
        return self._llm.metadata.context_window

    def replies(
        self,
        messages: Sequence[ChatMessage],
        max_tokens: int,  # noqa: ARG002 (models take these in many ways)
        streaming: bool,
        stop: Cancellation,  # noqa: ARG002
    ) -> Iterator[Reply]:
        """Ask once."""
        if not streaming:
            yield whole(self._llm.chat(messages))
            return
        for response in self._llm.stream_chat(messages):
            yield delta(response, False)
        yield Reply(finished=True)


class AssistantQueryEngine(CustomQueryEngine):
    """An assistant as llama-index's query engine: the answer's text, with the evidence as source nodes.

    Args:
        assistant: what answers.
        llm: a llama-index model that writes the answers, each sentence of them checked; None leaves that to the
            assistant.
        strict: whether sentences of `llm` that the abstracts do not bear out are left out.
    """

    _assistant: Assistant = PrivateAttr()

    def __init__(self, assistant: Assistant, llm: LLM | None = None, strict: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        model = LlamaIndexModel(llm) if llm is not None else None
        self._assistant = Assistant(assistant.library, model, strict=strict) if model else assistant

    def custom_query(self, query_str: str) -> Response:
        """Answer a question."""
        answer = self._assistant.ask(query_str)
        return Response(
            response=answer.text,
            source_nodes=_source_nodes(answer),
            metadata={
                "outcome": answer.outcome,
                "confidence": answer.confidence,
                "backend": answer.backend,
                "sentences": answer.sentences,
            },
        )


def _source_nodes(answer: Answer) -> list[NodeWithScore]:
    return [
        NodeWithScore(
            node=TextNode(
                id_=f"{citation.paper.versioned_id}:{evidence.start}-{evidence.end}",
                text=evidence.text,
                start_char_idx=evidence.start,
                end_char_idx=evidence.end,
                metadata={
                    "n": citation.n,
                    "arxiv_id": citation.paper.arxiv_id,
                    "title": citation.paper.title,
                    "url": citation.paper.url,
                },
            ),
            score=evidence.score,
        )
        for citation in answer.citations
        for evidence in citation.evidence
    ]
