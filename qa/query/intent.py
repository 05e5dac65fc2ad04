"""What a question wants back: one answer, a list of papers, a count of them, a comparison, or a definition."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from qa.query import comparison_patterns, list_patterns
from qa.query.list_patterns import ADJECTIVE, LINK, MANY, START
from qa.query.spans import PLACEHOLDER, pattern, tidy

Intent = Literal["one", "list", "comparison", "count", "definition"]

_OF_THE = r"(?:of (?:the|these|those|your|our) )?"
_COUNTS = pattern(
    rf"(?:in|of|from) how many {_OF_THE}{ADJECTIVE}{{0,3}}?{MANY}",
    r"how many (?:authors|groups|people|teams) (?=(?:have )?(?:work|study|studied|use|publish|look)|are working)",
    # "How many papers did the reviewers read?" asks for a detail.
    rf"how many {_OF_THE}{ADJECTIVE}{{0,3}}?(?:{MANY}|(?:surveys|reviews|results)\b)"
    r"(?! (?:did|does|do|was|were|had|is|are|have|has|would|could|can|must|should) "
    rf"(?!(?:you|we|i|there|people|they|been|about|listed|published|\w+ing)\b)(?!{LINK}))",
    r"how many (?:of (?:these|those|them) (?=deal|are|use|concern|cover|treat|study)|(?:(?:do|did|can) (?:you"
    r"|we) (?:have|find|know)|are there) (?=on|about))",
    rf"how much {ADJECTIVE}{{0,2}}?(?:work|research|literature|published)\b(?! (?:memory|time|data))",
    rf"(?:what(?:'s|s| is| was) )?(?:the )?(?:total )?(?:number|count) of {ADJECTIVE}{{0,2}}?{MANY}",
    rf"what number of {ADJECTIVE}{{0,2}}?{MANY}",
    rf"count (?:up )?(?:of )?(?:all )?(?:of )?(?:the )?{ADJECTIVE}{{0,2}}?{MANY}",
    start=rf"{START}(?:(?:give|tell|show) (?:(?:me|us) )?)?",
)
_STOP = r"\s*[.?!]*$"
_IS = r"what(?:'s|s| (?:exactly )?(?:is|are)) (?:exactly )?"
# No terms, but the openings of other questions: "what is the accuracy", "what is used".
_NO_TERM = (
    r"(?!(?:the|its?|their|his|used|done|there|new|needed|known|so|that|this|these|those|better|best|faster|wrong"
    r"|special|important|different|required|being|not|available|out|your|our|my|one|two|three|possible|reported|shown"
    r"|proposed|some|any|people|other|\w+ed|\w+est)\b)"
)
_IN_TERM = (
    r"(?!(?:of|in|on|at|with|by|from|when|that|which|used|under|after|between|does|do|is|are|to|as|and|or|than)\b)"
)
_WORD = r"[\w'\"“”.-]+"
_DEFINES = pattern(
    rf"{_IS}(?:meant by|the (?:definition|meaning) of|known as|called|the (?:concept|notion|idea|task) of) (?P<a>.+)",
    r"what (?:does|do) (?:the term )?(?P<b>.{2,60}?) (?:mean|stand for)\b",
    r"what (?:do|does) (?:you|people|one|we|researchers|they) mean (?:by|with) (?P<c>.+)",
    r"(?:define|definition of|meaning of|how (?:would|do|can) (?:you|we|one|people) define) (?P<d>.+)",
    r"(?:(?:give|show) (?:(?:me|us) )?)?(?:(?:an?|the|short|brief|quick|general|gentle) )*"
    rf"(?:overview|introduction|intro|primer)(?: (?:of|to|on|into|about)|:) (?P<e>(?!.*\b{MANY}).+)",
    rf"introduce (?:(?:me|us) to )?(?P<f>.+?)(?: to (?:me|us))?{_STOP}",
    r"(?:explain|describe) (?:to (?:me|us) )?(?:the (?:term|concept|notion|idea|field|task) (?:of )?)?"
    rf"(?!(?:why|how|the|its|their|his|when|where)\b)(?:what )?(?P<g>.+?)(?: (?:is|are|means))?{_STOP}",
    r"(?:tell|teach) (?:me|us) (?:something )?about (?!(?:its?|their|the|this|that|them)\b)(?P<h>.+)",
    rf"tell (?:me|us) what (?P<i>.+?) (?:is|are|means){_STOP}",
    r"summari[sz]e (?:the )?(?:field|area|topic|state) of (?P<j>.+)",
    rf"{_IS}(?P<k>{_NO_TERM}{_WORD}(?: {_IN_TERM}{_WORD}){{0,4}})(?: about| in general"
    rf"|,? and how does it work)?{_STOP}",
    start=rf"(?:{START}|(?<=,\s))",
)
_LONGEST_TERM = 8  # words
_BACKGROUND = 8  # words before the sentence that asks for a definition; after more, "what is a good fix?" asks for help
_LINKING = pattern(
    rf"[,:;{PLACEHOLDER}]",
    r"(?:that|which|who|are|is|have|has|do|does|did|on|about|of|for|with|in|there|been|being|re|regarding|concerning"
    r"|concerned|covers?|deals?|to)\b",
    r"(?:deal(?:s|ing|t)?|concerned|related|relating) (?:with|to)\b",
    r"(?:library|collection)\b(?= (?:mention|about|on)\b)",
    r"(?:mention|discuss|treat|address|cover|concern|study|exists?)\b",
    start=r"^\s*",
    end=r"\s*",
)
_PLEASE = pattern(
    r"^\s*(?:please|pls|hi|hello|hey)\b[,!\s]*", rf"[,.\s]*\b(?:please|pls|thanks|thank you)\b\s*(?={_STOP})"
)
_MARK_BEFORE = re.compile(rf"^[\s{PLACEHOLDER}]+|{PLACEHOLDER}\s*(?={list_patterns.PAPERS})")
# "Work that …" in many words is how people describe the one paper they have in mind.
_ONE_WORK = pattern(r"(?:(?:any|recent) )?(?:work|research)\b", rf"{ADJECTIVE}+papers\b")
_SPECIFIC = 9  # words


@dataclass(frozen=True, slots=True)
class ParsedIntent:
    """What a text asks for.

    Attributes:
        shape: what the answer must be.
        topic: what it is about, without the words that only ask.
        sides: what a comparison compares; empty for any other shape.
    """

    shape: Intent
    topic: str
    sides: tuple[str, ...] = ()


def parse_intent(text: str) -> ParsedIntent:
    """Tell what a text asks for.

    >>> parse_intent("How many papers deal with pruning?")
    ParsedIntent(shape='count', topic='pruning?', sides=())
    >>> parse_intent("How many parameters does StainNet have?").shape
    'one'
    >>> parse_intent("CNNs versus transformers").sides
    ('CNNs', 'transformers')

    Args:
        text: a question; `readings.MARK` may stand where words became filters.
    """
    text = _MARK_BEFORE.sub("", text)
    if count := _COUNTS.search(text):
        return ParsedIntent("count", _after(text, count))
    plain = tidy(text)
    if sides := comparison_patterns.sides(_PLEASE.sub("", plain)):
        return ParsedIntent("comparison", plain, sides)
    if (topic := _listed(text)) is not None:
        return ParsedIntent("list", topic)
    return ParsedIntent("definition" if _defines(plain) else "one", plain)


def intent_of(text: str) -> Intent:
    """What a question wants back.

    >>> intent_of("Is there work on glacier mapping?"), intent_of("Give me a recipe.")
    ('list', 'one')
    """
    return parse_intent(text).shape


def topic_of(text: str) -> str:
    """What a request is about: "What do you have on SLAM?" is about "SLAM?"."""
    return parse_intent(text).topic


def _listed(text: str) -> str | None:
    """The topic of a request for all papers of a kind; None for any other question."""
    if opening := list_patterns.OPENINGS.search(text):
        topic = _after(text, opening)
        if not (_ONE_WORK.match(text) and len(topic.split()) > _SPECIFIC):
            return topic
    if ending := list_patterns.ENDINGS.search(text):
        return _PLEASE.sub("", tidy(ending["topic"]))
    if list_patterns.ASIDES.search(text):
        return tidy(list_patterns.ASIDES.sub("", text)) or tidy(text)
    return tidy(text) if list_patterns.RESTRICTED.search(text) else None


def _defines(text: str) -> bool:
    meaning = _DEFINES.search(text)
    if meaning is None:
        return False
    term = next(filter(None, meaning.groups()), "")
    return 0 < len(term.split()) <= _LONGEST_TERM and len(text[: meaning.start()].split()) <= _BACKGROUND


def _after(text: str, opening: re.Match[str]) -> str:
    """The text without its opening and the words that tie it to the topic."""
    topic = text[opening.end() :]
    while (link := _LINKING.match(topic)) and link.end() < len(topic):
        topic = topic[link.end() :]
    inside = ""
    if not re.search(r"\w", re.sub(r"(?i)\b(?:there|in|the|library|are|please|you|have|your|collection)\b", "", topic)):
        # "How many segmentation papers are in the library?": the topic stands inside the opening.
        inside = re.sub(rf"(?i)\b(?:how|many|much|of|the|number|count|what|is|{MANY})(?!\w)", " ", opening[0])
        topic = "" if re.search(r"\w", inside) else topic
    whole = _PLEASE.sub("", tidy(f"{text[: opening.start()]} {inside} {topic}"))
    return whole if re.search(r"\w", whole) else tidy(text)
