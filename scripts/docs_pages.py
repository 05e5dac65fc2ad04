"""A hook of MkDocs: the pages of the site that are made of something else, so that they cannot differ from it.

The first page is the README, the manual of the shell is what `--help` prints, and contributing, changes and the model
are files that stand elsewhere in the repository.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

ROOT = Path(__file__).resolve().parent.parent
# Each page, the file that it is, and where the links of that file lead on the site.
_FROM = {
    "index.md": "README.md",
    "contributing.md": "CONTRIBUTING.md",
    "changelog.md": "CHANGELOG.md",
    "model.md": "vectorstore/model/README.md",
}
_ENVIRONMENT = {**os.environ, "COLUMNS": "80"}


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages; MkDocs calls this when it has looked for those in docs/."""
    for page, path in _FROM.items():
        files.append(File.generated(config, page, content=_rewritten((ROOT / path).read_text(encoding="utf-8"))))
    files.append(File.generated(config, "LICENSE.txt", content=(ROOT / "LICENSE").read_text(encoding="utf-8")))
    files.append(File.generated(config, "shell.md", content=shell()))
    return files


def shell() -> str:
    """Return the manual of the shell as Markdown: what every command prints for --help."""
    parts = ["# The shell\n\nEvery command with what it prints for `--help`.\n"]
    for name, text in manual("arxivqa"):
        parts.append(f"## {name}\n\n```text\n{text}\n```\n")
    return "\n".join(parts)


def manual(name: str) -> Iterator[tuple[str, str]]:
    """Yield the name and the help of a command, such as "arxivqa users", and of all below it."""
    command = [sys.executable, "-m", "ui.cli", *name.split()[1:], "--help"]
    done = subprocess.run(command, cwd=ROOT, env=_ENVIRONMENT, capture_output=True, text=True, check=True)
    yield name, done.stdout.rstrip()
    for below in re.findall(r"^  ([a-z-]+)  ", done.stdout.partition("\nCommands:\n")[2], re.M):
        yield from manual(f"{name} {below}")


def _rewritten(text: str) -> str:
    """Return a file of the repository with its links as they are on the site."""
    pages = {path: page for page, path in _FROM.items()} | {"LICENSE": "LICENSE.txt"}
    return re.sub(r"\]\((?:docs/)?([^)#:]+)", lambda link: f"]({pages.get(link[1], link[1])}", text)
