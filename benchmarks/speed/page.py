"""How soon the page can be used, and how it answers thirty conversations at once.

    python -m benchmarks.speed.page [LIBRARY]

Starts `arxivqa chat` over a library (made of `seeds/` where none is named) and opens each page in Chromium, each time
with a new profile: the time from the address being entered until its main part can be used, and what was transferred.
Then asks thirty questions at once over HTTP, as the page does, each in a conversation of its own.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Browser, sync_playwright

from benchmarks import ROOT
from scripts import install_browser

PARTS = {"": "#box textarea:enabled", "papers": "#papers-table [name=open]", "library": "#summary .numbers dd"}
ROUNDS = 5
AT_ONCE = 30


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("library", type=Path, nargs="?")
    library = parser.parse_args().library
    with tempfile.TemporaryDirectory() as folder:
        if library is None:
            library = Path(folder, "library")
            command = [sys.executable, "-m", "ui.cli", "--library", str(library), "ingest", str(ROOT / "seeds")]
            subprocess.run(command, check=True)
        with served(library, Path(folder)) as address:
            opening(address)
            asyncio.run(asking(address))


@contextmanager
def served(library: Path, folder: Path) -> Iterator[str]:
    """The page's address."""
    environment = {**os.environ, "ARXIVQA_CONVERSATIONS": str(folder / "conversations.sqlite3")}
    command = [sys.executable, "-m", "ui.cli", "--library", str(library), "chat"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    try:
        assert process.stdout is not None
        found = re.search(r"http://\S+/", process.stdout.readline())
        if found is None:
            sys.exit("arxivqa chat printed no address")
        yield found[0]
    finally:
        process.terminate()
        process.wait()


def opening(address: str) -> None:
    """Print how long each page takes until it can be used, the first time and afterwards."""
    path = install_browser.installed() or install_browser.playwrights_own()
    if path is None:
        sys.exit("This needs Chromium. Install one: python scripts/install_browser.py")
    print("\n| page | usable, first (s) | median of the next | transferred (kB) |\n|---|---|---|---|")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        for page, part in PARTS.items():
            times, sizes = zip(*(once(browser, address + page, part) for _ in range(ROUNDS)), strict=True)
            print(f"| /{page} | {times[0]:.2f} | {statistics.median(times[1:]):.2f} | {sizes[0] / 1000:.0f} |")
        browser.close()


def once(browser: Browser, address: str, part: str) -> tuple[float, int]:
    """Seconds until a part of the page is there, and the bytes that came for it."""
    context = browser.new_context()
    page = context.new_page()
    began = time.perf_counter()
    page.goto(address, wait_until="commit")
    page.locator(part).first.wait_for(timeout=60_000)
    seconds = time.perf_counter() - began
    sizes = "performance.getEntries().reduce((sum, entry) => sum + (entry.transferSize ?? 0), 0)"
    transferred = int(page.evaluate(sizes))
    context.close()
    return seconds, transferred


async def asking(address: str) -> None:
    """Print how long one conversation waits alone, and each of thirty at once."""
    lines = (ROOT / "benchmarks/questions/seeds.jsonl").read_text(encoding="utf-8").splitlines()
    questions = [json.loads(line)["question"] for line in lines[: AT_ONCE + 1]]
    async with httpx.AsyncClient(base_url=address, timeout=120, trust_env=False) as client:
        html = (await client.get("")).text
        found = re.search(r"window\.gradio_config = (\{.*?\});</script>", html, re.S)
        if found is None:
            sys.exit("the page has no configuration to read")
        config = json.loads(found[1])
        alone = await ask(client, config, questions[-1])
        together = await asyncio.gather(*(ask(client, config, question) for question in questions[:-1]))
    print(f"\none conversation alone: {alone:.2f} s to the whole answer")
    print(f"{AT_ONCE} at once: median {statistics.median(together):.2f} s, slowest {max(together):.2f} s")


async def ask(client: httpx.AsyncClient, config: dict[str, Any], question: str) -> float:
    """Seconds from a question of a new visitor to its whole answer."""
    (box,) = (each["id"] for each in config["components"] if each["props"].get("elem_id") == "box")
    asked = next(each for each in config["dependencies"] if [box, "submit"] in each["targets"])
    session = uuid.uuid4().hex
    body = {"fn_index": asked["id"], "session_hash": session, "event_data": None, "trigger_id": box}
    began = time.perf_counter()
    sent = await client.post("gradio_api/queue/join", json={**body, "data": [question, "", 0, "extractive", ""]})
    sent.raise_for_status()
    async with client.stream("GET", "gradio_api/queue/data", params={"session_hash": session}) as events:
        async for line in events.aiter_lines():
            said = json.loads(line[5:]) if line.startswith("data:") else {}
            if said.get("msg") == "process_completed":
                if not said["success"]:
                    sys.exit(f"a question failed: {said}")
                return time.perf_counter() - began
    sys.exit("an answer broke off")


if __name__ == "__main__":
    main()
