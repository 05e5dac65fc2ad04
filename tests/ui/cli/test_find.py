"""`arxivqa find`, `show` and `stats`: what is in the library."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from vectorstore.library import Library

Run = Callable[..., subprocess.CompletedProcess[str]]

FIELDS = [
    "arxiv_id", "version", "title", "abstract", "authors", "categories", "listed", "published", "updated", "doi",
    "journal", "comment", "withdrawn", "replaced", "url", "pdf_url", "sources",
]  # fmt: skip


def test_find_without_a_topic_is_the_whole_library_newest_first(arxivqa: Run, seeds_library: Path) -> None:
    done = arxivqa("find", "--json", "--all", library=seeds_library)
    papers = [json.loads(line) for line in done.stdout.splitlines()]
    with Library.open(seeds_library) as library:
        assert papers == [paper.to_json() for paper in library.papers()]
    assert len(papers) == 249
    assert list(papers[0]) == FIELDS
    listed = [paper["listed"] for paper in papers]
    assert listed == sorted(listed, reverse=True)
    assert arxivqa("find", "--json", "--limit", "0", library=seeds_library).stdout == done.stdout


def test_find_lists_20_unless_told_otherwise(arxivqa: Run, seeds_library: Path) -> None:
    assert len(arxivqa("find", "--json", library=seeds_library).stdout.splitlines()) == 20
    assert len(arxivqa("find", "--json", "--limit", "3", library=seeds_library).stdout.splitlines()) == 3


def test_find_lists_papers_on_a_topic_within_filters(arxivqa: Run, seeds_library: Path) -> None:
    done = arxivqa(
        "find", "stain", "normalization", "--json", "--since", "2020-12", "--until", "2020", library=seeds_library
    )
    papers = [json.loads(line) for line in done.stdout.splitlines()]
    assert papers[0]["arxiv_id"] == "2012.12535"
    assert all("2020-12-01" <= paper["listed"] <= "2020-12-31" for paper in papers)


def test_find_for_people_names_title_id_date_and_link(arxivqa: Run, seeds_library: Path) -> None:
    done = arxivqa("find", "--id", "2009.14352v1", library=seeds_library)
    assert done.returncode == 0
    assert done.stdout.splitlines() == [
        "Finding It at Another Side: A Viewpoint-Adapted Matching Encoder for Change Captioning",
        "  2009.14352v1 · 2020-09-30 · cs.CV · Xiangxi Shi, Xu Yang, Jiuxiang Gu, and 2 more",
        "  https://arxiv.org/abs/2009.14352v1",
    ]


def test_finding_nothing_is_said_on_standard_error(arxivqa: Run, seeds_library: Path) -> None:
    done = arxivqa("find", "--author", "Nobody Atall", "--json", library=seeds_library)
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "arxivqa: No paper in the library matches.\n"


def test_find_writes_bibtex(arxivqa: Run, seeds_library: Path) -> None:
    done = arxivqa("find", "--all", "--format", "bibtex", library=seeds_library)
    assert done.stdout.count("@misc{") == 249
    assert "@misc{shi2020-2009-14352,\n" in done.stdout
    assert done.stdout.count("{") == done.stdout.count("}")
    assert "\x1b" not in done.stdout


@pytest.mark.parametrize(
    ("form", "begins", "papers"),
    [
        ("ris", "TY  - UNPB\n", r"^TY  - "),
        ("csv", "arxiv_id,version,title,", r"^\d{4}\."),
        ("markdown", "1. [", r"^\d\. "),
    ],
)
def test_find_writes_for_other_programs(arxivqa: Run, seeds_library: Path, form: str, begins: str, papers: str) -> None:
    done = arxivqa("find", "--limit", "3", "--format", form, library=seeds_library)
    assert done.returncode == 0
    assert done.stdout.startswith(begins)
    assert len(re.findall(papers, done.stdout, re.M)) == 3
    assert "\x1b" not in done.stdout


def test_show_prints_all_that_is_known(arxivqa: Run, seeds_library: Path) -> None:
    done = arxivqa("show", "https://arxiv.org/abs/2009.14352v1", library=seeds_library)
    assert done.returncode == 0
    for text in (
        "Xiangxi Shi, Xu Yang, Jiuxiang Gu, Shafiq Joty, Jianfei Cai",
        "ECCV2020",
        "2020-09-30 00:13 UTC",
        "https://arxiv.org/pdf/2009.14352v1",
        "Change Captioning is a task",
        "004_53eea74d32a0d151.txt:2",
    ):
        assert text in done.stdout
    row = json.loads(arxivqa("show", "2009.14352", "--json", library=seeds_library).stdout)
    assert list(row) == FIELDS
    source = {"file": "004_53eea74d32a0d151.txt", "line": 2, "listed": "2020-09-30", "category": "cs.CV"}
    assert row["sources"] == [source]


def test_show_says_what_is_not_there(arxivqa: Run, seeds_library: Path) -> None:
    absent = arxivqa("show", "2009.14352", "1901.00001", "--json", library=seeds_library)
    assert (absent.returncode, absent.stdout) == (1, "")
    assert "1901.00001 is not in the library" in absent.stderr
    wrong = arxivqa("show", "nonsense", library=seeds_library)
    assert wrong.returncode == 1
    assert "'nonsense' is not an arXiv id" in wrong.stderr


def test_stats_counts_what_is_in(arxivqa: Run, seeds_library: Path) -> None:
    done = arxivqa("stats", library=seeds_library)
    lines = dict(line.split(maxsplit=1) for line in done.stdout.splitlines())
    assert (lines["papers"], lines["listings"], lines["listed"]) == ("249", "5", "2019-03-21 to 2020-12-24")
    assert lines["model"].startswith("arxivqa-minilm-l6")
    row = json.loads(arxivqa("stats", "--json", library=seeds_library).stdout)
    assert (row["papers"], row["oldest"], row["newest"]) == (249, "2019-03-21", "2020-12-24")
    assert row["categories"]["cs.CV"] > 0


def test_hostile_text_is_shown_without_its_codes(
    arxivqa: Run, on_terminal: Callable[..., tuple[int, str]], hostile_library: Path
) -> None:
    for arguments in (["find"], ["show", "2101.00001"], ["stats"], ["find", "--format", "bibtex"], ["find", "--json"]):
        status, shown = on_terminal(*arguments, library=hostile_library)
        assert status == 0
        for code in ("\x07", "\x9b", "\x00", "\x08", "\u202e", "\x1b]0", "\x1b[31m", "https://evil.example\x1b"):
            assert code not in shown, arguments
        plain = arxivqa(*arguments, library=hostile_library)
        assert not set(plain.stdout) & set("\x1b\x07\x9b\x00\x08\u202e\r"), arguments


def test_a_dumb_terminal_gets_no_codes(on_terminal: Callable[..., tuple[int, str]], seeds_library: Path) -> None:
    status, shown = on_terminal("find", "--limit", "2", library=seeds_library, TERM="dumb")
    assert status == 0
    assert "https://arxiv.org/abs/" in shown
    assert "\x1b" not in shown


def test_a_reader_that_stops_reading_is_no_error(seeds_library: Path) -> None:
    command = f"'{sys.executable}' -m ui.cli find --all --json | head -n 1; echo \"${{PIPESTATUS[0]}}\""
    environment = {**os.environ, "ARXIVQA_LIBRARY": str(seeds_library), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, env=environment, check=False)
    assert done.stderr == ""
    first, status = done.stdout.splitlines()
    assert json.loads(first)["arxiv_id"]
    assert status == "141"


@pytest.mark.parametrize("arguments", [["find", "--limit", "1"], ["find", "--limit", "1", "--json"]])
def test_an_output_that_cannot_be_written_gets_a_clear_word(seeds_library: Path, arguments: list[str]) -> None:
    environment = {**os.environ, "ARXIVQA_LIBRARY": str(seeds_library), "OMP_NUM_THREADS": "1"}
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "ui.cli", *arguments],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
            check=False,
        )
    assert done.returncode == 1
    assert "No space left on device" in done.stderr
    assert "something went wrong" not in done.stderr


def test_an_empty_topic_is_refused_as_in_python(arxivqa: Run, seeds_library: Path) -> None:
    done = arxivqa("find", "", library=seeds_library)
    assert (done.returncode, done.stdout) == (1, "")
    assert "empty" in done.stderr


def test_an_interrupt_is_quiet(seeds_library: Path) -> None:
    environment = {**os.environ, "ARXIVQA_LIBRARY": str(seeds_library), "OMP_NUM_THREADS": "1"}
    process = subprocess.Popen(
        [sys.executable, "-m", "ui.cli", "ask", "--batch", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write('{"qid": "a", "question": "depth estimation"}\n')
    process.stdin.flush()
    # The answer comes while the input is still open: each line is let out at once.
    assert json.loads(process.stdout.readline())["qid"] == "a"
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert said == ""


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_json_stays_whole_in_any_encoding(seeds_library: Path, encoding: str) -> None:
    environment = {**os.environ, "ARXIVQA_LIBRARY": str(seeds_library), "PYTHONIOENCODING": encoding}
    command = [sys.executable, "-m", "ui.cli", "find", "--all", "--json"]
    done = subprocess.run(command, capture_output=True, env=environment, check=True)
    with Library.open(seeds_library) as library:
        expected = [paper.to_json() for paper in library.papers()]
    assert [json.loads(line) for line in done.stdout.decode(encoding).splitlines()] == expected
