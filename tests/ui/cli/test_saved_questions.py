"""`arxivqa find --since last` and `arxivqa questions`: what is new, and what is asked of it each time."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from qa.history.store import LOCAL, Store
from vectorstore import Paper
from vectorstore.library import Library

Run = Callable[..., subprocess.CompletedProcess[str]]

NEWEST = "24 December 2020"  # of the listings in seeds/


@pytest.fixture
def shell(arxivqa: Run, seeds_library: Path, tmp_path: Path) -> Run:
    """Run `arxivqa` over the library of the seeds, with conversations of its own."""

    def run(*arguments: str | Path, library: Path = seeds_library) -> subprocess.CompletedProcess[str]:
        return arxivqa(*arguments, library=library, ARXIVQA_CONVERSATIONS=str(tmp_path / "conversations.sqlite3"))

    return run


def _visit(tmp_path: Path, newest: date | None) -> None:
    with Store(tmp_path / "conversations.sqlite3") as store:
        store.visit(LOCAL, newest)


def _visited(tmp_path: Path) -> date | None:
    with Store(tmp_path / "conversations.sqlite3") as store:
        visit = store.last_visit(LOCAL)
    return visit.newest if visit else None


def test_the_first_visit_lists_the_newest_listing(shell: Run, tmp_path: Path) -> None:
    done = shell("find", "--since", "last", "--all", "--json")
    papers = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0
    assert {paper["listed"] for paper in papers} == {"2020-12-24"}
    said = f"This is your first visit, so what is new are the {len(papers)} papers of the newest listing, {NEWEST}."
    assert done.stderr == f"arxivqa: {said}\n"
    assert _visited(tmp_path) == date(2020, 12, 24)

    again = shell("find", "--since", "last", "--all", "--json")
    assert again.stdout == done.stdout
    assert "arxivqa: Nothing is newer than your last visit (" in again.stderr


def test_papers_since_the_last_visit_are_listed_and_the_visit_is_kept(shell: Run, tmp_path: Path) -> None:
    _visit(tmp_path, date(2020, 10, 7))
    done = shell("find", "event cameras", "--since", "LAST", "--limit", "3", "--json")
    papers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(papers) == 3
    assert all(paper["listed"] > "2020-10-07" for paper in papers)
    assert " papers since your last visit (" in done.stderr
    assert _visited(tmp_path) == date(2020, 12, 24)


def test_a_list_that_is_cut_off_is_no_visit(shell: Run, tmp_path: Path) -> None:
    _visit(tmp_path, date(2020, 10, 7))
    done = shell("find", "--since", "last", "--limit", "2")
    assert done.stdout.count("https://arxiv.org/abs/") == 2
    assert "These are the first 2 of " in done.stderr
    assert "--all shows the others. Until then they stay new." in done.stderr
    assert _visited(tmp_path) == date(2020, 10, 7)


def test_other_filters_narrow_what_is_new(shell: Run, tmp_path: Path) -> None:
    _visit(tmp_path, date(2020, 10, 7))
    done = shell("find", "--since", "last", "--until", "2020-10-07")
    assert (done.returncode, done.stdout) == (0, "")
    assert "None of them matches." in done.stderr


def test_a_day_still_means_that_day(shell: Run, tmp_path: Path) -> None:
    done = shell("find", "--since", "2020-12", "--limit", "1", "--json")
    assert json.loads(done.stdout)["listed"] == "2020-12-24"
    assert _visited(tmp_path) is None
    for command in (["find", "--since", "lately"], ["ask", "q", "--since", "last"]):
        done = shell(*command)
        assert done.returncode == 2
        assert "is not a date. Write 2020-10-07" in done.stderr


def test_a_library_without_dates_has_nothing_new(shell: Run, tmp_path: Path) -> None:
    with Library.open(tmp_path / "library", create=True) as library:
        library.ingest([Paper("2012.00001", "On stains", "We normalize the colors of stains in slides.")])
    done = shell("find", "--since", "last", library=tmp_path / "library")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "arxivqa: No paper in this library has a date, so none can be new.\n"


def test_questions_are_kept_listed_and_forgotten(shell: Run) -> None:
    done = shell("questions", "list")
    assert (done.stdout, done.stderr[:38]) == ("", "arxivqa: No question is kept yet. Keep")
    first = shell("questions", "save", "Which papers use", "event cameras?").stdout.strip()
    second = shell("questions", "save", "\x1b[31mred?", "--category", "cs.CV", "--since", "2020").stdout.strip()
    listed = shell("questions", "list").stdout.splitlines()
    assert listed[0].strip() == f"{first}  Which papers use event cameras?"
    assert listed[1] == f"{second}  [31mred?  only papers listed since 1 January 2020, in cs.CV"
    rows = [json.loads(line) for line in shell("questions", "list", "--json").stdout.splitlines()]
    assert [row["id"] for row in rows] == [first, second]
    assert rows[1]["filters"]["categories"] == ["cs.CV"]
    assert shell("questions", "forget", first, second).returncode == 0
    assert shell("questions", "list").stdout == ""
    assert "no such saved question" in shell("questions", "forget", first).stderr
    assert shell("questions", "save", " ").returncode == 1


def test_questions_are_asked_over_what_is_new(shell: Run, tmp_path: Path) -> None:
    assert "No question is kept yet" in shell("questions", "ask").stderr
    stains = shell("questions", "save", "How many parameters does the stain normalization network have?").stdout.strip()
    shell("questions", "save", "Who won the football world cup?")
    # Answered by a paper of October, which is not new at a first visit.
    shell("questions", "save", "Which datasets are used for contempArt?")
    done = shell("questions", "ask")
    assert done.returncode == 0
    assert done.stdout.startswith("How many parameters does the stain normalization network have?\n\n")
    assert "only 1.28K parameters" in done.stdout
    assert "football" not in done.stdout
    (found,) = map(json.loads, shell("questions", "ask", "--json").stdout.splitlines())
    assert (found["id"], found["citations"][0]["arxiv_id"]) == (stains, "2012.12535")
    assert _visited(tmp_path) is None
    shell("questions", "forget", stains)
    assert "None of the questions that are kept is answered" in shell("questions", "ask").stderr


def test_what_was_added_to_a_day_that_was_seen_is_new(shell: Run, tmp_path: Path, seeds_library: Path) -> None:
    path = tmp_path / "library"
    shutil.copytree(seeds_library, path)
    shell("find", "--since", "last", "--all", library=path)
    late = Paper("2012.99999", "On stains", "We normalize the colors of stains.", listed=date(2020, 12, 24))
    with Library.open(path) as library:
        library.ingest([late])
    done = shell("find", "--since", "last", "--json", library=path)
    assert json.loads(done.stdout)["arxiv_id"] == "2012.99999"
    assert "arxivqa: 1 paper since your last visit (" in done.stderr
