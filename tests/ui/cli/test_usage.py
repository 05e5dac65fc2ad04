"""The command line before any work: help, versions, wrong usage, settings."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import platformdirs
import pytest

from ui.cli.main import MODULES
from ui.cli.main import arxivqa as shell

Run = Callable[..., subprocess.CompletedProcess[str]]

COMMANDS = ("chat", "ask", "find", "show", "ingest", "stats", "config", "models", "eval")


def test_help_lists_the_commands(arxivqa: Run) -> None:
    done = arxivqa("--help")
    assert done.returncode == 0
    for command in (*COMMANDS, "users"):
        assert f"\n  {command} " in done.stdout
    assert "Exit status" in done.stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_each_help_is_a_manual_with_an_example(arxivqa: Run, command: str) -> None:
    done = arxivqa(command, "--help")
    assert done.returncode == 0
    assert "Example" in done.stdout
    assert f"  arxivqa {command}" in done.stdout
    for option in ("--library", "--config", "--json"):
        assert option in done.stdout


def _imported(*arguments: str) -> set[str]:
    """The modules that a new process imports for these arguments."""
    command = [sys.executable, "-X", "importtime", "-m", "ui.cli", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}


def test_the_list_of_commands_waits_for_none_of_them() -> None:
    imported = _imported("--help")
    assert "ui.cli.main" in imported
    assert not {name for name in imported if name.startswith("qa")}
    assert not {f"ui.cli.{module}" for module, _, _ in MODULES.values()} & imported


@pytest.mark.parametrize("command", ["ask", "ingest", "chat", "eval", "doctor"])
def test_the_help_of_a_command_waits_for_no_framework(command: str) -> None:
    imported = {name.partition(".")[0] for name in _imported(command, "--help")}
    assert "click" in imported
    frameworks = "torch chromadb llama_index gradio sentence_transformers tantivy numpy scipy pydantic rich"
    assert not imported & set(frameworks.split())


def test_each_line_of_the_list_is_a_command_of_that_name() -> None:
    context = click.Context(shell)
    for name in shell.list_commands(context):
        command = shell.get_command(context, name)
        assert command is not None
        assert command.name == name
        assert command.help
    assert shell.get_command(context, "nonsense") is None


def test_the_version_is_the_installed_one(arxivqa: Run) -> None:
    from importlib.metadata import version

    assert arxivqa("--version").stdout == f"arxivqa {version('arxivqa')}\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["ask"],
        ["ask", "a question", "--batch", "-"],
        ["ask", "--batch", "/nowhere/questions.jsonl"],
        ["ask", "x", "--limit", "0"],
        ["find", "--limit", "-1"],
        ["find", "--since", "yesterday"],
        ["find", "--since", "2020-13"],
        ["find", "--since", "2020-10-02", "--until", "2020-10-01"],
        ["find", "--id", "no-id"],
        ["find", "--format", "word"],
        ["show"],
        ["ingest"],
        ["chat", "--port", "0"],
        ["stats", "--nonsense"],
    ],
)
def test_wrong_usage_ends_with_2_and_a_word(arxivqa: Run, arguments: list[str]) -> None:
    done = arxivqa(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Error: " in done.stderr
    assert "Traceback" not in done.stderr


def test_config_says_what_is_in_force_and_why(arxivqa: Run, tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('port = 8001\nhost = "0.0.0.0"\n')
    done = arxivqa("config", "--config", file, "--host", "::1", library=tmp_path / "papers")
    assert done.returncode == 0
    lines = dict(line.split(maxsplit=1) for line in done.stdout.splitlines())
    data = Path(platformdirs.user_data_dir("arxivqa", False))
    assert lines == {
        "library": f"{tmp_path / 'papers'} (ARXIVQA_LIBRARY)",
        "model": "the bundled arxivqa-minilm-l6 (default)",
        "host": "::1 (--host)",
        "port": f"8001 ({file})",
        "conversations": f"{data / 'conversations.sqlite3'} (default)",
        "users": f"{data / 'users.json'} (default)",
        "secret": "none (default)",
        "upload_limit": "64 (default)",
        "llm": "extractive (default)",
        "llm_url": "none (default)",
        "strict": "false (default)",
        "connect_timeout": "5.0 (default)",
        "first_token_timeout": "120.0 (default)",
        "total_timeout": "300.0 (default)",
        "chroma": "none (default)",
        "chroma_token": "none (default)",
        "chroma_tenant": "default_tenant (default)",
        "chroma_database": "default_database (default)",
        "file": str(file),
    }
    row = json.loads(arxivqa("config", "--config", file, "--json").stdout)
    assert row["port"] == {"value": 8001, "origin": str(file)}
    assert row["file"] == {"value": str(file), "read": True}


def test_options_may_stand_before_the_command_and_those_behind_it_win(arxivqa: Run, tmp_path: Path) -> None:
    before = arxivqa("--library", tmp_path / "a", "config", "--json")
    both = arxivqa("--library", tmp_path / "a", "config", "--library", tmp_path / "b", "--json")
    assert json.loads(before.stdout)["library"] == {"value": str(tmp_path / "a"), "origin": "--library"}
    assert json.loads(both.stdout)["library"] == {"value": str(tmp_path / "b"), "origin": "--library"}


def test_a_wrong_setting_ends_with_1_and_one_message(arxivqa: Run, tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text("prot = 8001\n")
    done = arxivqa("stats", "--config", file)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"arxivqa: {file}: there is no setting 'prot'. The settings are: library, model, host, port, conversations, "
        "users, secret, upload_limit, llm, llm_url, strict, connect_timeout, first_token_timeout, total_timeout, "
        "chroma, chroma_token, chroma_tenant, chroma_database.\n"
    )


def test_settings_in_the_current_folder_are_not_read(arxivqa: Run, tmp_path: Path) -> None:
    (tmp_path / "arxivqa.toml").write_text("port = 1\n")
    root = Path(__file__).resolve().parents[3]
    done = arxivqa("config", "--json", cwd=tmp_path, PYTHONPATH=str(root))
    assert json.loads(done.stdout)["port"] == {"value": 7860, "origin": "default"}


@pytest.mark.parametrize("arguments", [["ask", "x"], ["find"], ["show", "2009.14376"], ["stats"]])
def test_without_a_library_the_word_is_how_to_make_one(arxivqa: Run, tmp_path: Path, arguments: list[str]) -> None:
    done = arxivqa(*arguments, library=tmp_path / "none")
    assert (done.returncode, done.stdout) == (1, "")
    assert "arxivqa ingest" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "none").exists()
