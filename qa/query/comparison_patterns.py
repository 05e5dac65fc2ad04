"""What a comparison compares: "compare A with B", "A versus B", "A or B: which is faster?"."""

from __future__ import annotations

import re

from qa.query.spans import pattern
from vectorstore.text.arxiv_ids import ID

# Where the second side of a comparison ends and its circumstances begin.
_CONTEXT = pattern(
    r" (?:for|in|on|at|when|under|with respect|regarding|given|during|if|while|as|please|in terms|concerning|using|by"
    r"|over)\b"
)
_BETWEEN = r"(?: (?:and|or|versus|vs\.?|to|with|against|from|than|over) |\s*,\s*(?:(?:and|or) )?)"
_VS = r"(?:versus|vs\.?|compared (?:to|with|against))"
_BETTER = (
    r"(?:better|worse|faster|slower|smaller|larger|more \w+|less \w+|cheaper|stronger|lighter|safer|easier|harder|best"
    r"|fastest|superior|preferable|simpler|higher|lower)"
)
_A, _B = r"(?P<a>[^,;:?!]+?)", r"(?P<b>[^;:?!]+?)"
_END = r"\s*(?:[?!;:].*|\.\s*|\.\s.*)?$"
_ASKED = r"(?:(?:(?:can|could|would|will) (?:you|we)|please|tell me|explain|so|and|(?:i|we) want to) )*"
_LEAD = rf"^(?:.{{0,80}}[.?!:,] )?{_ASKED}"
_PLAIN_LEAD = r"^(?:(?:so|and|ok|okay|well|in terms of [^,]+|tell me|explain|can you (?:tell me|explain))[,\s]+)*"
_WHAT = r"(?:(?:what(?:'s| is| are)|is there|are there) )?(?:(?:an?|the|any) )?"
# Forms that are comparisons whatever is compared ...
_STRONG = tuple(
    pattern(form, start=_LEAD, end=_END)
    for form in (
        rf"(?:compare|contrast)(?: (?:between|the (?:methods?|approaches|papers|models|networks)))? {_A}{_BETWEEN}{_B}",
        rf"(?:(?:an?|the) )?comparison (?:of|between) {_A}{_BETWEEN}{_B}",
        rf"{_WHAT}(?:(?:main|key) )?(?:similarities and )?differences? (?:between|of) {_A} (?:and|to|{_VS}) {_B}",
        rf"(?:distinguish|differentiate|choose|decide) between {_A} (?:and|or) {_B}",
        rf"{_WHAT}(?:pros and cons|advantages?|benefits?|merits?|drawbacks?)(?: and (?:disadvantages"
        rf"|drawbacks))? of {_A} "
        rf"(?:over|{_VS}) {_B}",
    )
)
# ... and forms that also ask about one paper's details, and are read only where both sides are plain names.
_WEAK = tuple(
    pattern(form, start=_PLAIN_LEAD, end=_END)
    for form in (
        rf"{_A} (?:versus|vs\.?) {_B}",
        rf"{_A} or {_B}\s*[,:?]\s*(?:which|what|who)\b.*",
        r"(?:which|what) (?:(?:one|method|model) )?(?:is|are|works?|runs?|performs?|needs|uses"
        r"|takes) (?:the )?(?:much )?"
        rf"{_BETTER}[^,:]*[,:]\s*{_A} or {_B}",
        rf"(?:is|are|was|does|do) {_A} (?:much )?{_BETTER}(?: \w+)? than {_B}",
        rf"(?:is|are) {_A} or {_B} (?:the )?{_BETTER}",
        rf"(?:how (?:(?:does|do) )?)?{_A} (?:differs?|compares?) (?:from|to|with|against) {_B}",
        rf"how are {_A} and {_B} different",
        rf"how (?:is|are) {_A} different (?:from|to|than) {_B}",
        rf"compare how {_A} and (?P<b>\S+) \w+.*",
        rf"how (?:do|does) {_A} and {_B} (?:differ|compare)",
        rf"what (?:distinguishes|separates) {_A} from {_B}",
        rf"what sets {_A} apart from {_B}",
        r"(?:should (?:i|we|one) (?:use|choose|take|prefer|pick)|would you (?:choose|use|prefer|take|recommend)) "
        rf"{_A} or {_B}",
        rf"(?:does|do) {_A} (?:beat|outperform|surpass) {_B}",
        rf"{_A} (?:as )?compared (?:to|with|against) {_B}",
    )
)
_TWO_NAMES = re.compile(r"^(?P<a>[A-Z][\w.+-]*)\s+or\s+(?P<b>[A-Z][\w.+-]*)\s*[?.!]*$")
_LEADING = pattern(
    "both", "either", "between", "the (?:methods?|approaches|models?|papers?|networks?)", "methods?", r"arxiv\s*:",
    start="^", end=" ",
)  # fmt: skip
_NO_NAME = re.compile(
    r"\b(?:the|a|an|its?|their|they|this|that|these|those|his|her|our|my|your|it|them|he|she|we|i|you|which|what|who"
    r"|how"
    r"|why|when|where|anything|something|nothing|is|are|was|were|does|do|did|can|much|baselines?|others|random|humans?"
    r"|one|ones|there|not|than|by|with|without|of|before|after|plus|minus|at|on|in|for|from)\b",
    re.I,
)
_ADJECTIVE = re.compile(r"(?:ic|al|ed|ive|ary|ar|ous|ble|oid)$")
_LONGEST, _SHORT = 8, 3  # words of a side, and of one where the form is weak or more than two are compared


def sides(text: str) -> tuple[str, ...]:
    """What a text compares, () when it is no comparison.

    >>> sides("What is the difference between semantic and instance segmentation?")
    ('semantic segmentation', 'instance segmentation')
    >>> sides("How does the method compare to the baseline?")
    ()
    """
    for patterns, weak in ((_STRONG, False), ((*_WEAK, _TWO_NAMES), True)):
        for form in patterns:
            match = form.search(text)
            if match and (found := _clean(match["a"], match["b"], weak)):
                return found
    return ()


def _clean(first: str, second: str, weak: bool) -> tuple[str, ...]:
    if weak:  # what follows a comma is a circumstance here: "A versus B, trade-offs"
        parts = [first, *re.split(r"\s+(?:versus|vs\.?)\s+", second.split(",")[0])]
    else:
        between = r"\s+(?:versus|vs\.?)\s+|\s*,\s*(?:and\s+|or\s+)?|\s+and\s+(?=[A-Z][\w+-]*$)"
        parts = [first, *re.split(between, second)]
    parts[-1] = _CONTEXT.split(parts[-1])[0]
    parts = [_LEADING.sub("", part.strip(" .\"'“”")).strip() for part in parts]
    longest = _SHORT if weak or len(parts) > 2 else _LONGEST
    for part in parts:
        if not re.search(r"\w", part) or len(part.split()) > longest:
            return ()
        if not re.fullmatch(ID, part) and _NO_NAME.search(part if weak else part.split()[0]):
            return ()
    # "Semantic and instance segmentation" share their last word.
    words = parts[0].split()
    last = parts[-1].split()
    if len(words) == 1 and len(last) > 1 and words[0].islower() and _ADJECTIVE.search(words[0]):
        parts[0] = f"{parts[0]} {last[-1]}"
    return tuple(dict.fromkeys(parts)) if len(set(parts)) > 1 else ()
