"""Sentences of an answer that claim nothing of a paper: greetings, openings, questions back, plain abstentions."""

from __future__ import annotations

import re

from qa.attribution import tokenizer

# What is left of such a sentence without these words is nothing.
_WORDS = frozenset(
    "abstract abstracts additional answer answers answering article articles ask asked based below brief briefly"
    " claim claims clear clearly conclusion context detail details excerpt excerpts feel find finding findings"
    " follow following follows free found happy hello help helpful here hi hope information key let main more note"
    " only overall overview paper papers passage passages point points provide provided providing question"
    " questions reference references relevant respect respond response result results retrieved say says short"
    " sources source state statements study studies sum summarise summarize summary sure thank thanks text texts"
    " understand welcome work works given certainly absolutely course conclude concluding takeaway takeaways"
    " addition user evidence describe described discuss listed list think step available several different various"
    " some related regarding above takeaway insight insights".split()
)
_ABSTAINS = re.compile(
    r"\b(?:abstracts?|papers?|sources?|contexts?|documents?|excerpts?|passages?|texts?|information|evidence|studies"
    r"|works?|they)\b[^.;]{0,60}\b(?:do|does|did|is|are|was|were)(?:\s+not|n['’]t)\s+(?:\w+ly\s+)?"
    r"(?:say|state|mention|specif|report|contain|provid|discuss|address|cover|giv|answer|includ|describ|nam|indicat"
    r"|explain|offer|list|detail|enough|sufficient|clear|available|found|tell|talk|speak|refer|focus)\w*"
    r"|\b(?:none|neither|no one)\s+of\s+(?:the|these|them)\b[^.;]{0,80}"
    r"\b(?:mention|state|report|address|discuss|say|answer|cover|give|provide|describe|specif|contain)\w*"
    r"|\bno\s+(?:\w+\s+){0,3}(?:information|mention|abstract|paper|source|evidence|details?|answer|data)\b[^.;]{0,80}"
    r"\b(?:given|provided|abstracts?|papers?|sources?|mentions?|stated|found|available|addresses|context|excerpts?)\b"
    r"|\bI\s+(?:cannot|can['’]?t|could\s+not|couldn['’]t|do\s+not|don['’]t|did\s+not|didn['’]t|am\s+(?:not|unable)"
    r"|was\s+unable)\b"
    r"|\b(?:cannot|can['’]?t|can\s+not|could\s+not)\s+be\s+(?:answered|determined|found|concluded|inferred|said)\b"
    r"|\b(?:is|are)\s+not\s+(?:stated|mentioned|specified|given|reported|provided|discussed|addressed|found|covered)\b"
    r"[^.;]{0,30}\b(?:abstracts?|papers?|sources?|context|excerpts?|text|here)\b",
    re.I,
)
_ASSISTANT = re.compile(
    r"^\W*(?:I\s+(?:can|hope|will|would|am|recommend)|I['’](?:m|ll|d)|let\s+me|please|feel\s+free|as\s+an\s+AI"
    r"|if\s+you\s+(?:want|need|would|have|are))\b",
    re.I,
)
_TURNS = re.compile(r"[,;]?\s+(?:but|however|although|though|yet|while|whereas|nevertheless|instead|only)\b[, ]*", re.I)


def claims_nothing(text: str, kind: str, marked: bool = False) -> bool:
    """Whether a sentence claims nothing of a paper whatever it is about.

    >>> claims_nothing("Here is what the abstracts say:", "sentence"), claims_nothing("It is fast.", "sentence")
    (True, False)

    Args:
        text: without marks and Markdown.
        kind: of its segment; a heading only names what follows.
        marked: whether the model set a mark on it: then it means to claim something.
    """
    row = tokenizer.items(text)
    specific = [item for item in row if item.kind in ("name", "number")]
    left = [item for item in row if item.kind == "word" and item.text.lower() not in _WORDS]
    if kind == "heading":
        return not any(item.kind == "number" for item in row)
    if text.endswith("?") or _ASSISTANT.search(text):
        return not specific and not marked
    if text.endswith(":") and not marked:
        return not specific and len(left) <= 8
    return not specific and not left


def abstention(text: str) -> tuple[bool, str]:
    """Whether a sentence says that the papers do not tell, and what it claims besides.

    >>> abstention("The abstracts do not state the training time, but the method is fast.")
    (True, 'the method is fast.')
    """
    if not _ABSTAINS.search(text):
        return False, text
    clauses = [clause for clause in _TURNS.split(text) if clause.strip(" .")]
    rest = [clause for clause in clauses if not _ABSTAINS.search(clause)]
    # "While the abstracts mention X, they do not say Y": what comes before is said of the papers as a whole.
    return True, " ".join(rest) if len(clauses) > 1 else ""
