"""What can go wrong with a language model, each with one sentence on what happened and what to do.

No sentence repeats anything that a server wrote: it is untrusted, and it may hold the key that was sent.
"""

from __future__ import annotations

import json
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass

from qa.errors import LanguageModelError, PassingError, ReplyError

PASSING = (408, 429, 500, 502, 503, 504, 529)  # statuses that may be gone a moment later


@dataclass(frozen=True, slots=True)
class ProviderErrors:
    """The errors of one model.

    Attributes:
        name: of the model, as the setting has it.
        address: of its server; empty for a model in this process.
        key: the variable that holds its key.
        has_key: whether that is set.
        connect: seconds it may take to accept a connection.
        first_token: seconds it may take to begin.
        total: seconds it may take in all.
    """

    name: str
    address: str = ""
    key: str = ""
    has_key: bool = False
    connect: float = 5
    first_token: float = 120
    total: float = 300

    @property
    def _is_ollama(self) -> bool:
        return self.name.startswith("ollama/")

    def refused(self) -> LanguageModelError:
        start = "start Ollama with `ollama serve`" if self._is_ollama else "start the server"
        return LanguageModelError(
            f"Nothing answers at {self.address}, where {self.name} was expected: {start}, or correct ARXIVQA_LLM_URL."
        )

    def unknown_host(self) -> LanguageModelError:
        return LanguageModelError(
            f"There is no host of the name in {self.address}: correct ARXIVQA_LLM_URL, or check the network."
        )

    def certificate(self) -> LanguageModelError:
        return LanguageModelError(
            f"The certificate of {self.address} cannot be trusted: correct the address, or set SSL_CERT_FILE to the "
            "authority that signed it."
        )

    def no_connection(self) -> LanguageModelError:
        return LanguageModelError(
            f"{self.address} accepted no connection within {self.connect:g} seconds: check that it runs and can be "
            "reached, or raise connect_timeout."
        )

    def no_first_token(self) -> LanguageModelError:
        return LanguageModelError(
            f"{self.name} wrote nothing for {self.first_token:g} seconds: ask again when it has loaded, choose a "
            "smaller model, or raise first_token_timeout."
        )

    def not_finished(self) -> LanguageModelError:
        return LanguageModelError(
            f"{self.name} had not finished after {self.total:g} seconds: choose a faster model, or raise total_timeout."
        )

    def broke_off(self) -> LanguageModelError:
        return ReplyError(
            f"The reply of {self.name} broke off half-way: ask again, and look at the server's log if it happens again."
        )

    def empty(self) -> LanguageModelError:
        return ReplyError(f"{self.name} ended without writing anything: ask again, or choose another model.")

    def only_thought(self) -> LanguageModelError:
        return ReplyError(
            f"{self.name} reasoned until its space was used up and wrote no answer: ask a narrower question, or choose "
            "a model that reasons less."
        )

    def not_utf8(self) -> LanguageModelError:
        return ReplyError(f"{self.name} sent text that is not UTF-8: update its server, or choose another model.")

    def too_large(self) -> LanguageModelError:
        return ReplyError(f"{self.address} sent far more than an answer: check that it is a language model's server.")

    def no_reply(self) -> LanguageModelError:
        return ReplyError(
            f"What {self.address} sent is not a language model's reply: check the address, which ends in /v1 for most "
            "servers that are not Ollama."
        )

    def failed(self) -> LanguageModelError:
        return ReplyError(
            f"The server of {self.name} reported an error while writing: look at its log, or choose another model."
        )

    def elsewhere(self) -> LanguageModelError:
        return LanguageModelError(
            f"A request for {self.name} was about to leave for another place than {self.address} and was not sent: "
            "report this as CONTRIBUTING.md says."
        )

    def process(self, error: BaseException) -> LanguageModelError:
        return LanguageModelError(
            f"{self.name} failed while writing ({type(error).__name__}): choose a smaller model, or make memory free."
        )

    def status(self, status: int, after: float | None = None) -> LanguageModelError:
        """The error for a server's refusal.

        Args:
            status: of HTTP.
            after: seconds that the server asks to wait.
        """
        where = f"{self.address} (HTTP {status})"
        if status in (401, 403):
            do = f"check {self.key}" if self.has_key else f"put a key into {self.key}"
            had = "does not accept the key" if self.has_key else "wants a key"
            return LanguageModelError(f"{where} {had}: {do}.")
        if status == 404:
            do = f"run `ollama pull {self.name.partition('/')[2]}`, or " if self._is_ollama else ""
            return LanguageModelError(
                f"{where} has no model for {self.name}: {do}choose one that `arxivqa models` lists, or correct the "
                "address."
            )
        if 300 <= status < 400:
            return LanguageModelError(
                f"{where} points to another address, which is not followed: set ARXIVQA_LLM_URL to that address."
            )
        if status == 429:
            when = f"in {after:.0f} seconds" if after else "later"
            return PassingError(
                f"{where} takes no more requests for now: ask again {when}, or choose another model.", after
            )
        if status in PASSING:
            return PassingError(f"{where} failed: ask again, and look at its log if it happens again.", after)
        return ReplyError(f"{where} refused the request: choose a model that chats and has room for 4,000 tokens.")

    def explain(self, error: BaseException) -> LanguageModelError:
        """The error for whatever a client library raised."""
        chain = list(_chain(error))
        for link in chain:
            if isinstance(link, LanguageModelError):
                return link
        # By the names of their classes: whichever client library it was, it need not be imported here.
        names = {kind.__name__ for link in chain for kind in type(link).__mro__}
        if any(isinstance(link, socket.gaierror) for link in chain):
            return self.unknown_host()
        if any(isinstance(link, ssl.SSLCertVerificationError) for link in chain):
            return self.certificate()
        if any(isinstance(link, UnicodeDecodeError) for link in chain):
            return self.not_utf8()
        if "ConnectTimeout" in names:
            return self.no_connection()
        if "ConnectError" in names or any(isinstance(link, ConnectionRefusedError) for link in chain):
            return self.refused()
        if "TimeoutException" in names:
            return self.not_finished()
        if names & {"NetworkError", "ProtocolError", "ConnectionError"}:
            return self.broke_off()
        if any(isinstance(link, json.JSONDecodeError) for link in chain):
            return self.no_reply()
        if names & {"APIError", "ResponseError"}:
            # Without its cause, which says what the server said.
            return self.failed()
        said = self.no_reply() if self.address else self.process(error)
        said.__cause__ = error  # the one thing that may be a fault of ours
        return said


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        yield link
        link = link.__cause__ or link.__context__
