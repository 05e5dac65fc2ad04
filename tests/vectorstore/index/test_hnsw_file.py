"""Chroma's own file of vectors is read as it is, and refused where it is anything else."""

from __future__ import annotations

import pickle
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.vectorstore.conftest import SAVED, RandomRecord
from vectorstore.errors import UnknownLayoutError
from vectorstore.index.hnsw_file import read_vectors, vector_sizes


@pytest.fixture
def index(random_record: RandomRecord, tmp_path: Path) -> Path:
    """The folder of the index in a copy of the record."""
    shutil.copytree(random_record.folder, tmp_path / "chroma")
    (header,) = (tmp_path / "chroma").glob("*/header.bin")
    return header.parent


def test_the_vectors_that_chroma_saved_are_those_that_went_in(random_record: RandomRecord) -> None:
    assert vector_sizes(random_record.folder) == (SAVED, random_record.vectors.shape[1])
    went_in = dict(zip([paper.arxiv_id for paper in random_record.papers], random_record.vectors, strict=True))
    found = {
        name.decode(): vector
        for names, vectors in read_vectors(random_record.folder)
        for name, vector in zip(names, vectors, strict=True)
    }
    assert len(found) == SAVED
    for name, vector in found.items():
        np.testing.assert_allclose(vector, went_in[name], atol=1e-6)


def other_version(index: Path) -> None:
    header = bytearray((index / "header.bin").read_bytes())
    header[0] += 1
    (index / "header.bin").write_bytes(header)


def other_offsets(index: Path) -> None:
    header = bytearray((index / "header.bin").read_bytes())
    header[36:44] = (8).to_bytes(8, "little")
    (index / "header.bin").write_bytes(header)


def cut_header(index: Path) -> None:
    (index / "header.bin").write_bytes(b"\x01\x00")


def cut_vectors(index: Path) -> None:
    with (index / "data_level0.bin").open("r+b") as file:
        file.truncate(5000)


def no_vectors(index: Path) -> None:
    (index / "data_level0.bin").unlink()


def garbage_vectors(index: Path) -> None:
    file = index / "data_level0.bin"
    file.write_bytes(b"\x7f" * file.stat().st_size)


def garbage_names(index: Path) -> None:
    (index / "index_metadata.pickle").write_bytes(b"garbage")


def other_names(index: Path) -> None:
    (index / "index_metadata.pickle").write_bytes(pickle.dumps({"label_to_id": [1, 2]}))


def no_names(index: Path) -> None:
    (index / "index_metadata.pickle").unlink()


def second_index(index: Path) -> None:
    shutil.copytree(index, index.with_name("another"))


def no_index(index: Path) -> None:
    shutil.rmtree(index)


@pytest.mark.parametrize(
    "damage",
    [
        other_version,
        other_offsets,
        cut_header,
        cut_vectors,
        no_vectors,
        garbage_vectors,
        garbage_names,
        other_names,
        no_names,
        second_index,
        no_index,
    ],
)
def test_files_that_are_damaged_or_laid_out_otherwise_are_refused(index: Path, damage: Callable[[Path], None]) -> None:
    damage(index)
    with pytest.raises(UnknownLayoutError):
        list(read_vectors(index.parent))


class _Touch:
    """What a hostile pickle can hold: it makes a file when it is loaded."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __reduce__(self) -> tuple[Callable[..., object], tuple[str, str]]:
        return open, (str(self._path), "w")


def test_a_program_in_the_note_beside_the_vectors_is_not_run(index: Path, tmp_path: Path) -> None:
    (index / "index_metadata.pickle").write_bytes(pickle.dumps({"label_to_id": _Touch(tmp_path / "made")}))
    with pytest.raises(UnknownLayoutError, match="open"):
        list(read_vectors(index.parent))
    assert not (tmp_path / "made").exists()


def test_files_that_are_written_while_they_are_read_are_refused(index: Path) -> None:
    blocks = read_vectors(index.parent)
    next(blocks)
    shutil.copy(index / "header.bin", index / "other.bin")
    (index / "other.bin").replace(index / "header.bin")
    with pytest.raises(UnknownLayoutError, match="while"):
        list(blocks)
