"""Reading: a stretch of a question that says which papers are meant, and the filter that it becomes."""

from __future__ import annotations

import re
from dataclasses import dataclass

from vectorstore import Filters

# The nouns that people call papers by.
PAPERS = (
    r"(?:papers?|preprints?|publications?|manuscripts?|articles?|works?|studies|study|listings?|submissions?|abstracts?"
    r"|entries|research|literature)"
)
# Taken out of a question, the stretches of it that became filters leave this; no keyboard has it.
PLACEHOLDER = "\ue000"


@dataclass(frozen=True, slots=True)
class FilterSpan:
    """One understood stretch of a text.

    Attributes:
        start, end: where it stands.
        filters: what it says.
        left: words that stay in its place, such as "papers" of "Kaiming He's papers".
    """

    start: int
    end: int
    filters: Filters
    left: str = ""


def tidy(text: str) -> str:
    """The text after cuts: single spaces, none before a stop, no comma or "and" left hanging.

    >>> tidy("papers  on stereo that , and ?")
    'papers on stereo?'
    """
    text = re.sub(r"\s+", " ", text.replace(PLACEHOLDER, " ")).strip()
    text = re.sub(r"\(\s*\)", "", text)
    text = re.sub(r"\s+([?.!,;:])", r"\1", text)
    for _ in range(3):
        text = re.sub(r"(?:[,;]|\b(?:and|or|but|that|which|only)\b)\s*(?=[?.!]*\s*$)", "", text).strip()
    return re.sub(r"\s+([?.!])$", r"\1", re.sub(r"^[,;:]\s*", "", text))


def pattern(*alternatives: str, start: str = "", end: str = "") -> re.Pattern[str]:
    r"""One pattern of several, in which a space stands for any white space; letters match in either case.

    >>> pattern("how many papers", "count (?:the )?papers").findall("How  many papers? Count papers!")
    ['How  many papers', 'Count papers']

    Args:
        start, end: what stands before and after every one.
    """
    either = "|".join(alternatives)
    return re.compile(f"{start}(?:{either}){end}".replace(" ", r"\s+"), re.I)
