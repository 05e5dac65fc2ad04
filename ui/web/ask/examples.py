"""The questions a page offers to start with: only ones that its library answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vectorstore import ArxivQAError

if TYPE_CHECKING:
    from qa.assistant import Assistant

# The first ones fit the listings that arxivqa brings along, the last ones most listings of computer vision.
_QUESTIONS = (
    "Which papers detect COVID-19 in chest X-rays?",
    "How can SLAM cope with moving objects?",
    "Can a vision transformer be competitive without hundreds of millions of pretraining images?",
    "What speed-up does DDIM report over DDPM?",
    "Which papers use graph neural networks?",
    "Which papers release a new benchmark?",
)
_MOST = 4


def examples(assistant: Assistant) -> list[str]:
    """Return up to four questions that the library answers, made from its newest titles where the usual ones fail."""
    try:
        found: list[str] = []
        for question in _QUESTIONS:
            if len(found) < _MOST and not assistant.ask(question).abstained:
                found.append(question)
        if found:
            return found
        return [f"What is “{paper.title}” about?" for paper in assistant.find(limit=_MOST - 1)]
    except ArxivQAError:
        return []
