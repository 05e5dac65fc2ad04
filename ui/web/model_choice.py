"""The choice of what writes the answers on the page, and an assistant for each."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qa.assistant import Assistant

if TYPE_CHECKING:
    from qa.settings import Settings

EXTRACTIVE = "extractive"
_QUOTED = "Quoted sentences"


@dataclass(frozen=True, slots=True)
class _Offer:
    """A choice on the page, and the settings that mean it."""

    label: str
    llm: str
    url: str | None


class Backends:
    """Offers what can write answers, and makes an assistant of what was chosen. May be called from several threads.

    A page's choice comes back from a browser, so only what was offered is ever opened: no address and no provider of a
    visitor's own.

    Args:
        assistant: what answers until something else is chosen; its library serves all.
        settings: time-outs, addresses and the like, for the others.
    """

    def __init__(self, assistant: Assistant, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self.first = assistant.backend
        self._library = assistant.library
        self._assistants = {self.first: _ready(assistant)}
        self._offers = {self.first: _Offer(self._label(self.first), self.first, settings.llm_url)}
        if self.first != EXTRACTIVE:
            self._offers[EXTRACTIVE] = _Offer(_QUOTED, EXTRACTIVE, None)
            self._assistants[EXTRACTIVE] = _ready(Assistant(assistant.library))

    def offered(self) -> list[tuple[str, str]]:
        """Return the choices so far, each as label and value; asks nobody."""
        with self._lock:
            return [(offer.label, value) for value, offer in self._offers.items()]

    def look(self) -> list[tuple[str, str]]:
        """Return the choices, after asking the servers of this machine for their lists of models."""
        from qa.llm.availability import choices  # with it come parts that a page without a language model never needs

        found = {}
        for choice in choices(self._settings):
            # "openai/NAME" is no model yet: which one of a provider's is a setting, not a click.
            if choice.usable and choice.llm != EXTRACTIVE and not choice.llm.endswith(("/NAME", "/NAME-OR-FOLDER")):
                value = choice.llm if choice.url is None else f"{choice.llm} at {choice.url}"
                found[value] = _Offer(choice.llm, choice.llm, choice.url)
        with self._lock:
            named = {offer.llm for offer in self._offers.values()}
            for value, offer in found.items():
                if offer.llm not in named:
                    self._offers[value] = offer
        return self.offered()

    def assistant(self, value: str | None) -> Assistant:
        """Return the assistant that a choice means; the first one for what was never offered.

        Raises:
            LanguageModelError: the model cannot be used on this machine.
        """
        with self._lock:
            chosen = value if value in self._offers else self.first
            assert chosen is not None
            opened = self._assistants.get(chosen)
            if first := opened is None:
                opened = self._assistants[chosen] = Future()
            offer = self._offers[chosen]
        if first:
            # Not under the lock: a server may keep this waiting, while others ask for other models.
            try:
                opened.set_result(self._open(offer))
            except BaseException as error:
                with self._lock:
                    del self._assistants[chosen]  # the next one to ask tries again
                opened.set_exception(error)
        return opened.result()

    def _open(self, offer: _Offer) -> Assistant:
        from qa.llm.factory import open_model  # not before it is wanted, as in `look`

        settings = self._settings.model_copy(update={"llm": offer.llm, "llm_url": offer.url})
        # The key is for the address that was named with it, not for whoever listens on a port.
        keys: dict[str, str] | None = None if offer.url == self._settings.llm_url else {}
        return Assistant(self._library, open_model(settings, keys), strict=settings.strict)

    @staticmethod
    def _label(backend: str) -> str:
        return _QUOTED if backend == EXTRACTIVE else backend


def _ready(assistant: Assistant) -> Future[Assistant]:
    opened: Future[Assistant] = Future()
    opened.set_result(assistant)
    return opened
