"""What the scripts in `training/` fitted: a JSON file beside this one for each model."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray


@cache
def load_model(name: str) -> dict[str, Any]:
    """The content of `NAME.json`."""
    content: dict[str, Any] = json.loads(
        resources.files("qa.weights").joinpath(f"{name}.json").read_text(encoding="utf-8")
    )
    return content


@cache
def load_weights(name: str, features: Sequence[str], part: str | None = None) -> NDArray[np.float64]:
    """The weight of each feature in `NAME.json` or a part of it, in the order of `features`, shape (len(features),).

    Args:
        name: the model.
        features: a tuple of its features' names.
        part: the key of a model within the file.
    """
    fitted = (load_model(name)[part] if part else load_model(name))["weights"]
    return np.array([fitted[feature] for feature in features], dtype=np.float64)
