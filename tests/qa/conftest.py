"""What the tests of conversations share: a store of their own, and real answers of the library of the seeds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import qa
from qa.answer import Answer
from qa.history.store import Store

QUESTIONS = (
    "How many parameters does the stain normalization network have?",
    "Papers since October 2020, not medical",
    "Compare GANs with diffusion models for image synthesis",
    "How many papers are there on pruning?",
    "What is change captioning?",
    "Who won the football world cup?",
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "conversations.sqlite3") as opened:
        yield opened


@pytest.fixture(scope="session")
def answers(seeds_library: Path) -> tuple[Answer, ...]:
    """One of each shape: an answer, a list, a comparison, a count, a definition, and one that abstains."""
    with qa.open_assistant(seeds_library) as assistant:
        return tuple(assistant.ask(question) for question in QUESTIONS)
