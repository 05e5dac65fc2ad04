"""From the settings to a model that can be asked, or to one that says why it cannot be asked yet."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Mapping, Sequence
from functools import partial
from importlib import metadata

from qa.errors import LanguageModelError, MissingExtraError
from qa.llm import discovery
from qa.llm.discovery import Found
from qa.llm.errors import ProviderErrors
from qa.llm.protocol import Delta, LanguageModel, Message, ModelName
from qa.settings import Settings
from vectorstore.errors import SettingsError

URL_KEY = "ARXIVQA_LLM_KEY"
KEYS = {"openai": "OPENAI_API_KEY", "anthropic": "ANTHROPIC_API_KEY"}
# What each extra brings, by the names of the packages.
PACKAGES = {
    "ollama": ("llama-index-llms-ollama",),
    "openai": ("llama-index-llms-openai-like", "llama-index-llms-openai"),
    "anthropic": ("llama-index-llms-anthropic",),
    "huggingface": ("llama-index-llms-huggingface",),
}


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


def open_model(settings: Settings, environment: Mapping[str, str] | None = None) -> LanguageModel:
    """Open the language model that the settings name; nothing is sent to it yet.

    Args:
        settings: what is in force; `auto` takes the first model of the server that they name, else of one on this
            machine.
        environment: where keys are; None for this process's.

    Returns:
        The model. Where its key is missing, or `auto` finds none, it is one that says so when it is asked.

    Raises:
        MissingExtraError: the packages of the provider are not installed.
        SettingsError: the setting is `extractive`, or an address stands beside a model that has none.
    """
    name, url = ModelName.parse(settings.llm), settings.llm_url
    environment = os.environ if environment is None else environment
    if name.provider == "extractive":
        raise SettingsError("extractive is no language model. Set ARXIVQA_LLM to one that `arxivqa models` lists.")
    if name.provider == "auto":
        opening = partial(_found, settings, environment)
    else:
        need(name.provider)
        opening = partial(_served, settings, name, url, environment)
    if name.provider == "huggingface":
        if url:
            raise SettingsError(f"{name} runs in this process and has no address. Leave ARXIVQA_LLM_URL out.")
        from qa.llm.local import InProcessModel

        return InProcessModel(name.model, _faults(settings, name))
    try:
        return opening()
    except MissingExtraError:
        raise
    except LanguageModelError:
        return PendingModel(str(name), opening)


def preferred(found: Sequence[Found]) -> Found | None:
    """The model that `auto` means: the first that chats and whose packages are here, else the first that chats."""
    chatting = [model for model in found if model.chats]
    return next((model for model in chatting if installed(model.name.provider)), next(iter(chatting), None))


def _found(settings: Settings, environment: Mapping[str, str]) -> LanguageModel:
    """The model of `auto`."""
    url = settings.llm_url
    if url is not None:
        found = discovery.listed(url, bearer(environment), settings.connect_timeout)
        missing = (
            f"No list of models came from {url}: start the server, correct ARXIVQA_LLM_URL, or name the model, such as "
            "openai/NAME."
        )
    else:
        found = discovery.servers(discovery.PORTS)
        missing = (
            f"No language model server was found on this machine (ports {', '.join(map(str, discovery.PORTS))}): start "
            "one, such as Ollama, or name a model as `arxivqa models` says."
        )
    model = preferred(found)
    if model is None:
        raise LanguageModelError(missing)
    need(model.name.provider)
    # No key is for whoever happens to listen on a port.
    return _served(settings, model.name, model.url, environment if url is not None else {})


def _served(settings: Settings, name: ModelName, url: str | None, environment: Mapping[str, str]) -> LanguageModel:
    """A model on a server."""
    from qa.llm import providers

    kind, usual = {
        "openai": (providers.OpenAIServer, providers.OPENAI_URL),
        "ollama": (providers.OllamaServer, providers.OLLAMA_URL),
        "anthropic": (providers.AnthropicServer, providers.ANTHROPIC_URL),
    }[name.provider]
    variable = key_variable(name.provider, url)
    key = environment.get(variable, "").strip()
    if not _possible(key):
        raise LanguageModelError(f"{variable} holds characters that no key has: copy the key into it again.")
    faults = _faults(settings, name, _address(name.provider, url) or usual, variable, bool(key))
    if not key and url is None and name.provider in KEYS:
        raise LanguageModelError(f"{name} needs a key: put it into {variable}.")
    return kind(name.model, faults, key or None)


def key_variable(provider: str, url: str | None) -> str:
    """The variable that holds the key: a provider's own is never for another server.

    >>> key_variable("openai", None), key_variable("openai", "http://127.0.0.1:8000/v1")
    ('OPENAI_API_KEY', 'ARXIVQA_LLM_KEY')
    """
    return URL_KEY if url is not None else KEYS.get(provider, URL_KEY)


def bearer(environment: Mapping[str, str]) -> dict[str, str]:
    """The header with the key of ARXIVQA_LLM_URL; empty where there is none that can be sent."""
    key = environment.get(URL_KEY, "").strip()
    return {"authorization": f"Bearer {key}"} if key and _possible(key) else {}


def _possible(key: str) -> bool:
    return key.isascii() and key.isprintable()


def installed(provider: str) -> bool:
    """Whether the packages of a provider's extra are here."""
    for package in PACKAGES[provider]:
        try:
            metadata.version(package)
        except metadata.PackageNotFoundError:
            return False
    return True


def need(provider: str) -> None:
    """Raise where the packages of a provider's extra are missing.

    Raises:
        MissingExtraError: it names the extra.
    """
    if not installed(provider):
        raise MissingExtraError(f'Models of {provider} need more packages: pip install "arxivqa[{provider}]".')


def _address(provider: str, url: str | None) -> str | None:
    # People copy an address with or without the part that one client adds by itself.
    return url.removesuffix("/v1").removesuffix("/api") if url and provider in ("ollama", "anthropic") else url


def _faults(
    settings: Settings, name: ModelName, address: str = "", key: str = "", has_key: bool = False
) -> ProviderErrors:
    return ProviderErrors(
        str(name),
        address,
        key,
        has_key,
        settings.connect_timeout,
        settings.first_token_timeout,
        settings.total_timeout,
    )
