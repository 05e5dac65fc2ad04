"""Vectors in 8 bits: near enough to choose by, and found by the chunk's id."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from tests.vectorstore.conftest import SAVED, RandomRecord
from vectorstore.index import quantized
from vectorstore.index.quantized import QuantizedVectors


def read(folder: Path) -> QuantizedVectors:
    found = QuantizedVectors.read(folder)
    assert found is not None
    return found


def test_the_cosine_to_a_code_is_near_that_to_its_vector(random_record: RandomRecord) -> None:
    coded = read(random_record.folder)
    wanted = [paper.arxiv_id for paper in random_record.papers[SAVED - 1 :: -7]]
    exact = random_record.vectors[SAVED - 1 :: -7][: len(wanted)] @ random_record.vectors[1]
    guessed = coded.cosines(random_record.vectors[1], coded.rows(wanted))
    np.testing.assert_allclose(guessed, exact, atol=0.01)
    assert np.abs(guessed - exact).mean() < 0.002


def test_chunks_without_a_code_are_told_apart(random_record: RandomRecord) -> None:
    rows = read(random_record.folder).rows(["0000.00000", "2101.00001", "2101.00001#1", "2101.01200", "9999.99999"])
    assert [row < 0 for row in rows.tolist()] == [True, False, True, True, True]
    assert read(random_record.folder).rows([]).tolist() == []


def test_there_are_no_codes_where_nothing_is_saved_or_too_much(
    random_record: RandomRecord, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert QuantizedVectors.read(tmp_path) is None
    shutil.copytree(random_record.folder, tmp_path / "chroma")
    (index,) = (tmp_path / "chroma").glob("*/data_level0.bin")
    index.write_bytes(b"")
    assert QuantizedVectors.read(tmp_path / "chroma") is None
    monkeypatch.setattr(quantized, "_MOST_BYTES", 1000)
    assert QuantizedVectors.read(random_record.folder) is None
