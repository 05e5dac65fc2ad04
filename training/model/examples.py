"""What the retrieval model is trained on: questions with their papers and hard negatives, and topics with theirs."""

from __future__ import annotations

import json
import random
import re
import tempfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from training import corpus
from vectorstore import Filters, Paper
from vectorstore.embedding.chunking import full_text
from vectorstore.index.fulltext import FullText
from vectorstore.text.latex import plain_text

DEPTH = 50  # full-text ranks that hard negatives are taken from
TOPIC_WORDS = (2, 4)
TOPIC_TITLES = (8, 1500)  # titles that a phrase must stand in to count as a topic, at least and at most
MASKED = 0.6  # of the topic examples have their phrase taken out of the paper, so that words in common cannot help
_SEED = 11
_QUESTION_SETS = Path(__file__).resolve().parents[2] / "benchmarks" / "questions"
_DULL = frozenset(
    "a an and are as at based by can for from how in into is it its new novel not of on or over s t the to toward "
    "towards under using via we what when which with without approach method framework".split()
)


@dataclass(frozen=True, slots=True)
class Example:
    """A text to search with, the paper that should be near it, and papers that should not.

    Attributes:
        text: a question, or a topic of two to four words.
        paper: the id of the right paper.
        passage: the right paper as embedded; for a topic perhaps without the topic's own words.
        negatives: ids of papers that share its words, the likeliest mistaken first.
        phrase: for a topic, what other right papers say too; empty for a question.
    """

    text: str
    paper: str
    passage: str
    negatives: tuple[str, ...] = ()
    phrase: str = ""


def passage(paper: Paper) -> str:
    """A paper as the library embeds it, before it is cut to the window."""
    return plain_text(full_text(paper))


def evaluated(folder: Path = _QUESTION_SETS) -> set[str]:
    """Ids of all papers of the question sets; none may be trained on."""
    found: set[str] = set()
    for file in sorted(folder.glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            for turn in (row, *row.get("turns", ())):
                for key in ("gold", "relevant", "partial"):
                    found |= set(turn.get(key) or ())
    return found


def questions(papers: Mapping[str, Paper], avoided: set[str]) -> list[Example]:
    """Every training question with hard negatives from the full-text ranks of all papers.

    Args:
        papers: all papers, the training ones among them.
        avoided: ids that must not be used, not even as negatives.
    """
    with tempfile.TemporaryDirectory() as folder:
        index = FullText(Path(folder))
        index.write(((paper, 1) for paper in papers.values()), generation=1)
        found = []
        for question in corpus.questions():
            if question.paper not in papers:
                continue
            ranks = index.search(question.text, Filters(), DEPTH)
            negatives = tuple(i for i, _ in ranks if i != question.paper and i not in avoided)
            found.append(Example(question.text, question.paper, passage(papers[question.paper]), negatives))
    return found


def topics(papers: Mapping[str, Paper], avoided: set[str], count: int) -> list[Example]:
    """Phrases that many titles share, each with one of its papers.

    Args:
        papers: all papers.
        avoided: ids that must not be used.
        count: how many examples.
    """
    choose = random.Random(_SEED)
    titles = {i: _phrases(p.title) for i, p in papers.items() if i not in avoided}
    counts = Counter(phrase for phrases in titles.values() for phrase in phrases)
    common = {p for p, n in counts.items() if TOPIC_TITLES[0] <= n <= TOPIC_TITLES[1]}
    holders: dict[str, list[str]] = {}
    for paper, phrases in titles.items():
        for phrase in phrases & common:
            holders.setdefault(phrase, []).append(paper)
    found = []
    for phrase in choose.sample(sorted(holders), min(count, len(holders))):
        paper = choose.choice(holders[phrase])
        text = passage(papers[paper])
        if choose.random() < MASKED:
            text = re.sub(_pattern(phrase), " ", text, flags=re.I)
        found.append(Example(phrase, paper, text, phrase=phrase))
    return found


def says(example: Example, text: str) -> bool:
    """Whether a passage has the topic's words, and so is no negative of it."""
    return bool(example.phrase) and re.search(_pattern(example.phrase), text, re.I) is not None


def _pattern(phrase: str) -> str:
    return r"\b" + r"[\s-]+".join(map(re.escape, phrase.split())) + r"s?\b"


def _phrases(title: str) -> set[str]:
    """The stretches of a title between small words and punctuation, where they are of topic length."""
    low, high = TOPIC_WORDS
    found = set()
    for part in re.split(r"[^a-z0-9 -]", plain_text(title).lower()):
        words: list[str] = []
        for word in [*re.findall(r"[a-z0-9]+", part), ""]:
            if word and word not in _DULL:
                words.append(word)
                continue
            if low <= len(words) <= high and not any(w.isdigit() for w in words):
                found.add(" ".join(words))
            words = []
    return found
