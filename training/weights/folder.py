"""The folder of the package that fitted weights are written to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from qa import weights

FOLDER = Path(weights.__file__).parent


def write_weights(name: str, script: str, content: Mapping[str, object]) -> None:
    """Write `NAME.json`, which says that `training.weights.SCRIPT` made it."""
    made_by = {"made_by": f"python -m training.weights.{script}"}
    (FOLDER / f"{name}.json").write_text(json.dumps({**made_by, **content}, indent=1) + "\n", encoding="utf-8")
    print(f"wrote {name}.json")
