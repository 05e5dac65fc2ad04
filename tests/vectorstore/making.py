"""What tests of libraries are made of: another model, and a library in files of the kind that large ones have."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

import chromadb

from vectorstore import Paper
from vectorstore.embedding.embedder import Embedder
from vectorstore.engine.opening import FORMAT
from vectorstore.library import Library
from vectorstore.storage.state import State


def other_model(folder: Path) -> Path:
    """The default model but for one bit of one weight: the same to the eye, another one to the hash."""
    other = folder / "other-model"
    shutil.copytree(Embedder().folder, other)
    weights = other / "model.safetensors"
    with weights.open("r+b") as file:
        file.seek(-1, os.SEEK_END)
        last = file.read(1)
        file.seek(-1, os.SEEK_END)
        file.write(bytes([last[0] ^ 1]))
    return other


def ingest_into_files(path: Path, papers: Iterable[Paper]) -> None:
    """Make a library whose vectors Chroma has moved from its log into files, as it does with each thousand."""
    embedder = Embedder()
    client = chromadb.PersistentClient(str(path / "chroma"))
    client.create_collection(
        "papers",
        embedding_function=None,
        metadata=State(FORMAT, embedder.name, embedder.sha256).to_metadata(),
        configuration={"hnsw": {"space": "cosine", "batch_size": 10, "sync_threshold": 10}},
    )
    client.close()
    with Library.open(path, create=True) as library:
        library.ingest(papers)
