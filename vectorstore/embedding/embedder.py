"""Text to unit vectors, with the one model that a library is made with."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property, partial
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING

from vectorstore.embedding import onnx_export
from vectorstore.embedding.encoders import BATCH, WINDOW, Encoder, TorchEncoder
from vectorstore.errors import ModelError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from tokenizers import Tokenizer

__all__ = ["DEFAULT_MODEL", "DEFAULT_SHA256", "WINDOW", "Embedder"]

DEFAULT_MODEL = "arxivqa-minilm-l6"
DEFAULT_SHA256 = "7926c314d93c5c43f26c09b5cfe4100ab5ed5e8154bbdcb1653956d4a5c734f2"
_DEFAULT_FOLDER = Path(__file__).parents[1] / "model"  # its README.md says how it was made

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
        self._loading = threading.Lock()  # once, whoever asks first
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
        return int(self.embed([""]).shape[1])

    @cached_property
    def count_tokens(self) -> Callable[[str], int]:
        """A function that counts a text's tokens as the model sees them, special tokens left out."""
        tokenizer = self._tokenizer()
        tokenizer.no_truncation()
        tokenizer.no_padding()
        return lambda text: len(tokenizer.encode(text, add_special_tokens=False).ids)

    def _tokenizer(self) -> Tokenizer:
        from tokenizers import Tokenizer

        path = self.folder / "tokenizer.json"
        if not path.is_file():
            raise ModelError(
                f"The model {self.name} has no tokenizer.json, which chunking needs. Choose another model."
            )
        return Tokenizer.from_file(str(path))

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
        with self._loading:
            encoder = self._for_many if len(first) == BATCH else self._for_few
        found: list[NDArray[np.float32]] = []
        with self._busy:
            for vectors in encoder.encode(chain([first], batches)):
                found.append(vectors)
                if progress is not None:
                    progress(sum(map(len, found)))
        return np.ascontiguousarray(np.concatenate(found), dtype=np.float32)

    def load(self) -> None:
        """Load the model now, so that the first question does not wait for it."""
        with self._loading:
            self._for_few  # noqa: B018 (the property loads)

    @cached_property
    def _for_few(self) -> Encoder:
        """What embeds questions: float32, since each of them counts."""
        return self._exported("float32") or self._torch()

    @cached_property
    def _for_many(self) -> Encoder:
        """What embeds a library's texts: the GPU where there is one, else 8-bit weights, which are twice as fast."""
        return (None if _gpu_is_here() else self._exported("int8")) or self._torch()

    def _exported(self, kind: onnx_export.Precision) -> Encoder | None:
        return onnx_export.cached(
            kind,
            self.folder,
            self.sha256,
            self._tokenizer(),
            _window(self.folder),
            load=lambda: self._torch(exact=True),
            short=lambda: self._for_few,
        )

    def _torch(self, *, exact: bool = False) -> TorchEncoder:
        if self._is_default and (found := _hash_weights(self.folder)) != DEFAULT_SHA256:
            raise ModelError(
                f"The weights in {self.folder} are not those of {DEFAULT_MODEL} (sha256 {found[:12]}, expected "
                f"{DEFAULT_SHA256[:12]}). Install arxivqa again."
            )
        return TorchEncoder(self.folder, self.name, _window(self.folder), exact=exact)


def _window(folder: Path) -> int:
    """How many tokens the model in a folder reads of a text: no more than it has positions for."""
    config = folder / "config.json"
    stated = json.loads(config.read_text(encoding="utf-8")) if config.is_file() else {}
    return min(WINDOW, stated.get("max_position_embeddings") or WINDOW)


def _take(texts: Iterator[str]) -> list[str]:
    return list(islice(texts, BATCH))


def _gpu_is_here() -> bool:
    """Whether there is a GPU to embed many texts on; asked of torch only where a driver is installed."""
    if shutil.which("nvidia-smi") is None:
        return False
    import torch

    return torch.cuda.is_available()


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
