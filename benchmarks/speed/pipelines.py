"""Papers from listings to disk, by arxivqa or by the stock llama-index pipeline, in a process of its own.

    python -m benchmarks.speed.pipelines ours|stock FOLDER COUNT [LISTINGS]

Both read the same papers with the same readers, embed the same texts with the same weights, and leave in FOLDER what
their users then ask. The stock pipeline is the one of llama-index's documentation with its defaults: one `Document` a
paper, `VectorStoreIndex.from_documents`, `HuggingFaceEmbedding`, a persistent Chroma collection. What it stores besides
the text is kept out of the text that it embeds, as it is in arxivqa; otherwise it would have more to embed.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks import corpus
from vectorstore import Paper
from vectorstore.embedding.embedder import WINDOW, Embedder


def ours(folder: Path, papers: Iterator[Paper]) -> tuple[float, float]:
    """Ingest with arxivqa, which loads its model within the time; returns when it began and when all was on disk."""
    from vectorstore.library import Library

    embedder = Embedder()
    ready = time.perf_counter()
    with Library.open(folder, embedder=embedder, create=True) as library:
        library.ingest(papers)
    return ready, time.perf_counter()


def stock(folder: Path, papers: Iterator[Paper]) -> tuple[float, float]:
    """The same with llama-index's own parts, whose model is loaded before."""
    import chromadb
    import torch
    from llama_index.core import Document, StorageContext, VectorStoreIndex
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding
    from llama_index.vector_stores.chroma import ChromaVectorStore
    from transformers.utils import logging

    from vectorstore.embedding.chunking import full_text

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    # The weights are kept in 16 bits, in which torch would be twenty times as slow on a processor.
    model = HuggingFaceEmbedding(
        str(Embedder().folder), max_length=WINDOW, model_kwargs={"dtype": torch.float32}, show_progress_bar=False
    )
    model.get_text_embedding("")
    ready = time.perf_counter()
    documents = []
    for paper in papers:
        facts = {
            "title": paper.title,
            "url": paper.url,
            "listed": str(paper.listed),
            "authors": ", ".join(paper.authors),
        }
        documents.append(
            Document(id_=paper.arxiv_id, text=full_text(paper), metadata=facts, excluded_embed_metadata_keys=[*facts])
        )
    client: Any = chromadb.PersistentClient(str(folder))
    store = ChromaVectorStore(chroma_collection=client.get_or_create_collection("papers", embedding_function=None))
    context = StorageContext.from_defaults(vector_store=store)
    VectorStoreIndex.from_documents(documents, storage_context=context, embed_model=model)
    client.close()
    return ready, time.perf_counter()


def main() -> None:
    """Run one pipeline, and print how long it took, and of that from the first paper on."""
    began = time.perf_counter()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pipeline", choices=("ours", "stock"))
    parser.add_argument("folder", type=Path)
    parser.add_argument("count", type=int)
    parser.add_argument("listings", type=Path, nargs="?")
    given = parser.parse_args()
    seen: set[str] = set()
    papers = corpus.take(corpus.records(given.listings), seen, given.count)
    ready, done = (ours if given.pipeline == "ours" else stock)(given.folder, papers)
    print(json.dumps({"papers": len(seen), "ready": ready - began, "seconds": done - ready}))


if __name__ == "__main__":
    main()
