"""A model that cannot be asked yet: the user gets the extractive answer and why, each time until it can."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence

from qa.llm.protocol import Delta, LanguageModel, Message


class PendingModel:
    """Opens another model when it is first asked, and again where that failed: its key, or its server, may come.

    Args:
        name: as the setting has it; the other model's once it is open.
        opening: opens it, or raises a `LanguageModelError` that says what is missing.
    """

    def __init__(self, name: str, opening: Callable[[], LanguageModel]) -> None:
        self._name = name
        self._opening = opening
        self._model: LanguageModel | None = None

    @property
    def _opened(self) -> LanguageModel:
        if self._model is None:
            self._model = self._opening()
        return self._model

    @property
    def name(self) -> str:
        """The setting's word until the model is open."""
        return self._model.name if self._model else self._name

    @property
    def context_window(self) -> int:
        """The other model's."""
        return self._opened.context_window

    def prepare(self) -> None:
        """Open the other model, and have it prepared."""
        self._opened.prepare()

    def count_tokens(self, text: str) -> int:
        """As the other model counts."""
        return self._opened.count_tokens(text)

    def stream(
        self, messages: Sequence[Message], max_tokens: int, since: float | None = None
    ) -> Generator[Delta, None, None]:
        """Have the other model write."""
        return self._opened.stream(messages, max_tokens, since)

    def complete(
        self, messages: Sequence[Message], max_tokens: int, since: float | None = None
    ) -> Generator[Delta, None, None]:
        """Have the other model write and hand it over when it is complete."""
        return self._opened.complete(messages, max_tokens, since)
