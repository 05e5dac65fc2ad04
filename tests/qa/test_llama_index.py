"""llama-index's own parts work on the library: a stock index opens the collection, ours plug into its engines."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import chromadb
from chromadb.config import Settings as ChromaSettings
from llama_index.core import VectorStoreIndex
from llama_index.core.llms import CompletionResponse, CompletionResponseGen, CustomLLM, LLMMetadata, MockLLM
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.vector_stores.chroma import ChromaVectorStore

from qa import open_assistant
from qa.llama_index import AssistantQueryEngine, LibraryEmbedding, LibraryRetriever
from vectorstore.embedding.embedder import Embedder
from vectorstore.library import Library

QUESTION = "How many parameters does the stain normalization network have?"


def test_a_stock_vector_store_index_opens_the_collection_and_retrieves(seeds_library: Path) -> None:
    client = chromadb.PersistentClient(
        str(seeds_library / "chroma"), settings=ChromaSettings(anonymized_telemetry=False)
    )
    store = ChromaVectorStore(chroma_collection=client.get_collection("papers"))
    index = VectorStoreIndex.from_vector_store(store, embed_model=LibraryEmbedding(Embedder()))
    nodes = index.as_retriever(similarity_top_k=3).retrieve(QUESTION)
    client.close()
    assert nodes[0].node.metadata["arxiv_id"] == "2012.12535"
    assert nodes[0].node.metadata["url"] == "https://arxiv.org/abs/2012.12535"
    assert "1.28K parameters" in nodes[0].node.get_content()


def test_the_retriever_plugs_into_a_llama_index_engine(seeds_library: Path) -> None:
    with Library.open(seeds_library) as library:
        retriever = LibraryRetriever(library, limit=4)
        engine = RetrieverQueryEngine.from_args(retriever, llm=MockLLM(max_tokens=64))
        response = engine.query(QUESTION)
    assert len(response.source_nodes) == 4
    assert response.source_nodes[0].node.metadata["arxiv_id"] == "2012.12535"


def test_the_query_engine_gives_the_assistants_answer_with_its_evidence(seeds_library: Path) -> None:
    with open_assistant(seeds_library) as assistant:
        response = AssistantQueryEngine(assistant).query(QUESTION)
        answer = assistant.ask(QUESTION)
    assert str(response) == answer.text
    first = response.source_nodes[0].node
    assert first.metadata["arxiv_id"] == "2012.12535"
    paper = answer.citations[0].paper
    assert paper.abstract[first.start_char_idx : first.end_char_idx] == first.get_content()


class Told(CustomLLM):
    """A llama-index model that writes what it was told to."""

    text: str

    @property
    def metadata(self) -> LLMMetadata:
        return LLMMetadata(model_name="told", context_window=4096)

    def complete(self, prompt: str, formatted: bool = False, **_: Any) -> CompletionResponse:  # noqa: ARG002
        return CompletionResponse(text=self.text)

    def stream_complete(self, prompt: str, formatted: bool = False, **_: Any) -> CompletionResponseGen:  # noqa: ARG002
        def words() -> CompletionResponseGen:
            so_far = ""
            for word in self.text.split(" "):
                new = f" {word}" if so_far else word
                so_far += new
                yield CompletionResponse(text=so_far, delta=new)

        return words()


def test_the_query_engine_has_any_model_of_llama_index_write_and_checks_it(seeds_library: Path) -> None:
    model = Told(text="StainNet has only 1.28K parameters [99]. It has 93.7 layers [1].")
    with open_assistant(seeds_library) as assistant:
        free = AssistantQueryEngine(assistant, llm=model).query(QUESTION)
        strict = AssistantQueryEngine(assistant, llm=model, strict=True).query(QUESTION)
    assert str(strict) == "StainNet has only 1.28K parameters. [1]"
    assert strict.metadata["backend"] == "Told/told"
    assert strict.source_nodes[0].node.metadata["arxiv_id"] == "2012.12535"
    assert [sentence["supported"] for sentence in free.metadata["sentences"]] == [True, False]
