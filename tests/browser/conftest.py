"""The real page in a real browser: a server process, a Chromium, and a record of every request either makes."""

from __future__ import annotations

import importlib.util
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

ROOT = Path(__file__).parents[2]
ARTIFACTS = ROOT / "artifacts"

# No host but this one exists for the browser, and it asks nothing on its own account.
BROWSER_FLAGS = [
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]

# Loaded by the server process before anything else: refuses and records whatever would leave the machine.
NETWORK_CUT = """
import os, sys

def audit(event, arguments):
    if event == "socket.getaddrinfo":
        host = arguments[0]
    elif event in ("socket.connect", "socket.sendto") and isinstance(arguments[1], tuple):
        host = arguments[1][0]
    else:
        return
    if str(host) not in ("127.0.0.1", "localhost", "::1", "None", "", "b'127.0.0.1'", "0.0.0.0"):
        with open(os.environ["NETWORK_LOG"], "a") as log:
            log.write(f"{event} {host}\\n")
        raise OSError("the network is cut")

sys.addaudithook(audit)
"""


@dataclass(frozen=True)
class Server:
    """A running `arxivqa chat`.

    Attributes:
        url: its address.
        network_log: what it tried to reach outside this machine, a line each.
    """

    url: str
    network_log: Path


@dataclass
class Visit:
    """A browser page and what it asked for.

    Attributes:
        requests: the address of every request.
        errors: messages on the console and uncaught errors.
        expected: beginnings of messages that a test brings about on purpose; any other fails it.
    """

    page: Page
    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    expected: tuple[str, ...] = ()

    def ask(self, question: str) -> None:
        """Ask and wait for the end of the answer."""
        before = self.page.locator("#chat .question").count()
        self.page.get_by_label("Your question").fill(question)
        self.page.keyboard.press("Enter")
        self.answered(before + 1)

    def answered(self, count: int) -> None:
        """Wait until that many questions are answered."""
        expect(self.page.locator("#chat .question")).to_have_count(count, timeout=30_000)
        expect(self.page.locator("#chat .reply")).to_have_count(count, timeout=30_000)
        expect(self.page.locator("#box .submit-button")).to_be_visible(timeout=60_000)
        expect(self.page.locator("#chat .waiting")).to_have_count(0)

    def keep(self, name: str) -> None:
        """Keep a screenshot as an artefact of the run."""
        ARTIFACTS.mkdir(exist_ok=True)
        self.page.screenshot(path=ARTIFACTS / f"{name}.png")


def _script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    finder = _script("install_browser")
    path = finder.installed() or finder.playwrights_own()
    if path is None:
        pytest.fail("The browser tests need Chromium, and none is here. Install one: python scripts/install_browser.py")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=BROWSER_FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Path], Server]]:
    """Start `arxivqa chat` over a library, in a process of its own whose network is cut."""
    running: list[subprocess.Popen[str]] = []

    def start(library: Path) -> Server:
        folder = tmp_path_factory.mktemp("server")
        (folder / "sitecustomize.py").write_text(NETWORK_CUT, encoding="utf-8")
        log = folder / "network.log"
        log.touch()
        process = subprocess.Popen(
            [sys.executable, "-m", "ui.cli", "--library", str(library), "chat"],
            cwd=ROOT,
            env={**environment(), "PYTHONPATH": str(folder), "NETWORK_LOG": str(log)},
            stdout=subprocess.PIPE,
            stderr=(folder / "stderr.txt").open("w"),
            text=True,
        )
        running.append(process)
        lines: queue.Queue[str] = queue.Queue()
        assert process.stdout is not None
        output = process.stdout
        threading.Thread(target=lambda: [lines.put(line) for line in output], daemon=True).start()
        said = ""
        while "http://" not in said:
            try:
                said += lines.get(timeout=90)
            except queue.Empty:
                complaint = (folder / "stderr.txt").read_text(encoding="utf-8")
                pytest.fail(f"arxivqa chat printed no address within 90 s. It said: {said} {complaint}")
        address = said[said.index("http://") :].split()[0]
        return Server(address, log)

    yield start
    for process in running:
        process.terminate()
    for process in running:
        process.wait(timeout=20)


def environment() -> dict[str, str]:
    """The environment of a process of ours: no settings of the person who runs the tests, two threads at most."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ARXIVQA_", "GRADIO_", "HF_"))}
    return {**kept, "OMP_NUM_THREADS": "2", "PYTHONUNBUFFERED": "1", "ARXIVQA_PORT": "7900"}


@pytest.fixture(scope="session")
def page_server(serve: Callable[[Path], Server], seeds_library: Path) -> Server:
    return serve(seeds_library)


@pytest.fixture(scope="session")
def library_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Make a library from the text of a listing, or add to one, with the command line."""

    def make(listing: str, library: Path | None = None) -> Path:
        folder = tmp_path_factory.mktemp("listing")
        (folder / "listing.txt").write_text(listing, encoding="utf-8")
        library = library or folder / "library"
        command = [sys.executable, "-m", "ui.cli", "--library", str(library), "ingest", str(folder / "listing.txt")]
        done = subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return library

    return make


# Gradio's own word on a request that it breaks off when a page is left or loaded again, on the console or thrown.
LEFT = "AbortError: signal is aborted without reason"


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Visit]]:
    """Open a page; when the test ends, nothing it asked for may have been elsewhere and nothing may have failed."""
    visits: list[tuple[str, Visit]] = []

    def open_page(
        address: str, *, width: int = 1440, height: int = 900, dark: bool = False, ready: str = "#chat .start"
    ) -> Visit:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
        )
        page = context.new_page()
        opened = Visit(page)
        page.on("request", lambda request: opened.requests.append(request.url))
        page.on("console", lambda message: opened.errors.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: opened.errors.append(str(error)))
        page.on("dialog", lambda dialog: (opened.errors.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        visits.append((address, opened))
        page.goto(address)
        expect(page.locator(ready).first).to_be_visible(timeout=60_000)
        return opened

    yield open_page
    for address, opened in visits:
        opened.page.context.close()
        home = "/".join(address.split("/")[:3])
        elsewhere = [url for url in opened.requests if not url.startswith((f"{home}/", "data:", "blob:"))]
        assert not elsewhere
        assert not [error for error in opened.errors if not error.startswith((LEFT, *opened.expected))]
