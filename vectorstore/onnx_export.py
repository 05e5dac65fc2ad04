"""A sentence-transformers model as an ONNX file of 8-bit weights: made once, checked, and kept in the user's cache.

It starts without importing torch, and embeds abstracts faster than torch does (docs/measurements.md).
"""

from __future__ import annotations

import logging
import tempfile
import warnings
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from platformdirs import user_cache_path

from vectorstore.encoders import OnnxEncoder, TorchEncoder

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_LOG = logging.getLogger("arxivqa.model")
_LAYOUT = 1  # grows with each change of how the file is made, so that older ones are not used
_CLOSEST = 0.98  # the least cosine to float32 of any text of the check: the default model's is 0.988
_SAMPLES = (
    "Which dataset has videos taken by drones?",
    "How much faster is it than the previous method, and on what hardware was that measured?",
    "papers on rate distortion theory",
    "A lower bound on the mixing time of random walks. We show that the mixing time of a random walk on a graph of n "
    "vertices is at least linear in its diameter, and give a family of graphs for which the bound is tight.",
    "Single-cell atlas of the ageing kidney. Sequencing 120,000 nuclei from 34 donors, we find that proximal tubule "
    "cells lose their identity after injury; inhibiting the pathway restored 62 % of their function in mice. ",
)


def cached(sha256: str, tokenizer: Tokenizer, window: int, load: Callable[[], TorchEncoder]) -> OnnxEncoder | None:
    """The exported model, made now if it is not in the cache; None where this model or machine has none.

    Args:
        sha256: the hash of the model's weights, under which the file is kept.
        tokenizer: the model's own; the encoder keeps it.
        window: how many tokens the model reads of a text.
        load: loads the model in float32, to export it and to compare with.

    Raises:
        ModelError: the model itself cannot be loaded.
    """
    place = user_cache_path("arxivqa", appauthor=False) / "models"
    path = place / f"{sha256[:32]}-{_LAYOUT}.onnx"
    refused = path.with_suffix(".refused")
    if path.is_file():
        with suppress(
            Exception
        ):  # cut off, or garbage: ONNX Runtime has no one error for it, and it is made again below
            return OnnxEncoder(path, tokenizer, window)
    if refused.is_file():
        return None
    model = load()
    try:
        place.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=place) as scratch:
            made = Path(scratch) / "model.onnx"
            reason = _export(model, made) or _strays(model, OnnxEncoder(made, tokenizer, window))
            if reason:
                _LOG.info("The model stays with torch: %s", reason)
                refused.write_text(reason, encoding="utf-8")
                return None
            made.replace(path)
    except OSError as error:
        _LOG.info("The model stays with torch: nothing can be kept in %s (%s)", place, error)
        return None
    return OnnxEncoder(path, tokenizer, window)


def _export(encoder: TorchEncoder, path: Path) -> str:
    """Write the model with 8-bit weights; returns why that cannot be done, empty if it was."""
    import onnx
    import torch
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from onnxruntime.quantization.quant_utils import add_pre_process_metadata

    class Exported(torch.nn.Module):
        """From token ids of one text to its unit vector."""

        def __init__(self) -> None:
            super().__init__()
            self.model = encoder.model

        def forward(self, input_ids: Any) -> Any:
            features = {
                "input_ids": input_ids,
                "attention_mask": torch.ones_like(input_ids),
                "token_type_ids": torch.zeros_like(input_ids),
            }
            return torch.nn.functional.normalize(self.model(features)["sentence_embedding"], dim=-1)

    whole = path.with_name("float32.onnx")
    sample = torch.tensor([encoder.model.tokenizer(_SAMPLES[0])["input_ids"]])
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of tracing: for those who write models
            torch.onnx.export(
                Exported().eval(),
                (sample,),
                str(whole),
                input_names=["input_ids"],
                output_names=["vector"],
                dynamic_axes={"input_ids": {1: "tokens"}},
                opset_version=17,
                dynamo=False,  # the newer exporter takes a minute, and makes the same of this
            )
        graph = onnx.load(whole)
        add_pre_process_metadata(graph)  # else it advises, on the terminal, a step that gains nothing here
        quantize_dynamic(
            graph,
            path,
            weight_type=QuantType.QInt8,
            per_channel=True,
            op_types_to_quantize=["MatMul", "Gather"],
            extra_options={"MatMulConstBOnly": True, "DefaultTensorType": onnx.TensorProto.FLOAT},
        )
    except OSError:
        raise
    except Exception as error:  # each architecture that cannot be traced fails in its own way
        return f"it cannot be exported ({type(error).__name__})"
    return ""


def _strays(exact: TorchEncoder, made: OnnxEncoder) -> str:
    """Why the exported model must not be used: how far its vectors are from float32's; empty where they are near."""
    texts = [*_SAMPLES, _SAMPLES[-1] * 3, _SAMPLES[-1] * 40]
    (expected,), (found,) = exact.encode([texts]), made.encode([texts])
    closest = float((expected * found).sum(axis=1).min())
    return "" if closest >= _CLOSEST else f"its 8-bit vectors have cosine {closest:.3f} to those of float32"
