"""Sentences that abstracts bear out and sentences that they do not, each with the papers that are given for it."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks.citations import corruptions, paraphrases
from qa.evidence.selection import sentences_of
from qa.evidence.tokens import rarity, stems
from vectorstore import Paper

WRITTEN = Path(__file__).with_name("paraphrases.jsonl")
_SHORTEST, _LONGEST = 8, 45  # words of a sentence
_TELLING = 0.45, 4  # so rare are so many words of a sentence that says something of its own paper
_GIVEN = (3, 7)  # other papers given, at least and at most: the nearest ones
_TRIES = 40


@dataclass(frozen=True, slots=True)
class Case:
    """One sentence to check.

    Attributes:
        kind: how it was made.
        true: whether the papers that are given bear it out.
        text: the sentence with its marks.
        papers: those given, in the order of their marks.
        right: the marks of the papers that bear it out, or that it was made from; empty where none of those is given.
        wrong: a mark that it carries and should lose.
    """

    kind: str
    true: bool
    text: str
    papers: tuple[Paper, ...]
    right: frozenset[int]
    wrong: int = 0


class Maker:
    """Makes cases from the papers of one library.

    Args:
        papers: the papers.
        seed: of all chance; the same papers and seed make the same cases.
    """

    def __init__(self, papers: Sequence[Paper], seed: int) -> None:
        self.papers = sorted(papers, key=lambda paper: paper.arxiv_id)
        self.rng = random.Random(seed)
        self._place = {paper.arxiv_id: n for n, paper in enumerate(self.papers)}
        self._near = self._nearest()
        self._pool = sorted({m[0] for paper in self.papers for m in corruptions.names(paper.abstract)})
        self._all = [(paper, e.text) for paper in self.papers for e in sentences_of(paper.abstract) if _usable(e.text)]
        self._used: set[str] = set()

    def supported(self, count: int, written: Sequence[tuple[str, str]] = ()) -> Iterator[Case]:
        """True sentences: `count` of each kind, and all those written by hand, as (arXiv id, text)."""
        rules: tuple[tuple[str, Callable[[Paper, str], str | None]], ...] = (
            ("verbatim", lambda _, text: text),
            ("synonyms", lambda _, text: paraphrases.synonyms(text, self.rng)),
            ("third person", lambda _, text: paraphrases.third_person(text, self.rng)),
            ("reframed", lambda _, text: paraphrases.reframed(text, self.rng)),
            ("clause dropped", lambda _, text: paraphrases.dropped(text, self.rng)),
            ("passive", lambda _, text: paraphrases.passive(text, self.rng)),
            ("number format", lambda _, text: paraphrases.numbers(text, self.rng)),
            ("reordered", lambda _, text: paraphrases.reordered(text, self.rng)),
            ("spelling", lambda _, text: paraphrases.spelling(text, self.rng)),
            ("acronyms", lambda paper, text: paraphrases.with_acronyms(text, paraphrases.acronyms(paper.abstract))),
            ("several rules", lambda _, text: paraphrases.mixed(text, self.rng)),
            ("two sentences in one", self._fused),
        )
        for kind, rule in rules:
            yield from self._made(kind, count, rule, self._true)
        yield from self._made("two papers in one", count, lambda _, text: text, self._of_two)
        by_id = {paper.arxiv_id: paper for paper in self.papers}
        for arxiv_id, text in written:
            yield self._true("written by hand", by_id[arxiv_id], text)

    def corrupted(self, count: int) -> Iterator[Case]:
        """False sentences: about `count` of each kind, fewer where the papers do not give so many."""
        rng = self.rng
        rules: tuple[tuple[str, corruptions.Corruption], ...] = (
            ("number", corruptions.number),
            ("number of the same abstract", corruptions.number_of_same),
            ("unit", corruptions.unit),
            ("name", partial(corruptions.name, pool=self._pool)),
            ("name of the same abstract", corruptions.name_of_same),
            ("negation", corruptions.negation),
            ("direction", corruptions.direction),
            ("who beats whom", corruptions.roles),
            ("invented clause", corruptions.invented_tail),
        )
        for kind, rule in rules:

            def made(paper: Paper, text: str, rule: corruptions.Corruption = rule) -> str | None:
                base = paraphrases.mixed(text, rng) if rng.random() < 0.5 else text
                return rule(base, paper.abstract, rng) if base else None

            yield from self._made(kind, count, made, self._false)
        yield from self._made(
            "invented claim", count, lambda paper, _: corruptions.invented(_topic(paper), rng), self._false
        )
        for kind, build in (
            ("wrong mark, right paper given", self._wrong_mark),
            ("wrong mark, right paper not given", partial(self._absent, marked=True)),
            ("paper not given, no mark", partial(self._absent, marked=False)),
        ):
            yield from self._made(kind, count, self._plain_or_mixed, build)

    def _made(
        self,
        kind: str,
        count: int,
        rule: Callable[[Paper, str], str | None],
        build: Callable[[str, Paper, str], Case],
    ) -> Iterator[Case]:
        order = list(self._all)
        self.rng.shuffle(order)
        made = 0
        for paper, text in order:
            if made == count:
                return
            new = rule(paper, text)
            if new is not None and new not in self._used:
                self._used.add(new)
                made += 1
                yield build(kind, paper, new)

    def _given(self, paper: Paper, *, without: bool = False) -> tuple[tuple[Paper, ...], int]:
        """The papers nearest to one, shuffled, with it or without; and its number, 0 where it is not given."""
        others = [self.papers[n] for n in self._near[self._place[paper.arxiv_id]][: self.rng.randint(*_GIVEN)]]
        given = others if without else [*others, paper]
        self.rng.shuffle(given)
        return tuple(given), 0 if without else given.index(paper) + 1

    def _marked(self, text: str, marks: str) -> str:
        body = text.rstrip()
        if body[-1:] in ".!?" and self.rng.random() < 0.8:
            return f"{body[:-1]} {marks}{body[-1]}" if marks else body
        return f"{body} {marks}".rstrip()

    def _true(self, kind: str, paper: Paper, text: str) -> Case:
        given, right = self._given(paper)
        marks = self.rng.choice((f"[{right}]", f"[{right}]", "", f"[{right}][{len(given) + 3}]", "[99]"))
        return Case(kind, True, self._marked(text, marks), given, frozenset([right]))

    def _of_two(self, kind: str, paper: Paper, text: str) -> Case:
        given, right = self._given(paper)
        numbers = [n for n in range(1, len(given) + 1) if n != right]
        other = self.rng.choice(numbers)
        second = self.rng.choice([e.text for e in sentences_of(given[other - 1].abstract)][:6])
        second = paraphrases.small(paraphrases.third_person(second, self.rng) or second).rstrip(".")
        first = paraphrases.third_person(text, self.rng) or text
        joined = f"{first.rstrip('.')} [{right}], while {second} [{other}]."
        if self.rng.random() < 0.3:
            joined = f"{first.rstrip('.')}, while {second}."
        return Case(kind, True, joined, given, frozenset([right, other]))

    def _false(self, kind: str, paper: Paper, text: str) -> Case:
        given, right = self._given(paper)
        marks = self.rng.choice((f"[{right}]", f"[{right}]", ""))
        return Case(kind, False, self._marked(text, marks), given, frozenset([right]))

    def _wrong_mark(self, kind: str, paper: Paper, text: str) -> Case:
        given, right = self._given(paper)
        wrong = self.rng.choice([n for n in range(1, len(given) + 1) if n != right])
        return Case(kind, False, self._marked(text, f"[{wrong}]"), given, frozenset([right]), wrong)

    def _absent(self, kind: str, paper: Paper, text: str, marked: bool) -> Case:
        given, _ = self._given(paper, without=True)
        marks = f"[{self.rng.randint(1, len(given))}]" if marked else ""
        return Case(kind, False, self._marked(text, marks), given, frozenset())

    def _plain_or_mixed(self, _: Paper, text: str) -> str | None:
        return text if self.rng.random() < 0.5 else paraphrases.mixed(text, self.rng)

    def _fused(self, paper: Paper, text: str) -> str | None:
        texts = [e.text for e in sentences_of(paper.abstract)]
        place = texts.index(text)
        if place + 1 >= len(texts) or len(texts[place + 1].split()) > 30 or "http" in texts[place + 1]:
            return None
        first = paraphrases.third_person(text, self.rng) or text
        second = paraphrases.third_person(texts[place + 1], self.rng) or texts[place + 1]
        joint = self.rng.choice((", and ", "; ", ", and in addition "))
        return f"{first.rstrip('.')}{joint}{paraphrases.small(second)}"

    def _nearest(self) -> list[list[int]]:
        """For each paper the others, nearest first, by the words they share."""
        held = [{s: rarity(s) for s in stems(f"{p.title} {p.abstract}")} for p in self.papers]
        every = {s: n for n, s in enumerate(sorted({s for own in held for s in own}))}
        table = np.zeros((len(held), len(every)), dtype=np.float32)
        for row, own in enumerate(held):
            for stem, weight in own.items():
                table[row, every[stem]] = weight
        table /= np.linalg.norm(table, axis=1, keepdims=True) + 1e-9
        likeness = table @ table.T
        np.fill_diagonal(likeness, -1.0)
        return [[int(n) for n in row[: _GIVEN[1] + 1]] for row in np.argsort(-likeness, axis=1, kind="stable")]


def written(path: Path = WRITTEN) -> list[tuple[str, str]]:
    """The sentences written by hand: arXiv id and text."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [(row["arxiv_id"], row["text"]) for row in rows]


def _usable(text: str) -> bool:
    least, many = _TELLING
    telling = sum(rarity(s) >= least for s in set(stems(text)))
    return (
        _SHORTEST <= len(text.split()) <= _LONGEST
        and telling >= many
        and "http" not in text
        and "www" not in text
        and not text.endswith("?")
        and "[" not in text
    )


def _topic(paper: Paper) -> str:
    title = " ".join(paper.title.split())
    return paraphrases.small(title.rpartition(": ")[2])
