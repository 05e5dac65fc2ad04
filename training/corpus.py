"""The training questions, their papers, and random libraries made of them."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from vectorstore import Paper
from vectorstore.ingest import find_listings, listings
from vectorstore.text.sentences import split_sentences

DATA = Path(__file__).with_name("data")


@dataclass(frozen=True, slots=True)
class Question:
    """A training request: the paper that answers it and the verbatim stretch of its abstract that does."""

    paper: str
    style: str
    text: str
    span: str


def questions(path: Path = DATA / "questions.jsonl") -> list[Question]:
    """The training questions in the file's order."""
    rows = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
    return [Question(row["id"], row["style"], row["question"], row["span"]) for row in rows]


def far_questions(path: Path = DATA / "far_questions.txt") -> list[str]:
    """Questions that no listing of papers answers."""
    return path.read_text(encoding="utf-8").split("\n")[:-1]


def follow_ups(path: Path = DATA / "follow_ups.txt") -> list[str]:
    """Second questions that could be asked of almost any paper."""
    return path.read_text(encoding="utf-8").split("\n")[:-1]


def papers(folder: Path, ids: Iterable[str]) -> dict[str, Paper]:
    """The papers of these ids, read from a folder of listings."""
    wanted = set(ids)
    found: dict[str, Paper] = {}
    for file in find_listings([folder]):
        if not isinstance(file, Path):
            continue
        for record in listings.read_listing(file):
            if isinstance(record, Paper) and record.arxiv_id in wanted:
                found.setdefault(record.arxiv_id, record)
        if len(found) == len(wanted):
            break
    missing = wanted - found.keys()
    if missing:
        raise SystemExit(f"{len(missing)} of {len(wanted)} papers are not in {folder}, for instance {min(missing)}.")
    return found


def cut(abstract: str, span: str) -> str | None:
    """The abstract without the sentences that hold the span; None when it does not stand there as written.

    The reader repairs some characters, so a few spans of the question file are not found.
    """
    begin = abstract.find(span)
    if begin < 0:
        return None
    end = begin + len(span)
    return " ".join(abstract[a:b] for a, b in split_sentences(abstract) if b <= begin or a >= end)


@lru_cache(maxsize=1)
def held_out() -> frozenset[str]:
    """A tenth of the training papers, which the retrieval model is not trained on.

    Choices are made on them, and whatever depends on the model's scores is fitted on them: questions that the model was
    trained on look easier than a user's.
    """
    return frozenset(paper for paper, fold in folds((q.paper for q in questions()), 10, seed=11).items() if fold == 0)


def folds(ids: Iterable[str], count: int, seed: int) -> dict[str, int]:
    """Each paper's fold, so that no paper is both fitted on and reported on."""
    order = sorted(set(ids))
    random.Random(seed).shuffle(order)
    return {paper: place % count for place, paper in enumerate(order)}
