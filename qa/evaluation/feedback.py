"""Rated answers as questions whose answers are measured: what was liked should come again, what was not should not.

A rating says less than a question set does, and no more is made of it:

- up: the papers that the answer cited are taken for right ones. Others may be as right and still count as misses, and
  the answer that was rated would itself get full marks: this shows what a change has broken, not how good answers are.
- up, where the answer was that the library does not say: it should say so again.
- down: it is wrong to cite the same paper first again, or to abstain again. What would have been right is not known,
  so that an answer which is only different counts as not repeated.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from qa.evaluation.dataset import LIMIT, Case, Reply, Turn
from qa.history.models import Rated

if TYPE_CHECKING:
    from qa.assistant import Assistant


def cases(rated: Iterable[Rated], limit: int = LIMIT) -> list[tuple[Rated, Case]]:
    """The rated turns that say something of an answer, each as a case.

    Args:
        rated: turns of any conversations, as the store has them.
        limit: how many ranked papers to ask for.
    """
    found = []
    for each in rated:
        case = _case(each, limit)
        if case is not None:
            found.append((each, case))
    return found


def ask(assistant: Assistant, rated: Rated, case: Case) -> Reply:
    """Ask a rated question again as it was asked then: after the same answers, with the same filters."""
    turn = rated.turn
    answer = assistant.ask(
        turn.question, history=rated.history, filters=turn.given, limit=case.limit, dropped=turn.dropped
    )
    return Reply.of(answer, case.qid)


def _case(rated: Rated, limit: int) -> Case | None:
    """The case of one turn; None where its answer was not complete, or neither cited a paper nor abstained."""
    answer = rated.turn.answer
    if answer is None or not answer.complete:
        return None
    qid = f"{rated.conversation}.{rated.number}"
    cited = tuple(citation.paper.arxiv_id for citation in answer.citations)
    question = rated.turn.question
    if rated.turn.rating == "down" and (cited or answer.abstained):
        return Case(qid, "rejected", (Turn(question, answerable=False),), limit, wrong=cited[0] if cited else None)
    if rated.turn.rating == "up" and answer.abstained:
        return Case(qid, "unanswerable", (Turn(question, answerable=False),), limit, absence="again")
    if rated.turn.rating == "up" and cited:
        return Case(qid, "single", (Turn(question, frozenset(cited)),), limit)
    return None
