"""What all tests and doctests share: one real library of the seeds, built once a run in a temporary folder."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

# A machine with other work must not fail a test by the clock.
settings.register_profile("arxivqa", deadline=None)
settings.load_profile("arxivqa")

# Set before anything imports a framework: no test may reach out, and none may read the user's own settings.
os.environ["HF_HUB_OFFLINE"] = "1"
for _name in [name for name in os.environ if name.startswith("ARXIVQA_") and name != "ARXIVQA_CHROMIUM"]:
    if not _name.startswith("ARXIVQA_SOAK"):
        del os.environ[_name]

SEEDS = Path(__file__).parent / "seeds"


@pytest.fixture(scope="session", autouse=True)
def isolated_user(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test sees the configuration or the library of whoever runs it."""
    with pytest.MonkeyPatch.context() as patch:
        home = tmp_path_factory.mktemp("home")
        for variable, folder in (("XDG_CONFIG_HOME", "config"), ("XDG_DATA_HOME", "data")):
            patch.setenv(variable, str(home / folder))
        # Kept from run to run: making the model ready takes longer than most tests.
        patch.setenv("XDG_CACHE_HOME", str(Path(__file__).parent / "artifacts" / "cache"))
        yield


@pytest.fixture(scope="session")
def seeds_library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a library that holds the papers of seeds/; read it, and copy it before writing to it."""
    from vectorstore.ingest import find_listings
    from vectorstore.ingest.listings import Reject, read_listing
    from vectorstore.library import Library

    path = tmp_path_factory.mktemp("seeds") / "library"
    records = [record for file in find_listings([SEEDS]) if isinstance(file, Path) for record in read_listing(file)]
    refused = [record for record in records if isinstance(record, Reject)]
    assert not refused, refused
    with Library.open(path, create=True) as library:
        library.ingest(record for record in records if not isinstance(record, Reject))
    return path


@pytest.fixture(autouse=True)
def doctest_library(request: pytest.FixtureRequest) -> Iterator[None]:
    """`open_assistant()` in a docstring means the library of the seeds."""
    if not isinstance(request.node, pytest.DoctestItem):
        yield
        return
    with pytest.MonkeyPatch.context() as patch:
        if "open_assistant" in (request.node.dtest.docstring or "" if request.node.dtest else ""):
            patch.setenv("ARXIVQA_LIBRARY", str(request.getfixturevalue("seeds_library")))
        yield


_LEAST = 12  # files in the summary of coverage


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say how much of the packages ran, and the files of which least did, where it was measured (`make test`)."""
    data = Path(config.rootpath) / ".coverage"
    if not config.getoption("cov_source", None) or not data.exists():
        return
    from coverage import Coverage  # with pytest-cov, which was asked for

    measured, table = Coverage(data_file=str(data)), io.StringIO()
    measured.load()
    measured.report(file=table, sort="cover")
    lines = table.getvalue().splitlines()
    terminalreporter.section("coverage, least first; CONTRIBUTING.md says what does not count")
    for line in (lines[0], *lines[2 : 2 + _LEAST], lines[-1]):
        terminalreporter.write_line(line)
