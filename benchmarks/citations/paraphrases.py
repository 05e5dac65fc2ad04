"""True sentences in other words: an abstract's own, rewritten by rules that keep what is said.

Each rule takes a sentence and a source of chance, and gives the rewritten sentence, or None where it does not apply.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from pathlib import Path

Rule = Callable[[str, random.Random], str | None]

FOLDER = Path(__file__).parent


def pairs(name: str) -> dict[str, list[str]]:
    """The lines "word = other, other" of a file beside the sentences written by hand."""
    lines = (FOLDER / name).read_text(encoding="utf-8").splitlines()
    return {old: new.split(", ") for old, _, new in (line.partition(" = ") for line in lines)}


_WORDS = pairs("synonyms.txt")
_THIRD = (
    (r"\bwe are\b", "the authors are"), (r"\bwe have\b", "the authors have"), (r"\bwe\b", "the authors"),
    (r"\bour\b", "their"), (r"\bours\b", "theirs"), (r"\bus\b", "them"), (r"\bin this (?:paper|work|study)\b",
        "in the paper"),
    (r"\bthis (?:paper|work|study|article)\b", "the paper"),
)  # fmt: skip
_LEADS = (
    "According to the authors, {}", "The paper reports that {}", "As the abstract explains, {}", "The authors note "
        "that {}",
    "It is stated that {}", "One of the papers says that {}", "In this work, {}", "Notably, {}", "In addition, {}",
)  # fmt: skip
_PASSIVE = re.compile(
    r"^(?:In this (?:paper|work), )?(?:we|the authors) (?P<verb>propose|present|introduce|develop|design|describe"
    r"|evaluate"
    r"|study|investigate|demonstrate|employ|train|test|collect|release|analyze|explore|adopt|address) "
    r"(?P<what>(?!that\b|how\b|whether\b)[^,;:]{15,160})"
    r"(?P<rest>[,;:.].*)$", re.I,
)  # fmt: skip
_PAST = {"propose": "proposed", "present": "presented", "introduce": "introduced", "develop": "developed", "design":
        "designed",
         "describe": "described", "evaluate": "evaluated", "study": "studied", "investigate": "investigated",
         "demonstrate": "demonstrated", "employ": "employed", "train": "trained", "test": "tested", "collect":
        "collected",
         "release": "released", "analyze": "analyzed", "explore": "explored", "adopt": "adopted", "address":
        "addressed"}  # fmt: skip
_BEATS = re.compile(
    r"^(?P<a>[^,;:]{3,90}?) (?:significantly |consistently |also )?(?P<verb>outperforms?|surpass(?:es)?|exceeds?) "
    r"(?P<b>[^,;:]{5,90}?)"
    r"(?P<rest>(?: (?:on|in|by|with|for|across|at|while)\b.*)?[.,;].*|\.)$", re.I,
)  # fmt: skip
_BRITISH = (
    (r"(?<=[a-z]{4})iz(?=ation\b|ing\b|ed\b|es?\b)", "is"), (r"yze\b", "yse"),
    (r"\bcolor", "colour"), (r"\bbehavior", "behaviour"), (r"\bneighbor", "neighbour"), (r"\bmodeling\b", "modelling"),
    (r"\blabeled\b", "labelled"), (r"\blabeling\b", "labelling"), (r"\bcenter\b", "centre"), (r"\btumor", "tumour"), (
        r"\bgray\b", "grey"),
)  # fmt: skip
_DIGITS = dict(
    zip("two three four five six seven eight nine ten twelve".split(), "2 3 4 5 6 7 8 9 10 12".split(), strict=True)
)


def small(text: str) -> str:
    """A sentence with a small first letter, where its first word is not a name."""
    first = text.split(" ", 1)[0]
    return text[0].lower() + text[1:] if first[1:].islower() or first in ("A", "I") else text


def great(text: str) -> str:
    """A sentence with a capital first letter."""
    return text[:1].upper() + text[1:]


def synonyms(text: str, rng: random.Random) -> str | None:
    """Two to six words in other words."""
    places = [m for m in re.finditer(r"(?<![\w-])[A-Za-z]+(?![\w-])", text) if m[0].lower() in _WORDS]
    if len(places) < 2:
        return None
    for match in sorted(rng.sample(places, min(len(places), rng.randint(2, 6))), key=lambda m: -m.start()):
        new = rng.choice(_WORDS[match[0].lower()])
        text = text[: match.start()] + (great(new) if match[0][0].isupper() else new) + text[match.end() :]
    return great(text)


def third_person(text: str, _: random.Random) -> str | None:
    """What "we" do, said of the authors."""
    new = text
    for pattern, other in _THIRD:
        new = re.sub(pattern, other, new, flags=re.I)
    return great(new) if new != text else None


def reframed(text: str, rng: random.Random) -> str | None:
    """A sentence within "the authors report that"."""
    inner = third_person(text, rng) or text
    inner = re.sub(
        r"^(?:However|Moreover|Furthermore|In addition|Additionally|Specifically|Finally|Thus|Therefore), ", "", inner
    )
    return rng.choice(_LEADS).format(small(inner))


def dropped(text: str, rng: random.Random) -> str | None:
    """A sentence less one of its asides, its opening or what trails behind a comma."""
    choices = [
        re.sub(r"\s?\([^()]{2,80}\)", "", text, count=1),
        re.sub(r"^(?:In this (?:paper|work)|To this end|In particular|As a result|To address [^,]{5,60}|For this "
               r"purpose|[A-Z][a-z]+ly), ", "", text),
        re.sub(r",? (?:which|where|thereby|thus|making|leading to|enabling|resulting in|while|whereas|since|as well "
               r"as) [^,;]{10,150}\.$", ".", text),
        re.sub(r", (?:i\.e\.|e\.g\.|such as|including|especially)[^,;]{3,90}(?=[,.])", "", text),
        re.sub(r" (?:state-of-the-art|novel|new|very|highly|extensive|large|recent|effective|efficient|simple|various"
               r"|different)\b", "", text, count=2),
    ]  # fmt: skip
    choices = [great(c) for c in choices if c != text and len(c.split()) >= 7]
    return rng.choice(choices) if choices else None


def passive(text: str, rng: random.Random) -> str | None:
    """Active made passive: what the authors do, and who beats whom."""
    if match := _PASSIVE.match(text):
        what, rest = match["what"].strip(), match["rest"]
        plural = bool(re.match(r"(?:\w+ ){0,3}\w+s\b", what)) and not re.match(r"(?:an?|the|one)\b", what, re.I)
        by = rng.choice((" by the authors", " in this paper", ""))
        return great(f"{what} {'are' if plural else 'is'} {_PAST[match['verb'].lower()]}{by}{rest}")
    if match := _BEATS.match(text):
        verb = match["verb"].lower().rstrip("s") if not match["verb"].lower().startswith("surpass") else "surpass"
        are = "are" if re.search(r"s$", match["b"].split(" on ")[0]) else "is"
        return great(f"{match['b']} {are} {verb}ed by {small(match['a'])}{match['rest']}")
    return None


def numbers(text: str, _: random.Random) -> str | None:
    """Numbers in another format."""
    new = re.sub(r"(\d)\s?\\?%", r"\1 percent", text)
    new = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", new) if re.search(r"\d,\d{3}", new) else re.sub(
        r"(?<![\w.,-])(\d{1,2})(\d{3})(?![\w.,%-])(?!\s?(?:AD|BC))", lambda m: m[0] if 1900 <= int(m[0]) <= 2099 else
        f"{m[1]},{m[2]}", new)  # fmt: skip
    new = re.sub(r"(?<![\w-])(\d+(?:\.\d+)?)\s?[Kk]\b(?!-)", lambda m: f"{round(float(m[1]) * 1000):,}", new)
    new = re.sub(r"(?<![\w-])(\d+(?:\.\d+)?)\s?M\b(?!-)", r"\1 million", new)
    new = re.sub(r"(\d)\s?(?:fps|FPS)\b", r"\1 frames per second", new)
    new = re.sub(r"(\d)\s?ms\b", r"\1 milliseconds", new)
    new = re.sub(rf"(?<![\w-])({'|'.join(_DIGITS)})(?![\w-])", lambda m: _DIGITS[m[1].lower()], new, flags=re.I)
    return new if new != text else None


def reordered(text: str, _: random.Random) -> str | None:
    """Clauses in another order."""
    body = text.rstrip(".")
    for pattern, form in (
        (r"^(?P<a>(?:By|While|When|Although|Since|Because|Despite|Given|Unlike|For|On|To|With|In) [^,]{8,110}), "
         r"(?P<b>[^,].{20,})$", "{b}, {a}."),
        (r"^(?P<a>(?:Extensive |Our |The )?(?:experiments?|experimental results|results|evaluations?)(?: on "
         r"[^,]{3,60})?) (?:show|demonstrate|indicate|suggest)s? that (?P<b>.{20,})$", "{b}, as {a} show."),
        (r"^(?P<b>.{25,140}?),? (?P<a>(?:by|while|when|because|since|without|using|in order to|to) [^,]{12,110})$",
        "{A}, {b}."),
    ):  # fmt: skip
        if match := re.match(pattern, body):
            a, b = match["a"], match["b"]
            return great(form.format(a=small(a), A=great(a), b=small(b) if form.startswith("{A}") else great(b)))
    return None


def spelling(text: str, _: random.Random) -> str | None:
    """British spelling, and hyphens opened or set."""
    new = text
    for pattern, other in _BRITISH:
        new = re.sub(pattern, other, new)
    new = re.sub(r"\b([a-z]{3,})-([a-z]{3,})\b(?!-)", r"\1 \2", new)
    new = re.sub(r"\b([A-Z][A-Za-z]*[a-zA-Z])-(\d+)\b", r"\1\2", new)
    return new if new != text else None


def acronyms(abstract: str) -> dict[str, str]:
    """The acronyms that an abstract spells out, with what they stand for."""
    found = {}
    for match in re.finditer(r"\(([A-Z][A-Za-z]*[A-Z])s?\)", abstract):
        letters = match[1].lower()
        before = re.findall(r"[\w-]+", abstract[max(0, match.start() - 120) : match.start()])
        words = [w for piece in before for w in piece.split("-")]
        run = words[-len(letters) :]
        if "".join(w[:1].lower() for w in run) == letters:
            spelt = re.search(r"[\s-]+".join(map(re.escape, run)) + r"\s*$", abstract[: match.start()])
            if spelt:
                found[match[1]] = spelt[0].strip()
    return found


def with_acronyms(text: str, known: dict[str, str]) -> str | None:
    """A sentence with its acronyms spelt out, or what is spelt out as acronyms."""
    new = text
    for short, spelt in known.items():
        bare = re.sub(rf"\s?\({re.escape(short)}s?\)", "", new)
        if re.search(rf"(?<![\w-]){re.escape(short)}(?![\w-])", bare):
            new = re.sub(rf"(?<![\w-]){re.escape(short)}(?![\w-])", lambda _, s=spelt: s, bare)  # type: ignore[misc]
        elif spelt in bare:
            new = bare.replace(spelt, short)
    return new if new != text else None


MIXABLE: tuple[Rule, ...] = (dropped, reordered, synonyms, numbers, spelling, passive, reframed)


def mixed(text: str, rng: random.Random) -> str | None:
    """Two to four rules, one after another."""
    applied = 0
    for rule in MIXABLE:
        if applied < 4 and rng.random() < 0.6 and (new := rule(text, rng)):
            text = new
            applied += 1
    return text if applied >= 2 else None
