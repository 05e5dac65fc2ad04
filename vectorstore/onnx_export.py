"""A sentence-transformers model as ONNX files: made once, checked, and kept in the user's cache.

They start without importing torch. The one of 8-bit weights embeds abstracts faster than torch does; the one in float32
is for questions, of which there are few and each counts (docs/measurements.md).
"""

from __future__ import annotations

import logging
import tempfile
import warnings
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from platformdirs import user_cache_path

from vectorstore.encoders import OnnxEncoder, TorchEncoder

if TYPE_CHECKING:
    from tokenizers import Tokenizer

Kind = Literal["float32", "int8"]

_LOG = logging.getLogger("arxivqa.model")
_LAYOUT = 2  # grows with each change of how the file is made, so that older ones are not used
_KINDS = ("float32", "int8")
# The least cosine to torch's float32 of any text of the check. The default model's 8-bit vectors have 0.988.
_CLOSEST = {"float32": 0.9999, "int8": 0.98}
_SAMPLES = (
    "Which dataset has videos taken by drones?",
    "How much faster is it than the previous method, and on what hardware was that measured?",
    "papers on rate distortion theory",
    "A lower bound on the mixing time of random walks. We show that the mixing time of a random walk on a graph of n "
    "vertices is at least linear in its diameter, and give a family of graphs for which the bound is tight.",
    "Single-cell atlas of the ageing kidney. Sequencing 120,000 nuclei from 34 donors, we find that proximal tubule "
    "cells lose their identity after injury; inhibiting the pathway restored 62 % of their function in mice. ",
)


def cached(
    kind: Kind, sha256: str, tokenizer: Tokenizer, window: int, load: Callable[[], TorchEncoder]
) -> OnnxEncoder | None:
    """An exported model, made now if it is not in the cache; None where this model or machine has none.

    Args:
        kind: "float32", or "int8" for 8-bit weights; what is not there is made of both at once.
        sha256: the hash of the model's weights, under which the files are kept.
        tokenizer: the model's own; the encoder keeps it.
        window: how many tokens the model reads of a text.
        load: loads the model in float32, to export it and to compare with.

    Raises:
        ModelError: the model itself cannot be loaded.
    """
    place = user_cache_path("arxivqa", appauthor=False) / "models"
    paths: dict[str, Path] = {each: place / f"{sha256[:32]}-{each}-{_LAYOUT}.onnx" for each in _KINDS}
    path = paths[kind]
    if path.is_file():
        # Cut off, or garbage, for which ONNX Runtime has no error of its own: it is made again below.
        with suppress(Exception):
            return OnnxEncoder(path, tokenizer, window)
    if path.with_suffix(".refused").is_file():
        return None
    model = load()
    try:
        place.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=place) as scratch:
            made = {each: Path(scratch) / f"{each}.onnx" for each in _KINDS}
            failed = _export(model, made["float32"], made["int8"])
            for each in _KINDS:
                reason = failed or _strays(each, model, OnnxEncoder(made[each], tokenizer, window))
                if reason:
                    _LOG.info("The model stays with torch: %s", reason)
                    paths[each].with_suffix(".refused").write_text(reason, encoding="utf-8")
                else:
                    made[each].replace(paths[each])
    except OSError as error:
        _LOG.info("The model stays with torch: nothing can be kept in %s (%s)", place, error)
    return OnnxEncoder(path, tokenizer, window) if path.is_file() else None


def _export(encoder: TorchEncoder, whole: Path, small: Path) -> str:
    """Write the model in float32 and with 8-bit weights; returns why that cannot be done, empty if it was."""
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
            transformer, *rest = self.model
            # One text has no padding: the mask is for what comes after, and attending without it is a tenth faster.
            features = transformer(features, attention_mask=None)
            for module in rest:
                features = module(features)
            return torch.nn.functional.normalize(features["sentence_embedding"], dim=-1)

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
            small,
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


def _strays(kind: str, exact: TorchEncoder, made: OnnxEncoder) -> str:
    """Why the exported model must not be used: how far its vectors are from torch's; empty where they are near."""
    texts = [*_SAMPLES, _SAMPLES[-1] * 3, _SAMPLES[-1] * 40]
    (expected,), (found,) = exact.encode([texts]), made.encode([texts])
    closest = float((expected * found).sum(axis=1).min())
    return "" if closest >= _CLOSEST[kind] else f"its {kind} vectors have cosine {closest:.3f} to those of torch"
