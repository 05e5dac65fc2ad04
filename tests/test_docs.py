"""The documentation says what the code does: the site builds strictly, tables and lists are those of the program."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

import qa
import vectorstore
from qa.settings import Settings
from scripts import readme_examples

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, as `make docs` builds it."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, "NO_MKDOCS_2_WARNING": "1"}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return folder


class Loaded(HTMLParser):
    """Collects the addresses that a browser fetches by itself when it shows a page."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        fetched = tag == "link" and said.get("rel") not in ("canonical", "next", "prev", "edit")
        self.addresses += [address for name in ("src", "srcset", "poster", "data") if (address := said.get(name))]
        self.addresses += [said.get("href") or ""] if fetched else []


def test_no_page_of_the_site_loads_anything_from_elsewhere(site: Path) -> None:
    pages = list(site.rglob("*.html"))
    assert len(pages) >= 15
    for page in pages:
        loaded = Loaded()
        loaded.feed(page.read_text(encoding="utf-8"))
        assert loaded.addresses
        assert not [address for address in loaded.addresses if re.match(r"(?:\w+:)?//", address)], page.name
    for sheet in site.rglob("*.css"):
        assert not re.search(r"url\([\"']?(?:\w+:)?//|@import", sheet.read_text(encoding="utf-8")), sheet.name


@pytest.mark.parametrize("package", [qa, vectorstore], ids=["qa", "vectorstore"])
def test_everything_that_a_package_exports_is_documented(site: Path, package: object) -> None:
    named = {"qa": "python", "vectorstore": "vectorstore"}[package.__name__]  # type: ignore[attr-defined]
    page = (site / named / "index.html").read_text(encoding="utf-8")
    for name in package.__all__:  # type: ignore[attr-defined]
        assert f'id="{package.__name__}.{name}"' in page, name  # type: ignore[attr-defined]


def test_the_manual_has_every_command(site: Path) -> None:
    page = (site / "shell" / "index.html").read_text(encoding="utf-8")
    for command in ("ask", "chat", "doctor", "find", "ingest", "users add", "conversations show"):
        assert f"Usage: arxivqa {command} [OPTIONS]" in page


def test_the_settings_table_is_that_of_the_program(seeds_library: Path) -> None:
    text = (DOCS / "settings.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (?:`--([\w-]+)(?: \w+)?`|–) \| `(\w+)` \| `(\w+)` \|", text, re.M)
    assert [row[1:] for row in rows] == [(f"ARXIVQA_{name.upper()}", name) for name in Settings.model_fields]
    assert all(option in ("", name.replace("_", "-")) for option, _, name in rows)
    environment = readme_examples.environment(seeds_library)
    asked = subprocess.run(["arxivqa", "chat", "--help"], env=environment, capture_output=True, text=True, check=True)
    for option, _, name in rows:
        assert (f"--{name.replace('_', '-')}" in asked.stdout) == bool(option), name


def test_every_link_leads_to_a_file() -> None:
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(DOCS.glob("*.md"))]
    links = [
        (page, link)
        for page in pages
        for link in re.findall(r"\]\(([^)#:]+)[^):]*\)", page.read_text(encoding="utf-8"))
    ]
    assert len(links) >= 20
    for page, link in links:
        assert (page.parent / link).is_file(), f"{page.name} links to {link}"


def test_the_architecture_has_every_folder_of_the_packages_and_no_other() -> None:
    text = (DOCS / "architecture.md").read_text(encoding="utf-8")
    named = re.findall(r"^\| `([\w/]+)/` \|", text, re.M)
    tracked = subprocess.run(
        ["git", "ls-files", "qa", "ui", "vectorstore"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    there = {str(Path(line).parent) for line in tracked.splitlines()} - {"qa", "ui", "vectorstore"}
    assert set(named) == {folder for folder in there if not folder.startswith("vectorstore/model/")}


def test_the_files_that_the_docs_name_are_there() -> None:
    for page in DOCS.glob("*.md"):
        for path in re.findall(
            r"`((?:qa|ui|vectorstore|training|benchmarks|scripts|tests)/[\w./]+)`", page.read_text()
        ):
            assert (ROOT / path).exists(), f"{page.name} names {path}"
