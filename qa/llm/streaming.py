"""Reading a model in a thread of its own, so that time-outs hold and whoever reads can stop at any moment."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator, Iterator
from queue import Empty, SimpleQueue

from qa.errors import LanguageModelError, PassingError
from qa.llm.errors import ProviderErrors
from qa.llm.protocol import Delta

_RETRIES = 2
_PAUSE = 0.25  # seconds before the first retry, where the server names none; twice that before the second
_SIGN = 0.2  # seconds without a word until an empty piece shows that the reader may stop
_ENDING = 2.0  # seconds that a thread gets to notice that it was stopped


class Cancellation:
    """Ends what another thread is waiting for."""

    def __init__(self) -> None:
        self.requested = threading.Event()
        self._closers: list[Callable[[], None]] = []
        self._lock = threading.Lock()

    def on_stop(self, closer: Callable[[], None]) -> None:
        """Have something closed when it is time to stop, or now if that was before."""
        with self._lock:
            if not self.requested.is_set():
                self._closers.append(closer)
                return
        closer()

    def stop(self) -> None:
        """Stop; a second time does nothing."""
        with self._lock:
            self.requested.set()
            closers, self._closers = self._closers, []
        for closer in closers:
            closer()


def stream_with_timeouts(
    attempt: Callable[[Cancellation], Iterator[Delta]], faults: ProviderErrors, since: float | None = None
) -> Generator[Delta, None, None]:
    """Read what a model writes, in a thread.

    Args:
        attempt: asks the model once; it is called again where it fails in a way that may pass, as long as nothing was
            written.
        faults: the errors, and how long the model may take.
        since: when its total time began, on the clock of `time.monotonic`; None for now.

    Yields:
        Its pieces, and an empty one now and then while none comes. Closing the iterator ends the attempt.

    Raises:
        LanguageModelError: the attempt failed, or took too long.
    """
    deadline = (time.monotonic() if since is None else since) + faults.total
    for retry in range(_RETRIES + 1):
        begun = False
        try:
            for piece in _read(attempt, faults, deadline):
                begun = begun or piece != Delta()
                yield piece
            return
        except PassingError as error:
            pause = _PAUSE * 2**retry if error.after is None else error.after
            if begun or retry == _RETRIES or time.monotonic() + pause >= deadline:
                raise
        again = time.monotonic() + pause
        while (left := again - time.monotonic()) > 0:
            time.sleep(min(left, _SIGN))
            yield Delta()


def _read(
    attempt: Callable[[Cancellation], Iterator[Delta]], faults: ProviderErrors, deadline: float
) -> Iterator[Delta]:
    stop = Cancellation()
    arrived: SimpleQueue[Delta | LanguageModelError | None] = SimpleQueue()

    def work() -> None:
        try:
            for piece in attempt(stop):
                arrived.put(piece)
                if stop.requested.is_set():
                    return
            arrived.put(None)
        except Exception as error:
            arrived.put(faults.explain(error))

    thread = threading.Thread(target=work, name=f"arxivqa {faults.name}", daemon=True)
    thread.start()
    first = time.monotonic() + faults.first_token
    begun = False
    try:
        while True:
            until = deadline if begun else min(first, deadline)
            if (left := until - time.monotonic()) <= 0:
                raise faults.not_finished() if begun or deadline <= first else faults.no_first_token()
            try:
                piece = arrived.get(timeout=min(left, _SIGN))
            except Empty:
                yield Delta()
                continue
            if piece is None:
                return
            if isinstance(piece, LanguageModelError):
                raise piece
            begun = True
            yield piece
    finally:
        stop.stop()
        thread.join(_ENDING)
