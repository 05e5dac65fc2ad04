"""Run the shell and Python examples of the README and of docs/asking.md, and put what they print under them.

    python scripts/readme_examples.py        # rewrites the two pages; `make readme` does the same

A test compares the pages with what this would write, so that they cannot drift apart.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGES = (ROOT / "README.md", ROOT / "docs" / "asking.md")


def environment(library: Path) -> dict[str, str]:
    """Return the variables of a shell that has arxivqa on its path and `library` as its library."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "ARXIVQA_LIBRARY": str(library)}


def rewrite(page: str, variables: Mapping[str, str], folder: Path) -> str:
    """Return a page with what its examples print now, run one after the other in `folder`.

    Raises:
        RuntimeError: an example ends with an error or says something on standard error.
    """

    def console(match: re.Match[str]) -> str:
        parts = []
        for part in re.split(r"^\$ ", match[1], flags=re.M)[1:]:
            first, *others = part.splitlines()
            typed = [first, *(line[2:] for line in others if line.startswith("> "))]
            shown = _output(["bash", "-c", "\n".join(typed)], variables, folder)
            parts.append("$ " + "\n> ".join(typed) + "\n" + shown)
        return f"```console\n{''.join(parts)}```\n"

    def python(match: re.Match[str]) -> str:
        shown = _output([sys.executable, "-c", match[1]], variables, folder)
        return f"```python\n{match[1]}```\n\n```text\n{shown}```\n"

    page = re.sub(r"^```console\n(.*?)^```\n", console, page, flags=re.M | re.S)
    return re.sub(r"^```python\n(.*?)^```\n\n```text\n.*?^```\n", python, page, flags=re.M | re.S)


def _output(command: list[str], variables: Mapping[str, str], folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, env=dict(variables), capture_output=True, text=True, check=False)
    if done.returncode or done.stderr:
        raise RuntimeError(f"{command[-1]}\nends with {done.returncode} and says: {done.stderr}")
    return done.stdout.rstrip("\n") + "\n" if done.stdout.strip() else ""


def main() -> None:
    """Rewrite the pages over a library made from seeds/."""
    with tempfile.TemporaryDirectory() as name:
        variables = environment(Path(name) / "library")
        subprocess.run(["arxivqa", "ingest", str(ROOT / "seeds")], env=variables, check=True, stdout=sys.stderr)
        for page in PAGES:
            page.write_text(rewrite(page.read_text(encoding="utf-8"), variables, Path(name)), encoding="utf-8")


if __name__ == "__main__":
    main()
