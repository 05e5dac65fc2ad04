"""The measures: what `benchmarks/quality/score.py`, which runs alone, says of real and of made answers."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import qa
from benchmarks.quality import score
from qa import Assistant
from qa.evaluation import bootstrap
from qa.evaluation.dataset import Case, Reply
from qa.evaluation.metrics import ask, evaluate, judge_case, separation

Row = dict[str, Any]

SETS: dict[str, list[Row]] = {
    "seeds": [
        {
            "qid": "s1",
            "question": "How many events a second does the event camera tracker get through?",
            "gold": ["2010.02771"],
            "spans": ["processing over a million events per second", "a throughput of 10 kHz"],
        },
        {
            "qid": "s2",
            "question": "datasets used to evaluate change captioning under viewpoint changes",
            "gold": ["2009.14352"],
            "spans": ["both Spot-the-Diff and CLEVR-Change datasets"],
        },
        {
            "qid": "s3",
            "question": "What happens to the colour of each pixel in StainNet?",
            "gold": ["2012.12535", "2010.02659"],
            "spans": ["adjust the color value depended on a single pixel"],
        },
    ],
    "lists": [
        {
            "qid": "l1",
            "question": "Which papers estimate depth from one camera?",
            "relevant": ["2010.02893", "2010.00058"],
            "partial": ["2010.02680"],
        },
        {"qid": "l2", "question": "List all papers on stain normalization.", "relevant": ["2012.12535"], "partial": []},
    ],
    "topics": [
        {"qid": "t1", "question": "histopathology stains", "relevant": ["2012.12535", "2010.02659"], "limit": 100},
        {"qid": "t2", "question": "event cameras", "relevant": ["2010.02771", "2101.99999"], "limit": 30},
    ],
    "unanswerable": [
        {"qid": "u1", "kind": "far", "question": "How long does sourdough have to rise?", "near_ids": []},
        {"qid": "u2", "kind": "near", "question": "How do event cameras count bees?", "near_ids": ["2010.02771"]},
        {"qid": "u3", "kind": "detail", "question": "What did StainNet cost to train?", "near_ids": ["2012.12535"]},
    ],
    "dialogs": [
        {
            "qid": "d1",
            "turns": [
                {"question": "What is in contempArt?", "gold": ["2009.14545"], "spans": ["paintings and drawings"]},
                {"question": "How many artists does it have?", "gold": ["2009.14545"], "spans": ["442 artists"]},
            ],
            "topic_switch": False,
        },
        {
            "qid": "d2",
            "turns": [
                {"question": "What has 1.28K parameters?", "gold": ["2012.12535"], "spans": ["1.28K parameters"]},
                {"question": "Does it beat others?", "gold": ["2012.12535"], "spans": ["outperforms the state-of-art"]},
                {
                    "question": "Another topic: how fast is tracking with event cameras?",
                    "gold": ["2010.02771"],
                    "spans": ["a throughput of 10 kHz"],
                },
            ],
            "topic_switch": True,
        },
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def assistant(seeds_library: Path) -> Iterator[Assistant]:
    with qa.open_assistant(seeds_library) as opened:
        yield opened


def scored(sets: Mapping[str, Sequence[Row]], answers: Mapping[str, Sequence[Row]], folder: Path) -> dict[str, Any]:
    """What score.py says, by set."""
    paths = []
    for name, rows in sets.items():
        for part, lines in (("questions", rows), ("answers", answers[name])):
            path = folder / f"{name}.{part}.jsonl"
            path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
            paths.append(str(path))
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        score.main([*paths, "--json"])
    return {
        Path(name).name.removesuffix(".questions.jsonl"): own for name, own in json.loads(printed.getvalue()).items()
    }


def measured(sets: Mapping[str, Sequence[Row]], answers: Mapping[str, Sequence[Row]]) -> dict[str, dict[str, float]]:
    """The same by qa.evaluation.metrics."""
    read = {name: ([Case.read(r) for r in rows], [Reply.read(a) for a in answers[name]]) for name, rows in sets.items()}
    found = {}
    for name, (cases, replies) in read.items():
        (table,) = evaluate(cases, replies).values()
        found[name] = {measure: figure.value for measure, figure in table.figures.items()}
    areas = separation(*read.values())
    return found | ({"confidence": {name: figure.value for name, figure in areas.items()}} if areas else {})


def assert_agree(own: Mapping[str, Mapping[str, float]], theirs: Mapping[str, Mapping[str, float]]) -> None:
    assert own.keys() == theirs.keys()
    for name, figures in theirs.items():
        assert list(own[name]) == list(figures)  # also in the same order
        for measure, value in figures.items():
            assert own[name][measure] == pytest.approx(value, abs=1e-9), (name, measure)


def test_real_answers_are_worth_what_the_scorer_says(assistant: Assistant, tmp_path: Path) -> None:
    answers: dict[str, list[Row]] = {}
    for name, rows in SETS.items():
        answers[name] = []
        for row in rows:
            history: list[qa.Answer] = []
            for turn, asked in enumerate(row.get("turns", [row])):
                answer = assistant.ask(asked["question"], history=tuple(history), limit=row.get("limit", 10))
                history.append(answer)
                answers[name].append({"qid": row["qid"], "turn": turn, **answer.to_json()})
    theirs = scored(SETS, answers, tmp_path)
    assert set(theirs) == {*SETS, "confidence"}
    assert theirs["seeds"]["recall@10"] > 0  # the answers are worth something, so that the comparison is
    assert theirs["dialogs"].keys() >= {"first: cited", "follow-up: evidence", "switch: cited first"}
    assert_agree(measured(SETS, answers), theirs)


def test_asking_a_case_gives_what_asking_by_hand_gives(assistant: Assistant) -> None:
    case = Case.read(SETS["dialogs"][1])
    replies = list(ask(assistant, case))
    first = assistant.ask(case.turns[0].question)
    second = assistant.ask(case.turns[1].question, history=(first,))
    assert [reply.turn for reply in replies] == [0, 1, 2]
    assert replies[0].cited == Reply.of(first).cited
    assert replies[1].retrieved == Reply.of(second).retrieved


IDS = [f"2001.0000{n}" for n in range(8)]
WORDS = "a net of 12 layers reads 1.5 $\\alpha$ images, fast".split()
ids = st.lists(st.sampled_from(IDS), min_size=1, max_size=5, unique=True)
texts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=8).map(" ".join)
turns = st.fixed_dictionaries({"question": texts, "gold": ids, "spans": st.lists(texts, min_size=1, max_size=3)})


def numbered(rows: st.SearchStrategy[Row]) -> st.SearchStrategy[list[Row]]:
    return st.lists(rows, min_size=1, max_size=6).map(lambda rs: [{"qid": f"q{n}", **r} for n, r in enumerate(rs)])


some = st.lists(st.sampled_from(IDS))
kinds = st.sampled_from(["near", "detail", "far"])
conversations = st.lists(turns, min_size=1, max_size=3)
QUESTIONS = {
    "seeds": numbered(turns),
    "lists": numbered(st.fixed_dictionaries({"question": texts, "relevant": ids, "partial": some})),
    "topics": numbered(st.fixed_dictionaries({"question": texts, "relevant": ids})),
    "unanswerable": numbered(st.fixed_dictionaries({"question": texts, "kind": kinds, "near_ids": some})),
    "dialogs": numbered(st.fixed_dictionaries({"turns": conversations, "topic_switch": st.booleans()})),
}
written = st.builds(lambda paper, version: paper + version, st.sampled_from(IDS), st.sampled_from(["", "v2"]))
papers = st.lists(st.fixed_dictionaries({"arxiv_id": written}), max_size=12)
evidence = st.lists(st.fixed_dictionaries({"text": texts}), max_size=2)
citations = st.lists(st.fixed_dictionaries({"arxiv_id": written}, optional={"evidence": evidence}), max_size=7)
answered = st.fixed_dictionaries(
    {"text": texts, "abstained": st.booleans(), "confidence": st.sampled_from([0.0, 0.2, 0.5, 0.9])},
    optional={"citations": citations, "papers": papers, "retrieved": papers, "seconds": st.floats(0, 9)},
)


@given(data=st.data())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_the_answers_the_two_agree(data: st.DataObject, tmp_path: Path) -> None:
    sets = {name: data.draw(rows) for name, rows in QUESTIONS.items()}
    answers: dict[str, list[Row]] = {}
    for name, rows in sets.items():
        answers[name] = []
        for row in rows:
            for turn in range(len(row.get("turns", [0]))):
                for _ in range(data.draw(st.sampled_from([1, 1, 1, 0, 2]))):  # some are missing, some there twice
                    answers[name].append({"qid": row["qid"], "turn": turn, **data.draw(answered)})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bootstrap, "RESAMPLES", 20)  # the intervals are not compared, and take most of the time
        own = measured(sets, answers)
    assert_agree(own, scored(sets, answers, tmp_path))


def test_rows_of_several_kinds_get_a_table_each() -> None:
    rows = [SETS["seeds"][0], SETS["lists"][0], SETS["unanswerable"][0], SETS["seeds"][1]]
    tables = evaluate([Case.read(row) for row in rows], [Reply("s1", retrieved=("2010.02771",))])
    assert {kind: table.questions for kind, table in tables.items()} == {"single": 2, "lists": 1, "unanswerable": 1}
    assert tables["single"].figures["recall@1"].value == 0.5
    assert tables["single"].figures["answered lines"].value == 0.5
    assert tables["lists"].figures["answered lines"].value == 0.0
    assert [miss.qid for miss in tables["lists"].misses] == ["l1"]
    assert tables["lists"].misses[0].wanted == ("2010.00058", "2010.02893")


def test_only_what_is_known_of_an_answer_is_measured() -> None:
    told = {"qid": 1, "text": "It has 1.28K parameters.", "citations": [{"arxiv_id": "2012.12535v2"}]}
    answers = {(1, 0): Reply.read(told)}
    gold, _ = judge_case(
        Case.read({"qid": 1, "question": "q", "gold": ["https://arxiv.org/abs/2012.12535v1"]}), answers
    )
    spans, missed = judge_case(Case.read({"qid": 1, "question": "q", "spans": ["1.28K parameters"]}), answers)
    plain, _ = judge_case(Case.read({"qid": 1, "question": "q", "answerable": True}), answers)
    absent, wrongly = judge_case(Case.read({"qid": 1, "question": "q", "answerable": False}), answers)
    assert "evidence" not in gold
    assert gold["cited first"] == (1.0, 1)
    assert (list(spans), missed) == (["answer in text", "false abstention", "citations"], [])
    assert spans["answer in text"] == (1.0, 1)
    assert list(plain) == ["false abstention", "citations"]
    assert absent == {"abstained unanswerable": (0.0, 1)}
    assert [miss.why for miss in wrongly] == ["unanswerable"]
