"""The names that arXiv gives: ids of papers, in every form they are written in, and the archives of its categories."""

from __future__ import annotations

import re
from dataclasses import dataclass

from vectorstore.errors import InputError

DIVIDED_ARCHIVES = tuple("astro-ph cond-mat cs econ eess math nlin physics q-bio q-fin stat".split())
"""The archives whose categories have a subject, as cs.CV has."""

ARCHIVES = (
    *DIVIDED_ARCHIVES,
    *"gr-qc hep-ex hep-lat hep-ph hep-th math-ph nucl-ex nucl-th quant-ph".split(),
)
"""Every archive that papers are sent to. Source: https://arxiv.org/category_taxonomy"""

# Archives that took no paper after 1999, and whose ids stay.
_CLOSED = (
    "acc-phys adap-org alg-geom ao-sci atom-ph bayes-an chao-dyn chem-ph cmp-lg comp-gas dg-ga funct-an mtrl-th "
    "patt-sol plasm-ph q-alg solv-int supr-con"
).split()

# New-style 2009.14376 (from April 2007) and old-style cs/9810003 or math.GT/0309136, each with an optional version. The
# subject is no part of the paper's name: arXiv itself calls the last one math/0309136.
# Source: https://info.arxiv.org/help/arxiv_identifier.html
_ARCHIVE = r"[a-z][a-z-]{1,8}(?:\.[a-z]{2})?"
ID = rf"(?ai:(?:[0-9]{{4}}\.[0-9]{{4,5}}|{_ARCHIVE}/[0-9]{{7}})(?:v[1-9][0-9]{{0,3}})?)"
"""A pattern for an id, in capitals too."""

_LINK = (
    r"(?:(?:https?://)?(?:(?:[a-z0-9-]{1,20}\.){0,3}arxiv\.org/[a-z-]{1,12}|(?:www\.)?alphaxiv\.org/[a-z]{1,12}"
    r"|(?:www\.)?(?:huggingface\.co|hf\.co)/papers|ar5iv\.org/[a-z]{1,12})/"
    r"|(?:doi:\s?|(?:https?://)?(?:dx\.|www\.)?doi\.org/)?10\.48550/arxiv\.)"
)
_NAMED = r"arxiv\s{0,3}:\s{0,3}"
_WHOLE = re.compile(rf"(?:{_LINK}({ID})(?:\.pdf)?/?(?:[?#]\S{{0,500}})?|(?:{_NAMED})?({ID})(?:\.pdf)?/?)", re.I | re.A)
_IN_TEXT = re.compile(
    rf"(?:(?:(?<![a-z0-9-])(?:{_LINK}|{_NAMED})|(?<![\w./-])(?:arxiv\.|abs/))(?P<named>{ID})"
    r"(?:\.pdf)?/?(?:[?#][\w.,:;=&%+/~-]{0,200}[\w=/])?"
    rf"|(?<![\w./-])(?P<bare>{ID})(?:\.pdf)?)(?![\w/%-]|\.[0-9])",
    re.I | re.A,
)
_CITED_AS = re.compile(r"\barxiv(?:\s{1,3}preprint)?\s{1,3}$", re.I)
_LONGEST_CITED_AS = 20
# What no measurement looks like: a month after the year, or an archive before them.
_TELLING = re.compile(rf"(?:(?:{'|'.join((*ARCHIVES, *_CLOSED))})/)?[0-9]{{2}}(?:0[1-9]|1[0-2])\.?[0-9]{{3,5}}")
_BEGUN = re.compile(
    rf"(?:{_LINK}|{_NAMED})?([0-9]{{4}}\.[0-9]{{0,5}}|{_ARCHIVE}/[0-9]{{1,7}})(?:v[0-9]{{0,4}})?", re.I | re.A
)


@dataclass(frozen=True, slots=True)
class FoundId:
    """An id in a text.

    Attributes:
        start, end: where it stands, with the link or the "arXiv:" that it is a part of.
        arxiv_id: without version.
        named: whether the text says that it is one, by such a link or by "arXiv" before it.
    """

    start: int
    end: int
    arxiv_id: str
    named: bool


def split_id(text: str) -> tuple[str, int | None]:
    """Split an arXiv id, or a link to one, into the id without version and the version.

    >>> split_id("2009.14376v2")
    ('2009.14376', 2)
    >>> split_id("https://arxiv.org/abs/quant-ph/9802028v1")
    ('quant-ph/9802028', 1)

    Raises:
        InputError: when the text is not an arXiv id.
    """
    found = _WHOLE.fullmatch(text.strip())
    if found is None:
        raise InputError(f"{text!r} is not an arXiv id. Ids look like 2009.14376, 2009.14376v2 or cs/9810003.")
    return _split(found[1] or found[2])


def ids_in(text: str) -> list[FoundId]:
    """Find the ids in running text, where one needs a link or its "arXiv", or a shape that nothing else has.

    >>> [found.arxiv_id for found in ids_in("Is arXiv:2009.14376v2 better than cs/9810003 at 1234.5678 Hz?")]
    ['2009.14376', 'cs/9810003']
    """
    found = []
    for match in _IN_TEXT.finditer(text):
        arxiv_id, _ = _split(match["named"] or match["bare"])
        named = match["named"] is not None or _cited(text, match.start())
        if named or _TELLING.fullmatch(arxiv_id):
            found.append(FoundId(match.start(), match.end(), arxiv_id, named))
    return found


def id_in(line: str) -> str | None:
    """The id, without version, that a line begins with or that a link or a citation in it names; None without one.

    >>> id_in("https://arxiv.org/pdf/2009.14376v2.pdf#page=3"), id_in("arXiv:math.GT/0309136 [math.GT]"), id_in("none")
    ('2009.14376', 'math/0309136', None)
    """
    found = ids_in(line.strip().strip("<>\"'{}"))
    return next((one.arxiv_id for one in found if one.named or one.start == 0), None)


def part_of_id(text: str) -> str | None:
    """The text as the beginning of an arXiv id without version, where it looks like one; else None.

    >>> part_of_id("2009.1"), part_of_id("arXiv:2009.14376v2"), part_of_id("2009")
    ('2009.1', '2009.14376', None)
    """
    found = _BEGUN.fullmatch(text.strip())
    return _split(found[1])[0] if found else None


def _cited(text: str, start: int) -> bool:
    return _CITED_AS.search(text, max(start - _LONGEST_CITED_AS, 0), start) is not None


def _split(written: str) -> tuple[str, int | None]:
    """An id in arXiv's own letters, and its version: HEP-TH/9901001V2 is version 2 of hep-th/9901001."""
    archive, slash, number = written.lower().rpartition("/")
    number, _, version = number.partition("v")
    return f"{archive.partition('.')[0]}{slash}{number}", int(version) if version else None
