"""The names of language models as a setting has them: `ollama/llama3.2`."""

from __future__ import annotations

from dataclasses import dataclass

from qa.settings import ALLOWED, PROVIDERS
from vectorstore.errors import SettingsError

WITHOUT_MODEL = ("extractive", "auto")


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
