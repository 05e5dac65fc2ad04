"""Texts and filters as queries of the full-text index."""

from __future__ import annotations

import re
from collections.abc import Sequence

import tantivy
from tantivy import Occur, Query

from vectorstore.filters import Filters
from vectorstore.index.paging import stem_of_part
from vectorstore.text.arxiv_ids import part_of_id
from vectorstore.text.latex import plain_text
from vectorstore.text.spelling import variants
from vectorstore.text.venues import venue_spellings

_MAX_TERMS = 200  # a question of 10,000 characters must not become a query of a thousand clauses

# "Michelle Mancenido" must find "Michelle V. Mancenido": a name's words may stand this far apart.
NAME_SLOP = 2
# A year may stand this far from its venue: "ECCV, Glasgow, August 2020" or "2020 Conference on …".
_YEAR_SLOP, _YEAR_BEFORE_SLOP = 4, 2

# A word that so many papers do not have is rather mistyped than rare, if it has so many letters; a word one letter away
# then counts for it, with this score. Below, and with other scores, it lost more than it found.
_ENOUGH_PAPERS, _ENOUGH_LETTERS, _NEAR_MISS = 2000, 4, 3.0

# Of a search that is being typed so many words count, and one that only begins like the typed one scores this.
# A word that has begun may be one whose stem is this much more common than what stands there.
_MAX_TYPED, _BEGINS, _RARER = 20, 0.1, 20

# Words that say how something is asked, not what. In a small library a "which" is rare and would otherwise weigh most.
_STOP_WORDS = frozenset(
    "a about above after again all also am an and any are as at be because been before being below between both but "
    "by can could did do does doing done down during each few for from further get give given had has have having "
    "he her here hers him his how i if in into is it its itself just let like made make makes many may me might "
    "more most much must my no nor not of off on once one only or other our out over own please same she should "
    "show so some such tell than that the their them then there these they this those through to too under until up "
    "use used using very want was we were what when where which while who whom whose why will with would you "
    "your".split()
)


class Queries:
    """Makes the queries of one index, and teaches the index how words and names are cut.

    Args:
        index: with the fields of `vectorstore.index.fulltext`.
    """

    def __init__(self, index: tantivy.Index) -> None:
        self._index = index
        self._analyzer, self._names = _analyzer(), _names_analyzer()
        index.register_tokenizer("words", self._analyzer)
        index.register_tokenizer("names", self._names)

    def words(self, text: str) -> Query | None:
        """The papers that share a word with a text, by BM25; None when no word of it is looked for.

        Args:
            text: a question or topic, in which the words that only ask do not count.
        """
        schema = self._index.schema
        written = {stems[0]: word for word in self._asked(text) if (stems := self._analyzer.analyze(word))}
        clauses: list[tuple[Occur, Query]] = []
        for term in self._terms(text):
            exact = Query.term_query(schema, "text", term)
            others = self._others(term, written.get(term, term))
            clauses.append((Occur.Should, Query.disjunction_max_query([exact, *others]) if others else exact))
        return Query.boolean_query(clauses) if clauses else None

    def typed(self, text: str) -> Query | None:
        """The papers that have every word of a text being typed, in title, abstract or authors; None where it is blank.

        Args:
            text: what stands in a search box; its last word may be unfinished, and it may be the beginning of an id.
        """
        if not text.strip():
            return None
        if beginning := part_of_id(text):
            return self._beginning("arxiv_id", beginning)
        words = re.findall(r"[^\W_]+", plain_text(text).lower())[:_MAX_TYPED]
        if not words:
            return Query.empty_query()
        finished = len(words) if not text[-1].isalnum() else len(words) - 1
        clauses = [self._whole_word(word) for word in words[:finished]]
        clauses.extend(self._part_of_word(word) for word in words[finished:])
        return Query.boolean_query([(Occur.Must, clause) for clause in clauses])

    def passing(self, filters: Filters) -> Query | None:
        """The papers that pass, by scores that are not meant to count; None when all do."""
        schema = self._index.schema
        clauses: list[tuple[Occur, Query]] = []
        if filters.since or filters.until:
            lower = filters.since.toordinal() if filters.since else 1
            upper = filters.until.toordinal() if filters.until else None
            clauses.append((Occur.Must, Query.range_query(schema, "listed", tantivy.FieldType.Unsigned, lower, upper)))
        if filters.categories:
            codes = [code.lower() for code in filters.categories]
            clauses.append((Occur.Must, Query.term_set_query(schema, "category_filter", codes)))
        clauses.extend((Occur.Must, self._author(author)) for author in filters.authors)
        if filters.venues:
            clauses.append((Occur.Must, _any([self._venue(venue) for venue in filters.venues])))
        if filters.ids:
            clauses.append((Occur.Must, self.any_of(filters.ids)))
        if filters.without_categories:
            codes = [code.lower() for code in filters.without_categories]
            clauses.append((Occur.MustNot, Query.term_set_query(schema, "category_filter", codes)))
        for phrase in filters.without:
            # All words count here, "a" and "what" too: this is a phrase, not a question.
            stems = self._analyzer.analyze(plain_text(phrase).lower())
            if stems:
                clauses.append((Occur.MustNot, self._phrase("text", stems)))
        if clauses and all(occur == Occur.MustNot for occur, _ in clauses):
            clauses.append((Occur.Must, Query.all_query()))
        return Query.boolean_query(clauses) if clauses else None

    def any_of(self, ids: Sequence[str]) -> Query:
        """These papers."""
        return Query.term_set_query(self._index.schema, "arxiv_id", list(ids))

    def _whole_word(self, word: str) -> Query:
        """The papers with this word, or an author of this name."""
        schema = self._index.schema
        stems, names = self._analyzer.analyze(word), self._names.analyze(word)
        either = [Query.term_query(schema, "text", stem) for stem in stems]
        either += [other for stem in stems for other in self._others(stem, word)]
        either += [Query.term_query(schema, "authors", name) for name in names]
        return Query.disjunction_max_query(either) if either else Query.empty_query()

    def _part_of_word(self, word: str) -> Query:
        """The papers with a word, or an author, that begins like this; those with just this word score higher."""
        schema, searcher = self._index.schema, self._index.searcher()
        (folded,) = self._names.analyze(word)[:1] or [word]
        either = [self._whole_word(word)]
        for field in ("text", "authors"):
            either.append(Query.const_score_query(self._beginning(field, folded), _BEGINS))
        # What a stemmer has cut off is no part of the index, so "segmentati" begins no word of it. A word that is
        # common as it stands is finished, though: "general" is not the beginning of "generation".
        own = sum(searcher.doc_freq("text", stem) for stem in self._analyzer.analyze(folded))
        for stem in stem_of_part(folded):
            if searcher.doc_freq("text", stem) > _RARER * own:
                either.append(Query.const_score_query(Query.term_query(schema, "text", stem), _BEGINS))
        return Query.disjunction_max_query(either)

    def _beginning(self, field: str, letters: str) -> Query:
        return Query.fuzzy_term_query(self._index.schema, field, letters, distance=0, prefix=True)

    def _terms(self, text: str) -> list[str]:
        """What to look for: stemmed, without question words, in order, once each."""
        kept = self._analyzer.analyze(" ".join(self._asked(text)).lower())
        return list(dict.fromkeys(kept))[:_MAX_TERMS]

    def _asked(self, text: str) -> list[str]:
        """The words of a text as written, less those that only ask."""
        return [word for word in re.findall(r"\w+", plain_text(text)) if word.lower() not in _STOP_WORDS]

    def _others(self, term: str, word: str) -> list[Query]:
        """What counts for a word too: its other spelling, or what it was probably meant to be."""
        schema, searcher = self._index.schema, self._index.searcher()
        stems = {stem for other in variants(word.lower()) for stem in self._analyzer.analyze(other)} - {term}
        others = [Query.term_query(schema, "text", stem) for stem in sorted(stems) if searcher.doc_freq("text", stem)]
        # Capitals and digits are names, which are not corrected.
        plain = word.isascii() and word.isalpha() and word.islower() and len(term) >= _ENOUGH_LETTERS
        if others or not plain or searcher.num_docs < _ENOUGH_PAPERS or searcher.doc_freq("text", term):
            return others
        near = Query.fuzzy_term_query(schema, "text", term, distance=1, transposition_cost_one=True)
        return [Query.const_score_query(near, _NEAR_MISS)]

    def _phrase(self, field: str, words: Sequence[str], slop: int = 0) -> Query:
        """The words in this order; no paper when there are none."""
        if not words:
            return Query.empty_query()
        if len(words) == 1:
            return Query.term_query(self._index.schema, field, words[0])
        either: list[str | tuple[int, str]] = [*words]
        return Query.phrase_query(self._index.schema, field, either, slop=slop)

    def _author(self, author: str) -> Query:
        names = [self._names.analyze(" ".join(reversed(name.split(",", 1)))) for name in re.split(r"\s+or\s+", author)]
        return _any([self._phrase("authors", name, NAME_SLOP) for name in names])

    def _venue(self, venue: str) -> Query:
        names, year = venue_spellings(venue)
        if not year:
            return _any([self._phrase("venue", name) for name in names])
        after = [[*name, when] for name in names for when in (year, year[2:])]
        before = [[year, *name] for name in names]
        dated = [self._phrase("venue", words, _YEAR_SLOP) for words in after]
        return _any([*dated, *(self._phrase("venue", words, _YEAR_BEFORE_SLOP) for words in before)])


def restricted(words: Query, allowed: Query | None) -> Query:
    """The first query, and its scores, among the papers of the second."""
    if allowed is None:
        return words
    return Query.boolean_query([(Occur.Must, words), (Occur.Must, Query.const_score_query(allowed, 0.0))])


def _any(queries: Sequence[Query]) -> Query:
    return queries[0] if len(queries) == 1 else Query.boolean_query([(Occur.Should, query) for query in queries])


def _analyzer() -> tantivy.TextAnalyzer:
    return (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(tantivy.Filter.remove_long(64))
        .filter(tantivy.Filter.lowercase())
        .filter(tantivy.Filter.ascii_fold())
        .filter(tantivy.Filter.stemmer("english"))
        .build()
    )


def _names_analyzer() -> tantivy.TextAnalyzer:
    return (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(tantivy.Filter.lowercase())
        .filter(tantivy.Filter.ascii_fold())
        .build()
    )
