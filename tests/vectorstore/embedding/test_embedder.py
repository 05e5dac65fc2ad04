"""The default model gives unit vectors from checked weights, and a wrong model is a clear error."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from vectorstore import ModelError
from vectorstore.embedding.embedder import DEFAULT_SHA256, WINDOW, Embedder


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return Embedder()


def test_vectors_are_unit_rows_of_float32(embedder: Embedder) -> None:
    vectors = embedder.embed(["a dog", "a cat on the mat", "x" * 5_000])
    assert vectors.shape == (3, embedder.dimension)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-2)


def test_no_text_gives_no_vector(embedder: Embedder) -> None:
    assert embedder.embed([]).shape == (0, embedder.dimension)


def test_texts_of_like_meaning_are_nearer(embedder: Embedder) -> None:
    dog, puppy, tax = embedder.embed(["a dog runs", "a puppy is running", "income tax law"])
    assert dog @ puppy > dog @ tax + 0.3


def test_the_window_reaches_past_the_models_own_256_tokens(embedder: Embedder) -> None:
    start = "road " * 300
    assert WINDOW == 384
    ends = embedder.embed([start + "volcano " * 20, start + "violin " * 20])
    assert ends[0] @ ends[1] < 0.999


def test_the_order_of_a_batch_does_not_matter(embedder: Embedder) -> None:
    texts = ["short", "a longer text about cars " * 20, "middle sized text about dogs"]
    forward, backward = embedder.embed(texts), embedder.embed(texts[::-1])
    assert np.allclose(forward, backward[::-1], atol=2e-2)


def test_the_default_weights_are_the_published_ones(embedder: Embedder) -> None:
    copy = Embedder(str(embedder.folder))
    assert copy.sha256 == DEFAULT_SHA256 == embedder.sha256


def test_a_folder_without_weights_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"holds no weights.*sentence-transformers folder"):
        _ = Embedder(str(tmp_path)).sha256


def test_broken_weights_are_an_error_that_names_the_folder(tmp_path: Path, embedder: Embedder) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(embedder.folder, broken)
    (broken / "model.safetensors").write_bytes(b"no weights at all")
    with pytest.raises(ModelError, match="cannot be loaded from"):
        Embedder(str(broken)).embed(["text"])


def test_a_model_that_is_not_here_is_a_clear_error() -> None:
    with pytest.raises(ModelError, match="not on this machine"):
        _ = Embedder("no-such-model-anywhere").sha256
