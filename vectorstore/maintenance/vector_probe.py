"""Reading every vector of a record, in a process of its own: Chroma ends the process over some damaged files."""

from __future__ import annotations

import json
import math
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path

from chromadb.errors import ChromaError
from pydantic import TypeAdapter

from vectorstore.embedding.chunking import chunk_id
from vectorstore.errors import LibraryError
from vectorstore.storage.collection import PaperCollection

_PAGE = 1_000
_ENOUGH = 20  # faults of one kind; more are not looked for
_SEARCHES = 200  # chunks whose own vector must find them
_LENGTH_ERROR = 1e-2  # how far from 1 a vector's length may be, by rounding on a GPU
_SAME = 0.999  # cosine

Report = Callable[[int, int], None]  # chunks whose vectors were read, chunks in all


@dataclass(frozen=True, slots=True)
class Probe:
    """What reading a record came to.

    Attributes:
        problem: why it could not be read at all; empty where it could.
        chunks, papers: how many there are.
        missing: ids of chunks without a vector.
        wrong: ids of chunks whose vector is not finite, not of length 1, or of another dimension than the others.
        lost: ids of chunks that a search with their own vector does not find.
        searched: how many were searched for.
        incomplete: ids of chunks that a paper says it has, and that are not there.
        orphans: ids of chunks that belong to no paper.
    """

    problem: str = ""
    chunks: int = 0
    papers: int = 0
    missing: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    searched: int = 0
    incomplete: tuple[str, ...] = ()
    orphans: tuple[str, ...] = ()


def probe(folder: Path, report: Report = lambda _, __: None) -> Probe:
    """Read all vectors of a record, with another process, and say what is wrong with them.

    Args:
        folder: Chroma's.
        report: told how far it is.
    """
    # -P: whatever lies in the folder that the user happens to be in is not for it to import.
    command = [sys.executable, "-P", "-m", "vectorstore.maintenance.vector_probe", str(folder)]
    said = ""
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as complaints,
        subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=complaints, text=True, encoding="utf-8", errors="replace"
        ) as process,
    ):
        try:
            for said in process.stdout or ():
                if not said.startswith("{"):
                    report(*map(int, said.split()))
        except BaseException:
            process.kill()
            raise
        status = process.wait()
        complaints.seek(0)
        complained = complaints.read().strip().splitlines() or ["unknown"]
    if status == 0:
        return TypeAdapter(Probe).validate_json(said)
    if status < 0:
        return Probe(problem=f"whoever reads its files is ended by {signal.Signals(-status).name}")
    return Probe(problem=complained[-1])


def probe_vectors(record: PaperCollection, report: Report = lambda _, __: None) -> Probe:
    """Read all vectors of an open record.

    Args:
        record: open.
        report: told how far it is.
    """
    ids = record.ids()
    counts = record.chunk_counts()
    belong = {chunk_id(paper, index) for paper, count in counts.items() for index in range(count)}
    missing, wrong = _vectors(record, ids, report)
    lost: tuple[str, ...] = ()
    sample: Sequence[str] = ()
    if not missing and not wrong:
        sample = ids[:: max(1, math.ceil(len(ids) / _SEARCHES))]
        lost = tuple(_lost(record, sample))
    return Probe(
        chunks=len(ids),
        papers=len(counts),
        missing=tuple(missing),
        wrong=tuple(wrong),
        lost=lost,
        searched=len(sample),
        incomplete=tuple(sorted(belong.difference(ids))[:_ENOUGH]),
        orphans=tuple(sorted(found for found in ids if found not in belong)[:_ENOUGH]),
    )


def _vectors(record: PaperCollection, ids: Sequence[str], report: Report) -> tuple[list[str], list[str]]:
    """The chunks without a vector, and those with a wrong one; not many more than enough of them."""
    import numpy as np

    missing: list[str] = []
    wrong: list[str] = []
    dimension = 0
    for start in range(0, len(ids), _PAGE):
        page = ids[start : start + _PAGE]
        report(start, len(ids))
        try:
            found = record.vectors(page)
        except ChromaError:  # which does not say of which
            found = {}
            for chunk in page:
                try:
                    found |= record.vectors([chunk])
                except ChromaError:
                    missing.append(chunk)
                if len(missing) >= _ENOUGH:
                    return missing, wrong
        for chunk, vector in found.items():
            dimension = dimension or len(vector)
            with np.errstate(over="ignore", invalid="ignore"):
                length = float(np.linalg.norm(vector))
            if len(vector) != dimension or not math.isfinite(length) or abs(length - 1) > _LENGTH_ERROR:
                wrong.append(chunk)
        if len(wrong) >= _ENOUGH:
            break
    return missing, wrong[:_ENOUGH]


def _lost(record: PaperCollection, chunks: Sequence[str]) -> list[str]:
    """Those of these chunks that a search with their own vector does not find, nor their equal."""
    lost = []
    for chunk, vector in record.vectors(chunks).items():
        nearest = record.nearest(vector, 1)
        if not nearest or (nearest[0][0] != chunk and nearest[0][1] < _SAME):
            lost.append(chunk)
    return lost


def main() -> None:
    """Read the record in the folder that is named, and print what there is to say of it as JSON."""
    try:
        with closing(PaperCollection(Path(sys.argv[1]))) as record:
            found = probe_vectors(record, lambda done, chunks: print(done, chunks, flush=True))
            print(json.dumps(asdict(found)))
    except (ChromaError, LibraryError) as error:
        sys.exit(" ".join(str(error).split()))


if __name__ == "__main__":
    main()
