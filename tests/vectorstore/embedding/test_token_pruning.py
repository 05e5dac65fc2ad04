"""Abstracts are embedded with half of their tokens, near the whole model; what is short is read whole."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from vectorstore import Filters, ModelError
from vectorstore.embedding.chunking import full_text
from vectorstore.embedding.embedder import Embedder
from vectorstore.embedding.encoders import SHORT, OnnxEncoder
from vectorstore.embedding.onnx_export import PRUNING
from vectorstore.library import Library
from vectorstore.text.latex import plain_text


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return Embedder()


@pytest.fixture(scope="module")
def abstracts(seeds_library: Path) -> list[str]:
    with Library.open(seeds_library) as library:
        return [plain_text(full_text(paper)) for paper in library.papers(Filters(), 64)]


def cosines(embedder: Embedder, texts: list[str]) -> np.ndarray:
    """Between the vectors of many texts, and of each alone, which the whole model gives in float32."""
    alone = np.concatenate([embedder.embed([text]) for text in texts])
    return np.asarray((embedder.embed(texts) * alone).sum(axis=1))


def test_the_vectors_of_abstracts_are_near_those_of_the_whole_model(embedder: Embedder, abstracts: list[str]) -> None:
    found = cosines(embedder, abstracts)
    assert found.mean() > 0.97
    assert found.min() > 0.93
    assert (found < 0.9999).all()  # they are pruned


def test_short_texts_are_read_whole(embedder: Embedder, abstracts: list[str]) -> None:
    beginnings = ["", "a", *(text[:100] for text in abstracts[:30])]
    assert (cosines(embedder, beginnings) > 0.9999).all()
    tokens = embedder.count_tokens
    words = abstracts[0].split()
    longest = max(n for n in range(len(words)) if tokens(" ".join(words[:n])) + 2 < SHORT)
    pair = [" ".join(words[: longest + more]) for more in (0, 3)]
    exact, pruned = cosines(embedder, pair * 8)[:2]
    assert exact > 0.9999 > pruned > 0.9


def test_a_model_without_a_file_for_it_is_not_pruned(
    embedder: Embedder, abstracts: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    shutil.copytree(embedder.folder, tmp_path / "model", ignore=shutil.ignore_patterns(PRUNING))
    whole = Embedder(str(tmp_path / "model"))
    assert (cosines(whole, abstracts[:16]) > 0.985).all()
    assert isinstance(whole._for_many, OnnxEncoder)
    assert whole._for_many._short is None


def test_a_file_that_cannot_be_read_is_an_error_that_says_what_to_do(
    embedder: Embedder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    shutil.copytree(embedder.folder, tmp_path / "model")
    (tmp_path / "model" / PRUNING).write_bytes(b"cut off")
    with pytest.raises(ModelError, match=r"pruning\.npz does not fit the model beside it.*delete that file"):
        Embedder(str(tmp_path / "model")).load()
