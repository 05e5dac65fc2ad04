"""Write constraints.txt: the version of everything pyproject.toml asks for, as installed in the running environment.

Run it with the Python of a .venv whose tests pass: `.venv/bin/python scripts/pin_constraints.py`.
"""

from __future__ import annotations

import sys
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parent.parent
PYTHONS = ("3.11", "3.12", "3.13")
HEADER = (
    "# Every version `make install` and `make test` use. Made by scripts/pin_constraints.py; do not edit by hand.\n"
    "# torch has no local tag, so that a CPU build (2.13.0+cpu) and the plain one both fit.\n"
)


def declared(pyproject: Path) -> list[str]:
    """Return the requirements a project file states: those to run, to develop and to build."""
    project = tomllib.loads(pyproject.read_text(encoding="utf-8"))
    extras = project["project"]["optional-dependencies"].values()
    return [*project["project"]["dependencies"], *(line for extra in extras for line in extra)]


def closure(requirements: list[str]) -> dict[str, str]:
    """Return name to version of all that the requirements bring in on any of PYTHONS and that is installed here."""
    pins: dict[str, str] = {}
    for python in PYTHONS:
        environment = {name: str(value) for name, value in default_environment().items()}
        environment |= {"python_version": python, "python_full_version": f"{python}.0"}
        waiting = [Requirement(line) for line in requirements]
        seen: set[tuple[str, frozenset[str]]] = set()
        while waiting:
            requirement = waiting.pop()
            name, extras = canonicalize_name(requirement.name), frozenset(requirement.extras)
            if (name, extras) in seen:
                continue
            seen.add((name, extras))
            try:
                found = distribution(name)
            except PackageNotFoundError:
                print(f"not installed here, so not pinned: {name} (Python {python})", file=sys.stderr)
                continue
            pins[name] = Version(found.version).public
            for line in found.requires or []:
                needed = Requirement(line)
                marker = needed.marker
                if marker is None or any(marker.evaluate({**environment, "extra": e}) for e in ("", *extras)):
                    waiting.append(needed)
    return pins


def main() -> None:
    """Write the file."""
    pins = closure(declared(ROOT / "pyproject.toml"))
    lines = "".join(f"{name}=={version}\n" for name, version in sorted(pins.items()))
    (ROOT / "constraints.txt").write_text(HEADER + lines, encoding="utf-8")
    print(f"pinned {len(pins)} packages in constraints.txt", file=sys.stderr)


if __name__ == "__main__":
    main()
