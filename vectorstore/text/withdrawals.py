"""Whether a paper was withdrawn, which arXiv states in words only: in the comment, and at times in the abstract."""

from __future__ import annotations

import re

_PAPER = (
    r"(?:papers?|articles?|submissions?|manuscripts?|preprints?|e-?prints?|(?:technical |tech )?reports?|works?"
    r"|versions?|drafts?|documents?|notes?|thesis)"
)
# "This paper has been withdrawn", "submission was therefore withdrawn"; not "the previous version has been withdrawn".
_STATED = re.compile(
    rf"(?<!previous )(?<!earlier )(?<!original )(?<!first )(?<!old )(?<!other )\b{_PAPER}"
    r"(?:\s+(?:has|have|is|was|are|were|will|needs?|should|must|to|be|been|being|now|also|therefore|thus|hence"
    r"|temporarily|momentaneously)){0,5}\s+(?:withdrawn?\b|removed by arxiv)(?!\s+from\s+(?!(?:the\s+)?arxiv))",
    re.I,
)
# "Withdrawn by the author", as the first words of a sentence; not "withdrawn from the proceedings".
_BARE = re.compile(
    r"(?:^|[.;:!)(]\s*)\W*(?:paper\s+|temporarily\s+)?withdraw(?:n|al)?"
    r"(?:\s*[.;:,)]|\s*$|\s+(?:by|due|because|for|as|since|to|pending|temporarily)\b)",
    re.I,
)
# "We would like to withdraw", "the authors have withdrawn this manuscript", "it was withdrawn".
_MEANT = re.compile(
    r"\b(?:want|need|like|decided?|request)\s+to\s+withdr[ae]w\b"
    r"|\bit\s+(?:(?:has|will)\s+(?:been|be)|is|was)\s+withdrawn\b(?!\s+from\s+(?!(?:the\s+)?arxiv))"
    rf"|\bwithdraw(?:n|ing|al|al of)?\s+(?:it\b|(?:this|the|our|my|these)\s+(?:\w+\s+){{0,2}}{_PAPER}\b)"
    r"(?!\s+from\s+(?!(?:the\s+)?arxiv))",
    re.I,
)
# An abstract is given up for such a sentence; inside one that is not, a withdrawal is somebody else's.
_ABSTRACT = re.compile(
    rf"\W*(?:this|the)\s+{_PAPER}\s+(?:(?:has|have)\s+been|is|was)\s+(?:temporarily\s+)?(?:withdrawn?|removed)\b"
    r"(?!\s+from\s+(?!(?:the\s+)?arxiv))"
    r"|\W*(?:paper\s+)?withdrawn\b(?:\s*[.;,)]|\s*$|\s+(?:by|due|because)\b)",
    re.I,
)


def says_withdrawn(comment: str | None) -> bool:
    """Whether an author's or arXiv's comment says that the text it belongs to was withdrawn.

    >>> says_withdrawn("This paper has been withdrawn by the author due to an error in equation 2")
    True
    >>> says_withdrawn("12 pages; the same as the withdrawn arXiv:1910.04576")
    False
    """
    return bool(comment and (_STATED.search(comment) or _BARE.search(comment) or _MEANT.search(comment)))


def is_withdrawal(abstract: str) -> bool:
    """Whether an abstract is a notice of withdrawal.

    >>> is_withdrawal("This paper has been withdrawn.")
    True
    >>> is_withdrawal("We study how often papers have been withdrawn.")
    False
    """
    return _ABSTRACT.match(abstract) is not None
