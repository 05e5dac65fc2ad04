"""The wheel holds what it needs, and the constraints pin what the project asks for."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    """What pyproject.toml states."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def pins() -> dict[str, str]:
    """Name to version, from constraints.txt."""
    lines = [line for line in (ROOT / "constraints.txt").read_text().splitlines() if not line.startswith("#")]
    return dict(line.split("==") for line in lines)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The wheel, built from a copy of what git would ship, so that nothing lands in the working tree."""
    source, out = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_bytes((ROOT / name).read_bytes())
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "-w", out, source]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (built,) = out.glob("*.whl")
    return zipfile.ZipFile(built)


def test_the_wheel_has_every_module_and_all_they_load(wheel: zipfile.ZipFile) -> None:
    packed = {name for name in wheel.namelist() if ".dist-info/" not in name}
    wanted = {
        str(path.relative_to(ROOT))
        for package in ("qa", "ui", "vectorstore")
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert packed == {*wanted, "arxivqa.py"}
    for name in (
        "ui/web/static/style.css",
        "ui/web/static/page.js",
        "qa/py.typed",
        "ui/py.typed",
        "vectorstore/py.typed",
    ):
        assert name in packed


def test_the_wheel_states_licence_command_and_page(wheel: zipfile.ZipFile, project: dict[str, Any]) -> None:
    (info,) = {name.split("/")[0] for name in wheel.namelist() if ".dist-info/" in name}
    assert "arxivqa = arxivqa:main" in wheel.read(f"{info}/entry_points.txt").decode()
    assert b"Apache License" in wheel.read(f"{info}/licenses/LICENSE")
    metadata = wheel.read(f"{info}/METADATA").decode()
    assert f"\nVersion: {project['project']['version']}\n" in metadata
    assert "\nDescription-Content-Type: text/markdown\n" in metadata


@pytest.fixture(scope="module")
def installed(wheel: zipfile.ZipFile, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the wheel is installed in, its command in `bin`."""
    folder = tmp_path_factory.mktemp("installed")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", folder]
    subprocess.run([*command, str(wheel.filename)], check=True)
    return folder


@pytest.mark.parametrize("name", ["qa.py", "ui.py", "vectorstore.py", "qa/__init__.py"])
@pytest.mark.parametrize("command", [["bin/arxivqa"], ["-m", "arxivqa"], ["-m", "ui.cli"]], ids=" ".join)
def test_a_module_that_hides_a_package_is_named_with_what_to_do(
    installed: Path, tmp_path: Path, name: str, command: list[str]
) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("")
    started = [str(installed / part) if part.startswith("bin/") else part for part in command]
    path = os.pathsep.join([str(tmp_path), str(installed)])
    done = subprocess.run(
        [sys.executable, *started, "stats"],
        cwd=tmp_path, env=os.environ | {"PYTHONPATH": path}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (1, "")
    assert "Traceback" not in done.stderr
    if (name, command) == ("ui.py", ["-m", "ui.cli"]):  # Python itself ends it, in a line that names ui
        assert "'ui'" in done.stderr
        return
    hides, package = tmp_path / name.removesuffix("/__init__.py"), name.split("/")[0].removesuffix(".py")
    assert done.stderr == (
        f"arxivqa: Python finds {hides} where arxivqa's own package {package} is meant: rename it, or take the folder "
        f"{tmp_path} off Python's path (PYTHONPATH, or the current folder after python -m).\n"
    )


def test_the_installed_command_runs(installed: Path, tmp_path: Path, project: dict[str, Any]) -> None:
    done = subprocess.run(
        [sys.executable, installed / "bin" / "arxivqa", "--version"],
        cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(installed)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout == f"arxivqa {project['project']['version']}\n"


def test_every_dependency_is_pinned_within_its_bounds(project: dict[str, Any], pins: dict[str, str]) -> None:
    extras = project["project"]["optional-dependencies"].values()
    lines = [*project["project"]["dependencies"], *(line for extra in extras for line in extra)]
    for requirement in map(Requirement, lines):
        assert requirement.specifier, f"{requirement.name} has no bounds"
        assert requirement.specifier.contains(pins[canonicalize_name(requirement.name)]), str(requirement)


def test_what_the_dependencies_bring_is_pinned_too(pins: dict[str, str]) -> None:
    for name in pins:
        for line in distribution(name).requires or []:
            needed = Requirement(line)
            if needed.marker is None or needed.marker.evaluate({"extra": ""}):
                assert canonicalize_name(needed.name) in pins, f"{name} needs {needed.name}"


def test_the_constraints_name_no_host_and_no_build(pins: dict[str, str]) -> None:
    assert all(re.fullmatch(r"[a-z0-9-]+", name) for name in pins)
    assert all(re.fullmatch(r"\d[\w.]*", version) for version in pins.values())
    assert pins["torch"] == "2.13.0"


def test_every_imported_package_is_declared(project: dict[str, Any]) -> None:
    extras = project["project"]["optional-dependencies"]
    optional = [line for name, lines in extras.items() if name != "dev" for line in lines]
    # What an extra brings is imported by the clients of language models alone.
    always, with_extras = (
        {canonicalize_name(Requirement(line).name) for line in lines}
        for lines in (project["project"]["dependencies"], [*project["project"]["dependencies"], *optional])
    )
    homes = {
        "llama_index.core": "llama-index-core",
        "llama_index.vector_stores": "llama-index-vector-stores-chroma",
        "llama_index.llms.openai_like": "llama-index-llms-openai-like",
        **{f"llama_index.llms.{name}": f"llama-index-llms-{name}" for name in extras if name != "dev"},
        "sentence_transformers": "sentence-transformers",
        "pydantic_settings": "pydantic-settings",
        "argon2": "argon2-cffi",
    }
    # These come with a declared package that is useless without them, and are used through it.
    brought = {"starlette", "transformers", "safetensors", "huggingface_hub"}
    own = {"arxivqa", "qa", "ui", "vectorstore", "__future__"}
    for package in ("qa", "ui", "vectorstore"):
        for path in (ROOT / package).rglob("*.py"):
            declared = with_extras if path.parent == ROOT / "qa" / "llm" else always
            for module in re.findall(r"^\s*(?:from|import) ([\w.]+)", path.read_text(encoding="utf-8"), re.M):
                top = module.split(".")[0]
                if top in own or top in sys.stdlib_module_names or top in brought:
                    continue
                home = next((home for start, home in homes.items() if module.startswith(start)), top)
                assert canonicalize_name(home) in declared, f"{path.name} imports {module}"
