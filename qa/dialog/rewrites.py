"""A question that replaces a part of the one before: "what about video?", "no, I meant for images"."""

from __future__ import annotations

import re

from qa.evidence.tokens import stems

_STOPS = r"[\s,.!:;–-]+"
_OPENING = re.compile(
    rf"^\s*(?:(?:ok(?:ay)?|so|now|but|and|then|also|well|right|great|thanks|thank you|please|hm+){_STOPS})+", re.I
)
_NO = rf"(?:(?:no+|nope|nah|sorry|oops|wait|hm+|ah|oh|actually|well|ok(?:ay)?|but|and){_STOPS})"
_MEANT = re.compile(
    rf"^\s*{_NO}*(?:(?:what\s+)?i\s+(?:(?:actually|really|rather)\s+)?(?:meant|mean)"
    r"(?:\s+(?:to\s+(?:ask|say)(?:\s+about)?|is|was)\b)?"
    rf"|make\s+(?:that|it)|let'?s\s+say|i\s+should\s+have\s+said|correction)\b{_STOPS}(?:rather\s+|about\s+)?",
    re.I,
)
# A "no" alone corrects when a fragment follows, not when a question does ("Sorry, how fast is it?").
_BARE_NO = re.compile(
    rf"^\s*(?:(?:no+|nope|nah|oops|sorry){_STOPS})+(?!.*\?)(?!(?:how|what|why|which|who|where|when|is|are|do|does|did"
    r"|can|thanks?|thank|i|it|that|you|problem|worries)\b)",
    re.I,
)
_TURNS = re.compile(
    rf"^\s*(?:(?:ok(?:ay)?|so|but|and|then|also|now){_STOPS})*(?:what|how)\s+(?:about|if)\s+"
    r"|^\s*(?:and|but)\s+(?=(?:for|in|on|with|without|from|under|if|when|during|at|as|to|using|by)\b)",
    re.I,
)
_SHORT = re.compile(r"^\s*(?:and|or)\s+(?P<rest>(?:[\w'’-]+\s*){1,5}\?)\s*$", re.I)
_ASKS = re.compile(
    r"^(?:how|what|why|which|who|whose|where|when|is|are|was|were|do|does|did|can|could|has|have|will|would|if|by)\b",
    re.I,
)
_NOT = re.compile(
    r"[\s,]*\b(?:not|instead of|rather than)\s+(?P<dropped>(?:the\s+)?[\w-]+(?:\s+(?!but\b)[\w-]+){0,3}?)"
    r"(?=[\s,]*(?:but\b|[,.?!;]|$))"
    r"[\s,]*(?:but\b)?",
    re.I,
)
# Asks for papers other than those shown, and not, as "better than other methods", about one of them.
_KIN = (
    r"(?:papers?|works?|articles?|stud(?:y|ies)|preprints?|publications?|methods?|approach(?:es)?|groups?|authors?"
    r"|ones?)\b"
)
_OTHERS = re.compile(
    r"\b(?:any(?:body|one)|some(?:body|one)|who) else\b|\bsomething similar\b"
    r"|\b(?:more|others?) like (?:this|it|that|these)\b|\b(?:are there|any) (?:others|alternatives)\b"
    r"|\b(?:(?:is|are) there|do you have|(?:show|find|list|give|name)(?: me)?|which|what)\s+"
    rf"(?:(?:any|some|the|all|more)\s+)*(?:other|another|similar|related|alternative)\s+{_KIN}"
    rf"|^\W*(?:and\s+)?(?:any\s+)?(?:other|similar|related)\s+{_KIN}",
    re.I,
)
_LINKS = ("for", "in", "on", "with", "without", "from", "under", "during", "at", "to", "using", "by", "of")
_PHRASE_END = (
    r"(?=[\s]*(?:[,.?!;:]|$)|\s+(?:for|in|on|with|without|from|under|during|at|to|using|by|that|which|when|if)\b)"
)


def without_opening(question: str) -> str:
    """The question without "ok, and now …"."""
    return _OPENING.sub("", question).strip()


def corrected(question: str) -> str | None:
    """What a correction puts in place of something said before; None when the question corrects nothing.

    >>> corrected("No, I meant for video, not images."), corrected("no, 2019"), corrected("Is it fast?")
    ('for video, not images.', '2019', None)
    """
    for pattern in (_MEANT, _BARE_NO):
        match = pattern.match(question)
        if match and match.end() < len(question):
            return question[match.end() :].strip()
    return None


def turned(question: str) -> str | None:
    """What a question turns to that otherwise asks the same again; None when it does no such thing.

    >>> turned("And what about video?"), turned("and for point clouds?"), turned("And pedestrians?")
    ('video?', 'for point clouds?', 'pedestrians?')
    >>> turned("And how fast is it?") is None
    True
    """
    match = _TURNS.match(question)
    if match and match.end() < len(question):
        return question[match.end() :].strip()
    match = _SHORT.match(question)
    return match["rest"] if match and not _ASKS.match(match["rest"]) else None


def wants_others(question: str) -> bool:
    """Whether a question asks for papers other than those shown.

    >>> wants_others("Who else works on this?"), wants_others("Is it better than other methods?")
    (True, False)
    """
    return _OTHERS.search(question) is not None


def put_in(before: str, part: str) -> str:
    """A question with a part of it replaced.

    What the part denies ("not images") goes; a phrase that opens with the same preposition gives way to it; anything
    else is said besides.

    >>> put_in("Which methods detect forgeries in images?", "in video")
    'Which methods detect forgeries in video?'
    >>> put_in("pose estimation from images of hands", "for video, not images")
    'pose estimation of hands for video'

    Args:
        before: the question that set the topic.
        part: what the follow-up says in its place.
    """
    denied = _NOT.search(part)
    if denied:
        part = f"{part[: denied.start()]} {part[denied.end() :]}".strip(" ,.")
        dropped = set(stems(denied["dropped"]))
        kept = [word for word in before.split() if not (set(stems(word)) & dropped)]
        rest = re.sub(rf"\b(?:{'|'.join(_LINKS)})\s+(?=(?:{'|'.join(_LINKS)})\b|$)", "", " ".join(kept), flags=re.I)
        return f"{rest} {part}".strip()
    link = part.split(maxsplit=1)[0].lower() if part.strip() else ""
    if link in _LINKS:
        phrases = list(re.finditer(rf"\b{link}\s+.{{2,60}}?{_PHRASE_END}", before, re.I))
        if phrases:
            last = phrases[-1]
            return f"{before[: last.start()]}{part.rstrip(' ?.!')}{before[last.end() :]}"
    return f"{before} {part}"
