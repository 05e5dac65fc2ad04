"""What every model here does the same way: replies of a client library become pieces, and a bad end an error."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qa.llm.errors import ProviderErrors
from qa.llm.protocol import Delta, Message
from qa.llm.reasoning import Splitter
from qa.llm.streaming import Cancellation, stream_with_timeouts

if TYPE_CHECKING:
    from llama_index.core.llms import ChatMessage, ChatResponse

_CHARACTERS = 16  # of one token at most: a server that knows no limit is cut off there
_PARTS = re.compile(r"[A-Za-z]+|\s+|.", re.S)
_LETTERS = 3  # of one token, in a word that no tokenizer knows


@dataclass(frozen=True, slots=True)
class Reply:
    """What a client library hands over at a time.

    Attributes:
        text: new characters of the answer.
        thinking: new characters of a reasoning field.
        finished: whether the model said that this is the end.
    """

    text: str = ""
    thinking: str = ""
    finished: bool = False


class ChatAdapter(ABC):
    """A `LanguageModel`, but for how its client library is asked.

    Args:
        name: as the setting has it.
        faults: its errors, and how long it may take.
    """

    def __init__(self, name: str, faults: ProviderErrors) -> None:
        self.name = name
        self.faults = faults

    @property
    @abstractmethod
    def context_window(self) -> int:
        """Tokens that prompt and answer have together."""

    def prepare(self) -> None:  # noqa: B027 (some have nothing to do)
        """Do what takes this machine's time and not the model's, before that is counted."""

    def count_tokens(self, text: str) -> int:
        """How many tokens a text takes at most."""
        return estimate_tokens(text)

    @abstractmethod
    def replies(
        self, messages: Sequence[ChatMessage], max_tokens: int, streaming: bool, stop: Cancellation
    ) -> Iterator[Reply]:
        """Ask once; runs in a thread that `stop` ends."""

    def stream(
        self, messages: Sequence[Message], max_tokens: int, since: float | None = None
    ) -> Generator[Delta, None, None]:
        """Write the next turn, as `LanguageModel.stream`."""
        return self._pieces(messages, max_tokens, since, streaming=True)

    def complete(
        self, messages: Sequence[Message], max_tokens: int, since: float | None = None
    ) -> Generator[Delta, None, None]:
        """Write the next turn and hand it over when it is complete, as `LanguageModel.complete`."""
        return self._pieces(messages, max_tokens, since, streaming=False)

    def _pieces(
        self, messages: Sequence[Message], max_tokens: int, since: float | None, streaming: bool
    ) -> Generator[Delta, None, None]:
        from llama_index.core.llms import ChatMessage, MessageRole

        self.prepare()
        chat = [ChatMessage(content=message.text, role=MessageRole(message.role)) for message in messages]

        def attempt(stop: Cancellation) -> Iterator[Delta]:
            return self._attempt(self.replies(chat, max_tokens, streaming, stop), max_tokens)

        return stream_with_timeouts(attempt, self.faults, since)

    def _attempt(self, replies: Iterator[Reply], max_tokens: int) -> Iterator[Delta]:
        splitter = Splitter()
        finished = wrote = thought = False
        left = max_tokens * _CHARACTERS

        def pieces() -> Iterator[Delta]:
            nonlocal finished, left
            for reply in replies:
                if reply.thinking:
                    splitter.told = True
                    yield Delta(thinking=reply.thinking)
                yield from splitter.feed(reply.text)
                left -= len(reply.text) + len(reply.thinking)
                finished = finished or reply.finished
                if left <= 0:
                    finished = True
                    break
            yield from splitter.end()

        for piece in pieces():
            wrote = not piece.reasoned and (wrote or bool(piece.text.strip()))
            thought = thought or bool(piece.thinking) or piece.reasoned
            yield piece
        if not wrote:
            raise self.faults.only_thought() if thought and finished else self.faults.empty()
        if not finished:
            raise self.faults.broke_off()


def whole(response: ChatResponse) -> Reply:
    """A reply that came at once."""
    thinking = "".join(block.content or "" for block in response.message.blocks if block.block_type == "thinking")
    return Reply(response.message.content or "", thinking, finished=True)


def delta(response: ChatResponse, finished: Any) -> Reply:
    """A part of a reply that comes in parts."""
    more = {**response.message.additional_kwargs, **response.additional_kwargs}.get("thinking_delta")
    return Reply(response.delta or "", more or "", bool(finished))


def estimate_tokens(text: str) -> int:
    """Over-estimate the tokens of a text, for a model whose tokenizer is on the other side of a connection.

    Tokenizers of language models take about four English letters for a token, a digit or a sign for one each, and at
    worst a token for each byte of any other character.

    >>> estimate_tokens("A GAN reaches 93.2% accuracy.")
    14

    Args:
        text: of any language.
    """
    count = 0
    for part in _PARTS.findall(text):
        if part.isspace():
            count += part.count("\n") + (len(part) > 1)
        elif part.isascii():
            count += -(-len(part) // _LETTERS) if part.isalpha() else 1
        else:
            count += len(part.encode())
    return count
