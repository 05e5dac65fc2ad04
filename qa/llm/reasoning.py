"""Reasoning, told from the answer after it, in text that comes in pieces of any length."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qa.llm.protocol import Delta

_OPEN, _CLOSE = ("<think>", "<thinking>"), ("</think>", "</thinking>")
_TAG = re.compile(r"<(/?)think(?:ing)?>")
_LONGEST = len("</thinking>")
_QUOTES = frozenset("`'\"“‘«")  # before a tag that is spoken of


class Splitter:
    """Makes pieces of what a model writes; `<think>…</think>` before the answer is reasoning.

    Only blocks that the reply begins with: an answer may well quote a paper on `<think>` tokens. Where a template has
    opened the block in the prompt, the reply begins within it, and only its closing tag shows that: then what was given
    as text is taken back by a piece that is `reasoned`.

    >>> splitter = Splitter()
    >>> pieces = [*splitter.feed("<thi"), *splitter.feed("nk>Nine?</th"), *splitter.feed("ink> Nine."), *splitter.end()]
    >>> "".join(piece.thinking for piece in pieces), "".join(piece.text for piece in pieces)
    ('Nine?', 'Nine.')

    Attributes:
        told: whether reasoning was told from the answer already, here or by a field of its own; a closing tag after
            that is a part of the answer.
    """

    def __init__(self) -> None:
        self.told = False
        self._held = ""
        self._last = ""
        self._state = "start"

    def feed(self, text: str) -> Iterator[Delta]:
        """Take characters that have arrived.

        Yields:
            What can be told apart by now; the rest is held until more has come.
        """
        self._held += text
        more = True
        while more:
            before = self._state
            yield from {"start": self._start, "thinking": self._thinking, "text": self._text}[before]()
            more = self._state != before

    def end(self) -> Iterator[Delta]:
        """Give out what was held, since nothing more comes."""
        held, self._held = self._held, ""
        yield from _some(thinking=held) if self._state == "thinking" else _some(text=held)

    def _start(self) -> Iterator[Delta]:
        self._held = self._held.lstrip()
        while closed := next((tag for tag in _CLOSE if self._held.startswith(tag)), None):
            self.told, self._held = True, self._held[len(closed) :].lstrip()  # a block that the template left empty
        if opened := next((tag for tag in _OPEN if self._held.startswith(tag)), None):
            self.told, self._state, self._held = True, "thinking", self._held[len(opened) :]
        elif not any(tag.startswith(self._held) for tag in (*_OPEN, *_CLOSE)):
            self._state = "text"
        yield from ()

    def _thinking(self) -> Iterator[Delta]:
        closed = next((tag for tag in _TAG.finditer(self._held) if tag[1]), None)
        if closed:
            yield from _some(thinking=self._held[: closed.start()])
            self._state, self._held = "start", self._held[closed.end() :]
            return
        yield from _some(thinking=self._settled())

    def _text(self) -> Iterator[Delta]:
        for tag in () if self.told else _TAG.finditer(self._held):
            if not tag[1]:
                self.told = True  # the answer speaks of such tags itself
                break
            if (self._last + self._held[: tag.start()])[-1:] not in _QUOTES:
                yield Delta(self._held[: tag.start()], reasoned=True)
                self.told, self._state, self._held = True, "start", self._held[tag.end() :]
                return
        text = self._settled()
        self._last = text[-1:] or self._last
        yield from _some(text=text)

    def _settled(self) -> str:
        """Take out what is held, but for last characters that may be the beginning of a tag."""
        cut = self._held.rfind("<", max(len(self._held) - _LONGEST, 0))
        if cut < 0 or not any(tag.startswith(self._held[cut:]) for tag in (*_OPEN, *_CLOSE)):
            cut = len(self._held)
        text, self._held = self._held[:cut], self._held[cut:]
        return text


def _some(text: str = "", thinking: str = "") -> Iterator[Delta]:
    if text or thinking:
        yield Delta(text, thinking)
