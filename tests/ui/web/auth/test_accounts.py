"""The file of users: what it holds, who may read it, and the command that writes it."""

from __future__ import annotations

import io
import json
import threading
from pathlib import Path

import pytest
from click.testing import CliRunner

from ui.cli.users import users as command
from ui.web.auth.accounts import Accounts, AccountsError, secret
from vectorstore import InputError


def test_a_password_is_known_again_and_never_written(users: Path) -> None:
    accounts = Accounts(users)
    assert accounts.put("Ana", "a good password") is True
    assert accounts.verify("ana", "a good password")
    assert accounts.verify(" ANA ", "a good password")
    assert not accounts.verify("ana", "a good passwor")
    assert not accounts.verify("ben", "a good password")
    assert not accounts.verify("ana", "a good password" * 100)
    assert "good" not in users.read_text()
    assert "$argon2id$" in users.read_text()


def test_only_its_owner_can_read_the_file_and_the_secret(users: Path) -> None:
    Accounts(users).put("ana", "a good password")
    secret(None, users)
    files = [path for path in users.parent.iterdir() if path.suffix != ".lock"]
    assert len(files) == 2
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}


def test_another_password_or_none_ends_the_sessions(users: Path) -> None:
    accounts, seen_elsewhere = Accounts(users), Accounts(users)
    accounts.put("ana", "a good password")
    first = seen_elsewhere.session("ana")
    assert accounts.put("ana", "another password") is False
    second = seen_elsewhere.session("ana")
    assert None not in (first, second)
    assert first != second
    accounts.remove("ana")
    assert seen_elsewhere.session("ana") is None
    assert seen_elsewhere.names() == []


def test_the_end_of_a_users_sessions_is_kept_and_leaves_others_and_the_password_alone(users: Path) -> None:
    accounts = Accounts(users)
    for name in ("ana", "ben"):
        accounts.put(name, "a good password")
    before = {name: accounts.session(name) for name in ("ana", "ben", "eva")}
    for name in ("ana", "eva"):
        accounts.end_sessions(name)
    again = Accounts(users)
    assert again.session("ana") not in (None, before["ana"])
    assert again.session("ben") == before["ben"]
    assert again.session("eva") is None
    assert again.verify("ana", "a good password")
    again.end_sessions("ana")
    assert again.session("ana") not in (before["ana"], accounts.session("eva"))


def test_a_file_of_users_made_before_sessions_were_counted_still_opens(users: Path) -> None:
    Accounts(users).put("ana", "a good password")
    stated = json.loads(users.read_text())
    users.write_text(json.dumps({"users": stated["users"]}))
    accounts = Accounts(users)
    first = accounts.session("ana")
    assert accounts.verify("ana", "a good password")
    accounts.end_sessions("ana")
    assert accounts.session("ana") not in (None, first)


@pytest.mark.parametrize("name", ["", "local", "-ana", "a b", "ana/ben", "ana\n", "né", "a" * 65, "<b>"])
def test_a_name_that_could_be_taken_for_something_else_is_refused(users: Path, name: str) -> None:
    accounts = Accounts(users)
    if name == "ana\n":  # ends are cut, as where it is typed
        assert accounts.put(name, "a good password")
        return
    with pytest.raises(InputError):
        accounts.put(name, "a good password")
    assert not users.exists()


@pytest.mark.parametrize("password", ["", "short", "x" * 1025])
def test_a_password_of_no_use_is_refused(users: Path, password: str) -> None:
    with pytest.raises(InputError, match="8 to 1,024"):
        Accounts(users).put("ana", password)


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", '{"users": [1]}', '{"users": {"ana": 1}}', '{"users": {}, "sessions": {"ana": "x"}}', "\udcff"],
)
def test_a_damaged_file_lets_nobody_in_and_is_not_written_over(users: Path, text: str) -> None:
    users.parent.mkdir()
    users.write_bytes(text.encode("utf-8", "surrogateescape"))
    accounts = Accounts(users)
    with pytest.raises(AccountsError, match=r"users\.json"):
        accounts.verify("ana", "a good password")
    with pytest.raises(AccountsError):
        accounts.put("ana", "a good password")
    assert users.read_bytes() == text.encode("utf-8", "surrogateescape")


def test_users_made_at_the_same_time_are_all_kept(users: Path) -> None:
    names = [f"user{number}" for number in range(3)]
    makers = [threading.Thread(target=Accounts(users).put, args=(name, "a good password")) for name in names]
    for maker in makers:
        maker.start()
    for maker in makers:
        maker.join()
    assert Accounts(users).names() == names


def test_the_secret_is_made_once_or_is_the_one_that_is_set(users: Path) -> None:
    first = secret(None, users)
    assert len(first) >= 32
    assert secret(None, users) == first
    assert secret("a secret of at least thirty-two characters", users) != first
    users.with_name("users.json.secret").write_text("short")
    with pytest.raises(AccountsError, match="Delete it"):
        secret(None, users)


def test_the_command_takes_the_password_from_standard_input_only(users: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARXIVQA_USERS", str(users))
    runner = CliRunner()
    added = runner.invoke(command, ["add", "Ana"], input="a good password\n")
    assert (added.exit_code, added.output) == (0, "ana can sign in now.\n")
    assert runner.invoke(command, ["add", "ana"], input="another password\n").output == "ana has a new password.\n"
    assert Accounts(users).verify("ana", "another password")
    assert runner.invoke(command, ["add", "ben", "his password"]).exit_code == 2
    assert json.loads(runner.invoke(command, ["list", "--json"]).output) == {"users": ["ana"], "file": str(users)}
    assert runner.invoke(command, ["remove", "ana"]).output == "ana can no longer sign in.\n"
    assert isinstance(runner.invoke(command, ["remove", "ana"]).exception, InputError)


def test_at_a_terminal_the_password_is_asked_for_twice(users: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARXIVQA_USERS", str(users))
    asked: list[str] = []

    def answer(prompt: str, **_: object) -> str:
        asked.append(prompt)
        return "a good password"

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr("click.termui.hidden_prompt_func", lambda prompt: answer(prompt))
    command.main(["add", "ana"], standalone_mode=False)
    assert len(asked) == 2
    assert Accounts(users).verify("ana", "a good password")
