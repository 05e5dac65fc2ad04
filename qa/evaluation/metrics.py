"""What answers are worth: the measures of each kind of question set, with 95 % intervals.

The measures are those of `benchmarks/quality/score.py`, which runs without this package; a test holds the two together.
In Python, over the library in use:

>>> from qa import open_assistant
>>> row = {"question": "How many parameters does the stain normalization network have?", "gold": ["2012.12535"]}
>>> cases = [Case.read(row, qid=1)]
>>> with open_assistant() as assistant:
...     replies = [reply for case in cases for reply in ask(assistant, case)]
>>> evaluate(cases, replies)["single"].figures["cited first"].value
1.0
"""

from __future__ import annotations

import collections
import itertools
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qa.evaluation import bootstrap
from qa.evaluation.bootstrap import Figure
from qa.evaluation.dataset import Case, CaseTurn, Qid, Reply, SetKind

if TYPE_CHECKING:
    from qa.answer import Answer
    from qa.assistant import Assistant

__all__ = ["Case", "Figure", "Miss", "Reply", "Table", "ask", "covered", "evaluate", "judge_case", "separation"]

SPAN_RECALL = 0.7  # share of a gold span's words that must stand in the evidence (or the text)
CITED = 5  # only an answer's first citations count,
EVIDENCE_WORDS = 80  # and only the first words of each one's evidence: highlighting everything is no evidence
LIST_MISSED = 0.8  # a list with a lower F1 is shown among the misses,
TOPIC_MISSED = 0.2  # and a topic with a lower ndcg@20
_OF_A_TURN = ("cited", "cited first", "evidence", "false abstention")  # what is said of a conversation's turns
_ABSENCES = ("near", "detail", "far")  # in the order they are shown; others follow

# By measure, a question's values together and how many they are: one, or one for each turn of its kind.
Judged = dict[str, tuple[float, int]]


@dataclass(frozen=True, slots=True)
class Miss:
    """A question that was not answered as it should have been.

    Attributes:
        qid: its id; for a turn, the conversation's with the turn's number: "d7.1".
        question: as asked.
        wanted: papers that should have been found; the nearest ones of a question without an answer.
        why: what went wrong, in a word or two.
    """

    qid: str
    question: str
    wanted: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Table:
    """The measures of one kind of question: a figure for each, and what was missed."""

    kind: SetKind
    questions: int
    figures: Mapping[str, Figure]
    misses: tuple[Miss, ...] = ()


def ask(assistant: Assistant, case: Case) -> Iterator[Reply]:
    """Ask a case's questions, each turn in the light of those before it."""
    history: list[Answer] = []
    for number, turn in enumerate(case.turns):
        history.append(assistant.ask(turn.question, history=tuple(history), limit=case.limit))
        yield Reply.of(history[-1], case.qid, number)


def evaluate(cases: Sequence[Case], replies: Iterable[Reply]) -> dict[SetKind, Table]:
    """Measure the answers to a set of questions.

    Args:
        cases: the questions; where they are of several kinds, each kind gets its own table.
        replies: their answers, in any order. A question without one is a miss.
    """
    answers = {(reply.qid, reply.turn): reply for reply in replies}
    kinds = {case.qid: case.kind for case in cases}
    tables: dict[SetKind, Table] = {}
    for kind in dict.fromkeys(case.kind for case in cases):
        # An answer to no question at all still counts as a line, in the first table.
        own = {key: reply for key, reply in answers.items() if kinds.get(key[0], cases[0].kind) == kind}
        tables[kind] = _table(kind, [case for case in cases if case.kind == kind], own)
    return tables


def separation(*sets: tuple[Sequence[Case], Iterable[Reply]]) -> dict[str, Figure]:
    """How well the confidence tells questions that are answered from each kind that is not, as an AUROC.

    Args:
        sets: questions with their answers, several sets over the same library taken together.
    """
    found = collections.defaultdict[str, list[float]](list)
    for cases, replies in sets:
        answers = {(reply.qid, reply.turn): reply for reply in replies}
        for case in cases:
            if case.kind in ("single", "unanswerable") and (case.qid, 0) in answers:
                found[case.absence].append(answers[case.qid, 0].confidence)
    answerable = found.pop("", [])
    kinds = [kind for kind in dict.fromkeys((*_ABSENCES, *sorted(found))) if found.get(kind)]
    return {f"AUROC answerable vs {kind}": bootstrap.area(answerable, found[kind]) for kind in kinds if answerable}


def judge_case(case: Case, answers: Mapping[tuple[Qid, int], Reply]) -> tuple[Judged, list[Miss]]:
    """The measures of one question, and what of it was missed.

    Args:
        case: the question.
        answers: the answers of its set, by qid and turn.
    """
    if case.kind == "dialogs":
        return _judge_dialog(case, answers)
    reply, question = answers.get((case.qid, 0), Reply()), case.turns[0].question
    missed: list[tuple[Iterable[str], str]] = []
    measures: Mapping[str, float]
    if case.kind == "single":
        measures = _judge_turn(case.turns[0], reply)
        if why := _missed(measures):
            missed = [(sorted(case.turns[0].gold or ()), why)]
    elif case.kind == "lists":
        measures, lacking = _judge_list(case, reply)
        if measures["f1"] < LIST_MISSED:
            missed = [(lacking, f"p {measures['precision']:.2f} r {measures['recall']:.2f}")]
    elif case.kind == "topics":
        measures = _judge_topic(case, reply)
        if measures["ndcg@20"] < TOPIC_MISSED:
            missed = [((), f"ndcg@20 {measures['ndcg@20']:.2f}")]
    else:
        measures = {f"abstained {case.absence}": float(reply.abstained)}
        missed = [] if reply.abstained else [(case.near, case.absence)]
    judged = {name: (float(value), 1) for name, value in measures.items()}
    return judged, [Miss(str(case.qid), question, tuple(wanted), why) for wanted, why in missed]


def covered(span: str, text: str) -> float:
    """The share of a passage's words, each as often as it stands there, that a text holds.

    >>> covered("only 1.28K parameters", "It has 1.28K of them.")
    0.5
    """
    want, have = collections.Counter(_words(span)), collections.Counter(_words(text))
    total = sum(want.values())
    return sum(min(number, have[word]) for word, number in want.items()) / total if total else 0.0


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+(?:\.[0-9]+)?", re.sub(r"\\[a-zA-Z]+|[\\${}]", " ", text).lower())


def _table(kind: SetKind, cases: Sequence[Case], answers: Mapping[tuple[Qid, int], Reply]) -> Table:
    judged = [judge_case(case, answers) for case in cases]
    names = list(dict.fromkeys(name for measures, _ in judged for name in measures))
    if kind == "unanswerable":
        names.sort()
    figures = {}
    for name in names:
        values = [measures[name] for measures, _ in judged if name in measures]
        figures[name] = bootstrap.ratio([total for total, _ in values], [number for _, number in values])
    seconds = sorted(reply.seconds for reply in answers.values() if reply.seconds is not None)
    if seconds:
        figures["p50 ms"] = Figure(1000 * seconds[len(seconds) // 2], count=len(seconds))
        last = min(len(seconds) - 1, int(len(seconds) * 0.95))
        figures["p95 ms"] = Figure(1000 * seconds[last], count=len(seconds))
    expected = sum(len(case.turns) for case in cases)
    figures["answered lines"] = Figure(len(answers) / expected, count=expected)
    return Table(kind, len(cases), figures, tuple(itertools.chain.from_iterable(missed for _, missed in judged)))


def _judge_turn(turn: CaseTurn, reply: Reply) -> dict[str, float]:
    """The measures of a question that one paper answers, as far as what is known of it allows."""
    measures: dict[str, float] = {}
    cited = reply.cited[:CITED]
    if turn.gold is not None:
        gold = turn.gold
        rank = next((place for place, paper in enumerate(reply.retrieved) if paper in gold), None)
        measures["recall@1"] = rank == 0
        measures["recall@10"] = rank is not None and rank < 10
        measures["mrr"] = 1 / (rank + 1) if rank is not None else 0.0
        measures["cited"] = any(paper in gold for paper, _ in cited)
        measures["cited first"] = bool(cited) and cited[0][0] in gold
        if turn.spans is not None:
            evidence = " ".join(" ".join(text.split()[:EVIDENCE_WORDS]) for paper, text in cited if paper in gold)
            measures["evidence"] = any(covered(span, evidence) >= SPAN_RECALL for span in turn.spans)
    if turn.spans is not None:
        measures["answer in text"] = any(covered(span, reply.text) >= SPAN_RECALL for span in turn.spans)
    if turn.answerable:
        measures["false abstention"] = reply.abstained
        measures["citations"] = len(reply.cited)
    return measures


def _missed(measures: Mapping[str, float]) -> str:
    """What went wrong with a question that one paper answers; "" when nothing did."""
    if "cited" not in measures:
        return "abstained" if measures["false abstention"] else "" if measures.get("answer in text", 1) else "not said"
    right = measures["cited first"] and measures.get("evidence", 1)
    return "" if right else "cited" if measures["cited"] else "not cited"


def _judge_list(case: Case, reply: Reply) -> tuple[dict[str, float], list[str]]:
    listed = list(dict.fromkeys(reply.papers))
    hits = [paper for paper in listed if paper in case.relevant]
    counted = [paper for paper in listed if paper not in case.partial]
    precision = len(hits) / len(counted) if counted else 0.0
    recall = len(hits) / len(case.relevant)
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    measures = {"precision": precision, "recall": recall, "f1": f1, "listed": float(len(listed))}
    return measures, sorted(case.relevant - set(listed))


def _judge_topic(case: Case, reply: Reply) -> dict[str, float]:
    """A topic with papers that someone listed under it: never all there are, so its ranks only."""
    ranked = list(dict.fromkeys(reply.retrieved))[:100]
    gains = [paper in case.relevant for paper in ranked]
    ideal = sum(1 / math.log2(place + 2) for place in range(min(20, len(case.relevant))))
    return {
        "recall@100": sum(gains) / len(case.relevant),
        "ndcg@20": sum(gain / math.log2(place + 2) for place, gain in enumerate(gains[:20])) / ideal,
        "first relevant @10": float(any(gains[:10])),
    }


def _judge_dialog(case: Case, answers: Mapping[tuple[Qid, int], Reply]) -> tuple[Judged, list[Miss]]:
    judged: Judged = {}
    misses = []
    for number, turn in enumerate(case.turns):
        measures = _judge_turn(turn, answers.get((case.qid, number), Reply()))
        switch = case.topic_switch and number == len(case.turns) - 1
        place = "first" if number == 0 else "switch" if switch else "follow-up"
        for name in _OF_A_TURN:
            if name in measures:
                total, count = judged.get(f"{place}: {name}", (0.0, 0))
                judged[f"{place}: {name}"] = (total + measures[name], count + 1)
        if not measures.get("cited", True):
            misses.append(Miss(f"{case.qid}.{number}", turn.question, tuple(sorted(turn.gold or ())), "not cited"))
    return judged, misses
