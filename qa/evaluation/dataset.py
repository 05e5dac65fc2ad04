"""Questions with what is known of their right answers, and answers to them, as they stand in files of JSON lines."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from qa.answer import Answer
from vectorstore.errors import InputError
from vectorstore.text.arxiv_ids import split_id
from vectorstore.text.cleaning import encodable

SetKind = Literal["single", "lists", "topics", "unanswerable", "dialogs"]
Qid = str | int | float | None

LIMIT = 10  # ranked papers that are asked for
TOPIC_LIMIT = 100  # a topic is measured on so many
_MOST = 1000


@dataclass(frozen=True, slots=True)
class CaseTurn:
    """One question, alone or in a conversation.

    Attributes:
        question: as it is asked.
        gold: papers each of which answers it; None when not stated.
        spans: passages each of which answers it, word for word; None when not stated.
        answerable: whether it is known that the library answers it.
    """

    question: str
    gold: frozenset[str] | None = None
    spans: tuple[str, ...] | None = None
    answerable: bool = True


@dataclass(frozen=True, slots=True)
class Case:
    """One row of a question set.

    Attributes:
        qid: what its answers are known by.
        kind: "single" is answered by one paper; "lists" by all `relevant` papers and no others; of "topics" some
            relevant papers are known; "unanswerable" should be abstained from; "dialogs" have several turns.
        turns: its questions; one unless it is a dialog.
        limit: how many ranked papers to ask for.
        relevant, partial: the papers of a list or topic, and those that may be on a list or not.
        absence: what kind of unanswerable it is ("near", "detail", "far", or the asker's own word).
        near: papers that come nearest to an unanswerable question.
        topic_switch: whether the last turn of a dialog leaves its topic.
    """

    qid: Qid
    kind: SetKind
    turns: tuple[CaseTurn, ...]
    limit: int = LIMIT
    relevant: frozenset[str] = frozenset()
    partial: frozenset[str] = frozenset()
    absence: str = ""
    near: tuple[str, ...] = ()
    topic_switch: bool = False

    @classmethod
    def read(cls, row: Mapping[str, Any], qid: Qid = None, limit: int | None = None) -> Case:
        """Read a row; its fields say what kind it is, and those that no measure needs are never looked at.

        >>> Case.read({"question": "Which papers detect lanes?", "relevant": ["2009.14376v2"], "partial": []}).kind
        'lists'

        Args:
            row: "question", or "turns" (a list of objects with "question"), and of "gold", "spans", "relevant",
                "partial", "kind", "near_ids", "answerable", "topic_switch", "limit" those that are known.
            qid: for a row that has no "qid".
            limit: for a row that has no "limit"; None for 10, or 100 of a topic.

        Raises:
            InputError: a field cannot be used, or nothing says what a right answer is.
        """
        if not isinstance(row, Mapping):
            raise InputError('it is not a JSON object such as {"question": "…", "gold": ["2012.12535"]}')
        kind = _kind(row)
        turns = _turns(row) if kind == "dialogs" else (_turn(row, answerable=kind != "unanswerable"),)
        if kind in ("single", "dialogs") and not any(t.gold or t.spans or t.answerable for t in turns):
            raise InputError(
                'nothing says what a right answer is. Add "gold" (papers), "spans" (passages), "relevant" (papers of a '
                'list) or "answerable" (true or false)'
            )
        default = limit or (TOPIC_LIMIT if kind == "topics" else LIMIT)
        return cls(
            qid=_qid(row, qid),
            kind=kind,
            turns=turns,
            limit=_limit(row, default),
            relevant=frozenset(_ids(row, "relevant")) if kind in ("lists", "topics") else frozenset(),
            partial=frozenset(_ids(row, "partial", empty=True)) if kind == "lists" else frozenset(),
            absence=_absence(row) if kind == "unanswerable" else "",
            near=_ids(row, "near_ids", empty=True) if kind == "unanswerable" and row.get("near_ids") else (),
            topic_switch=kind == "dialogs" and bool(row.get("topic_switch")),
        )


@dataclass(frozen=True, slots=True)
class Reply:
    """What is measured of one answer.

    Attributes:
        qid, turn: which question it answers; turns count from 0.
        text: the answer.
        abstained, confidence: whether it says that the library does not answer, and how sure it is that it does.
        seconds: wall time; None when not stated.
        cited: the papers cited, in order, each with the text of its evidence.
        papers: what the answer rests on or lists, in order.
        retrieved: the ranked candidates.
    """

    qid: Qid = None
    turn: int = 0
    text: str = ""
    abstained: bool = False
    confidence: float = 0.0
    seconds: float | None = None
    cited: tuple[tuple[str, str], ...] = ()
    papers: tuple[str, ...] = ()
    retrieved: tuple[str, ...] = ()

    @classmethod
    def read(cls, row: Mapping[str, Any]) -> Reply:
        """Read an object that `arxivqa ask --json` printed.

        Raises:
            InputError: it is not such an object.
        """
        try:
            confidence, seconds = float(row.get("confidence") or 0.0), row.get("seconds")
            if not math.isfinite(confidence):
                raise ValueError("the confidence is not a number")
            return cls(
                qid=_qid(row, None),
                turn=int(row.get("turn", 0)),
                text=str(row.get("text") or ""),
                abstained=bool(row.get("abstained")),
                confidence=confidence,
                seconds=None if seconds is None else float(seconds),
                cited=tuple(
                    (_bare(c["arxiv_id"]), " ".join(e["text"] for e in c.get("evidence") or []))
                    for c in row.get("citations") or []
                ),
                papers=tuple(_bare(p["arxiv_id"]) for p in row.get("papers") or []),
                retrieved=tuple(_bare(p["arxiv_id"]) for p in row.get("retrieved") or []),
            )
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise InputError(
                f"it is not an answer as `arxivqa ask --batch FILE.jsonl --json` prints it ({type(error).__name__}: "
                f"{error})"
            ) from None

    @classmethod
    def of(cls, answer: Answer, qid: Qid = None, turn: int = 0) -> Reply:
        """The same of an answer in hand."""
        return cls.read({"qid": qid, "turn": turn, **answer.to_json()})


def _bare(arxiv_id: str) -> str:
    return re.sub(r"v\d+$", "", arxiv_id)


def _kind(row: Mapping[str, Any]) -> SetKind:
    answerable = row.get("answerable", True)
    if not isinstance(answerable, bool):
        raise InputError('"answerable" is neither true nor false')
    absent = "kind" in row or not answerable
    known = [name for name in ("gold", "spans", "relevant", "turns") if row.get(name) is not None]
    if absent and known:
        said = '"kind"' if "kind" in row else '"answerable"'
        raise InputError(f'{said} says that nothing answers it, "{known[0]}" says otherwise. Leave one of them out')
    if row.get("turns") is not None:
        return "dialogs"
    if row.get("relevant") is not None:
        return "lists" if row.get("partial") is not None else "topics"
    return "unanswerable" if absent else "single"


def _turns(row: Mapping[str, Any]) -> tuple[CaseTurn, ...]:
    turns = row["turns"]
    if not isinstance(turns, list) or not turns or not all(isinstance(turn, dict) for turn in turns):
        raise InputError('"turns" is not a list of objects such as {"question": "…", "gold": ["2012.12535"]}')
    if any(turn.get("answerable", True) is not True for turn in turns):
        raise InputError('a turn cannot say "answerable": false. Ask it in a row of its own')
    return tuple(_turn(turn) for turn in turns)


def _turn(row: Mapping[str, Any], *, answerable: bool = True) -> CaseTurn:
    question = row.get("question")
    if not isinstance(question, str) or not question.strip():
        raise InputError('there is no "question", or it is empty')
    gold = frozenset(_ids(row, "gold")) if row.get("gold") is not None else None
    spans = _texts(row, "spans") if row.get("spans") is not None else None
    known = gold is not None or spans is not None or row.get("answerable") is True
    return CaseTurn(encodable(question), gold, spans, answerable and known)


def _ids(row: Mapping[str, Any], name: str, *, empty: bool = False) -> tuple[str, ...]:
    ids = row[name]
    if not isinstance(ids, list) or not all(isinstance(i, str) for i in ids) or not (ids or empty):
        raise InputError(f'"{name}" is not a list of arXiv ids such as ["2012.12535"]')
    try:
        return tuple(split_id(i)[0] for i in ids)
    except InputError as error:
        raise InputError(f'"{name}": {error}') from None


def _texts(row: Mapping[str, Any], name: str) -> tuple[str, ...]:
    texts = row[name]
    if not isinstance(texts, list) or not texts or not all(isinstance(t, str) and t.strip() for t in texts):
        raise InputError(f'"{name}" is not a list of passages that answer the question. Leave it out if none is known')
    return tuple(texts)


def _absence(row: Mapping[str, Any]) -> str:
    kind = row.get("kind", "unanswerable")
    if not isinstance(kind, str) or not kind.strip():
        raise InputError('"kind" is not a word such as "near", "detail" or "far"')
    return kind


def _qid(row: Mapping[str, Any], default: Qid) -> Qid:
    qid = row.get("qid", default)
    if qid is None:
        return default
    if not isinstance(qid, str | int | float) or (isinstance(qid, float) and not math.isfinite(qid)):
        raise InputError('"qid" is neither a string nor a number')
    return qid


def _limit(row: Mapping[str, Any], default: int) -> int:
    limit = row.get("limit", default)
    if isinstance(limit, bool) or not isinstance(limit, int) or not 1 <= limit <= _MOST:
        raise InputError(f'"limit" is not a whole number from 1 to {_MOST}')
    return limit
