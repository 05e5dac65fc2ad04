"""Embedding in a process of its own, which goes on while this one writes.

Chroma's writes hold Python's interpreter lock, so that beside them the threads of one process stand still.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice
from queue import SimpleQueue
from threading import Thread
from typing import IO, TYPE_CHECKING, Any, Self

from vectorstore.embedding.embedder import Embedder
from vectorstore.errors import ArxivQAError, ModelError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_PART = 128  # texts sent at once; fewer in all are embedded sooner than a process starts


@dataclass(frozen=True, slots=True)
class _Side:
    """The other process, what it is asked through, and what it tells through."""

    process: subprocess.Popen[bytes]
    asked: IO[bytes]
    told: IO[bytes]


VectorsFuture = Callable[[Callable[[int], None]], "NDArray[np.float32]"]


class EmbeddingWorker:
    """Begins to embed texts, and gives their vectors when they are asked for.

        with EmbeddingWorker(Embedder()) as ahead:
            collect = ahead.begin(texts)
            ...  # something else
            vectors = collect(print)

    Args:
        embedder: what embeds; in this process where there are few texts, else its like in another.
    """

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._side: _Side | None = None

    def begin(self, texts: Iterable[str]) -> VectorsFuture:
        """Begin to embed texts. What is begun first is collected first, and all of it but of no texts at all.

        Args:
            texts: fastest in order of length.

        Returns:
            A function that waits for the vectors, shape (number of texts, dimension), float32. It takes a function
            that is told, several times, how many are done.

        Raises:
            ModelError: the model cannot be loaded, or its process was ended; by this function or the one returned.
        """
        parts = iter(partial(_take, iter(texts)), [])
        first = next(parts, [])
        if not first or (self._side is None and len(first) < _PART):
            return partial(self._embedder.embed, first)
        side = self._side = self._side or _start(self._embedder.name)
        sizes = []
        for part in chain([first], parts):  # the first of them are embedded while the last are still being cut
            try:
                pickle.dump(part, side.asked)
                side.asked.flush()
            except OSError as error:
                raise _ended(side) from error
            sizes.append(len(part))
        return partial(_collect, side, sizes)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._side is not None:
            self._side.process.kill()
            with suppress(BrokenPipeError):  # from what was still to be sent
                self._side.process.communicate()


def _start(model: str) -> _Side:
    # -P: whatever lies in the folder that the user happens to be in is not for it to import.
    command = [sys.executable, "-P", "-m", "vectorstore.embedding.worker", model]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin
    assert process.stdout
    return _Side(process, process.stdin, process.stdout)


def _collect(side: _Side, sizes: Sequence[int], progress: Callable[[int], None]) -> NDArray[np.float32]:
    import numpy as np

    found: list[NDArray[np.float32]] = []
    while len(found) < len(sizes):
        try:
            told = pickle.load(side.told)
        except (EOFError, OSError, pickle.UnpicklingError) as error:  # the last: cut off within a vector
            raise _ended(side) from error
        if isinstance(told, int):
            progress(sum(sizes[: len(found)]) + told)
        elif isinstance(told, str):
            raise ModelError(told)
        else:
            found.append(told)
    return np.concatenate(found)


def _take(texts: Iterator[str]) -> list[str]:
    return list(islice(texts, _PART))


def _ended(side: _Side) -> ModelError:
    code = side.process.wait()
    how = f"by {signal.Signals(-code).name}" if code < 0 else f"with code {code}"
    return ModelError(
        f"The process that embeds was ended {how}. If memory is short, make room; then run this again: what was "
        "written is kept."
    )


def main() -> None:
    """Embed each list of texts that comes in, with the model that is named; tell how far it is, and the vectors."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for whoever started this, and ends it
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a package prints must not stand between the vectors
    asked: SimpleQueue[list[str]] = SimpleQueue()
    told: SimpleQueue[Any] = SimpleQueue()
    Thread(target=_listen, args=(asked,), daemon=True).start()
    Thread(target=_tell, args=(told, answers), daemon=True).start()
    embedder = Embedder(sys.argv[1])
    while True:
        try:
            told.put(embedder.embed(asked.get(), told.put))
        except ArxivQAError as error:
            told.put(str(error))


def _listen(asked: SimpleQueue[list[str]]) -> None:
    while True:
        try:
            asked.put(pickle.load(sys.stdin.buffer))
        except (EOFError, pickle.UnpicklingError):
            os._exit(0)  # whoever started this is gone, perhaps killed; nobody waits for what is being embedded


def _tell(told: SimpleQueue[Any], answers: IO[bytes]) -> None:
    # A thread of its own, so that embedding never waits until it is listened to.
    while True:
        try:
            pickle.dump(told.get(), answers)
            answers.flush()
        except BrokenPipeError:
            os._exit(0)


if __name__ == "__main__":
    main()
