"""`arxivqa eval`: a user's own questions, asked or already answered, measured; nothing of a bad file is lost."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from ui.cli.evaluate import evaluate
from vectorstore import InputError

Run = Callable[..., subprocess.CompletedProcess[str]]

STAIN = {"qid": "a", "question": "How many parameters does StainNet have?", "gold": ["2012.12535"]}
FOOTBALL = {"qid": "b", "question": "Who won the football world cup?", "answerable": False}
STAIN_ANSWER = {
    "qid": "a",
    "turn": 0,
    "text": "It has 1.28K parameters. [1]",
    "abstained": False,
    "confidence": 0.9,
    "seconds": 0.03,
    "citations": [{"arxiv_id": "2012.12535", "evidence": [{"text": "It has only 1.28K parameters."}]}],
    "retrieved": [{"arxiv_id": "2010.02659"}, {"arxiv_id": "2012.12535v1"}],
}
FOOTBALL_ANSWER = {"qid": "b", "text": "France.", "abstained": False, "confidence": 0.4, "seconds": 0.01}
# What a terminal would obey, in every field that is printed again.
HOSTILE = "\x1b[31mred\x1b]0;owned\x07\x9b2J\u202e"


def written(path: Path, *rows: Any) -> Path:
    path.write_text("".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return path


def run(*arguments: str | Path) -> Result:
    """In this process: a cold one takes seconds to start."""
    return CliRunner().invoke(evaluate, [str(argument) for argument in arguments], standalone_mode=False)


def figures(result: Result) -> dict[str, dict[str, dict[str, Any]]]:
    assert result.exception is None, result.exception
    found: dict[str, dict[str, dict[str, Any]]] = json.loads(result.stdout)["figures"]
    return found


def test_questions_are_asked_of_the_library_and_measured(seeds_library: Path, tmp_path: Path) -> None:
    talk = [{"question": "What is in contempArt?"}, {"question": "How many artists?", "spans": ["442 artists"]}]
    questions = written(tmp_path / "questions.jsonl", STAIN, FOOTBALL, {"turns": talk})
    result = run(questions, "--library", seeds_library, "--json")
    assert (result.return_value, result.stderr) == (0, "")
    found = figures(result)
    assert list(found) == ["single", "unanswerable", "dialogs", "confidence"]
    assert found["single"]["cited first"] == {"value": 1.0, "low": 1.0, "high": 1.0, "count": 1}
    assert found["unanswerable"]["abstained unanswerable"]["value"] == 1.0
    assert found["dialogs"]["answered lines"]["value"] == 1.0
    assert found["confidence"]["AUROC answerable vs unanswerable"]["value"] == 1.0
    # The model is loaded before the first question, whose time is its own.
    assert found["single"]["p95 ms"]["value"] > 0


def test_answers_of_a_batch_are_measured_without_a_library(tmp_path: Path) -> None:
    questions = written(tmp_path / "questions.jsonl", STAIN, FOOTBALL)
    answers = written(tmp_path / "answers.jsonl", STAIN_ANSWER, FOOTBALL_ANSWER)
    found = figures(run(questions, "--answers", answers, "--json", "--library", tmp_path / "none"))
    assert found["single"]["recall@1"]["value"] == 0.0
    assert found["single"]["recall@10"]["value"] == 1.0
    assert found["single"]["p50 ms"]["value"] == 30.0
    assert found["unanswerable"]["abstained unanswerable"]["value"] == 0.0
    assert found["confidence"]["AUROC answerable vs unanswerable"]["value"] == 1.0


@pytest.mark.parametrize("terminal", [False, True])
def test_a_person_gets_aligned_tables_and_what_was_missed(
    on_terminal: Callable[..., tuple[int, str]], tmp_path: Path, terminal: bool
) -> None:
    questions = written(tmp_path / "questions.jsonl", STAIN, FOOTBALL)
    answers = written(tmp_path / "answers.jsonl", STAIN_ANSWER, FOOTBALL_ANSWER)
    arguments = (questions, "--answers", answers, "--misses")
    if terminal:
        status, shown = on_terminal("eval", *arguments, library=tmp_path / "none")
        shown = re.sub(r"\x1b\[[0-9;]*m", "", shown)
    else:
        result = run(*arguments)
        status, shown = result.return_value, result.output
    assert status == 0
    lines = [line.rstrip() for line in shown.splitlines()]
    assert lines[0] == "questions that one paper answers: 1"
    heads, first = lines[1], lines[2]
    assert first.split() == ["recall@1", "0.000", "0.000", "to", "0.000", "1"]
    assert heads.index("value") + len("value") == first.index("0.000") + len("0.000")
    assert heads.index("95 % interval") == first.index("0.000 to")
    assert "  miss | b | Who won the football world cup? | unanswerable" in lines
    assert "miss" not in run(*arguments[:3]).stdout


def test_bad_lines_are_reported_and_the_others_go_on(tmp_path: Path) -> None:
    bad = ["no json", "\xff", {"qid": "c"}, {"question": "no qid", "gold": ["2012.12535"]}, dict(STAIN, gold=[])]
    questions = written(tmp_path / "questions.jsonl", *bad, "", STAIN, STAIN)
    questions.write_bytes(questions.read_bytes().replace("\xff".encode(), b"\xff"))
    answers = written(tmp_path / "answers.jsonl", "[]", STAIN_ANSWER, {**STAIN_ANSWER, "qid": "other"})
    result = run(questions, "--answers", answers, "--json")
    assert result.return_value == 1
    assert figures(result)["single"]["cited"]["value"] == 1.0
    said = result.stderr.splitlines()
    assert [line.split(": ")[1] for line in said] == [
        *(f"questions.jsonl:{number}" for number in (1, 2, 3, 4, 5, 8)),
        *(f"answers.jsonl:{number}" for number in (1, 3)),
    ]
    for line, word in zip(
        said, ("JSON", "UTF-8", '"question"', '"qid"', '"gold"', "line 7", "arxivqa ask", "'other'"), strict=True
    ):
        assert word in line
    assert [problem["line"] for problem in json.loads(result.stdout)["problems"]] == [1, 2, 3, 4, 5, 8, 1, 3]


def test_a_question_without_an_answer_is_a_miss(tmp_path: Path) -> None:
    questions = written(tmp_path / "questions.jsonl", STAIN, {**STAIN, "qid": "z"})
    answers = written(tmp_path / "answers.jsonl", STAIN_ANSWER)
    found = figures(run(questions, "--answers", answers, "--json"))
    assert found["single"]["cited"]["value"] == 0.5
    assert found["single"]["answered lines"]["value"] == 0.5


def test_hostile_text_reaches_no_terminal(tmp_path: Path) -> None:
    question = {"qid": HOSTILE, "question": f"Who won {HOSTILE}?", "kind": HOSTILE}
    questions = written(tmp_path / "questions.jsonl", question, STAIN, {"question": "x", "gold": [HOSTILE]}, HOSTILE)
    answers = written(tmp_path / "answers.jsonl", {"qid": HOSTILE}, STAIN_ANSWER)
    for extra in ((), ("--json",)):
        result = run(questions, "--answers", answers, "--misses", *extra)
        assert result.return_value == 1
        assert "red" in result.stdout
        assert not set(result.stdout + result.stderr) & set("\x1b\x07\x9b\u202e\r")


def test_a_file_without_a_question_says_what_one_looks_like(tmp_path: Path) -> None:
    result = run(written(tmp_path / "empty.jsonl", ""))
    assert isinstance(result.exception, InputError)
    assert '"gold"' in str(result.exception)


@pytest.mark.parametrize(
    ("arguments", "status"), [(["--help"], 0), (["/nowhere/questions.jsonl"], 2), (["-", "--answers", "-"], 2)]
)
def test_it_is_a_command_of_the_program(arxivqa: Run, arguments: list[str], status: int) -> None:
    done = arxivqa("eval", *arguments)
    assert done.returncode == status
    assert ("  Examples:\n    arxivqa eval " in done.stdout) == (status == 0)
    assert "Traceback" not in done.stderr
