"""Settings: the library, its model, the page, the language model; and where each value came from."""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import platformdirs
from pydantic import BeforeValidator, Field, PrivateAttr, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from vectorstore.errors import SettingsError
from vectorstore.storage import server_address

CONFIG_NAME = "arxivqa.toml"
# What makes answers. Said here, and not in qa.llm, which only those import who use a language model.
PROVIDERS = ("ollama", "openai", "anthropic", "huggingface")
_LLM = re.compile(rf"extractive|auto|(?:{'|'.join(PROVIDERS)})/[^\s\x00-\x1f\x7f](?:[^\x00-\x1f\x7f]*\S)?")
_PATHS = ("library", "conversations", "users")  # where "~" is the home folder, and others start at the file's folder
_SECONDS = "a number of seconds above 0, at most 3600"
ALLOWED = {
    "library": "a folder's path",
    "model": "the name of a sentence-transformers model, or the path of a folder that holds one",
    "host": "a host name or an IP address without spaces, such as 127.0.0.1",
    "port": "a whole number from 1 to 65535",
    "conversations": "a file's path",
    "users": "a file's path",
    "secret": "at least 32 characters that nobody can guess",
    "upload_limit": "a whole number of megabytes from 1 to 4096",
    "llm": "extractive, auto, or a provider and a model: ollama/NAME, openai/NAME, anthropic/NAME, "
    "huggingface/NAME-OR-FOLDER",
    "llm_url": "a server's address without a name, a password or a question mark, such as http://127.0.0.1:8000/v1 "
    "(a key belongs in ARXIVQA_LLM_KEY)",
    "strict": "true or false",
    "chroma": server_address.ADDRESS,
    "chroma_token": server_address.TOKEN,
    "chroma_tenant": server_address.NAME,
    "chroma_database": server_address.NAME,
    "connect_timeout": _SECONDS,
    "first_token_timeout": _SECONDS,
    "total_timeout": _SECONDS,
}


def _no_bool(value: Any) -> Any:
    # pydantic takes true for 1, which no one who writes `port = true` means.
    if isinstance(value, bool):
        raise ValueError("true and false are not allowed here")
    return value


def _some_path(value: Any) -> Any:
    if isinstance(value, str | Path) and (not str(value).strip() or "\0" in str(value)):
        raise ValueError("not a path")
    return value


def _some_llm(value: Any) -> Any:
    if not isinstance(value, str) or not _LLM.fullmatch(value):
        raise ValueError("not a language model's name")
    return value


def _some_url(value: Any) -> Any:
    if value is None:
        return value
    parts = urlsplit(value) if isinstance(value, str) else urlsplit("")
    # `port` raises for what is none. A key in an address would be shown wherever the address is.
    _ = parts.port
    if (
        parts.scheme not in ("http", "https")
        or not parts.hostname
        or "@" in parts.netloc
        or re.search(r"[\s?#]", value)
    ):
        raise ValueError("not a server's address")
    return value.rstrip("/")


def _some_server(value: Any) -> Any:
    if value is not None and not (isinstance(value, str) and server_address.is_address(value)):
        raise ValueError("not a server's address")
    return value and value.rstrip("/")


def _some_token(value: Any) -> Any:
    if value is not None and not (isinstance(value, str) and server_address.is_token(value)):
        raise ValueError("not a token")
    return value


def _some_name(value: Any) -> Any:
    if not isinstance(value, str) or not server_address.is_name(value):
        raise ValueError("not a name")
    return value


Seconds = Annotated[float, BeforeValidator(_no_bool), Field(gt=0, le=3600)]


class Settings(BaseSettings):
    """What is in force: what was given here, else `ARXIVQA_*` variables, else `arxivqa.toml`, else the default.

    The file is `config`, or the one in the user's configuration folder; the current folder is never searched, so a
    listing's folder cannot bring settings along. A relative path in the file starts at the file's folder.

    >>> Settings(port=8000).port
    8000
    >>> Settings(port=8000).origin("port")
    '--port'

    Attributes:
        library: the folder that holds the library.
        model: a sentence-transformers model's name or folder; None means the bundled arxivqa-minilm-l6.
        host: the address the page listens on; only this machine can reach the default.
        port: the first port the page tries.
        conversations: the file that keeps them.
        users: the file of those who may sign in to a page that other machines can reach.
        secret: what their sessions are signed with; None makes one and keeps it in a file beside `users`.
        upload_limit: how many megabytes of listings the page takes at once.
        llm: what writes answers: `extractive`, no language model; `auto`, one found on this machine; or
            `provider/model`. Keys are no settings: they stand in the environment only.
        llm_url: the server that the model is asked of; None for its provider's own.
        strict: whether sentences that the abstracts do not bear out are left out.
        connect_timeout: seconds until a model's server must have accepted a connection.
        first_token_timeout: seconds until the first word of a model must have come.
        total_timeout: seconds until a model must have finished.
        chroma: the Chroma server that keeps the library's record; None for the library's folder.
        chroma_token: what is sent to it as `x-chroma-token`.
        chroma_tenant, chroma_database: where on it the record is.

    Raises:
        SettingsError: when a value is not allowed, or a file cannot be read or has an unknown key.
    """

    model_config = SettingsConfigDict(env_prefix="ARXIVQA_", env_ignore_empty=True, extra="forbid", frozen=True)

    library: Annotated[Path, BeforeValidator(_some_path)] = Field(
        default_factory=lambda: Path(platformdirs.user_data_dir("arxivqa", False)) / "library"
    )
    model: Annotated[str | None, BeforeValidator(_some_path)] = None
    host: Annotated[str, Field(min_length=1, pattern=r"^[^\s/\x00-\x1f\x7f]+$")] = "127.0.0.1"
    port: Annotated[int, BeforeValidator(_no_bool), Field(ge=1, le=65535)] = 7860
    conversations: Annotated[Path, BeforeValidator(_some_path)] = Field(
        default_factory=lambda: Path(platformdirs.user_data_dir("arxivqa", False)) / "conversations.sqlite3"
    )
    users: Annotated[Path, BeforeValidator(_some_path)] = Field(
        default_factory=lambda: Path(platformdirs.user_data_dir("arxivqa", False)) / "users.json"
    )
    secret: Annotated[SecretStr | None, Field(min_length=32)] = None
    upload_limit: Annotated[int, BeforeValidator(_no_bool), Field(ge=1, le=4096)] = 64
    llm: Annotated[str, BeforeValidator(_some_llm)] = "extractive"
    llm_url: Annotated[str | None, BeforeValidator(_some_url)] = None
    strict: bool = False
    connect_timeout: Seconds = 5.0
    first_token_timeout: Seconds = 120.0
    total_timeout: Seconds = 300.0
    chroma: Annotated[str | None, BeforeValidator(_some_server)] = None
    chroma_token: Annotated[SecretStr | None, BeforeValidator(_some_token)] = None
    chroma_tenant: Annotated[str, BeforeValidator(_some_name)] = server_address.DEFAULT_TENANT
    chroma_database: Annotated[str, BeforeValidator(_some_name)] = server_address.DEFAULT_DATABASE

    _origins: dict[str, str] = PrivateAttr(default_factory=dict)
    _config: Path | None = PrivateAttr(default=None)

    def __init__(self, *, config: Path | str | None = None, **given: Any) -> None:
        given = {name: value for name, value in given.items() if value is not None}
        path, stated = _read(config)
        values, origins = dict(stated), dict.fromkeys(stated, str(path))
        # From the weaker to the stronger, so that what is given here is written last.
        for name, value in EnvSettingsSource(type(self))().items():
            values[name], origins[name] = value, f"ARXIVQA_{name.upper()}"
        for name, value in given.items():
            values[name], origins[name] = value, f"--{name.replace('_', '-')}"
        for name in _PATHS:
            if isinstance(stated_path := values.get(name), str | Path) and str(stated_path).strip():
                stated_path = Path(os.path.expanduser(stated_path))  # noqa: PTH111 (pathlib's raises on ~nobody)
                in_file = path is not None and origins[name] == str(path)
                values[name] = str(path.parent / stated_path if in_file and path else stated_path.absolute())
        try:
            super().__init__(**values)
        except ValidationError as error:
            raise SettingsError(_explain(error, origins, path)) from None
        self._origins, self._config = origins, path

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 (pydantic-settings passes all five by name)
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what `__init__` gathered counts, so that a value and its origin can never disagree."""
        return (init_settings,)

    def origin(self, name: str) -> str:
        """Say where a value came from: a flag, a variable, a file's path, or "default"."""
        return self._origins.get(name, "default")

    @property
    def server(self) -> server_address.Server | None:
        """The Chroma server that keeps the record; None where the library's folder does."""
        if self.chroma is None:
            return None
        token = self.chroma_token.get_secret_value() if self.chroma_token else None
        return server_address.Server(self.chroma, token, self.chroma_tenant, self.chroma_database)

    @property
    def config(self) -> Path | None:
        """The file that was read, or None where there is none."""
        return self._config


def config_path() -> Path:
    """Where the user's `arxivqa.toml` is looked for."""
    return Path(platformdirs.user_config_dir("arxivqa", False)) / CONFIG_NAME


def _read(config: Path | str | None) -> tuple[Path | None, dict[str, Any]]:
    """The file's path and what it states; (None, {}) where the user has none."""
    path = config_path() if config is None else Path(os.path.expanduser(config)).absolute()  # noqa: PTH111 (as above)
    try:
        stated = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (FileNotFoundError, NotADirectoryError):
        if config is None:
            return None, {}
        raise SettingsError(f"There is no configuration file {path}. Create it, or leave --config out.") from None
    except OSError as error:
        raise SettingsError(f"Cannot read the configuration file {path}: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise SettingsError(f"The configuration file {path} is not UTF-8 text. Save it as UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"The configuration file {path} is not valid TOML: {error}. Correct it.") from None
    for key in stated:
        if key not in Settings.model_fields:
            known = ", ".join(Settings.model_fields)
            raise SettingsError(f"{path}: there is no setting {key!r}. The settings are: {known}.")
    return path, stated


def _explain(error: ValidationError, origins: dict[str, str], path: Path | None) -> str:
    lines = []
    for problem in error.errors():
        name = str(problem["loc"][0])
        if problem["type"] == "extra_forbidden":
            lines.append(f"There is no setting {name!r}. The settings are: {', '.join(Settings.model_fields)}.")
            continue
        origin = origins.get(name, "default")
        where = f"{origin}: {name}" if path is not None and origin == str(path) else origin
        # An address that is refused may be refused for the password in it.
        value = "that" if name in ("llm_url", "secret", "chroma", "chroma_token") else repr(problem["input"])
        lines.append(f"{where} cannot be {value}. Allowed: {ALLOWED[name]}.")
    return "\n".join(lines)
