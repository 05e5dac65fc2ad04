"""Migrations of the SQLite file: each runs once on a file that lacks it, in order; `PRAGMA user_version` counts them.

A migration that was released is never changed, since files have had it already: what is new comes after it.
"""

from __future__ import annotations

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    # 1: conversations and their turns, what is searched in them, saved questions, visits
    (
        """CREATE TABLE conversations (
            id TEXT PRIMARY KEY, user TEXT NOT NULL, title TEXT NOT NULL, created TEXT NOT NULL, updated TEXT NOT NULL
        )""",
        "CREATE INDEX conversations_of_user ON conversations (user, updated)",
        """CREATE TABLE turns (
            conversation TEXT NOT NULL REFERENCES conversations ON DELETE CASCADE, number INTEGER NOT NULL,
            question TEXT NOT NULL, failure TEXT, stopped INTEGER NOT NULL, dropped TEXT NOT NULL, given TEXT NOT NULL,
            rating TEXT, answer TEXT, PRIMARY KEY (conversation, number)
        )""",
        # What is searched, apart from the answers, which are twenty times as long. Number 0 is the title.
        """CREATE TABLE words (
            conversation TEXT NOT NULL REFERENCES conversations ON DELETE CASCADE, number INTEGER NOT NULL,
            text TEXT NOT NULL, PRIMARY KEY (conversation, number)
        )""",
        """CREATE TABLE questions (
            id TEXT PRIMARY KEY, user TEXT NOT NULL, question TEXT NOT NULL, filters TEXT NOT NULL, saved TEXT NOT NULL,
            UNIQUE (user, question, filters)
        )""",
        "CREATE TABLE visits (user TEXT PRIMARY KEY, at TEXT NOT NULL, newest TEXT, seen TEXT NOT NULL)",
    ),
)
