"""A model in this process, through llama-index and transformers."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from qa.errors import LanguageModelError
from qa.llm.adapter import ChatAdapter, Reply, whole
from qa.llm.errors import ProviderErrors
from qa.llm.protocol import CONTEXT_WINDOW, PER_MESSAGE
from qa.llm.streaming import Cancellation

if TYPE_CHECKING:
    from llama_index.core.llms import ChatMessage


def _preamble(tokenizer: Any) -> int:
    """The tokens that a chat template puts around a prompt, beyond those that every prompt leaves room for."""
    from jinja2 import TemplateError

    empty = [{"role": role, "content": ""} for role in ("system", "user")]
    try:
        framed = tokenizer.apply_chat_template(empty, tokenize=False, add_generation_prompt=True)
    except (TemplateError, ValueError):
        return 0  # it takes no system's word, or is none: asking it will say so
    return max(len(tokenizer.encode(framed)) - len(empty) * PER_MESSAGE, 0)


class InProcessModel(ChatAdapter):
    """A model from a folder, or from the Hugging Face hub; loaded when it is first needed.

    Args:
        model: a folder, or a name of the hub.
        faults: its errors.
    """

    def __init__(self, model: str, faults: ProviderErrors) -> None:
        super().__init__(f"huggingface/{model}", faults)
        self._path = model
        self._lock = threading.Lock()
        self._loaded: tuple[Any, Any] | None = None

    def _load(self) -> tuple[Any, Any]:
        from transformers import AutoModelForCausalLM, AutoTokenizer

        with self._lock:
            if self._loaded is None:
                try:
                    # What a model's folder brings along as code is never run.
                    tokenizer = AutoTokenizer.from_pretrained(self._path, trust_remote_code=False)
                    model = AutoModelForCausalLM.from_pretrained(self._path, trust_remote_code=False)
                except (OSError, ValueError, KeyError, ImportError, RuntimeError, MemoryError) as error:
                    raise LanguageModelError(
                        f"{self.name} cannot be loaded ({type(error).__name__}): name a folder that holds a chat "
                        "model and its tokenizer, or a model of the Hugging Face hub that this machine can fetch."
                    ) from error
                self._loaded = model, tokenizer
        return self._loaded

    def prepare(self) -> None:
        """Load the model."""
        self._load()

    @property
    def context_window(self) -> int:
        """What the model's configuration says, less what its template says of its own accord."""
        model, tokenizer = self._load()
        window = int(getattr(model.config, "max_position_embeddings", None) or CONTEXT_WINDOW)
        return max(window - _preamble(tokenizer), 1)

    def count_tokens(self, text: str) -> int:
        """How many tokens a text takes, by the model's tokenizer."""
        _, tokenizer = self._load()
        return len(tokenizer.encode(text))

    def replies(
        self, messages: Sequence[ChatMessage], max_tokens: int, streaming: bool, stop: Cancellation
    ) -> Iterator[Reply]:
        """Ask once."""
        from llama_index.llms.huggingface import HuggingFaceLLM
        from transformers import StoppingCriteria

        model, tokenizer = self._load()

        class Stopped(StoppingCriteria):  # type: ignore[misc, unused-ignore]
            def __call__(self, *_: Any, **__: Any) -> bool:
                return stop.requested.is_set()

        # A new one for each request, since it holds what stops it; the model itself is loaded once.
        llm = HuggingFaceLLM(
            model=model,
            tokenizer=tokenizer,
            model_name=self._path,
            tokenizer_name=self._path,
            context_window=self.context_window,
            max_new_tokens=max_tokens,
            is_chat_model=True,
            generate_kwargs={"do_sample": False, "max_time": self.faults.total},
        )
        # llama-index has no parameter for it.
        llm._stopping_criteria.append(Stopped())
        if not streaming:
            yield whole(llm.chat(messages))
            return
        for response in llm.stream_chat(messages):
            yield Reply(response.delta or "")
        yield Reply(finished=True)
