"""What is asked for: the words to search with, the filters, and the shape of the answer."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from qa.query import authors, categories, dates, exclusions, intent, venues
from qa.query.intent import Intent, intent_of, topic_of
from qa.query.spans import PLACEHOLDER, FilterSpan, tidy
from vectorstore import Filters, InputError, Paper
from vectorstore.text.arxiv_ids import ids_in

__all__ = ["Intent", "ParsedQuery", "intent_of", "parse_query", "topic_of"]


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """A question as understood.

    Attributes:
        question: as asked, without white space around it.
        text: what to search with: the question less the words that became filters or only ask for a list.
        filters: what was given and what the question itself says, together.
        shape: "one" for a question that one paper answers, "list" for all papers of a kind, "count" for how many there
            are, "comparison" for one thing against another, "definition" for what something is.
        about: papers of the conversation so far that the question leans on, first the likeliest.
        sides: what a comparison compares, two or more; empty for any other shape.
        said: what of the filters the question itself says.
    """

    question: str
    text: str
    filters: Filters = Filters()
    shape: Intent = "one"
    about: tuple[Paper, ...] = ()
    sides: tuple[str, ...] = ()
    said: Filters = Filters()


_HELD = 0xE001  # from here on, characters that stand for words which no further reading may touch
_LONGEST = 2000  # longer texts are pasted abstracts or logs: patterns made for questions would only misread them


def parse_query(
    question: str, filters: Filters | None = None, newest: date | None = None, dropped: Filters | None = None
) -> ParsedQuery:
    """Read a question.

    Dates, arXiv ids, categories, authors, journals, conferences and exclusions in the question become filters; what is
    given in `filters` wins over what the question says of the same thing (dates are intersected where they overlap).

    >>> request = parse_query("Which papers on pruning were listed after October 2020?")
    >>> request.shape, request.text, request.filters.since.isoformat()
    ('list', 'pruning?', '2020-11-01')
    >>> parse_query("How many parameters does StainNet have?").shape
    'one'
    >>> parse_query("CVPR 2020 papers by Ada Lovelace, not medical").filters.to_json()["venues"]
    ['CVPR 2020']

    Args:
        question: any text.
        filters: what the caller restricts the papers to.
        newest: the library's newest listing day, from which "last week" counts; None leaves such words unread.
        dropped: readings that are not wanted: what the question says of these is searched for as words again.

    Raises:
        InputError: when the question is empty.
    """
    question = question.strip()
    if not question:
        raise InputError("The question is empty. Ask one in words, for instance: which papers deal with pruning?")
    given = filters or Filters()
    if len(question) > _LONGEST:
        return ParsedQuery(question, question, given)
    reader = _Reader(re.sub("[\ue000-\uf8ff]", " ", question), dropped or Filters())
    reader.take(_ids)
    compared = intent.parse_intent(question).sides if reader.said.ids else ()
    if not reader.said.ids:
        reader.take(_excluded)
    reader.take(venues.parse_venues)
    reader.take(categories.parse_categories)
    reader.take(authors.parse_authors)
    reader.take(lambda text: _dates(text, newest))
    asked = intent.parse_intent(reader.text)
    shape, text, sides = asked.shape, asked.topic, asked.sides
    if reader.said.ids:
        # What is asked of named papers is asked of them, however it is put.
        shape, text, sides = ("comparison" if compared else "one"), tidy(reader.text), compared
    text = reader.restore(_PLEASE.sub("", text).strip())
    understood = reader.said.narrowed_by(given)
    text = text if re.search(r"\w", text) else question
    return ParsedQuery(question, text, understood, shape, sides=sides, said=reader.said)


_PLEASE = re.compile(r"(?:^\s*please\b[,\s]*)|(?:[,\s]*\bplease\b\s*(?=[.?!]*\s*$))", re.I)


class _Reader:
    """Takes readings out of a question one kind after the other, so that no word is read twice."""

    def __init__(self, text: str, dropped: Filters) -> None:
        self.text = text
        self.said = Filters()
        self._dropped = dropped
        self._held: list[str] = []

    def take(self, read: Callable[[str], list[FilterSpan]]) -> None:
        """Apply one kind of reading; a dropped one, and one that no filter can express, keeps its words."""
        for reading in sorted(read(self.text), key=lambda r: -r.start):
            wanted = reading.filters.minus(self._dropped)
            if not wanted:
                self._held.append(self.text[reading.start : reading.end])
                left = chr(_HELD + len(self._held) - 1)
            else:
                left = f" {reading.left} {PLACEHOLDER} "
                self.said = wanted.union(self.said)
            self.text = f"{self.text[: reading.start]}{left}{self.text[reading.end :]}"

    def restore(self, text: str) -> str:
        """The text with the words that were held back."""
        return re.sub("[\ue001-\uf8ff]", lambda match: self._held[ord(match[0]) - _HELD], text)


def _ids(text: str) -> list[FilterSpan]:
    return [FilterSpan(found.start, found.end, Filters(ids=(found.arxiv_id,))) for found in ids_in(text)]


def _excluded(text: str) -> list[FilterSpan]:
    """What a request for several papers leaves out; a question of another shape only seems to leave something out."""
    found = exclusions.parse_exclusions(text)
    rest = text
    for reading in reversed(found):
        rest = f"{rest[: reading.start]} {PLACEHOLDER} {rest[reading.end :]}"
    return found if found and intent.parse_intent(rest).shape in ("list", "count") else []


def _dates(text: str, newest: date | None) -> list[FilterSpan]:
    dated = dates.parse_dates(text, newest)
    said = Filters(dated.since, dated.until)
    # The bounds belong together: each of two stretches says both, so that dropping one of them drops both.
    return [FilterSpan(begin, end, said) for begin, end in dated.spans]
