"""All vectors of a record at once, from the file in which Chroma keeps them: a tenth of what asking for them takes.

The file is hnswlib's (`saveIndex` of its `hnswalg.h`), and a note of Chroma's beside it says whose each vector is.
Neither is promised to stay as it is, and the last thousand writes or so are not in them yet. So what is read here may
choose what is asked for, and never what is answered; of a layout that is not known nothing is read.
"""

from __future__ import annotations

import os
import pickle
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from vectorstore.errors import UnknownLayoutError

_HEADER, _VECTORS, _NAMES = "header.bin", "data_level0.bin", "index_metadata.pickle"
# Version, then: offset of the links, room for vectors, vectors, bytes of each with what stands around it, offset of its
# label, offset of its numbers.
_FIELDS = struct.Struct("<I6Q")
_VERSION = 1
_BLOCK = 4096  # vectors read at once: 7 MB
# What reading, as a pickle or as the note, something else can raise.
_NOT_A_NOTE = (AttributeError, EOFError, LookupError, TypeError, ValueError, pickle.UnpicklingError, OverflowError)
_LENGTH_ERROR = 1e-2  # how far from 1 a vector's length may be


def vector_sizes(folder: Path) -> tuple[int, int]:
    """How many vectors Chroma's folder holds, and of how many numbers each is.

    Raises:
        UnknownLayoutError: the files are not what this module reads.
    """
    _, fields = _opened(folder)
    return fields[3], (fields[5] - fields[6]) // 4


def read_vectors(folder: Path) -> Iterator[tuple[NDArray[np.bytes_], NDArray[np.float32]]]:
    """The vectors in blocks: chunk ids as bytes, and their unit vectors, shape (len(ids), dimension).

    Args:
        folder: Chroma's.

    Raises:
        UnknownLayoutError: the files are not what this module reads, or were written meanwhile.
    """
    try:
        yield from _read(folder)
    except OSError as error:
        raise UnknownLayoutError(f"The vectors in {folder} cannot be read: {error}") from error


def _read(folder: Path) -> Iterator[tuple[NDArray[np.bytes_], NDArray[np.float32]]]:
    place, (_, _, _, count, size, label, numbers) = _opened(folder)
    element = np.dtype(
        {
            "names": ["vector", "label"],
            "formats": [("<f4", ((label - numbers) // 4,)), "<u8"],
            "offsets": [numbers, label],
            "itemsize": size,
        }
    )
    before = _told(place)
    labels, names = _names(place)
    if not len(labels):
        return
    with (place / _VECTORS).open("rb") as file:
        for start in range(0, count, _BLOCK):
            block = np.fromfile(file, element, min(_BLOCK, count - start))
            vectors = np.ascontiguousarray(block["vector"])
            lengths = np.einsum("ij,ij->i", vectors, vectors)
            if len(block) != min(_BLOCK, count - start) or not (np.abs(lengths - 1) < 2 * _LENGTH_ERROR).all():
                raise UnknownLayoutError(f"{file.name} does not hold unit vectors where they were looked for.")
            places = np.minimum(np.searchsorted(labels, block["label"]), len(labels) - 1)
            kept = labels[places] == block["label"]  # the others were deleted
            yield names[places[kept]], vectors[kept]
    if _told(place) != before:
        raise UnknownLayoutError(f"{place} was written while it was read.")


def _opened(folder: Path) -> tuple[Path, tuple[int, ...]]:
    """The folder of the one index below Chroma's, and the fields of its header."""
    places = [place.parent for place in folder.glob(f"*/{_HEADER}")]
    if len(places) != 1:  # none yet, or a second one which is being made or was left behind
        raise UnknownLayoutError(f"{folder} holds {len(places)} indexes of vectors, not one.")
    try:
        fields = _FIELDS.unpack_from((places[0] / _HEADER).read_bytes())
        there = (places[0] / _VECTORS).stat().st_size
    except (OSError, struct.error) as error:
        raise UnknownLayoutError(f"{places[0]} cannot be read: {error}") from error
    version, links, _, count, size, label, numbers = fields
    ordered = 0 <= links < numbers < label and label + 8 == size and (label - numbers) % 4 == 0
    if version != _VERSION or not ordered or count * size != there:
        raise UnknownLayoutError(f"{places[0]} has another layout than the one that is known.")
    return places[0], fields


def _names(place: Path) -> tuple[NDArray[np.uint64], NDArray[np.bytes_]]:
    """Labels, rising, and the id of the chunk that each stands for."""
    try:
        with (place / _NAMES).open("rb") as file:
            found = _Plain(file).load()["label_to_id"]
        labels = np.array(list(found.keys()), dtype=np.uint64)
        names = np.array(list(found.values()), dtype=np.bytes_)  # of ASCII, as all arXiv ids are
        order = np.argsort(labels)
        return labels[order], names[order]
    except _NOT_A_NOTE as error:
        raise UnknownLayoutError(f"{place / _NAMES} has another layout than the one that is known: {error}") from error


class _Plain(pickle.Unpickler):
    """Reads numbers, texts and what holds them; a pickle that names a class or a function could run any program."""

    def find_class(self, module: str, name: str) -> NoReturn:
        raise pickle.UnpicklingError(f"it names {module}.{name}")


def _told(place: Path) -> list[Any]:
    """What the file system says of the files."""
    found = [os.stat(place / name) for name in (_HEADER, _VECTORS, _NAMES)]  # noqa: PTH116 (one line for three)
    return [(one.st_mtime_ns, one.st_size, one.st_ino) for one in found]
