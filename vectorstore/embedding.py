"""Text to unit vectors, with the one model that a library is made with."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cached_property, partial
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vectorstore.errors import ModelError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DEFAULT_MODEL = "arxivqa-minilm-l6"
DEFAULT_SHA256 = "7926c314d93c5c43f26c09b5cfe4100ab5ed5e8154bbdcb1653956d4a5c734f2"
_DEFAULT_FOLDER = Path(__file__).parent / "model"  # its README.md says how it was made

# Half of all abstracts are longer than 256 tokens; 4.5 % pass 384.
WINDOW = 384
_BATCH = 16
_WEIGHTS = ("*.safetensors", "pytorch_model*.bin")


class Embedder:
    """A sentence-transformers model, loaded when the first text is embedded.

    Args:
        model: None for the model that ships with arxivqa; else a folder in sentence-transformers'
            layout, or a name that sentence-transformers knows (looked for on this machine first, then downloaded).

    Raises:
        ModelError: when the model is not there or cannot be loaded, or its weights are not the ones expected.
    """

    def __init__(self, model: str | None = None) -> None:
        self.name = DEFAULT_MODEL if model in (None, DEFAULT_MODEL) else str(model)
        self._is_default = self.name == DEFAULT_MODEL
        self._busy = threading.Lock()  # one call at a time: each uses all cores

    @cached_property
    def folder(self) -> Path:
        """Where the model's files are."""
        if self._is_default:
            return _DEFAULT_FOLDER
        folder = Path(os.path.expanduser(self.name))  # noqa: PTH111 (pathlib's raises on ~nobody)
        if folder.is_dir():
            return folder
        return _from_hub(self.name)

    @cached_property
    def sha256(self) -> str:
        """The hash of the weights, which together with the name says which model made a library."""
        if self._is_default:
            return DEFAULT_SHA256  # checked against the file when the model is loaded
        return _hash_weights(self.folder)

    @cached_property
    def dimension(self) -> int:
        """The length of a vector."""
        return int(self._model.get_embedding_dimension())

    @cached_property
    def count_tokens(self) -> Callable[[str], int]:
        """A function that counts a text's tokens as the model sees them, special tokens left out."""
        from tokenizers import Tokenizer

        path = self.folder / "tokenizer.json"
        if not path.is_file():
            raise ModelError(
                f"The model {self.name} has no tokenizer.json, which chunking needs. Choose another model."
            )
        tokenizer = Tokenizer.from_file(str(path))
        tokenizer.no_truncation()
        tokenizer.no_padding()
        return lambda text: len(tokenizer.encode(text, add_special_tokens=False).ids)

    def embed(self, texts: Iterable[str], progress: Callable[[int], None] | None = None) -> NDArray[np.float32]:
        """Embed texts.

        Args:
            texts: taken as they come, while those before are being embedded. Many go fastest in order of length,
                because a batch costs what its longest text costs.
            progress: told how many are done, after each batch.

        Returns:
            Unit vectors, shape (number of texts, dimension), float32.
        """
        import numpy as np

        batches = iter(partial(_take, iter(texts)), [])
        first = next(batches, None)
        if first is None:
            return np.zeros((0, self.dimension), dtype=np.float32)
        self.load()
        found: list[NDArray[np.float32]] = []
        with self._busy, _one_thread_a_batch() as workers:
            for vectors in workers.map(self._encode, chain([first], batches)):
                found.append(vectors)
                if progress is not None:
                    progress(sum(map(len, found)))
        return np.ascontiguousarray(np.concatenate(found), dtype=np.float32)

    def _encode(self, texts: list[str]) -> NDArray[np.float32]:
        vectors: NDArray[np.float32] = self._model.encode(
            texts, batch_size=_BATCH, normalize_embeddings=True, show_progress_bar=False
        )
        return vectors

    def load(self) -> None:
        """Load the model now, so that the first question does not wait for it."""
        self._model  # noqa: B018 (the property loads)

    @cached_property
    def _model(self) -> Any:
        # A library must never reach out on its own: these two are read when the packages below are imported.
        os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        if self._is_default and (found := _hash_weights(self.folder)) != DEFAULT_SHA256:
            raise ModelError(
                f"The weights in {self.folder} are not those of {DEFAULT_MODEL} (sha256 {found[:12]}, expected "
                f"{DEFAULT_SHA256[:12]}). Install arxivqa again."
            )
        import torch
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        dtype = torch.bfloat16 if _fast_bfloat16() else torch.float32
        try:
            model = SentenceTransformer(str(self.folder), local_files_only=True, model_kwargs={"dtype": dtype})
        except Exception as error:  # safetensors, tokenizers and transformers each raise their own
            raise ModelError(f"The model {self.name} cannot be loaded from {self.folder}: {error}") from error
        limit = getattr(getattr(model[0], "model", None), "config", None)
        model.max_seq_length = min(WINDOW, getattr(limit, "max_position_embeddings", WINDOW) or WINDOW)
        model.encode("")  # sets how the tokenizer cuts and pads, which several threads must not do at once
        return model


def _take(texts: Iterator[str]) -> list[str]:
    return list(islice(texts, _BATCH))


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


def _from_hub(name: str) -> Path:
    """The folder of a named model: from this machine's cache, else downloaded, since the user named it."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    repository = name if "/" in name else f"sentence-transformers/{name}"
    try:
        return Path(snapshot_download(repository, local_files_only=True))
    except HFValidationError as error:
        raise ModelError(f"{name!r} is neither a folder nor a model's name: {error}") from error
    except LocalEntryNotFoundError:
        pass  # not here yet: the download below is what the user asked for
    try:
        return Path(snapshot_download(repository))
    except Exception as error:  # the hub client raises its own, httpx's and the operating system's errors
        raise ModelError(
            f"The model {name!r} is not on this machine and could not be downloaded ({type(error).__name__}). "
            "Check the name and the connection, or give a folder that holds the model."
        ) from error


def _hash_weights(folder: Path) -> str:
    files = sorted({path for pattern in _WEIGHTS for path in folder.rglob(pattern)})
    if not files:
        raise ModelError(f"{folder} holds no weights ({' or '.join(_WEIGHTS)}). Is it a sentence-transformers folder?")
    digest = hashlib.sha256()
    for path in files:
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()
