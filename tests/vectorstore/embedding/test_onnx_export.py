"""The exported model gives the vectors of the one it was made of, is made once, and never stands in the way."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from vectorstore.embedding import onnx_export
from vectorstore.embedding.embedder import DEFAULT_SHA256, Embedder
from vectorstore.embedding.encoders import OnnxEncoder, TorchEncoder

ABSTRACT = (
    "A network for stain normalisation. Slides of one laboratory do not look like those of another; what was learnt "
    "on the first fails on the second. We train a small network to bring the colours of a slide to those of a chosen "
    "one without pairs of images: it predicts a curve for each of three stains, which a pathologist can look at. On "
    "1,200 slides from nine hospitals it keeps a classifier of tumours within two points of its accuracy at home."
)
TEXTS = ["Which dataset has videos taken by drones?", ABSTRACT, "", "ℓ∞ \ud7ff 🙂"]


@pytest.fixture(scope="module")
def float32() -> NDArray[np.float32]:
    exact = TorchEncoder(Embedder().folder, "default", 384, exact=True)
    return next(exact.encode([TEXTS]))


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "arxivqa" / "models"


def test_its_vectors_are_those_of_float32_but_for_rounding(float32: NDArray[np.float32]) -> None:
    embedder = Embedder()
    few, many = embedder.embed(TEXTS), embedder.embed(TEXTS * 4)[: len(TEXTS)]
    assert isinstance(embedder._for_few, OnnxEncoder)
    assert isinstance(embedder._for_many, OnnxEncoder)
    assert ((few * float32).sum(axis=1) > 0.9999).all()
    assert ((many * float32).sum(axis=1) > 0.95).all()


def test_a_second_process_asks_without_loading_torch() -> None:
    Embedder().load()  # makes the file, if no test before did
    code = (
        "import sys; from vectorstore.embedding.embedder import Embedder; Embedder().embed(['cats']); "
        "print(sorted({'torch', 'transformers', 'llama_index', 'onnx'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout.strip(), done.stderr) == ("[]", "")


def test_a_damaged_file_is_made_again(cache: Path) -> None:
    cache.mkdir(parents=True)
    path = cache / f"{DEFAULT_SHA256[:32]}-float32-{onnx_export._LAYOUT}.onnx"
    path.write_bytes(b"cut off")
    embedder = Embedder()
    embedder.load()
    assert isinstance(embedder._for_few, OnnxEncoder)
    assert path.stat().st_size > 50_000_000
    (other,) = set(cache.iterdir()) - {path}
    assert "-int8-" in other.name


def test_one_that_strays_is_refused_once_and_torch_answers(
    cache: Path, float32: NDArray[np.float32], monkeypatch: pytest.MonkeyPatch
) -> None:
    # As on a processor whose 8-bit sums overflow.
    monkeypatch.setattr(onnx_export, "_CLOSEST", {"float32": 0.9999, "pruned": 1.01})
    first, second = Embedder(), Embedder()
    assert ((first.embed(TEXTS * 4)[: len(TEXTS)] * float32).sum(axis=1) > 0.995).all()
    (said,) = cache.glob("*.refused")
    assert "int8 vectors have cosine 0.9" in said.read_text(encoding="utf-8")
    second.embed(TEXTS * 4)
    assert isinstance(second._for_many, TorchEncoder)
    assert isinstance(second._for_few, OnnxEncoder)


def test_where_nothing_can_be_kept_torch_answers(cache: Path, float32: NDArray[np.float32]) -> None:
    cache.parent.mkdir(parents=True)
    cache.write_text("a file where the folder should be", encoding="utf-8")
    assert ((Embedder().embed(TEXTS) * float32).sum(axis=1) > 0.995).all()
