"""`arxivqa conversations`: what was asked on the page, from the shell."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import qa
from qa.history.models import Turn
from qa.history.store import LOCAL, Store

Run = Callable[..., subprocess.CompletedProcess[str]]

HOSTILE = "\x1b[31mred\x1b]0;owned\x07\x9b2J\u202e"
STAINS = "How many parameters does the stain normalization network have?"
FOOTBALL = "Who won the football world cup?"


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory, seeds_library: Path) -> Path:
    """A file with two conversations of the page, and one of somebody else."""
    path = tmp_path_factory.mktemp("conversing") / "conversations.sqlite3"
    with Store(path) as store, qa.open_assistant(seeds_library) as assistant:
        first, second, other = store.create(LOCAL), store.create(LOCAL, HOSTILE), store.create("ada", "Hers")
        answer = assistant.ask(STAINS)
        store.append(LOCAL, first, Turn(STAINS, answer, rating="up"))
        store.append(LOCAL, first, Turn(FOOTBALL, assistant.ask(FOOTBALL), rating="down"))
        store.append(LOCAL, second, Turn(HOSTILE, failure=HOSTILE))
        store.append(LOCAL, second, Turn("Stopped", replace(answer, complete=False), stopped=True))
        store.append("ada", other, Turn("Hers?"))
    return path


@pytest.fixture
def ids(kept: Path) -> Iterator[dict[str, str]]:
    with Store(kept) as store:
        first, second = reversed(store.conversations(LOCAL))
        yield {"first": first.id, "second": second.id, "hers": store.conversations("ada")[0].id}


@pytest.mark.parametrize("group", ["conversations", "questions"])
def test_help_of_a_group_lists_its_commands_with_an_example(arxivqa: Run, group: str) -> None:
    assert f"\n  {group} " in arxivqa("--help").stdout
    done = arxivqa(group, "--help")
    assert done.returncode == 0
    assert f"Examples:\n    arxivqa {group} " in done.stdout
    assert "\n  list " in done.stdout


def test_conversations_are_listed_and_searched(arxivqa: Run, kept: Path, ids: dict[str, str]) -> None:
    done = arxivqa("conversations", "list", ARXIVQA_CONVERSATIONS=str(kept))
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert [line.split()[0] for line in lines] == [ids["second"][:8], ids["first"][:8]]
    assert f"{STAINS}  20" in lines[1]
    assert lines[1].endswith(", 2 questions")
    assert "\x1b" not in done.stdout

    done = arxivqa("conversations", "list", "STAIN", "1.28k", "footb", "--json", ARXIVQA_CONVERSATIONS=str(kept))
    (found,) = map(json.loads, done.stdout.splitlines())
    assert (found["id"], found["title"], found["turns"]) == (ids["first"], STAINS, 2)
    done = arxivqa("conversations", "list", "penguins", ARXIVQA_CONVERSATIONS=str(kept))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "arxivqa: No conversation matches.\n")


def test_a_conversation_is_shown_in_each_format(arxivqa: Run, kept: Path, ids: dict[str, str]) -> None:
    def show(*arguments: str) -> str:
        done = arxivqa("conversations", "show", *arguments, ARXIVQA_CONVERSATIONS=str(kept))
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    text = show(ids["first"][:8])
    assert text.startswith(f"{STAINS}\n\n")
    assert "only 1.28K parameters" in text
    assert "\nSources\n[1] StainNet" in text
    assert FOOTBALL in text
    assert show(ids["first"].upper(), "--format", "markdown").startswith(f"# {STAINS}\n\nAsked with arxivqa on ")
    found = json.loads(show(ids["first"], "--json"))
    assert [turn["rating"] for turn in found["turns"]] == ["up", "down"]
    for form in ("text", "markdown", "json"):
        assert not set("\x1b\x07\x9b\u202e") & set(show(ids["second"], "--format", form))
    assert "This question could not be answered:" in show(ids["second"])
    assert "Stopped before it was complete." in show(ids["second"])


@pytest.mark.parametrize("command", ["show", "delete"])
def test_what_is_not_there_or_not_hers_is_refused_alike(
    arxivqa: Run, kept: Path, ids: dict[str, str], command: str
) -> None:
    for wanted in (ids["hers"], "0" * 32, ""):
        done = arxivqa("conversations", command, wanted, ARXIVQA_CONVERSATIONS=str(kept))
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr == (
            f"arxivqa: There is no conversation {wanted!r}. See what there is: arxivqa conversations list\n"
        )


def test_conversations_are_deleted(arxivqa: Run, tmp_path: Path) -> None:
    path = tmp_path / "conversations.sqlite3"
    with Store(path) as store:
        gone, stays = store.create(LOCAL), store.create(LOCAL)
    done = arxivqa("conversations", "delete", gone, gone[:20], ARXIVQA_CONVERSATIONS=str(path))
    assert (done.returncode, done.stderr) == (0, "arxivqa: Deleted 1 conversation.\n")
    with Store(path) as store:
        assert [each.id for each in store.conversations(LOCAL)] == [stays]
        store.delete(LOCAL, stays)
    done = arxivqa("conversations", "list", ARXIVQA_CONVERSATIONS=str(path))
    assert done.stderr == "arxivqa: There is no conversation yet. Hold one: arxivqa chat\n"


def test_a_beginning_that_several_ids_share_is_refused(arxivqa: Run, tmp_path: Path) -> None:
    path = tmp_path / "conversations.sqlite3"
    with Store(path) as store:
        begin = [store.create(LOCAL)[0] for _ in range(17)]  # sixteen characters for seventeen beginnings
    shared = next(character for character in begin if begin.count(character) > 1)
    done = arxivqa("conversations", "show", shared, ARXIVQA_CONVERSATIONS=str(path))
    assert done.returncode == 1
    assert f"{begin.count(shared)} conversations have ids that begin with '{shared}'. Give more of it." in done.stderr


def test_a_damaged_file_is_a_clear_error(arxivqa: Run, tmp_path: Path) -> None:
    path = tmp_path / "conversations.sqlite3"
    path.write_bytes(b"not a database at all " * 50)
    done = arxivqa("conversations", "list", ARXIVQA_CONVERSATIONS=str(path))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"arxivqa: The file of conversations {path} is damaged")
