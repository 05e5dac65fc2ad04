"""The seam between a language model and whoever asks it: its name, messages in, pieces out, one kind of error."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from qa.settings import ALLOWED, PROVIDERS
from vectorstore.errors import SettingsError

CONTEXT_WINDOW = 4096
WITHOUT_MODEL = ("extractive", "auto")
PER_MESSAGE = 16  # tokens that a chat template may put around a message


@dataclass(frozen=True, slots=True)
class ModelName:
    """A language model's name.

    >>> ModelName.parse("openai/meta-llama/Llama-3.2-3B")
    ModelName(provider='openai', model='meta-llama/Llama-3.2-3B')
    >>> print(ModelName.parse("auto"))
    auto

    Attributes:
        provider: extractive, auto, ollama, openai, anthropic or huggingface.
        model: what the provider calls it, or a folder; empty for extractive and auto.
    """

    provider: str
    model: str = ""

    @classmethod
    def parse(cls, name: str) -> ModelName:
        """Read a name.

        Args:
            name: as in the setting.

        Raises:
            SettingsError: it is none.
        """
        provider, _, model = name.partition("/")
        if name in WITHOUT_MODEL or (provider in PROVIDERS and model.strip()):
            return cls(provider, model.strip())
        raise SettingsError(f"There is no language model {name!r}. Allowed: {ALLOWED['llm']}.")

    def __str__(self) -> str:
        return f"{self.provider}/{self.model}" if self.model else self.provider


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of what a model is given.

    >>> Message("user", "What is a GAN?").role
    'user'

    Attributes:
        role: who says it; `system` sets the rules.
        text: what is said.
    """

    role: Literal["system", "user", "assistant"]
    text: str


@dataclass(frozen=True, slots=True)
class Delta:
    """Characters that have just arrived: of the answer, or of the reasoning before it.

    >>> Delta("Nine ").text
    'Nine '
    >>> Delta(thinking="The user asks for a number.").text
    ''

    Attributes:
        text: of the answer.
        thinking: of the reasoning; one of the two is empty, or both as a sign that the model is still at work.
        reasoned: True where the text up to here, that of this piece included, turns out to have been reasoning: the
            model has closed a block of it that its template had opened in the prompt.
    """

    text: str = ""
    thinking: str = ""
    reasoned: bool = False


class LanguageModel(Protocol):
    """A model that writes answers.

    Attributes:
        name: as the setting names it: `ollama/llama3.2`.
        context_window: tokens that prompt and answer have together, as the model or its server says, else 4096.
    """

    @property
    def name(self) -> str: ...

    @property
    def context_window(self) -> int: ...

    def prepare(self) -> None:
        """Do what takes this machine's time and not the model's, such as loading it, before that is counted.

        Raises:
            LanguageModelError: it cannot be used on this machine.
        """

    def count_tokens(self, text: str) -> int:
        """How many tokens a text takes, by the model's own tokenizer; an over-estimate where that is out of reach."""

    def stream(
        self, messages: Sequence[Message], max_tokens: int, since: float | None = None
    ) -> Generator[Delta, None, None]:
        """Write the next turn; closing the iterator closes the request at once.

        Args:
            messages: the conversation, its rules first.
            max_tokens: where writing ends at the latest.
            since: when the total time began, on the clock of `time.monotonic`; None for now. Several turns that make
                one answer share it.

        Yields:
            What arrives, as it arrives, and an empty piece now and then while nothing does; at least one piece has
            text.

        Raises:
            LanguageModelError: the model cannot be reached, refuses, stops half-way, or says nothing.
        """

    def complete(
        self, messages: Sequence[Message], max_tokens: int, since: float | None = None
    ) -> Generator[Delta, None, None]:
        """Write the next turn and hand it over when it is complete, for short texts; otherwise as `stream`."""
