"""What is asked for: the words to search with, the filters, and one paper or a list."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from qa import dates
from vectorstore import Filters, InputError, Paper, split_id

Shape = Literal["one", "list"]


@dataclass(frozen=True, slots=True)
class Request:
    """A question as understood.

    Attributes:
        question: as asked, without white space around it.
        text: what to search with: the question less the words that became filters or only ask for a list.
        filters: what was given and what the question itself says, together.
        shape: "one" for a question that one paper answers, "list" for all papers of a kind.
        about: papers of the conversation so far that the question leans on, first the likeliest.
    """

    question: str
    text: str
    filters: Filters = Filters()
    shape: Shape = "one"
    about: tuple[Paper, ...] = ()


_PAPERS = (
    r"(?:papers?|preprints?|publications?|articles?|works?|studies|entries|abstracts|research|literature|authors"
    r"|groups|projects)"
)
# How people open a request for all papers of a kind; what the pattern takes is no part of the topic.
_LIST_OPENINGS = re.compile(
    rf"""(?:^|(?<=[.?!]\s))(?:(?:please|hi|hello|ok|okay|so|and|now)[,\s]+)*(?:can|could|would)?(?:\s*you\s+)?(?:please\s+)?(?:
      (?:list|enumerate)\s+(?:me\s+)?(?:(?:all|any|every|only|the)\s+)*(?:of\s+)?(?:the\s+)?(?:{_PAPERS}\b)?
    | (?:show|give|find|get|name|tell|bring|collect|recommend|suggest)\s+(?:me\s+|us\s+)?(?:(?:all|any|every|only|some|
        the|about|of)\s+)*(?:{_PAPERS}\b)
    | (?:which|what)\s+(?:of\s+(?:the|these|your|our)\s+)?(?:other\s+|recent\s+|new\s+|all\s+)?(?:{_PAPERS})\b
        (?!\s+best\b)(?!\s*[?.!])(?:\s+(?:are|is)\s+there\b|\s+(?:do|have)\s+(?:you|we)\s+(?:have|got)\b|\s+exists?\b)?
    | (?:are|is)\s+there\s+(?:(?:any|some|other|more|also)\s+)*(?:{_PAPERS}\b
        |anything\s+(?:\w+\s+)?(?=(?:on|about|with|using|related|concerning)\b))
    | (?:from|of|among|in)\s+(?:(?:the|these|your|our|all)\s+)?{_PAPERS}\s*,\s*which\s+(?:ones?|of\s+them|{_PAPERS})\b
    | (?:do|have)\s+(?:you|we)\s+(?:have\s+|got\s+|know\s+of\s+)?(?:any|some)?\s*(?:{_PAPERS}|anything)\b
    | what\s+(?:do|have)\s+(?:you|we)\s+(?:have|got)\b
    | what(?:'s|\s+is|\s+else\s+is)\s+there\b
    | what\s+(?:has|have)\s+been\s+(?:done|published|written|proposed|tried)\b
    | (?:anything|everything|all)\s+(?:new\s+)?(?=(?:on|about|with|related|concerning)\b)
    | who\s+(?:has\s+|have\s+|else\s+)?(?:works?|worked|working|is\s+working|studies|studied|proposed?s?|proposes|
        investigates?|published|looked|deals?|uses?|tackles?|addresse[sd]|addressed)\b
    | (?:papers|preprints|publications|articles|works|studies)\b(?=\s+(?:on|about|that|which|with|using|for|in|from|of|
        dealing|related|by|concerning|looking|proposing|where|whose|studying|covering)\b)
    )""",
    re.I | re.X,
)
_LIST_ENDINGS = re.compile(
    r"(?:^(?!(?:how|why|when|where|what|who|which|whose|on|can|could|do|does|did|is|are|was|were|has|have|will|would"
    r"|should|if|i|we|my|our)\b)"
    r"(?P<topic>[^.?!]{3,80}?)(?<!\bto)(?<!\bnot)\s+(?:papers|preprints|publications|articles|works|studies|work|literature)"
    rf"(?:\s*,?\s*please)?[.?!]*$)|(?:,\s*which\s+(?:ones|of\s+them|{_PAPERS})\b)",
    re.I,
)
_LINKING = re.compile(
    r"^\s*(?:[,:;]|(?:that|which|who|are|is|have|has|do|does|on|about|of|for|with|in)\b|(?:deal(?:s|ing)?|concerned"
    r"|related|relating)\s+(?:with|to)\b)\s*",
    re.I,
)
_PLEASE = re.compile(r"(?:^\s*please\b[,\s]*)|(?:[,\s]*\bplease\b\s*(?=[.?!]*\s*$))", re.I)
# In running text an id needs its "arXiv" or a shape nothing else has: a number like 1234.56789 could be a measurement.
_ID = re.compile(
    r"(?<![\w./-])(?:arxiv\s*:\s*|https?://(?:www\.|export\.)?arxiv\.org/(?:abs|pdf|html)/)?"
    r"(?P<id>(?:\d{2}(?:0[1-9]|1[0-2])\.\d{4,5}|[a-z][a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v[1-9]\d*)?)(?:\.pdf)?(?![\w/%-]|\.\d)",
    re.I,
)
_CATEGORY = re.compile(
    r"\b(?:(?:cross-?listed\s+)?(?:in|from|under|category|the\s+category)\s+)?"
    r"(?P<code>(?:cs|eess|stat|math|physics|q-bio|q-fin|econ|astro-ph|cond-mat|nlin)\.[A-Za-z]{2,3}(?:-[a-z]{2,4})?)\b"
    r"(?![./])"
)
_AUTHOR = re.compile(
    rf"\b(?:{_PAPERS}\s+(?:(?:written|published|authored|co-authored)\s+)?by|(?:written|authored|co-authored)\s+by)\s+"
    r"(?P<name>(?:[^\W\d_a-z][\w'’.-]*\s+){1,3}[^\W\d_a-z][\w'’-]+)"
)


def understand(question: str, filters: Filters | None = None) -> Request:
    """Read a question.

    Dates, arXiv ids, category codes and "papers by First Last" in the question become filters; what is given in
    `filters` wins over what the question says of the same thing (dates are intersected where they overlap).

    >>> request = understand("Which papers on pruning were listed after October 2020?")
    >>> request.shape, request.text, request.filters.since.isoformat()
    ('list', 'pruning?', '2020-11-01')
    >>> understand("How many parameters does StainNet have?").shape
    'one'

    Args:
        question: any text.
        filters: what the caller restricts the papers to.

    Raises:
        InputError: when the question is empty.
    """
    question = question.strip()
    if not question:
        raise InputError("The question is empty. Ask one in words, for instance: which papers deal with pruning?")
    given = filters or Filters()
    # Longer texts are pasted abstracts or logs: patterns made for questions would only misread them.
    if len(question) > 2000:
        return Request(question, question, given)
    dated = dates.read(question)
    text, ids = _take_ids(dated.rest)
    text, categories = _take_categories(text)
    authors = tuple(match["name"].rstrip(".,;:'’") for match in _AUTHOR.finditer(text))
    if authors:
        text = _AUTHOR.sub(lambda match: match[0].split(" by ")[0], text)
    shape = shape_of(text) if not ids else "one"
    if shape == "list":
        text = topic_of(text)
    text = _PLEASE.sub("", text).strip()
    understood = _merge(given, Filters(dated.since, dated.until, categories, authors, ids))
    return Request(question, text if re.search(r"\w", text) else question, understood, shape)


def shape_of(text: str) -> Shape:
    """Whether a question asks for one answer or for all papers of a kind.

    >>> shape_of("Is there work on glacier mapping?"), shape_of("Give me a recipe.")
    ('list', 'one')
    """
    return "list" if _LIST_OPENINGS.search(text) or _LIST_ENDINGS.search(text) else "one"


def topic_of(text: str) -> str:
    """What a request for a list is about: "What do you have on SLAM?" is about "SLAM?"."""
    opening = _LIST_OPENINGS.search(text)
    if opening is None:
        ending = _LIST_ENDINGS.search(text)
        if ending and ending["topic"]:
            return ending["topic"]
        return re.sub(rf",\s*which\s+(?:ones|of\s+them|{_PAPERS})\b", "", text)
    topic = text[opening.end() :]
    while (link := _LINKING.match(topic)) and link.end() < len(topic):
        topic = topic[link.end() :]
    topic = f"{text[: opening.start()]} {topic}".strip()
    return topic if re.search(r"\w", topic) else text


def _take_ids(text: str) -> tuple[str, tuple[str, ...]]:
    """The arXiv ids a question names, and the question without them."""
    ids: list[str] = []
    for match in _ID.finditer(text):
        try:
            ids.append(split_id(match["id"])[0])
        except InputError:  # matched without regard to case: "CS/1234567" is not an id
            continue
    if not ids:
        return text, ()
    rest = re.sub(r"\s+", " ", _ID.sub(" ", text)).strip()
    return rest, tuple(ids)


def _take_categories(text: str) -> tuple[str, tuple[str, ...]]:
    codes = tuple(match["code"] for match in _CATEGORY.finditer(text))
    return (re.sub(r"\s+", " ", _CATEGORY.sub(" ", text)).strip(), codes) if codes else (text, ())


def _merge(given: Filters, said: Filters) -> Filters:
    """Both filters together; where they contradict each other, the given one."""
    since = max(filter(None, (given.since, said.since)), default=None)
    until = min(filter(None, (given.until, said.until)), default=None)
    if since and until and since > until:
        since, until = given.since, given.until
    return Filters(
        since, until, given.categories or said.categories, given.authors or said.authors, given.ids or said.ids
    )
