"""Store: conversations, ratings, saved questions and visits of any number of users, in one SQLite file."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Collection
from datetime import date
from pathlib import Path
from typing import Any, Self, get_args

from qa.history import serialization
from qa.history.models import Conversation, Rating, SavedQuestion, Summary, Turn, Visit
from qa.history.serialization import LONGEST_TITLE, filters_to_json, folded, now
from qa.history.sqlite import Database
from vectorstore import Filters, InputError
from vectorstore.text.cleaning import encodable

__all__ = ["LOCAL", "Conversation", "SavedQuestion", "Store", "Summary", "Visit"]

# Whose conversations they are where nobody signs in: the one person at this machine.
LOCAL = "local"

_MOST_WORDS = 20  # of a search; each one is looked for on its own
_SUMMARY = (
    "SELECT id, title, created, updated, (SELECT count(*) FROM turns WHERE conversation = id), "
    "(SELECT question FROM turns WHERE conversation = id AND number = 1) FROM conversations WHERE user = ?"
)


class Store:
    """What users asked, kept across restarts. What is one user's is reached with that user's name only.

    All methods may be called from several threads, and several processes may have the same file open.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder, Store(Path(folder) / "conversations.sqlite3") as store:
    ...     conversation = store.create("local")
    ...     store.append("local", conversation, Turn("What is stain normalization?"))
    1

    Args:
        path: the file; made where there is none.

    Raises:
        ConversationsError: it cannot be opened, read or written; of every method.
        InputError: there is no such conversation, turn or question, or it is another user's: the same words for both.
    """

    def __init__(self, path: Path) -> None:
        self._database = Database(path)

    def conversations(self, user: str, search: str = "", limit: int = 200) -> list[Summary]:
        """A user's conversations, the newest first.

        Args:
            user: whose.
            search: words, or parts of them, each of which must stand in the title, a question or an answer.
            limit: how many at most.
        """
        words = folded(search).split()[:_MOST_WORDS]
        # Plain parts of texts, and no index of words: a user's own texts are read in milliseconds, parts of words and
        # scripts without spaces are found, and nothing in a search has a meaning that would have to be escaped.
        with_words = " AND EXISTS (SELECT 1 FROM words WHERE conversation = id AND instr(text, ?))" * len(words)
        with self._database.reading() as connection:
            found = connection.execute(
                f"{_SUMMARY}{with_words} ORDER BY updated DESC, rowid DESC LIMIT ?", (encodable(user), *words, limit)
            )
            return [serialization.summary_from_row(row) for row in found]

    def create(self, user: str, title: str = "") -> str:
        """Begin a conversation; returns its id. Without a title, its first question is its title."""
        conversation, begun = secrets.token_hex(16), now()
        with self._database.writing() as connection:
            connection.execute(
                "INSERT INTO conversations VALUES (?, ?, '', ?, ?)", (conversation, encodable(user), begun, begun)
            )
            _entitle(connection, conversation, title)
        return conversation

    def open(self, user: str, conversation: str) -> Conversation:
        """A conversation with all its turns."""
        with self._database.reading() as connection:
            row = connection.execute(f"{_SUMMARY} AND id = ?", (encodable(user), encodable(conversation))).fetchone()
            if row is None:
                raise _missing()
            turns = _turns(connection, conversation)
        found = serialization.summary_from_row(row)
        return Conversation(found.id, found.title, found.created, found.updated, turns)

    def rename(self, user: str, conversation: str, title: str) -> None:
        """Give a conversation a title; an empty one makes its first question its title again."""
        with self._database.writing() as connection:
            _own(connection, user, conversation)
            _entitle(connection, conversation, title)

    def delete(self, user: str, conversation: str) -> None:
        """Delete a conversation with all its turns and ratings."""
        with self._database.writing() as connection:
            _own(connection, user, conversation)
            connection.execute("DELETE FROM conversations WHERE id = ?", (conversation,))

    def append(self, user: str, conversation: str, turn: Turn) -> int:
        """Add a turn; returns its number, from 1."""
        row = serialization.turn_to_row(turn)  # before anyone else has to wait
        with self._database.writing() as connection:
            _own(connection, user, conversation)
            (last,) = connection.execute(
                "SELECT max(number) FROM turns WHERE conversation = ?", (conversation,)
            ).fetchone()
            number = (last or 0) + 1
            _write(connection, conversation, number, turn, row)
        return number

    def replace(self, user: str, conversation: str, number: int, turn: Turn) -> None:
        """Put a turn in another's place; the turns after it go, because they followed from the other one."""
        row = serialization.turn_to_row(turn)
        with self._database.writing() as connection:
            _own(connection, user, conversation, number)
            for table in ("turns", "words"):
                connection.execute(
                    f"DELETE FROM {table} WHERE conversation = ? AND number >= ?", (conversation, number)
                )
            _write(connection, conversation, number, turn, row)

    def rate(self, user: str, conversation: str, number: int, rating: Rating | None) -> None:
        """Keep what the user thinks of an answer: "up", "down", or None to take it back."""
        if rating is not None and rating not in get_args(Rating):
            raise InputError(f'A rating is "up", "down" or None, not {rating!r}.')
        with self._database.writing() as connection:
            _own(connection, user, conversation, number)
            connection.execute(
                "UPDATE turns SET rating = ? WHERE conversation = ? AND number = ?", (rating, conversation, number)
            )

    def save_question(self, user: str, question: str, filters: Filters = Filters()) -> str:
        """Keep a question that is to be asked again when papers come; returns its id. Saved twice, it is kept once."""
        question = encodable(question).strip()
        if not question:
            raise InputError("The question is empty. Type one.")
        kept = encodable(user), question, filters_to_json(filters)
        with self._database.writing() as connection:
            connection.execute(
                "INSERT OR IGNORE INTO questions VALUES (?, ?, ?, ?, ?)", (secrets.token_hex(8), *kept, now())
            )
            (found,) = connection.execute(
                "SELECT id FROM questions WHERE user = ? AND question = ? AND filters = ?", kept
            ).fetchone()
        return str(found)

    def saved_questions(self, user: str) -> list[SavedQuestion]:
        """A user's saved questions, the oldest first."""
        with self._database.reading() as connection:
            found = connection.execute(
                "SELECT id, question, filters, saved FROM questions WHERE user = ? ORDER BY saved, rowid",
                (encodable(user),),
            )
            return [serialization.question_from_row(row) for row in found]

    def forget_question(self, user: str, id: str) -> None:
        """Forget a saved question."""
        with self._database.writing() as connection:
            gone = connection.execute(
                "DELETE FROM questions WHERE user = ? AND id = ?", (encodable(user), encodable(id))
            )
            if not gone.rowcount:
                raise InputError("There is no such saved question.")

    def visit(self, user: str, newest: date | None, seen: Collection[str] = ()) -> None:
        """Keep that a user has now seen what is new.

        Args:
            user: who.
            newest: the newest listing in the library.
            seen: the papers of that day: more of the same day may be added later.
        """
        with self._database.writing() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO visits VALUES (?, ?, ?, ?)",
                (encodable(user), now(), newest.isoformat() if newest else None, " ".join(sorted(seen))),
            )

    def last_visit(self, user: str) -> Visit | None:
        """Return when a user last saw what is new; None where that never was."""
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT at, newest, seen FROM visits WHERE user = ?", (encodable(user),)
            ).fetchone()
        return serialization.visit_from_row(row) if row else None

    def close(self) -> None:
        """Let go of the file. The store cannot be used afterwards."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _turns(connection: sqlite3.Connection, conversation: str) -> tuple[Turn, ...]:
    found = connection.execute(
        f"SELECT {serialization.TURN} FROM turns WHERE conversation = ? ORDER BY number", (conversation,)
    )
    return tuple(serialization.turn_from_row(row) for row in found)


def _own(connection: sqlite3.Connection, user: str, conversation: str, number: int | None = None) -> None:
    """Refuse what is not there and what is another user's, in the same words: neither may be told from the other."""
    found = connection.execute(
        "SELECT 1 FROM conversations WHERE user = ? AND id = ?", (encodable(user), encodable(conversation))
    ).fetchone()
    if found is None:
        raise _missing()
    if number is not None:
        found = connection.execute(
            "SELECT 1 FROM turns WHERE conversation = ? AND number = ?", (conversation, number)
        ).fetchone()
        if found is None:
            raise InputError(f"This conversation has no question {number}.")


def _missing() -> InputError:
    return InputError("There is no such conversation. It may have been deleted.")


def _entitle(connection: sqlite3.Connection, conversation: str, title: str) -> None:
    title = " ".join(encodable(title).split())[:LONGEST_TITLE]
    connection.execute("UPDATE conversations SET title = ? WHERE id = ?", (title, conversation))
    connection.execute("INSERT OR REPLACE INTO words VALUES (?, 0, ?)", (conversation, folded(title)))


def _write(connection: sqlite3.Connection, conversation: str, number: int, turn: Turn, row: tuple[Any, ...]) -> None:
    connection.execute(
        f"INSERT INTO turns (conversation, number, {serialization.TURN}) VALUES (?, ?{', ?' * len(row)})",
        (conversation, number, *row),
    )
    said = f"{turn.question} {turn.answer.text if turn.answer else ''}"
    connection.execute("INSERT INTO words VALUES (?, ?, ?)", (conversation, number, folded(said)))
    connection.execute("UPDATE conversations SET updated = ? WHERE id = ?", (now(), conversation))
