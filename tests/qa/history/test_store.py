"""The store: what is kept, who reaches it, and what happens when the file cannot be used."""

from __future__ import annotations

import os
import resource
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from qa.answer import Answer, Statement
from qa.errors import ConversationsError
from qa.history.models import Turn, history
from qa.history.store import Store
from vectorstore import ArxivQAError, Filters, InputError


def _answered(question: str, text: str = "It is so.") -> Turn:
    return Turn(question, Answer(question, (Statement(text),), "answered"))


def test_a_conversation_is_there_after_a_restart(tmp_path: Path, answers: tuple[Answer, ...]) -> None:
    turns = [
        *(Turn(answer.question, answer) for answer in answers),
        Turn("Fails", failure="The model is gone."),
        Turn("Stopped", replace(answers[0], complete=False), stopped=True),
        Turn("Filtered", dropped=Filters(venues=("ECCV",)), given=Filters(since=date(2020, 1, 1)), rating="up"),
    ]
    with Store(tmp_path / "below" / "conversations.sqlite3") as store:
        conversation = store.create("ada")
        assert [store.append("ada", conversation, turn) for turn in turns] == list(range(1, len(turns) + 1))
    with Store(tmp_path / "below" / "conversations.sqlite3") as store:
        again = store.open("ada", conversation)
        (summary,) = store.conversations("ada")
    assert list(again.turns) == turns
    assert summary.id == again.id == conversation
    assert summary.turns == len(turns)
    assert summary.title == again.title == answers[0].question
    assert again.created.utcoffset() == summary.updated.utcoffset()
    assert again.created <= again.updated
    assert history(again.turns) == answers


def test_the_newest_conversation_comes_first(store: Store) -> None:
    first, second, third = (store.create("ada", title) for title in ("first", "second", "third"))
    store.append("ada", second, Turn("q"))
    store.append("ada", first, Turn("q"))
    assert [summary.id for summary in store.conversations("ada")] == [first, second, third]
    assert [summary.id for summary in store.conversations("ada", limit=2)] == [first, second]


def test_a_title_is_the_first_question_until_it_is_named(store: Store) -> None:
    def title() -> str:
        (summary,) = store.conversations("ada")
        assert store.open("ada", summary.id).title == summary.title
        return summary.title

    conversation = store.create("ada")
    assert title() == "New conversation"
    store.append("ada", conversation, Turn("What is\n stain   normalization?"))
    store.append("ada", conversation, Turn("And now?"))
    assert title() == "What is stain normalization?"
    store.replace("ada", conversation, 1, Turn("x" * 500))
    assert title() == "x" * 119 + "…"
    store.rename("ada", conversation, "  Stains\nand\tnetworks ")
    assert title() == "Stains and networks"
    store.rename("ada", conversation, "")
    assert title().startswith("xxx")


def test_a_replaced_turn_takes_the_later_ones_with_it(store: Store) -> None:
    conversation = store.create("ada")
    for question in ("one", "two", "three"):
        store.append("ada", conversation, _answered(question))
    edited = _answered("two, edited", "Something else.")
    store.replace("ada", conversation, 2, edited)
    assert [turn.question for turn in store.open("ada", conversation).turns] == ["one", "two, edited"]
    assert store.append("ada", conversation, Turn("three, again")) == 3
    assert not store.conversations("ada", "three two so again x")
    assert store.conversations("ada", "something else")
    for number in (0, 4, -1):
        with pytest.raises(InputError, match=f"no question {number}"):
            store.replace("ada", conversation, number, edited)


@pytest.mark.parametrize(
    "search",
    [
        "",
        "  ",
        "stain",
        "STAIN norm",
        "ormaliz",
        "title",
        "network normalization",
        "1.28k",
        "straße",
        "STRASSE",
        "染色",
        "50%",
        "a_b",
        '"quoted"',
        "it's",
        "AND NOT (*",
    ],
)
def test_a_search_finds_parts_of_words_in_titles_questions_and_answers(store: Store, search: str) -> None:
    found = store.create("ada", "My title")
    answer = 'Only 1.28K for the Straße 染色归一化, 50% of a_b, "quoted", it\'s AND NOT (* here.'
    store.append("ada", found, _answered("What is stain normalization?", answer))
    store.append("ada", found, Turn("Which network?"))
    store.append("ada", store.create("ada", "Other"), _answered("Something else?"))
    store.append("bob", store.create("bob", "My title"), _answered("What is stain normalization?", answer))
    expected = 2 if not search.strip() else 1
    assert len(store.conversations("ada", search)) == expected


@pytest.mark.parametrize("search", ["%", "_", "*", "stain*", "' OR 1=1 --", "\x00", "\ud800", "title:My", "x " * 1000])
def test_nothing_in_a_search_has_a_meaning_of_its_own(store: Store, search: str) -> None:
    store.append("ada", store.create("ada", "My title"), _answered("Which stains"))
    assert store.conversations("ada", search) == []


def test_ratings_are_kept_and_taken_back(store: Store) -> None:
    conversation = store.create("ada")
    store.append("ada", conversation, _answered("one"))
    store.append("ada", conversation, _answered("two"))
    store.rate("ada", conversation, 2, "up")
    store.rate("ada", conversation, 1, "down")
    assert [turn.rating for turn in store.open("ada", conversation).turns] == ["down", "up"]
    store.rate("ada", conversation, 1, None)
    assert [turn.rating for turn in store.open("ada", conversation).turns] == [None, "up"]
    with pytest.raises(InputError, match='"up", "down" or None'):
        store.rate("ada", conversation, 1, "sideways")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="no question 3"):
        store.rate("ada", conversation, 3, "up")


def test_saved_questions_are_kept_once_and_forgotten(store: Store) -> None:
    narrowed = Filters(categories=("cs.CV",), since=date(2020, 1, 1))
    first = store.save_question("ada", "  What is new on stains? ")
    second = store.save_question("ada", "What is new on stains?", narrowed)
    assert store.save_question("ada", "What is new on stains?") == first != second
    questions = store.saved_questions("ada")
    assert [(q.id, q.question, q.filters) for q in questions] == [
        (first, "What is new on stains?", Filters()),
        (second, "What is new on stains?", narrowed),
    ]
    store.forget_question("ada", first)
    assert [q.id for q in store.saved_questions("ada")] == [second]
    with pytest.raises(InputError, match="no such saved question"):
        store.forget_question("ada", first)
    with pytest.raises(InputError, match="empty"):
        store.save_question("ada", " \n")


def test_the_last_visit_is_kept(store: Store) -> None:
    assert store.last_visit("ada") is None
    store.visit("ada", None)
    first = store.last_visit("ada")
    store.visit("ada", date(2020, 12, 24), ["2012.12535", "cs/9810003"])
    second = store.last_visit("ada")
    assert first is not None
    assert second is not None
    assert (first.newest, second.newest) == (None, date(2020, 12, 24))
    assert (first.seen, second.seen) == (frozenset(), {"2012.12535", "cs/9810003"})
    assert first.when <= second.when
    assert store.last_visit("bob") is None


TRIES: list[Callable[[Store, str, str, str], object]] = [
    lambda store, user, conversation, _: store.open(user, conversation),
    lambda store, user, conversation, _: store.rename(user, conversation, "mine now"),
    lambda store, user, conversation, _: store.delete(user, conversation),
    lambda store, user, conversation, _: store.append(user, conversation, Turn("mine")),
    lambda store, user, conversation, _: store.replace(user, conversation, 1, Turn("mine")),
    lambda store, user, conversation, _: store.rate(user, conversation, 1, "down"),
    lambda store, user, _, question: store.forget_question(user, question),
]


@pytest.mark.parametrize("attempt", TRIES)
@pytest.mark.parametrize("user", ["bob", "", "ADA", "ada ", "%", "ada' --", "ada\x00"])
def test_no_method_reaches_what_is_another_users(
    store: Store, attempt: Callable[[Store, str, str, str], object], user: str
) -> None:
    conversation = store.create("ada")
    store.append("ada", conversation, replace(_answered("hers", "A secret."), rating="up"))
    question = store.save_question("ada", "hers too")
    before = store.open("ada", conversation)

    with pytest.raises(InputError) as refused:
        attempt(store, user, conversation, question)
    with pytest.raises(InputError) as missing:
        attempt(store, user, "0" * 32, "0" * 16)

    assert str(refused.value) == str(missing.value)  # nobody learns that it is there
    assert store.open("ada", conversation) == before
    assert [saved.id for saved in store.saved_questions("ada")] == [question]


def test_lists_hold_what_is_ones_own_only(store: Store) -> None:
    store.append("ada", store.create("ada"), replace(_answered("hers"), rating="up"))
    store.save_question("ada", "hers")
    store.visit("ada", None)
    assert store.conversations("bob") == []
    assert store.conversations("bob", "hers") == []
    assert store.saved_questions("bob") == []
    assert store.last_visit("bob") is None


def test_ids_cannot_be_guessed_from_one_another(store: Store) -> None:
    ids = {store.create("ada") for _ in range(50)}
    assert len({identifier[:8] for identifier in ids}) == 50
    assert all(len(identifier) == 32 for identifier in ids)


def test_only_its_owner_may_read_the_file(store: Store, tmp_path: Path) -> None:
    store.create("ada")
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.glob("conversations.sqlite3*")}
    assert modes.pop("conversations.sqlite3") == 0o600
    assert all(mode == 0o600 for name, mode in modes.items() if not name.endswith(".lock"))


def test_ten_threads_lose_nothing(store: Store) -> None:
    conversation = store.create("ada")

    def write(thread: int) -> list[int]:
        return [store.append("ada", conversation, Turn(f"{thread} {i}")) for i in range(10)]

    with ThreadPoolExecutor(10) as pool:
        numbers = [number for written in pool.map(write, range(10)) for number in written]
    turns = store.open("ada", conversation).turns
    assert sorted(numbers) == list(range(1, 101))
    assert {turn.question for turn in turns} == {f"{thread} {i}" for thread in range(10) for i in range(10)}


# It waits until all are loaded, so that they make the file, and write to it, at the same time.
_WRITER = """
import sys
from pathlib import Path
from qa.history.store import Store
from qa.history.models import Turn
print(flush=True)
sys.stdin.readline()
with Store(Path(sys.argv[1])) as store:
    conversation = store.create("ada")
    for i in range(10):
        store.append("ada", conversation, Turn(f"{sys.argv[2]} {i}"))
"""


def test_processes_that_begin_with_one_file_at_once_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "conversations.sqlite3"
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", _WRITER, str(path), str(n)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for n in range(5)
    ]
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "\n"
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("go\n")
        writer.stdin.flush()
    for writer in writers:
        writer.communicate(timeout=120)
    assert [writer.returncode for writer in writers] == [0] * 5
    with Store(path) as store:
        assert sorted(summary.turns for summary in store.conversations("ada")) == [10] * 5


def _with_a_database(path: Path, *commands: str) -> None:
    connection = sqlite3.connect(path)
    for command in commands:
        connection.execute(command)
    connection.commit()
    connection.close()


def test_a_newer_layout_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "conversations.sqlite3"
    Store(path).close()
    _with_a_database(path, "PRAGMA user_version = 7")
    with pytest.raises(ConversationsError, match=r"newer arxivqa \(layout 7; .* ARXIVQA_CONVERSATIONS"):
        Store(path)


@pytest.mark.parametrize("version", [0, 1])
def test_another_programs_database_is_left_alone(tmp_path: Path, version: int) -> None:
    path = tmp_path / "other.sqlite3"
    _with_a_database(path, "CREATE TABLE bookmarks (url)", f"PRAGMA user_version = {version}")
    before = path.read_bytes()
    with pytest.raises(ConversationsError, match="another program"):
        Store(path)
    assert path.read_bytes() == before


def test_a_damaged_file_is_a_clear_error(tmp_path: Path) -> None:
    path = tmp_path / "conversations.sqlite3"
    path.write_bytes(b"This is no database, but somebody's notes. " * 100)
    with pytest.raises(ConversationsError, match=r"conversations\.sqlite3 is damaged .* Move it away"):
        Store(path)


def test_damage_inside_the_file_is_a_clear_error(tmp_path: Path) -> None:
    path = tmp_path / "conversations.sqlite3"
    with Store(path) as store:
        conversation = store.create("ada")
        for i in range(50):
            store.append("ada", conversation, _answered(f"question {i}", "word " * 500))
    with path.open("r+b") as file:
        file.seek(8192)
        file.write(b"\xff" * (os.path.getsize(path) - 8192))  # noqa: PTH202
    with Store(path) as store, pytest.raises(ConversationsError, match="damaged"):
        store.open("ada", conversation)


def test_an_answer_that_was_never_written_is_a_clear_error(tmp_path: Path) -> None:
    path = tmp_path / "conversations.sqlite3"
    with Store(path) as store:
        conversation = store.create("ada")
        store.append("ada", conversation, _answered("one"))
        _with_a_database(path, "UPDATE turns SET answer = '{\"question\": 3}'")
        with pytest.raises(ConversationsError, match="damaged"):
            store.open("ada", conversation)
        store.delete("ada", conversation)
        assert store.conversations("ada") == []


@pytest.mark.parametrize("place", ["a folder", "below a file", "where nothing can be written"])
def test_a_file_that_cannot_be_written_is_a_clear_error(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").touch()
    path = {"a folder": tmp_path, "below a file": tmp_path / "file" / "c", "where nothing can be written": "/proc/c"}
    with pytest.raises(ConversationsError, match=r"cannot be made or written: .*ARXIVQA_CONVERSATIONS"):
        Store(Path(path[place]))


def test_what_cannot_be_written_is_a_clear_error_and_what_was_kept_stays(store: Store, tmp_path: Path) -> None:
    conversation = store.create("ada")
    store.append("ada", conversation, _answered("kept"))
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, ((tmp_path / "conversations.sqlite3-wal").stat().st_size, limits[1]))
    try:
        with pytest.raises(ConversationsError, match=r"cannot be read or written: .* Is the disk full\?"):
            store.append("ada", conversation, _answered("too much", "word " * 100_000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert store.append("ada", conversation, _answered("kept too")) == 2
    assert [turn.question for turn in store.open("ada", conversation).turns] == ["kept", "kept too"]


def test_a_closed_store_says_so(tmp_path: Path) -> None:
    store = Store(tmp_path / "conversations.sqlite3")
    store.close()
    with pytest.raises(ConversationsError, match="were closed"):
        store.create("ada")
    assert issubclass(ConversationsError, ArxivQAError)


def test_half_a_character_can_be_kept(store: Store) -> None:
    conversation = store.create("ada", "half \ud800")
    store.append("ada", conversation, Turn("half \udfff", failure="half \udc00"))
    again = store.open("ada", conversation)
    assert (again.title, again.turns) == ("half ?", (Turn("half ?", failure="half ?"),))
    store.save_question("\ud800", "half \ud800")
    assert [saved.question for saved in store.saved_questions("\ud800")] == ["half ?"]
