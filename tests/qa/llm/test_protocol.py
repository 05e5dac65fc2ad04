"""Names of language models."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa.llm.factory import open_model
from qa.llm.protocol import ModelName
from qa.settings import Settings
from vectorstore import SettingsError


@pytest.mark.parametrize(
    "name", ["extractive", "auto", "ollama/a:b", "openai/org/model", "huggingface//models/my model"]
)
def test_a_name_reads_back_as_it_was_written(name: str) -> None:
    assert str(ModelName.parse(name)) == name


@pytest.mark.parametrize("name", ["", "gpt-4", "ollama", "ollama/", "ollama/ ", "extractive/x", "Ollama/x"])
def test_what_names_no_model_is_refused(name: str) -> None:
    with pytest.raises(SettingsError, match="There is no language model"):
        ModelName.parse(name)


def test_extractive_is_no_model_and_a_folder_has_no_address(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no language model"):
        open_model(Settings())
    with pytest.raises(SettingsError, match="has no address"):
        open_model(Settings(llm=f"huggingface/{tmp_path}", llm_url="http://127.0.0.1:8000/v1"))
