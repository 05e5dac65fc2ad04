"""Embedding in a process of its own: the same vectors, errors in words, and nobody left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import numpy as np
import pytest

from vectorstore.embedding.embedder import Embedder
from vectorstore.embedding.worker import EmbeddingWorker
from vectorstore.errors import ModelError

TEXTS = [f"Method {number} for the detection of {number * 7} kinds of birds in thermal images" for number in range(300)]


def _children() -> set[int]:
    listed = Path(f"/proc/{os.getpid()}/task").glob("*/children")
    return {int(child) for found in listed for child in found.read_text().split()}


def test_vectors_of_what_is_begun_twice_are_those_of_this_process_in_order() -> None:
    embedder = Embedder()
    told: list[int] = []
    with EmbeddingWorker(embedder) as ahead:
        first, second = ahead.begin(TEXTS), ahead.begin(reversed(TEXTS))
        forward, backward = first(told.append), second(lambda _: None)
    assert np.allclose(forward, embedder.embed(TEXTS), atol=1e-5)
    assert np.allclose(forward, backward[::-1], atol=1e-5)
    assert told == sorted(told)
    assert told[-1] == len(TEXTS)


def test_few_texts_start_no_process() -> None:
    before = _children()
    with EmbeddingWorker(Embedder()) as ahead:
        assert ahead.begin(TEXTS[:3])(lambda _: None).shape[0] == 3
        assert _children() == before


def test_the_process_is_gone_when_the_work_is_left_in_the_middle() -> None:
    before = _children()
    with EmbeddingWorker(Embedder()) as ahead:
        ahead.begin(TEXTS)
        assert len(_children() - before) == 1
    assert _children() == before


def test_a_model_that_is_not_there_is_an_error_in_words(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    with EmbeddingWorker(Embedder(str(tmp_path))) as ahead:
        collect = ahead.begin(TEXTS)
        with pytest.raises(ModelError, match=r"tokenizer|weights"):
            collect(lambda _: None)


def test_a_killed_process_is_an_error_that_says_what_to_do() -> None:
    before = _children()
    with EmbeddingWorker(Embedder()) as ahead:
        collect = ahead.begin(TEXTS * 5)
        (child,) = _children() - before
        os.kill(child, signal.SIGKILL)
        with pytest.raises(ModelError, match=r"ended by SIGKILL.*run this again"):
            collect(lambda _: None)
        with pytest.raises(ModelError, match="ended by SIGKILL"):
            ahead.begin(TEXTS * 1_500)


def test_the_process_ends_with_a_parent_that_is_killed() -> None:
    script = """
        import os
        from vectorstore.embedding.embedder import Embedder
        from vectorstore.embedding.worker import EmbeddingWorker
        ahead = EmbeddingWorker(Embedder())
        ahead.begin(["a text about birds"] * 5_000)
        print(open(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read(), flush=True)
        os.kill(os.getpid(), 9)
    """
    parent = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], stdout=subprocess.PIPE, text=True, timeout=120, check=False
    )
    child = Path(f"/proc/{int(parent.stdout.split()[0])}/status")
    for _ in range(600):
        if not child.exists() or "State:\tZ" in child.read_text():  # nobody may be there to ask how it ended
            return
        time.sleep(0.05)
    pytest.fail("The process that embeds goes on after its parent was killed.")
