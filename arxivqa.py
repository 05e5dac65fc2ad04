"""The command `arxivqa`, outside of the packages: so it can say where another module hides one of them."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path
from typing import NoReturn

_PACKAGES = {"qa": "assistant.py", "ui": "cli/main.py", "vectorstore": "library.py"}  # each with a file that it has


def main() -> NoReturn:
    """Run `arxivqa` on the process's own arguments and end the process."""
    if said := _hidden():
        sys.exit(f"arxivqa: {said}")
    from ui.cli.main import main as run

    run()


def _hidden() -> str | None:
    """What is said where Python finds something else under the name of a package; None where it finds them all."""
    for package, file in _PACKAGES.items():
        found = find_spec(package)
        place = Path(found.origin) if found and found.origin else None
        if place is not None and not (place.parent / file).is_file():
            place = place.parent if place.name == "__init__.py" else place
            return (
                f"Python finds {place} where arxivqa's own package {package} is meant: rename it, or take the folder "
                f"{place.parent} off Python's path (PYTHONPATH, or the current folder after python -m)."
            )
    return None


if __name__ == "__main__":
    main()
