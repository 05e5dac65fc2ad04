"""What turns texts into vectors: ONNX Runtime on the processor, or sentence-transformers where there is a GPU."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from vectorstore.errors import ModelError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from tokenizers import Tokenizer

# Half of all abstracts are longer than 256 tokens; 4.5 % pass 384.
WINDOW = 384
BATCH = 16
SHORT = 64  # tokens: a title, a question; of 34,882 abstracts of cs.CV with their titles 30 have fewer than 60


class Encoder(Protocol):
    """Turns batches of texts into unit vectors, one batch after the other or several side by side."""

    def encode(self, batches: Iterable[list[str]]) -> Iterator[NDArray[np.float32]]:
        """The vectors of each batch, in order: shape (texts in the batch, dimension), float32."""
        ...


class OnnxEncoder:
    """An exported model (`vectorstore/embedding/onnx_export.py`), run text by text, one thread each.

    Args:
        path: the exported model.
        tokenizer: the model's own.
        window: how many tokens it reads of a text.
        short: gives what embeds the texts of fewer than SHORT tokens; None for this one.

    Raises:
        Exception: whatever ONNX Runtime raises of a file that is not a model.
    """

    def __init__(
        self, path: Path, tokenizer: Tokenizer, window: int, short: Callable[[], Encoder] | None = None
    ) -> None:
        import onnxruntime

        onnxruntime.disable_telemetry_events()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3  # errors are raised, warnings are not for whoever asks a question
        self._session = onnxruntime.InferenceSession(
            str(path),
            options,
            providers=["CPUExecutionProvider"],
            disabled_optimizers=["SkipLayerNormFusion"],  # slower than what it fuses: 0.5 ms a layer against 0.1
        )
        self._tokenizer = tokenizer
        self._tokenizer.enable_truncation(window)
        self._tokenizer.no_padding()
        self._short = short

    def encode(self, batches: Iterable[list[str]]) -> Iterator[NDArray[np.float32]]:
        """See `Encoder`."""
        import numpy as np

        waiting: list[Future[NDArray[np.float32]]] = []
        with ThreadPoolExecutor(_cores()) as workers:  # which makes no thread that it does not need
            for batch in batches:
                begun = [workers.submit(self._vector, text) for text in batch]
                if waiting:  # given while the next are computed, so that no thread is idle between two batches
                    yield np.concatenate([one.result() for one in waiting])
                waiting = begun
            if waiting:
                yield np.concatenate([one.result() for one in waiting])

    def _vector(self, text: str) -> NDArray[np.float32]:
        import numpy as np

        ids = self._tokenizer.encode(text).ids
        if self._short and len(ids) < SHORT:
            return next(self._short().encode([[text]]))
        vector: NDArray[np.float32] = self._session.run(None, {"input_ids": np.array([ids], dtype=np.int64)})[0]
        return vector


class TorchEncoder:
    """A sentence-transformers model.

    Args:
        folder: the model's files.
        name: what the user calls it.
        window: how many tokens it reads of a text.
        exact: float32 whatever the machine has, to compare others with.

    Raises:
        ModelError: it cannot be loaded.
    """

    def __init__(self, folder: Path, name: str, window: int, *, exact: bool = False) -> None:
        # A library must never reach out on its own: these two are read when the packages below are imported.
        os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        import torch
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        dtype = torch.bfloat16 if not exact and _fast_bfloat16() else torch.float32
        kwargs = {"dtype": dtype} | ({"attn_implementation": "eager"} if exact else {})
        device = "cpu" if exact else None
        try:
            model = SentenceTransformer(str(folder), device=device, local_files_only=True, model_kwargs=kwargs)
        except Exception as error:  # safetensors, tokenizers and transformers each raise their own
            raise ModelError(f"The model {name} cannot be loaded from {folder}: {error}") from error
        model.max_seq_length = window
        model.encode("")  # sets how the tokenizer cuts and pads, which several threads must not do at once
        self.model: Any = model.eval()

    def encode(self, batches: Iterable[list[str]]) -> Iterator[NDArray[np.float32]]:
        """See `Encoder`."""
        with _one_thread_a_batch() as workers:
            yield from workers.map(self._encode, batches)

    def _encode(self, texts: list[str]) -> NDArray[np.float32]:
        vectors: NDArray[np.float32] = self.model.encode(
            texts, batch_size=BATCH, normalize_embeddings=True, show_progress_bar=False
        )
        return vectors


def _cores() -> int:
    """How many threads are worth it: those that the process may use, fewer where OMP_NUM_THREADS says so."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    asked = os.environ.get("OMP_NUM_THREADS", "")
    return min(allowed, int(asked)) if asked.isdecimal() and int(asked) else allowed


@contextmanager
def _one_thread_a_batch() -> Iterator[ThreadPoolExecutor]:
    """Workers for batches, each on one thread: several threads on one batch wait for each other at every layer.

    Where something else is running too, that made a question five to ten times as slow (docs/measurements.md).
    """
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with ThreadPoolExecutor(1 if torch.cuda.is_available() else threads) as workers:
            yield workers
    finally:
        torch.set_num_threads(threads)


def _fast_bfloat16() -> bool:
    """Whether bfloat16 is the faster one here, as where it is native; its vectors have cosine 0.99995 to float32's."""
    import torch

    if torch.cuda.is_available():
        return bool(torch.cuda.is_bf16_supported())
    capabilities: dict[str, Any] = getattr(torch.cpu, "get_capabilities", dict)()
    return bool(capabilities.get("avx512_bf16") or capabilities.get("amx_bf16"))
