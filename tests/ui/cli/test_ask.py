"""`arxivqa ask`: answers for people and programs, one or many."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from qa.llm import discovery, factory
from ui.cli.ask import parse
from vectorstore import InputError

Run = Callable[..., subprocess.CompletedProcess[str]]

QUESTION = "How many parameters does the stain normalization network have?"
FIELDS = {
    "qid", "turn", "question", "text", "sentences", "outcome", "abstained", "confidence", "citations", "papers",
    "further", "retrieved", "filters", "shape", "total", "seconds", "backend", "thinking",
}  # fmt: skip


def rows(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in done.stdout.split("\n")[:-1]]


def test_an_answer_in_a_pipe_is_plain_and_cited(arxivqa: Run, seeds_library: Path) -> None:
    done = arxivqa("ask", QUESTION, library=seeds_library)
    assert (done.returncode, done.stderr) == (0, "")
    assert "1.28K parameters" in done.stdout
    assert "[1]" in done.stdout
    assert "\nSources\n" in done.stdout
    assert "https://arxiv.org/abs/2012.12535" in done.stdout
    assert "\x1b" not in done.stdout


def test_an_answer_on_a_terminal_is_coloured_wrapped_and_clickable(
    on_terminal: Callable[..., tuple[int, str]], seeds_library: Path
) -> None:
    status, shown = on_terminal("ask", QUESTION, library=seeds_library)
    assert status == 0
    assert "\x1b]8;" in shown
    assert ";https://arxiv.org/abs/2012.12535" in shown
    assert "\x1b[1;36m" in shown
    plain = arxivqa_codes_removed(shown)
    assert "[1]" in plain
    assert max(map(len, plain.splitlines())) <= 80


def test_abstaining_ends_with_3_and_names_the_nearest_papers(arxivqa: Run, seeds_library: Path) -> None:
    done = arxivqa("ask", "Who won the football world cup in Brazil?", library=seeds_library)
    assert done.returncode == 3
    assert "Nearest papers" in done.stdout
    assert "https://arxiv.org/abs/" in done.stdout


def test_json_has_the_promised_shape(arxivqa: Run, seeds_library: Path) -> None:
    done = arxivqa("ask", QUESTION, "--json", "--limit", "3", "--since", "2020", library=seeds_library)
    assert done.returncode == 0
    (row,) = rows(done)
    assert set(row) == FIELDS
    assert (row["qid"], row["turn"], row["question"]) == (None, 0, QUESTION)
    assert (row["outcome"], row["abstained"]) == ("answered", False)
    assert 0 <= row["confidence"] <= 1
    assert len(row["retrieved"]) == 3
    assert row["filters"]["since"] == "2020-01-01"
    assert row["sentences"]
    for sentence in row["sentences"]:
        assert row["text"][sentence["start"] : sentence["end"]] == sentence["text"]
        assert (sentence["supported"], sentence["reasons"]) == (True, [])
    citation = row["citations"][0]
    assert (citation["n"], citation["arxiv_id"]) == (1, "2012.12535")
    paper = json.loads(arxivqa("show", "2012.12535", "--json", library=seeds_library).stdout)
    for evidence in citation["evidence"]:
        assert paper["abstract"][evidence["start"] : evidence["end"]] == evidence["text"]


def test_a_filter_that_admits_no_paper_abstains_even_for_bytes_that_are_no_text(
    arxivqa: Run, seeds_library: Path
) -> None:
    question = b"depth estimation \xff".decode("utf-8", "surrogateescape")
    done = arxivqa("ask", question, "--until", "1999", "--json", library=seeds_library)
    (row,) = rows(done)
    assert (done.returncode, row["outcome"], row["citations"]) == (3, "nothing_found", [])
    assert row["question"].startswith("depth estimation ")


def test_a_batch_asks_questions_and_conversations(arxivqa: Run, seeds_library: Path, tmp_path: Path) -> None:
    lines = [
        {"qid": "a", "question": QUESTION, "gold": ["x"], "spans": 7},
        {
            "qid": 2,
            "turns": [
                {"question": "Whose artworks are in the contempArt dataset?"},
                {"question": "Do they find a link between style and gender in it?"},
            ],
        },
        {"question": "domain adaptation", "limit": 25},
        {"qid": "far", "question": "Who won the football world cup in Brazil?"},
    ]
    path = tmp_path / "questions.jsonl"
    path.write_text("\ufeff" + "\n\n".join(map(json.dumps, lines)) + "\n", encoding="utf-8")
    done = arxivqa("ask", "--batch", path, "--json", library=seeds_library)
    assert (done.returncode, done.stderr) == (0, "")
    got = rows(done)
    assert [(row["qid"], row["turn"]) for row in got] == [("a", 0), (2, 0), (2, 1), (None, 0), ("far", 0)]
    assert all(set(row) == FIELDS for row in got)
    assert [len(row["retrieved"]) for row in got] == [10, 10, 10, 25, 10]
    assert got[0]["citations"][0]["arxiv_id"] == "2012.12535"
    # The second turn names no dataset: only the first one can have told it which paper is meant.
    assert got[2]["citations"][0]["arxiv_id"] == got[1]["citations"][0]["arxiv_id"] == "2009.14545"
    assert got[4]["abstained"]


def test_bad_lines_of_a_batch_are_reported_and_the_others_go_on(arxivqa: Run, seeds_library: Path) -> None:
    lines = [
        b"{not json",
        b'{"qid": "b"}',
        b'{"qid": "c", "question": "  "}',
        b'["a list"]',
        b'{"qid": "d", "question": "x", "limit": 0}',
        b'{"qid": "e", "turns": []}',
        b'{"qid": "f", "turns": [{"question": "fine"}, {}]}',
        b"\xff\xfe",
        b'{"qid": {"no": 1}, "question": "x"}',
        json.dumps({"qid": "good", "question": QUESTION}).encode(),
    ]
    done = arxivqa("ask", "--batch", "-", "--json", library=seeds_library, stdin=b"\n".join(lines))
    assert done.returncode == 1
    assert [row["qid"] for row in rows(done)] == ["good"]
    said = done.stderr.splitlines()
    assert [line.split(": ")[1] for line in said] == [f"standard input:{number}" for number in range(1, 10)]
    assert "Traceback" not in done.stderr


def test_strange_questions_get_an_answer_or_a_clear_word(arxivqa: Run, seeds_library: Path) -> None:
    questions = {
        "long": "Which network segments medical images? " * 260,
        "letters": "a" * 10_000,
        "chinese": "哪些论文研究语义分割？",
        "emoji": "🦓🔬❓",
        "marks": "?!…",
        "codes": "\x1b[31m\x00\u202e what is depth estimation",
        "syntax": 'title:"depth AND (OR ]]] ^~* -foo',
        "latex": r"\frac{$\alpha",
        "half": "\ud83e what is depth estimation",
    }
    assert len(questions["long"]) > 10_000
    stdin = "\n".join(json.dumps({"qid": qid, "question": question}) for qid, question in questions.items())
    done = arxivqa("ask", "--batch", "-", "--json", library=seeds_library, stdin=stdin)
    assert "Traceback" not in done.stderr
    assert "something went wrong" not in done.stderr
    got = {row["qid"]: row for row in rows(done)}
    said = {line.split(": ")[1] for line in done.stderr.splitlines()}
    for number, qid in enumerate(questions, 1):
        assert (qid in got) != (f"standard input:{number}" in said)
    assert all(row["text"] for row in got.values())
    assert got["codes"]["retrieved"]
    for row in got.values():
        assert not row["abstained"] or row["outcome"] in ("detail_not_stated", "nothing_found")


def test_an_empty_question_gets_a_clear_word(arxivqa: Run, seeds_library: Path) -> None:
    done = arxivqa("ask", "  ", library=seeds_library)
    assert done.returncode in (1, 2)
    assert done.stdout == ""
    assert "question" in done.stderr
    assert "Traceback" not in done.stderr


def test_hostile_text_reaches_no_terminal(
    arxivqa: Run, on_terminal: Callable[..., tuple[int, str]], hostile_library: Path
) -> None:
    question = "How accurate is the zebra counter?"
    status, shown = on_terminal("ask", question, library=hostile_library)
    assert status in (0, 3)
    assert "zebra" in shown.lower()
    for code in ("\x07", "\x9b", "\x00", "\x08", "\u202e", "\x1b]0", "\x1b[31m", "https://evil.example\x1b"):
        assert code not in shown
    as_json = arxivqa("ask", question, "--json", library=hostile_library)
    assert not set(as_json.stdout) & set("\x1b\x07\x9b\x00\x08\u202e\r")
    assert "\x1b[31mred" in rows(as_json)[0]["retrieved"][0]["title"]


@pytest.mark.parametrize(
    ("llm", "said"),
    [("openai/gpt-4.1-mini", "openai/gpt-4.1-mini needs a key: put it into OPENAI_API_KEY."), ("auto", "start one")],
)
def test_a_model_that_is_not_there_costs_a_sentence_and_no_answer(
    arxivqa: Run, seeds_library: Path, monkeypatch: pytest.MonkeyPatch, llm: str, said: str
) -> None:
    monkeypatch.setattr(discovery, "PORTS", ())
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    done = arxivqa("ask", QUESTION, "--llm", llm, library=seeds_library)
    assert (done.returncode, done.stderr) == (0, "")
    assert said in done.stdout.splitlines()[0]
    assert "1.28K parameters" in done.stdout
    (row,) = rows(arxivqa("ask", QUESTION, "--json", library=seeds_library, ARXIVQA_LLM=llm))
    assert (row["backend"], row["abstained"]) == ("extractive", False)
    assert said in row["text"]


@pytest.mark.parametrize(
    ("llm", "said"),
    [
        ("gpt-4", "There is no language model 'gpt-4'"),
        ("bing/x", "There is no language model 'bing/x'"),
        ("ollama/x", 'Models of ollama need more packages: pip install "arxivqa[ollama]".'),
    ],
)
def test_a_provider_that_is_not_known_or_not_installed_is_wrong_usage(
    arxivqa: Run, seeds_library: Path, monkeypatch: pytest.MonkeyPatch, llm: str, said: str
) -> None:
    monkeypatch.setitem(factory.PACKAGES, "ollama", ("a-package-that-is-not-here",))
    done = arxivqa("ask", QUESTION, "--llm", llm, library=seeds_library)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Invalid value for '--llm'" in done.stderr
    assert said in done.stderr
    configured = arxivqa("ask", QUESTION, library=seeds_library, ARXIVQA_LLM=llm)
    assert (configured.returncode, configured.stdout) == (1, "")
    assert "arxivqa" in configured.stderr
    assert "Traceback" not in configured.stderr


@pytest.mark.parametrize("limit", ["0", "1001", "true", "2.5", '"3"', "null"])
def test_a_limit_that_is_none_is_refused(limit: str) -> None:
    with pytest.raises(InputError, match="limit"):
        parse(f'{{"question": "x", "limit": {limit}}}'.encode(), 10)


@pytest.mark.parametrize("qid", ["NaN", "-Infinity", "1e999", "[1]", '{"a": 1}'])
def test_a_qid_that_cannot_be_printed_again_as_json_is_refused(qid: str) -> None:
    with pytest.raises(InputError, match="qid"):
        parse(f'{{"qid": {qid}, "question": "x"}}'.encode(), 10)


def test_a_line_whose_turns_are_null_asks_its_question() -> None:
    assert parse(b'{"qid": 7, "question": "x", "turns": null}', 10).turns == (("x", 10),)


def test_a_deep_line_is_refused_like_any_other() -> None:
    with pytest.raises(InputError, match="not JSON"):
        parse(b"[" * 200_000, 10)


def arxivqa_codes_removed(shown: str) -> str:
    """What a person sees of what a terminal got."""
    import re

    return re.sub(r"\x1b\]8;[^\x1b]*\x1b\\|\x1b\[[0-9;]*m", "", shown).replace("\r\n", "\n")
