"""`arxivqa models`: what can be used now, and why not the rest."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from qa.llm import discovery
from tests.qa.llm.scripted_server import ScriptedServer
from ui.cli.info import models


def test_models_are_listed_with_what_to_set_and_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-mine")
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    with ScriptedServer() as server:
        monkeypatch.setattr(discovery, "PORTS", (server.port,))
        done = CliRunner().invoke(models, [], catch_exceptions=False)
        assert done.exit_code == 0
        lines = done.output.splitlines()
        assert lines[0].startswith("* extractive")
        assert f"  openai/scripted  --llm-url {server.url}" in lines
        assert "  openai/NAME  questions leave this machine" in lines
        assert "  anthropic/NAME  not now: no key in ANTHROPIC_API_KEY" in lines
        assert "sk-mine" not in done.output

        monkeypatch.setenv("ARXIVQA_LLM", "openai/scripted")
        monkeypatch.setenv("ARXIVQA_LLM_URL", server.url)
        assert "* openai/scripted" in CliRunner().invoke(models, []).output
        row = json.loads(CliRunner().invoke(models, ["--json"]).output)
    assert row["llm"] == "openai/scripted"
    assert {"llm": "openai/scripted", "url": server.url, "usable": True, "note": ""} in row["models"]
    assert not server.requests
