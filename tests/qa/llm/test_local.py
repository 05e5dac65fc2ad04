"""A model of transformers: in this process, and behind the server that comes with transformers."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from qa.answering.prompts import Source, build
from qa.errors import LanguageModelError
from qa.evidence import selection
from qa.llm.factory import open_model
from qa.llm.protocol import LanguageModel, Message
from qa.settings import Settings
from tests.qa.llm.tiny_model import WINDOW, make
from vectorstore import Paper

ASKED = [Message("system", "Be brief."), Message("user", "What is a GAN?")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("tiny") / "model")


@pytest.fixture(scope="module")
def here(folder: Path) -> LanguageModel:
    return open_model(Settings(llm=f"huggingface/{folder}"))


@pytest.fixture(scope="module")
def served(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LanguageModel]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    cache = tmp_path_factory.mktemp("hub")
    log = tmp_path_factory.mktemp("log") / "serve.txt"
    command = [Path(sys.executable).with_name("transformers"), "serve", folder, "--port", port, "--device", "cpu"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(part) for part in command],
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, "HF_HUB_CACHE": str(cache), "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"},
        )
    try:
        wait = threading.Event()
        with httpx.Client(trust_env=False) as client:
            while True:
                assert process.poll() is None, log.read_text()
                try:
                    if client.get(f"http://127.0.0.1:{port}/health").status_code == 200:
                        break
                except httpx.TransportError:  # it does not listen yet
                    wait.wait(0.2)
        yield open_model(Settings(llm=f"openai/{folder}", llm_url=f"http://127.0.0.1:{port}/v1"), {})
    finally:
        process.terminate()
        process.wait(30)


def test_a_folder_is_a_model_in_this_process(here: LanguageModel) -> None:
    pieces = [piece for piece in here.stream(ASKED, 40) if piece.text]
    assert len(pieces) > 1
    streamed = "".join(piece.text for piece in pieces)
    assert streamed == "abcdefghijklmnopqrstuvwxyz abcdefghijklm"
    assert [piece.text for piece in here.complete(ASKED, 40) if piece.text] == [streamed]


def test_its_own_tokenizer_counts_and_its_configuration_says_the_window(here: LanguageModel) -> None:
    assert here.context_window == WINDOW
    assert here.count_tokens("What is a GAN?") == 14


def test_a_prompt_fits_the_window_with_whatever_the_template_adds(tmp_path: Path) -> None:
    from transformers import AutoTokenizer

    window = 6000
    folder = make(tmp_path / "model", preamble="Knowledge ends in 2023. " * 20, window=window)
    model = open_model(Settings(llm=f"huggingface/{folder}"))
    papers = [Paper(f"2012.{n:05}", f"Paper {n}", "Stains vary. It has 1.28K parameters. " * 9) for n in range(1, 9)]
    sources = [Source(paper, selection.sentences_of(paper.abstract)) for paper in papers]
    prompt = build(model, "How many parameters does it have?", sources)
    chat = [{"role": message.role, "content": message.text} for message in prompt.messages]
    tokenizer = AutoTokenizer.from_pretrained(folder)
    sent = len(tokenizer.encode(tokenizer.apply_chat_template(chat, tokenize=False, add_generation_prompt=True)))
    assert 0.9 * window < sent + prompt.max_tokens <= window


def test_closing_the_stream_ends_the_generation(here: LanguageModel) -> None:
    before = set(threading.enumerate())
    pieces = here.stream(ASKED, 400)
    next(piece for piece in pieces if piece.text)
    working = set(threading.enumerate()) - before
    assert working
    pieces.close()
    for thread in working:
        thread.join(60)
        assert not thread.is_alive()


def test_a_folder_without_a_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(LanguageModelError, match="cannot be loaded") as caught:
        list(open_model(Settings(llm=f"huggingface/{tmp_path}")).stream(ASKED, 9))
    assert str(tmp_path) in str(caught.value)


def test_the_server_of_transformers_streams_and_answers_at_once(served: LanguageModel) -> None:
    pieces = [piece for piece in served.stream(ASKED, 40) if piece.text]
    assert len(pieces) > 1
    streamed = "".join(piece.text for piece in pieces)
    assert streamed == "abcdefghijklmnopqrstuvwxyz abcdefghijklm"
    assert [piece.text for piece in served.complete(ASKED, 40) if piece.text] == [streamed]
    assert served.context_window == 4096  # it does not say
