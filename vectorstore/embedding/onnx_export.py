"""A sentence-transformers model as ONNX files: made once, checked, and kept in the user's cache.

They start without importing torch. The one of 8-bit weights embeds abstracts faster than torch does, with token
pruning where the model's folder has one fitted (`vectorstore/embedding/token_pruning.py`); the one in float32 is for
questions, of which there are few and each counts (docs/measurements.md).
"""

from __future__ import annotations

import hashlib
import logging
import tempfile
import warnings
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from platformdirs import user_cache_path

from vectorstore.embedding.encoders import Encoder, OnnxEncoder, TorchEncoder
from vectorstore.errors import ModelError

if TYPE_CHECKING:
    from tokenizers import Tokenizer

Precision = Literal["float32", "int8"]
PRUNING = "pruning.npz"  # in the model's folder

_LOG = logging.getLogger("arxivqa.model")
_LAYOUT = 3  # grows with each change of how the file is made, so that older ones are not used
_KINDS = ("float32", "int8")
# The least cosine to torch's float32 of any text of the check.
_CLOSEST = {"float32": 0.9999, "int8": 0.98, "pruned": 0.95}
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
    kind: Precision,
    folder: Path,
    sha256: str,
    tokenizer: Tokenizer,
    window: int,
    load: Callable[[], TorchEncoder],
    short: Callable[[], Encoder],
) -> OnnxEncoder | None:
    """An exported model, made now if it is not in the cache; None where this model or machine has none.

    Args:
        kind: "float32", or "int8" for 8-bit weights; what is not there is made of both at once.
        folder: the model's.
        sha256: the hash of the model's weights, under which the files are kept.
        tokenizer: the model's own; the encoder keeps it.
        window: how many tokens the model reads of a text.
        load: loads the model in float32, to export it and to compare with.
        short: gives what embeds texts that are too short for pruning.

    Raises:
        ModelError: the model itself cannot be loaded, or its pruning does not fit it.
    """
    place = user_cache_path("arxivqa", appauthor=False) / "models"
    pruning = folder / PRUNING if (folder / PRUNING).is_file() else None
    versions = {"float32": "", "int8": f"-{_digest(pruning)}" if pruning else ""}
    paths: dict[str, Path] = {
        each: place / f"{sha256[:32]}-{each}{version}-{_LAYOUT}.onnx" for each, version in versions.items()
    }
    path, shorter = paths[kind], short if pruning and kind == "int8" else None
    if path.is_file():
        # Cut off, or garbage, for which ONNX Runtime has no error of its own: it is made again below.
        with suppress(Exception):
            return OnnxEncoder(path, tokenizer, window, shorter)
    if path.with_suffix(".refused").is_file():
        return None
    model = load()
    try:
        place.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=place) as scratch:
            made = {each: Path(scratch) / f"{each}.onnx" for each in _KINDS}
            failed = _export(model, made["float32"], made["int8"], pruning)
            encoders = {} if failed else _opened(made, tokenizer, window, pruned=pruning is not None)
            for each in _KINDS:
                least = _CLOSEST["pruned" if pruning and each == "int8" else each]
                reason = failed or _strays(each, model, encoders[each], least)
                if reason:
                    _LOG.info("The model stays with torch: %s", reason)
                    paths[each].with_suffix(".refused").write_text(reason, encoding="utf-8")
                else:
                    made[each].replace(paths[each])
    except OSError as error:
        _LOG.info("The model stays with torch: nothing can be kept in %s (%s)", place, error)
    return OnnxEncoder(path, tokenizer, window, shorter) if path.is_file() else None


def _opened(made: Mapping[str, Path], tokenizer: Tokenizer, window: int, *, pruned: bool) -> dict[str, OnnxEncoder]:
    whole = OnnxEncoder(made["float32"], tokenizer, window)
    return {"float32": whole, "int8": OnnxEncoder(made["int8"], tokenizer, window, (lambda: whole) if pruned else None)}


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:8]


def _export(encoder: TorchEncoder, whole: Path, small: Path, pruning: Path | None) -> str:
    """Write the model in float32, and pruned with 8-bit weights; returns why that cannot be done, empty if it was.

    Raises:
        ModelError: the pruning does not fit the model.
    """
    import torch

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
    pruned = _pruned(encoder, pruning) if pruning else None
    try:
        trace(Exported().eval(), sample, whole)
        traced = whole
        if pruned is not None:
            traced = small.with_suffix(".pruned")
            trace(pruned, sample, traced)
        quantize(traced, small)
    except OSError:
        raise
    except Exception as error:  # each architecture that cannot be traced fails in its own way
        return f"it cannot be exported ({type(error).__name__})"
    return ""


def _pruned(encoder: TorchEncoder, pruning: Path) -> Any:
    from vectorstore.embedding.token_pruning import Pruned

    try:
        return Pruned(encoder.model).restored(pruning)
    except Exception as error:  # numpy, zipfile and torch each raise their own
        raise ModelError(
            f"{pruning} does not fit the model beside it ({type(error).__name__}). Install arxivqa again if it is "
            "arxivqa's own; else delete that file, and the model is used whole."
        ) from error


def trace(module: Any, sample: Any, path: Path) -> None:
    """Write a torch module in float32.

    Args:
        module: takes token ids of one text, shape (1, tokens), and returns one tensor.
        sample: such ids; texts may have more and fewer tokens.
        path: what to write.
    """
    import torch

    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")  # of tracing: for those who write models
        torch.onnx.export(
            module,
            (sample,),
            str(path),
            input_names=["input_ids"],
            output_names=["vector"],
            dynamic_axes={"input_ids": {1: "tokens"}},
            opset_version=17,
            dynamo=False,  # the newer exporter takes a minute, and makes the same of this
        )


def quantize(traced: Path, small: Path) -> None:
    """Write a traced model with 8-bit weights."""
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from onnxruntime.quantization.quant_utils import add_pre_process_metadata

    graph = onnx.load(traced)
    add_pre_process_metadata(graph)  # else it advises, on the terminal, a step that gains nothing here
    quantize_dynamic(
        graph,
        small,
        weight_type=QuantType.QInt8,
        per_channel=True,
        op_types_to_quantize=["MatMul", "Gather"],
        extra_options={"MatMulConstBOnly": True, "DefaultTensorType": onnx.TensorProto.FLOAT},
    )


def _strays(kind: str, exact: TorchEncoder, made: OnnxEncoder, least: float) -> str:
    """Why the exported model must not be used: how far its vectors are from torch's; empty where they are near."""
    long = " ".join(_SAMPLES[-2:])
    texts = [*_SAMPLES, long, long * 10]
    (expected,), (found,) = exact.encode([texts]), made.encode([texts])
    closest = float((expected * found).sum(axis=1).min())
    return "" if closest >= least else f"its {kind} vectors have cosine {closest:.3f} to those of torch"
