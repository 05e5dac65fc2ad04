"""Settings: precedence, origins, and words for what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa.settings import Settings, config_path
from vectorstore import SettingsError
from vectorstore.storage.server_address import Server


@pytest.fixture
def user_config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the user's arxivqa.toml belongs, in a folder that is there."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    path = config_path()
    path.parent.mkdir(parents=True)
    return path


def test_defaults_need_no_file_and_no_variable(user_config: Path) -> None:
    assert not user_config.exists()
    settings = Settings()
    assert (settings.host, settings.port, settings.model) == ("127.0.0.1", 7860, None)
    assert settings.library.is_absolute()
    assert settings.library.name == "library"
    assert {settings.origin(name) for name in Settings.model_fields} == {"default"}
    assert settings.config is None


def test_a_flag_beats_a_variable_beats_the_file_beats_the_default(
    user_config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert Settings().port == 7860
    user_config.write_text("port = 8001\n")
    assert (Settings().port, Settings().origin("port")) == (8001, str(user_config))
    monkeypatch.setenv("ARXIVQA_PORT", "8002")
    assert (Settings().port, Settings().origin("port")) == (8002, "ARXIVQA_PORT")
    assert (Settings(port=8003).port, Settings(port=8003).origin("port")) == (8003, "--port")


def test_none_and_an_empty_variable_mean_not_given(user_config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    user_config.write_text('host = "0.0.0.0"\n')
    monkeypatch.setenv("ARXIVQA_HOST", "")
    settings = Settings(host=None)
    assert (settings.host, settings.origin("host")) == ("0.0.0.0", str(user_config))


def test_the_current_folder_is_never_searched(
    tmp_path: Path, user_config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "arxivqa.toml").write_text("port = 1\n")
    (tmp_path / ".env").write_text("ARXIVQA_PORT=2\n")
    monkeypatch.chdir(tmp_path)
    assert Settings().port == 7860
    assert not user_config.exists()


def test_a_named_file_takes_the_place_of_the_users(tmp_path: Path, user_config: Path) -> None:
    user_config.write_text("port = 8001\n")
    named = tmp_path / "other.toml"
    named.write_text('host = "::1"\n')
    settings = Settings(config=named)
    assert (settings.port, settings.host, settings.config) == (7860, "::1", named)


def test_a_relative_library_starts_at_the_file_or_at_the_current_folder(
    tmp_path: Path, user_config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    user_config.write_text('library = "papers"\n')
    assert Settings().library == user_config.parent / "papers"
    assert Settings(library=Path("papers")).library == tmp_path / "papers"
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert Settings(library=Path("~/papers")).library == tmp_path / "home" / "papers"
    with pytest.raises(SettingsError, match="--library cannot be"):
        Settings(library=Path(" "))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("port = 0", ["port cannot be 0", "1 to 65535"]),
        ("port = 65536", ["port cannot be 65536", "1 to 65535"]),
        ("port = true", ["port cannot be True"]),
        ('port = "many"', ["port cannot be 'many'", "whole number"]),
        ('host = "a b"', ["host cannot be 'a b'", "127.0.0.1"]),
        (r'host = "a\u0000b"', ["host cannot be", "127.0.0.1"]),
        ('model = " "', ["model cannot be ' '", "sentence-transformers"]),
        ('library = " "', ["library cannot be ' '", "a folder's path"]),
        ('model = ""', ["model cannot be ''", "sentence-transformers"]),
        ('library = ""', ["library cannot be ''", "a folder's path"]),
        ("library = 3", ["library cannot be 3", "a folder's path"]),
        ('users = " "', ["users cannot be ' '", "a file's path"]),
        ('secret = "too short"', ["secret cannot be that", "at least 32 characters"]),
        ("upload_limit = 0", ["upload_limit cannot be 0", "from 1 to 4096"]),
        ("upload_limit = true", ["upload_limit cannot be True", "megabytes"]),
        ('llm = "gpt-4"', ["llm cannot be 'gpt-4'", "ollama/NAME"]),
        ('llm = "ollama/"', ["llm cannot be 'ollama/'", "ollama/NAME"]),
        (r'llm = "ollama/a\u001b[2Jb"', [r"llm cannot be 'ollama/a\x1b[2Jb'", "ollama/NAME"]),
        ("llm = 3", ["llm cannot be 3", "ollama/NAME"]),
        ('llm_url = "ftp://127.0.0.1"', ["llm_url cannot be that", "http://127.0.0.1:8000/v1"]),
        ('llm_url = "http://127.0.0.1:99999"', ["llm_url cannot be that"]),
        ('llm_url = "http://"', ["llm_url cannot be that"]),
        ("llm_url = 3", ["llm_url cannot be that"]),
        ('strict = "perhaps"', ["strict cannot be 'perhaps'", "true or false"]),
        ("connect_timeout = 0", ["connect_timeout cannot be 0", "above 0"]),
        ("first_token_timeout = true", ["first_token_timeout cannot be True", "above 0"]),
        ("total_timeout = inf", ["total_timeout cannot be inf", "at most 3600"]),
        ("colour = 1", ["no setting 'colour'", "library, model, host, port"]),
        ("[page]\nport = 1", ["no setting 'page'"]),
        ("port = ", ["not valid TOML", "line 1"]),
    ],
)
def test_what_is_wrong_in_a_file_is_named_with_the_file_the_key_and_what_is_allowed(
    tmp_path: Path, text: str, words: list[str]
) -> None:
    path = tmp_path / "arxivqa.toml"
    path.write_text(text + "\n")
    with pytest.raises(SettingsError) as caught:
        Settings(config=path)
    for word in [str(path), *words]:
        assert word in str(caught.value)


def test_a_file_that_is_no_text_or_not_there_is_named(tmp_path: Path) -> None:
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsError, match="not UTF-8"):
        Settings(config=binary)
    with pytest.raises(SettingsError, match="no configuration file"):
        Settings(config=tmp_path / "none.toml")
    with pytest.raises(SettingsError, match="Cannot read"):
        Settings(config=tmp_path)
    with pytest.raises(SettingsError, match="no configuration file"):
        Settings(config="~no-such-user/arxivqa.toml")


def test_a_configuration_folder_that_cannot_be_looked_into_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / ("x" * 300)))  # a name longer than any file may have
    with pytest.raises(SettingsError, match="Cannot read the configuration file"):
        Settings()
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "file"))
    assert Settings().config is None


def test_a_wrong_variable_is_named_by_its_name(user_config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARXIVQA_PORT", "99999")
    with pytest.raises(
        SettingsError, match=r"^ARXIVQA_PORT cannot be '99999'\. Allowed: a whole number from 1 to 65535"
    ):
        Settings()
    assert not user_config.exists()


def test_several_faults_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARXIVQA_PORT", "x")
    with pytest.raises(SettingsError) as caught:
        Settings(host="a b")
    assert str(caught.value).splitlines() == [
        "--host cannot be 'a b'. Allowed: a host name or an IP address without spaces, such as 127.0.0.1.",
        "ARXIVQA_PORT cannot be 'x'. Allowed: a whole number from 1 to 65535.",
    ]


def test_a_language_model_is_named_by_provider_and_model(user_config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not user_config.exists()
    assert (Settings().llm, Settings().llm_url, Settings().strict) == ("extractive", None, False)
    for name in ("auto", "ollama/llama3.2:3b", "openai/org/model", "huggingface//models/my model"):
        assert Settings(llm=name).llm == name
    monkeypatch.setenv("ARXIVQA_LLM", "ollama/qwen3")
    monkeypatch.setenv("ARXIVQA_LLM_URL", "http://127.0.0.1:8000/v1/")
    monkeypatch.setenv("ARXIVQA_STRICT", "1")
    settings = Settings(total_timeout=9)
    assert (settings.llm, settings.llm_url, settings.strict) == ("ollama/qwen3", "http://127.0.0.1:8000/v1", True)
    assert (settings.origin("llm_url"), settings.origin("total_timeout")) == ("ARXIVQA_LLM_URL", "--total-timeout")


def test_a_key_is_no_setting_and_is_not_repeated_where_it_was_taken_for_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARXIVQA_LLM_KEY", "sk-secret-1")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret-2")
    assert "sk-secret" not in repr(Settings()) + str(Settings().model_dump())
    path = tmp_path / "arxivqa.toml"
    for text in (
        'llm_key = "sk-secret-3"',
        'llm_url = "http://me:sk-secret-3@127.0.0.1/v1"',
        'llm_url = "http://h/?k=sk-secret-3"',
    ):
        path.write_text(text)
        with pytest.raises(SettingsError) as caught:
            Settings(config=path)
        assert "sk-secret" not in str(caught.value)
        assert "llm_url" in str(caught.value)


def test_the_secret_is_read_and_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    stated = "nobody guesses this one, it is long"
    monkeypatch.setenv("ARXIVQA_SECRET", stated)
    settings = Settings()
    assert settings.secret is not None
    assert settings.secret.get_secret_value() == stated
    assert "guesses" not in repr(settings) + str(settings.model_dump())


def test_the_files_of_users_and_conversations_are_found_as_the_library_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    path = tmp_path / "arxivqa.toml"
    path.write_text('users = "who.json"\nconversations = "~/asked.sqlite3"\n')
    settings = Settings(config=path)
    assert settings.users == tmp_path / "who.json"
    assert settings.conversations == tmp_path / "home" / "asked.sqlite3"
    assert Settings().users.parent == Settings().library.parent


def test_a_chroma_server_is_named_by_a_file_or_by_variables(user_config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert Settings().server is None
    user_config.write_text('chroma = "https://chroma.example:8000/"\nchroma_database = "papers"\n')
    monkeypatch.setenv("ARXIVQA_CHROMA_TOKEN", "ck-secret")
    settings = Settings()
    assert settings.server == Server("https://chroma.example:8000", "ck-secret", database="papers")
    assert "ck-secret" not in f"{settings!r} {settings} {settings.server!r}"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CHROMA", "http://me:word@127.0.0.1:8000"),
        ("CHROMA", "file:///etc/passwd"),
        ("CHROMA_TOKEN", "two words"),
        ("CHROMA_TENANT", "../up"),
        ("CHROMA_DATABASE", "a b"),
    ],
)
def test_what_cannot_be_a_chroma_server_is_refused_by_name(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"ARXIVQA_{name}", value)
    with pytest.raises(SettingsError, match=rf"^ARXIVQA_{name} cannot be .*Allowed: ") as refused:
        Settings()
    assert "word@" not in str(refused.value)
    assert "two words" not in str(refused.value)
