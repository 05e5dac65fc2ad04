"""Reasoning, told from the answer after it, in text that comes in pieces of any length."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qa.llm.base import Piece

_OPEN, _CLOSE = ("<think>", "<thinking>"), re.compile(r"</think(?:ing)?>")
_LONGEST = len("</thinking>")


class Splitter:
    """Makes pieces of what a model writes; `<think>…</think>` before the answer is reasoning.

    Only blocks that the reply begins with: an answer may well quote a paper on `<think>` tokens.

    >>> splitter = Splitter()
    >>> pieces = [*splitter.feed("<thi"), *splitter.feed("nk>Nine?</th"), *splitter.feed("ink> Nine."), *splitter.end()]
    >>> "".join(piece.thinking for piece in pieces), "".join(piece.text for piece in pieces)
    ('Nine?', 'Nine.')
    """

    def __init__(self) -> None:
        self._held = ""
        self._state = "start"

    def feed(self, text: str) -> Iterator[Piece]:
        """Take characters that have arrived.

        Yields:
            What can be told apart by now; the rest is held until more has come.
        """
        self._held += text
        while True:
            if self._state == "start":
                self._held = self._held.lstrip()
                if opened := next((tag for tag in _OPEN if self._held.startswith(tag)), None):
                    self._state, self._held = "thinking", self._held[len(opened) :]
                elif any(tag.startswith(self._held) for tag in _OPEN):
                    return
                else:
                    self._state = "text"
            elif self._state == "thinking":
                if closed := _CLOSE.search(self._held):
                    yield from _some(thinking=self._held[: closed.start()])
                    self._state, self._held = "start", self._held[closed.end() :]
                    continue
                # The last characters may be the beginning of the tag that closes.
                cut = self._held.rfind("<", max(len(self._held) - _LONGEST, 0))
                cut = len(self._held) if cut < 0 else cut
                yield from _some(thinking=self._held[:cut])
                self._held = self._held[cut:]
                return
            else:
                yield from _some(text=self._held)
                self._held = ""
                return

    def end(self) -> Iterator[Piece]:
        """Give out what was held, since nothing more comes."""
        held, self._held = self._held, ""
        yield from _some(thinking=held) if self._state == "thinking" else _some(text=held)


def _some(text: str = "", thinking: str = "") -> Iterator[Piece]:
    if text or thinking:
        yield Piece(text, thinking)
