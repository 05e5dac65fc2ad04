"""Turns: what of them a follow-up may build on."""

from __future__ import annotations

from qa.answer import Answer
from qa.history.models import Turn, history

ANSWER = Answer("How many weights?")


def test_only_complete_answers_are_history() -> None:
    unfinished = Answer("How many weights?", complete=False)
    turns = (Turn("a", ANSWER), Turn("b", unfinished), Turn("c", failure="no"), Turn("d"))
    assert history(turns) == (ANSWER,)
