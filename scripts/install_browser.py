"""Make sure that a Chromium is there for the browser tests: the one installed, else Debian's, else Playwright's own.

Prints which one the tests will use; ends with status 1, saying why, where none can be had.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def installed() -> str | None:
    """Return the path of the browser that ARXIVQA_CHROMIUM names or PATH holds."""
    named = os.environ.get("ARXIVQA_CHROMIUM")
    if named:
        if not os.access(named, os.X_OK):
            raise SystemExit(f"ARXIVQA_CHROMIUM names {named}, which is not a program. Correct or unset it.")
        return named
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def playwrights_own() -> str | None:
    """Return the path of the Chromium that Playwright downloaded, if it did."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def run(*command: str) -> bool:
    """Run a command, showing what it prints, and tell whether it succeeded."""
    print("+", " ".join(command), file=sys.stderr)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    return subprocess.run(command, env=environment, check=False).returncode == 0


def install() -> str | None:
    """Install a Chromium the first way that works and return its path."""
    if shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        done = run("apt-get", "install", "-y", "--no-install-recommends", "chromium") or (
            run("apt-get", "update") and run("apt-get", "install", "-y", "--no-install-recommends", "chromium")
        )
        if done and (path := installed()):
            return path
    if run(sys.executable, "-m", "playwright", "install", "chromium"):
        return playwrights_own()
    return None


def main() -> int:
    """Find or install the browser; the exit status says whether there is one."""
    path = installed() or playwrights_own() or install()
    if path is None:
        print(
            "The browser tests need Chromium, and none could be found or installed (neither by apt-get nor by "
            "Playwright). Install one and put it on PATH, or name it: ARXIVQA_CHROMIUM=/path/to/chromium make test",
            file=sys.stderr,
        )
        return 1
    print(f"browser: {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
