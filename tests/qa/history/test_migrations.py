"""Files of earlier and later layouts: what they hold is kept, and each migration runs once."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from qa.errors import ConversationsError
from qa.history import sqlite
from qa.history.migrations import MIGRATIONS
from qa.history.models import Visit
from qa.history.store import Store
from vectorstore import Filters

LAYOUT_1 = Path(__file__).with_name("layout_1.sql")
CONVERSATION = "1f6ad32c000000000000000000000000"
NOTES = ("CREATE TABLE notes (text TEXT NOT NULL)", "INSERT INTO notes VALUES ('run')")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file as it was written when there was one layout."""
    path = tmp_path / "conversations.sqlite3"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(LAYOUT_1.read_text(encoding="utf-8"))
    return path


@contextmanager
def _later(*migrations: tuple[str, ...]) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sqlite, "MIGRATIONS", (*MIGRATIONS, *migrations))
        yield


def _rows(path: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(query).fetchall()


def _check_contents(path: Path) -> None:
    with Store(path) as store:
        (found,) = store.conversations("ada", "1.28k")
        first, second = store.open("ada", CONVERSATION).turns
        (saved,) = store.saved_questions("ada")
        visit = store.last_visit("ada")
    assert (found.id, found.title, found.turns) == (CONVERSATION, "Stains", 2)
    assert first.answer is not None
    assert first.answer.text == "A network with only 1.28K parameters is proposed. [1]"
    assert first.answer.citations[0].paper.listed == date(2020, 12, 24)
    assert first.answer.citations[0].evidence[0].end == 50
    assert first.answer.retrieved[0].fulltext == 3.5
    assert (first.given, first.rating) == (Filters(since=date(2020, 1, 1)), "up")
    assert (second.answer, second.failure, second.dropped) == (None, "The model is gone.", Filters(venues=("ECCV",)))
    assert (saved.id, saved.filters) == ("3691efceb78ae498", Filters(categories=("cs.CV",)))
    assert visit == Visit(datetime(2026, 11, 20, 10, tzinfo=UTC), date(2020, 12, 24), frozenset({"2012.12535"}))


def test_a_file_of_the_first_layout_opens_with_all_that_it_holds(path: Path) -> None:
    _check_contents(path)
    assert _rows(path, "PRAGMA user_version") == [(len(MIGRATIONS),)]


def test_a_new_file_has_the_layout_that_an_old_one_is_brought_to(path: Path, tmp_path: Path) -> None:
    new = tmp_path / "new.sqlite3"
    for each in (path, new):
        Store(each).close()
    columns = "SELECT m.name, c.* FROM sqlite_master m, pragma_table_info(m.name) c ORDER BY m.name, c.cid"
    assert _rows(path, columns) == _rows(new, columns)
    for pragma in ("application_id", "user_version", "journal_mode"):
        assert _rows(path, f"PRAGMA {pragma}") == _rows(new, f"PRAGMA {pragma}")


def test_what_comes_later_runs_once_and_loses_nothing(path: Path) -> None:
    with _later(NOTES):
        for _ in range(2):
            _check_contents(path)
    assert _rows(path, "SELECT text FROM notes") == [("run",)]
    assert _rows(path, "PRAGMA user_version") == [(len(MIGRATIONS) + 1,)]
    known = len(MIGRATIONS)
    with pytest.raises(ConversationsError, match=rf"newer arxivqa \(layout {known + 1}; .* reads {known}\)"):
        Store(path)


def test_a_migration_that_fails_changes_nothing(path: Path) -> None:
    with (
        _later(NOTES, ("CREATE TABLE more (text)", "INSERT INTO nowhere VALUES (1)")),
        pytest.raises(ConversationsError, match="no such table"),
    ):
        Store(path)
    assert _rows(path, "PRAGMA user_version") == [(len(MIGRATIONS) + 1,)]
    assert _rows(path, "SELECT name FROM sqlite_master WHERE name IN ('notes', 'more')") == [("notes",)]
    with _later(NOTES):
        _check_contents(path)
