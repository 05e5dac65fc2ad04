"""What the README shows is what happens: its shell and Python examples run, and print what it says they print."""

from __future__ import annotations

import re
import signal
import subprocess
import urllib.request
from pathlib import Path

import pytest

from qa.settings import Settings
from scripts import readme_examples

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.fixture
def environment(seeds_library: Path) -> dict[str, str]:
    """A shell in which arxivqa is on the path and its library is that of the seeds."""
    return readme_examples.environment(seeds_library)


def test_the_shell_and_python_examples_print_what_is_shown(environment: dict[str, str], tmp_path: Path) -> None:
    assert README.count("\n$ arxivqa ") >= 6
    assert README.count("```python\n") == 1
    now = readme_examples.rewrite(README, environment, tmp_path)
    assert now == README, "run `make readme` and read what changed"


def test_the_page_example_serves_the_page(environment: dict[str, str], tmp_path: Path) -> None:
    (command,) = re.findall(r"^\.venv/bin/(arxivqa chat)$", README, re.M)
    process = subprocess.Popen(
        ["bash", "-c", f"exec {command}"], cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        address = re.search(r"http://127\.0\.0\.1:\d+/", process.stdout.readline())
        assert address is not None
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(address[0], timeout=30) as page:
            assert page.status == 200
            assert "arxivqa" in page.read().decode()
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == 0


def test_the_ingest_example_reads_a_folder(environment: dict[str, str], tmp_path: Path) -> None:
    (command,) = re.findall(r"^(arxivqa ingest ~/listings)$", README, re.M)
    (tmp_path / "listings").mkdir()
    seed = sorted((ROOT / "seeds").glob("*.txt"))[0]
    (tmp_path / "listings" / "today.txt").write_bytes(seed.read_bytes()[:3000].rpartition(b"\n###")[0] + b"\n")
    environment |= {"HOME": str(tmp_path), "ARXIVQA_LIBRARY": str(tmp_path / "library")}
    done = subprocess.run(["bash", "-c", command], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "0 refused" in done.stdout


@pytest.mark.parametrize(
    "target", sorted(set(re.findall(r"\bmake ([a-z]+)\b(?= |`|$)", README, re.M)) & {"chat", "test", "help"})
)
def test_the_make_targets_are_there(target: str) -> None:
    done = subprocess.run(["make", "-n", target], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_settings_table_is_that_of_the_program(environment: dict[str, str]) -> None:
    rows = re.findall(r"^\| (?:`--([\w-]+)(?: \w+)?`|–) \| `(\w+)` \| `(\w+)` \|", README, re.M)
    assert [row[1:] for row in rows] == [(f"ARXIVQA_{name.upper()}", name) for name in Settings.model_fields]
    assert all(option in ("", name.replace("_", "-")) for option, _, name in rows)
    asked = subprocess.run(["arxivqa", "chat", "--help"], env=environment, capture_output=True, text=True, check=True)
    for option, _, name in rows:
        assert (f"--{name.replace('_', '-')}" in asked.stdout) == bool(option), name


def test_every_link_leads_to_a_file() -> None:
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
    links = [
        (page, link) for page in pages for link in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8"))
    ]
    assert len(links) >= 6
    for page, link in links:
        assert (page.parent / link).is_file(), f"{page.name} links to {link}"


def test_the_architecture_names_files_that_are_there() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    paths = re.findall(r"`((?:qa|ui|vectorstore)/[\w./]+)`", text)
    assert len(paths) >= 15
    for path in paths:
        assert (ROOT / path).exists(), path
