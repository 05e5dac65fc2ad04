"""arXiv categories in a question, by code or by name: "in cs.RO", "cross-listed in robotics"."""

from __future__ import annotations

import re

from qa.query.spans import FilterSpan
from vectorstore import Filters
from vectorstore.text.arxiv_ids import ARCHIVES, DIVIDED_ARCHIVES

# code: how arXiv names it, and how people shorten that
_TABLE = """
cs.AI: artificial intelligence; AI
cs.AR: hardware architecture; computer architecture
cs.CC: computational complexity
cs.CE: computational engineering, finance, and science; computational engineering
cs.CG: computational geometry
cs.CL: computation and language; computational linguistics; natural language processing; NLP
cs.CR: cryptography and security; cryptography; security
cs.CV: computer vision and pattern recognition; computer vision
cs.CY: computers and society
cs.DB: databases
cs.DC: distributed, parallel, and cluster computing; distributed computing
cs.DL: digital libraries
cs.DM: discrete mathematics
cs.DS: data structures and algorithms
cs.ET: emerging technologies
cs.GR: graphics; computer graphics
cs.GT: computer science and game theory; game theory
cs.HC: human-computer interaction; HCI
cs.IR: information retrieval
cs.IT math.IT: information theory
cs.LG stat.ML: machine learning
cs.MA: multiagent systems; multi-agent systems
cs.MM: multimedia
cs.MS: mathematical software
cs.NE: neural and evolutionary computing; evolutionary computing
cs.NI: networking and internet architecture
cs.OS: operating systems
cs.PL: programming languages
cs.RO: robotics
cs.SC: symbolic computation
cs.SD: sound
cs.SE: software engineering
cs.SI: social and information networks
cs.SY eess.SY: systems and control
cs.NA math.NA: numerical analysis
eess.AS: audio and speech processing; audio and speech
eess.IV: image and video processing
eess.SP: signal processing
math.OC: optimization and control
math.DG: differential geometry
math.PR: probability
math.CO: combinatorics
physics.med-ph: medical physics
physics.optics: optics
physics.data-an: data analysis, statistics and probability
physics.geo-ph: geophysics
physics.ao-ph: atmospheric and oceanic physics
physics.comp-ph: computational physics
physics.flu-dyn: fluid dynamics
physics.ins-det: instrumentation and detectors
physics.soc-ph: physics and society
physics.bio-ph: biological physics
q-bio.QM: quantitative methods
q-bio.NC: neurons and cognition
q-bio.GN: genomics
q-bio.TO: tissues and organs
q-bio.BM: biomolecules
q-bio.CB: cell behavior
q-bio.PE: populations and evolution
astro-ph.IM: instrumentation and methods for astrophysics
astro-ph.GA: astrophysics of galaxies
astro-ph.SR: solar and stellar astrophysics
astro-ph.EP: earth and planetary astrophysics
cond-mat.mtrl-sci: materials science
quant-ph: quantum physics
astro-ph: astrophysics
cond-mat: condensed matter
econ: economics
eess: electrical engineering and systems science; electrical engineering
math: mathematics; maths
physics: physics
q-bio: quantitative biology
q-fin: quantitative finance
stat: statistics
cs: computer science
"""
_CODES: dict[str, tuple[str, ...]] = {
    " ".join(name.lower().replace("-", " ").replace(",", " ").split()): tuple(codes.split())
    for codes, _, names in (line.partition(":") for line in _TABLE.strip().splitlines())
    for name in names.split(";")
}
_NAME = "(?:" + "|".join(
    re.sub(r"\s+", r"[\\s,-]+", name) for name in sorted(_CODES, key=len, reverse=True)
) + r")\b"  # fmt: skip
_ARCHIVES = "|".join(sorted(ARCHIVES, key=len, reverse=True))
_CODE = rf"(?:(?:{'|'.join(DIVIDED_ARCHIVES)})\.[A-Za-z]{{2,4}}(?:-[a-z]{{2,4}})?\b(?![./]))"
_ANY = rf"(?:(?:the\s+)?(?:{_CODE}|(?:{_ARCHIVES})\b(?![.\w-])|(?i:{_NAME})))"
_LIST = rf"(?P<list>{_ANY}(?:(?:\s*,\s*|\s*,?\s+(?:or|and)\s+|\s*/\s*){_ANY})*)"
_KIND = (
    r"(?:arxiv\s+)?(?:(?:primary|subject|cross-?list(?:ed|ing)?)\s+)?(?:categor(?:y|ies)|archives?"
    r"|subject\s+class(?:es)?)"
)
_LED = r"(?i:(?:(?:that|which)\s+)?(?:(?:are|is|was|were|also|only)\s+){0,3})"
# A code is a category wherever it stands; a name only where it is called one.
_BARE = re.compile(
    rf"(?:{_LED}(?i:(?:cross-?listed\s+|cross-?posted\s+|listed\s+|filed\s+)?(?:in|from|under|to|with|as|of|on|for"
    rf"|at)\s+)"
    rf"(?i:(?:the\s+)?(?:{_KIND}\s+)?))?(?P<list>{_CODE}(?:(?:\s*,\s*|\s*,?\s+(?:or|and)\s+"
    rf"|\s*/\s*){_CODE})*)(?i:\s+{_KIND})?"
    rf"(?i:\s+(?:as|for)\s+(?:a\s+|the\s+|its\s+)?{_KIND})?"
)
_CROSS = re.compile(
    rf"\b{_LED}(?i:(?:cross[\s-]?(?:listed|posted|listings?|lists?)|filed|(?:also\s+)listed|classified"
    rf"|categori[sz]ed)\s+"
    rf"(?:in|to|with|under|as|from|on)\s+)(?i:(?:the\s+)?(?:{_KIND}\s*:?\s+)?){_LIST}(?i:\s+{_KIND})?"
)
_CALLED = re.compile(
    rf"\b(?:{_LED}(?i:(?:in|from|of|under|within)\s+))?(?:(?i:(?:the\s+)?{_KIND}\s*(?:of\s+|is\s+"
    rf"|:\s*)?)['\"“]?{_LIST}['\"”]?"
    rf"(?!\s+(?i:of)\b))"
)
_KIND_AFTER = re.compile(
    rf"\b{_LED}(?:(?i:in|from|of|under|within)\s+)(?i:the\s+)?{_LIST}(?i:\s+{_KIND})\b(?!\s+(?i:of)\b)"
)
_DENIED = re.compile(r"\b(?:not|nothing|none|no|never|except|excluding|without)\s+(?:\w+\s+){0,2}$", re.I)
_OBJECTS = re.compile(r"\b(?:objects?|images?|products?|classes|class|item|scene|action|pixel|label)s?\s+$", re.I)


def parse_categories(text: str) -> list[FilterSpan]:
    """The stretches of a text that name arXiv categories papers must be in.

    >>> [r.filters.categories for r in parse_categories("papers cross-listed in robotics on grasping")]
    [('cs.RO',)]
    >>> parse_categories("papers in robotics that use vision")
    []
    """
    found: list[FilterSpan] = []
    for pattern in (_CROSS, _CALLED, _KIND_AFTER, _BARE):
        for match in pattern.finditer(text):
            if any(match.start() < other.end and other.start < match.end() for other in found):
                continue
            if pattern in (_CALLED, _KIND_AFTER) and _OBJECTS.search(text[: match.start()]):
                continue
            if _DENIED.search(text[: match.start()]):
                continue
            found.append(FilterSpan(match.start(), match.end(), Filters(categories=codes(match["list"]))))
    return found


def codes(names: str) -> tuple[str, ...]:
    """The codes of categories written one after the other, by code or by name.

    >>> codes("robotics, machine learning or cs.CL")
    ('cs.RO', 'cs.LG', 'stat.ML', 'cs.CL')
    """
    found: list[str] = []
    for one in re.finditer(rf"{_CODE}|(?i:{_NAME})|\b(?:{_ARCHIVES})\b", names):
        plain = " ".join(one[0].lower().replace("-", " ").replace(",", " ").split())
        found.extend(_CODES.get(plain, (one[0],)))
    return tuple(dict.fromkeys(found))
