"""Models on a server, through llama-index: OpenAI and all that speak as it does, Ollama, Anthropic."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Any

from qa.llm.adapter import ChatAdapter, Reply, delta, whole
from qa.llm.discovery import stated_window
from qa.llm.errors import ProviderErrors
from qa.llm.http import client, options
from qa.llm.protocol import CONTEXT_WINDOW
from qa.llm.streaming import Cancellation

if TYPE_CHECKING:
    import httpx
    from llama_index.core.llms import LLM, ChatMessage

OPENAI_URL = "https://api.openai.com/v1"
OLLAMA_URL = "http://127.0.0.1:11434"
ANTHROPIC_URL = "https://api.anthropic.com"

_NO_KEY = "none"  # never sent; an empty one would make a client library look for another in the environment
_PATIENCE = 2.0  # seconds for what a server states of itself: while it is asked nothing can be stopped
_HOSTED = {"openai": 128_000, "anthropic": 200_000}  # tokens, where a model is newer than what llama-index knows
# Memory for the window is set aside when Ollama loads a model, and the whole one of many models fits no laptop.
_OLLAMA_WINDOW = 8192


class Served(ChatAdapter):
    """A model on a server.

    Args:
        model: what its server calls it.
        faults: its errors, with the address.
        key: what the server is shown, if it wants a key.
    """

    provider = ""
    packages: tuple[str, ...] = ()

    def __init__(self, model: str, faults: ProviderErrors, key: str | None) -> None:
        super().__init__(f"{self.provider}/{model}", faults)
        self.model, self.key = model, key
        self._stated: int | None = None

    def prepare(self) -> None:
        """Import the client library."""
        for package in self.packages:
            import_module(package)

    @property
    def keys(self) -> Mapping[str, str]:
        """The headers with the key."""
        return {"authorization": f"Bearer {self.key}"} if self.key else {}

    def stated(self, *, ollama: bool = False) -> int:
        """The window that the server states, or the usual one; asked again only where the server did not answer."""
        if self._stated is None:
            self._stated = stated_window(
                self.faults.address, self.model, self.keys, min(self.faults.connect, _PATIENCE), ollama=ollama
            )
        return self._stated or CONTEXT_WINDOW


class OpenAIServer(Served):
    """A model of OpenAI, or of any server that speaks as OpenAI's does."""

    provider = "openai"
    packages = ("llama_index.llms.openai", "llama_index.llms.openai_like")

    @cached_property
    def _hosted(self) -> bool:
        return self.faults.address == OPENAI_URL

    @property
    def context_window(self) -> int:
        """What llama-index knows of OpenAI's model, or another server states."""
        if not self._hosted:
            return self.stated()
        from llama_index.llms.openai.utils import ALL_AVAILABLE_MODELS

        return int(ALL_AVAILABLE_MODELS.get(self.model, _HOSTED["openai"]))

    def _llm(self, http: httpx.Client) -> LLM:
        import openai
        from llama_index.llms.openai import OpenAI
        from llama_index.llms.openai.utils import ALL_AVAILABLE_MODELS
        from llama_index.llms.openai_like import OpenAILike

        speaking = openai.OpenAI(
            api_key=self.key or _NO_KEY, base_url=self.faults.address, max_retries=0, http_client=http
        )
        known = self.model in ALL_AVAILABLE_MODELS
        common: dict[str, Any] = {
            "model": self.model,
            # One that is newer than llama-index may reason, and then takes no temperature but the usual one.
            "temperature": 1.0 if self._hosted and not known else 0.0,
            "max_retries": 0,
            "api_key": self.key or _NO_KEY,
            "api_base": self.faults.address,
            "openai_client": speaking,
        }
        if self._hosted and known:
            return OpenAI(**common)
        return OpenAILike(**common, is_chat_model=True)

    def replies(
        self, messages: Sequence[ChatMessage], max_tokens: int, streaming: bool, stop: Cancellation
    ) -> Iterator[Reply]:
        """Ask once."""
        with client(self.faults, self.keys, stop) as http:
            llm = self._llm(http)
            # The newer name, which OpenAI's reasoning models insist on, is unknown to many other servers.
            limit = {"max_completion_tokens" if self._hosted else "max_tokens": max_tokens}
            if not streaming:
                yield whole(llm.chat(messages, **limit))
                return
            for response in llm.stream_chat(messages, **limit):
                choices = getattr(response.raw, "choices", None) or ()
                yield delta(response, any(choice.finish_reason for choice in choices))


class OllamaServer(Served):
    """A model of Ollama."""

    provider = "ollama"
    packages = ("llama_index.llms.ollama",)

    @property
    def context_window(self) -> int:
        """What Ollama says of the model, as far as it is worth the memory."""
        return min(self.stated(ollama=True), _OLLAMA_WINDOW)

    def replies(
        self, messages: Sequence[ChatMessage], max_tokens: int, streaming: bool, stop: Cancellation
    ) -> Iterator[Reply]:
        """Ask once."""
        import ollama
        from llama_index.llms.ollama import Ollama

        window = self.context_window
        with ollama.Client(host=self.faults.address, **options(self.faults, self.keys, stop)) as http:
            llm = Ollama(
                model=self.model,
                base_url=self.faults.address,
                temperature=0.0,
                context_window=window,
                additional_kwargs={"num_predict": max_tokens},
                client=http,
            )
            if not streaming:
                yield whole(llm.chat(messages))
                return
            for response in llm.stream_chat(messages):
                yield delta(response, response.raw and response.raw.get("done"))


class AnthropicServer(Served):
    """A model of Anthropic."""

    provider = "anthropic"
    packages = ("llama_index.llms.anthropic",)

    @property
    def keys(self) -> Mapping[str, str]:
        """The header with the key."""
        return {"x-api-key": self.key} if self.key else {}

    @cached_property
    def context_window(self) -> int:
        """What llama-index knows of the model."""
        from llama_index.llms.anthropic.utils import anthropic_modelname_to_contextsize

        try:
            return int(anthropic_modelname_to_contextsize(self.model))
        except ValueError:
            return _HOSTED["anthropic"]

    def replies(
        self, messages: Sequence[ChatMessage], max_tokens: int, streaming: bool, stop: Cancellation
    ) -> Iterator[Reply]:
        """Ask once."""
        import anthropic
        from llama_index.core.llms import LLMMetadata
        from llama_index.llms.anthropic import Anthropic

        about = LLMMetadata(context_window=self.context_window, is_chat_model=True, model_name=self.model)

        class AnyAnthropic(Anthropic):
            @property
            def metadata(self) -> LLMMetadata:  # llama-index's refuses a model that is newer than itself
                return about

        with client(self.faults, self.keys, stop) as http:
            common: dict[str, Any] = {
                "api_key": self.key or _NO_KEY,
                "base_url": self.faults.address,
                "max_retries": 0,
            }
            llm = AnyAnthropic(model=self.model, temperature=0.0, max_tokens=max_tokens, **common)
            # llama-index has no parameter for it.
            llm._client = anthropic.Anthropic(**common, http_client=http)
            if not streaming:
                yield whole(llm.chat(messages))
                return
            for response in llm.stream_chat(messages):
                yield delta(response, response.message.additional_kwargs.get("stop_reason"))
