"""What was measured of a library at one size."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Asked:
    """Questions asked in one process: milliseconds, the share that was answered, and its peak memory in MiB."""

    p50: float
    p95: float
    answered: float
    mebibytes: float


@dataclass(frozen=True, slots=True)
class Size:
    """What was measured of a library of one size.

    Attributes:
        papers, chunks: what is in it; a chunk has one vector.
        added: papers of this step.
        seconds: what this step's ingest took, the model's load included.
        writing, embedding: seconds of the processor in that time, of the process that wrote and of the one beside it
            that embedded.
        ingest_mebibytes: the peak memory of the process that ingested and of the one that embedded beside it.
        open_seconds: opening, in a fresh process.
        first_seconds: the first search after that, which loads the vectors' index.
        held_mebibytes: by how much that search raised the peak memory.
        cold_seconds: `arxivqa ask` from its start to its end.
        asked: by filter.
        disk: bytes of the parts, by name.
    """

    papers: int
    chunks: int
    added: int
    seconds: float
    writing: float
    embedding: float
    ingest_mebibytes: float
    open_seconds: float
    first_seconds: float
    held_mebibytes: float
    cold_seconds: float
    asked: Mapping[str, Asked]
    disk: Mapping[str, int]

    @classmethod
    def read(cls, row: Mapping[str, object]) -> Size:
        """From what `asdict` and JSON made of it."""
        asked: Mapping[str, Mapping[str, float]] = row["asked"]  # type: ignore[assignment]
        return cls(**{**row, "asked": {name: Asked(**one) for name, one in asked.items()}})  # type: ignore[arg-type]
