"""The fit of token pruning, on the seeds."""

from itertools import islice

import numpy as np
import pytest
import torch

from training.model import examples, fit_pruning
from vectorstore.embedding import onnx_export
from vectorstore.embedding.embedder import WINDOW, Embedder
from vectorstore.embedding.encoders import TorchEncoder
from vectorstore.embedding.token_pruning import Pruned
from vectorstore.library import Library


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Two papers a step, since few of the seeds have as many tokens as another; the seeds are what is asked about."""
    monkeypatch.setattr(fit_pruning, "BATCH", 2)
    monkeypatch.setattr(fit_pruning, "POOL", 125)
    monkeypatch.setattr(fit_pruning, "PROBED", 4)
    monkeypatch.setattr(examples, "evaluated", set)


@pytest.fixture
def model():
    embedder = Embedder()
    return TorchEncoder(embedder.folder, embedder.name, WINDOW, exact=True).model


def _cosine(pruned, given):
    with torch.no_grad():
        return float(np.mean([(pruned(ids) * wanted).sum(-1).mean() for ids, wanted in given]))


def test_some_steps_bring_the_vectors_nearer_and_what_is_saved_is_what_was_fitted(seeds_library, model, tmp_path):
    pruned = Pruned(model)
    with Library.open(seeds_library) as library:
        held = list(fit_pruning.batches(library, 16))[12:]
        before = _cosine(pruned, held)
        fit_pruning.fit(pruned, fit_pruning.batches(library, 12), 12)
    after = _cosine(pruned, held)
    assert after > before + 0.05
    pruned.save(tmp_path / "pruning.npz")
    read = Pruned(model).restored(tmp_path / "pruning.npz")
    with torch.no_grad():
        assert all(((read(ids) * pruned(ids)).sum(-1) > 0.9999).all() for ids, _ in held)


def test_the_calibration_finds_a_pooling_for_what_8_bits_give(seeds_library, model):
    pruned = Pruned(model).restored(Embedder().folder / onnx_export.PRUNING)
    with torch.no_grad():
        pruned.pooling.bias += torch.linspace(-1, 1, len(pruned.pooling.bias))
    with Library.open(seeds_library) as library:
        drawn = list(fit_pruning.batches(library, 30))
    before = _cosine(pruned, drawn)
    fit_pruning.calibrate(pruned, drawn)
    assert before < 0.8
    assert _cosine(pruned, drawn) > 0.93


def test_papers_of_the_evaluation_sets_are_left_out(seeds_library, monkeypatch):
    with Library.open(seeds_library) as library:
        every = {paper.arxiv_id for paper in library.papers()}
        drawn = next(fit_pruning.batches(library, 1))[1]
        known = library.vectors(sorted(every))
        chosen = {name for name, vector in known.items() for row in drawn if np.array_equal(vector, row.numpy())}
        assert len(chosen) == 2
        monkeypatch.setattr(examples, "evaluated", lambda: chosen)
        others = [vectors for _, vectors in islice(fit_pruning.batches(library, 20), 20)]
    assert not any(np.array_equal(known[name], row.numpy()) for name in chosen for rows in others for row in rows)


def test_a_library_that_is_too_small_is_said_to_be(seeds_library):
    with Library.open(seeds_library) as library, pytest.raises(SystemExit, match="steps only"):
        list(fit_pruning.batches(library, 1000))
