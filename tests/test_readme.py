"""What the README and docs/asking.md show is what happens: their examples run, and print what they say they print."""

from __future__ import annotations

import re
import signal
import subprocess
import urllib.request
from pathlib import Path

import pytest

from scripts import readme_examples

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.fixture
def environment(seeds_library: Path) -> dict[str, str]:
    """A shell in which arxivqa is on the path and its library is that of the seeds."""
    return readme_examples.environment(seeds_library)


@pytest.mark.parametrize("page", readme_examples.PAGES, ids=lambda page: str(page.name))
def test_the_shell_and_python_examples_print_what_is_shown(
    environment: dict[str, str], tmp_path: Path, page: Path
) -> None:
    shown = page.read_text(encoding="utf-8")
    assert shown.count("\n$ arxivqa ") >= 3
    assert shown.count("```python\n") == (page.name == "README.md")
    now = readme_examples.rewrite(shown, environment, tmp_path)
    assert now == shown, "run `make readme` and read what changed"


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
