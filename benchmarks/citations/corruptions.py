"""True sentences made false: a number, unit or name changed, a negation set, a comparison turned, a claim made up.

Each rule takes a sentence, its abstract and a source of chance, and gives the false sentence, or None where it does not
apply.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from functools import lru_cache

from benchmarks.citations.paraphrases import FOLDER, great, pairs, small

Corruption = Callable[[str, str, random.Random], str | None]

_NUMBER = re.compile(r"(?<![\w.,/$^{-])\d+(?:,\d{3})*(?:\.\d+)?(?![\w^]|[-.,]\d|\)\s)")
_NAME = re.compile(
    r"(?<![\w\\-])(?:[A-Z]{2,}[a-z]*|[A-Z][a-z]+[A-Z]\w*|[a-z]+[A-Z]\w*|[A-Z]\w*-?\d+\w*)(?:-[A-Z0-9]\w*)*(?![\w-])"
)
_WORDS = "two three four five six seven eight nine ten".split()
_UNITS = (
    (r"(\d)\s?\\?%", (" dB", " mm", " points per second", " ms")), (r"(\d)\s?(?:fps|FPS|frames per second)\b", (" ms",
        " Hz per camera", " MB")),
    (r"(\d)\s?(?:ms|milliseconds)\b", (" seconds", " minutes", " fps")), (r"(\d)\s?(?:seconds|s)\b", (" ms", " hours")),
    (r"(\d)\s?hours?\b", (" minutes", " days")), (r"(\d)\s?minutes?\b", (" hours", " seconds")), (r"(\d)\s?mm\b", (
        " cm", " µm")),
    (r"(\d)\s?cm\b", (" mm", " m")), (r"(\d)\s?(?:m|meters?|metres?)\b(?![-/])", (" km", " cm")), (r"(\d)\s?GB\b", (
        " MB", " TB")), (r"(\d)\s?MB\b", (" GB", " KB")),
    (r"(\d)\s?dB\b", ("%", " ms")), (r"(\d)\s?(?:x|times|\$\\times\$)(?=\s)", ("%", " dB")), (r"(\d)\s?(?:years?)\b", (
        " months", " days")),
    (r"(\d)\s?(?:days?)\b", (" weeks", " minutes")), (r"(\d)\s?(?:degrees?|°)", (" mm", "%")), (r"(\d)\s?(?:pixels?"
        r"|px)\b", (" mm", " degrees")),
    (r"(\d)\s?M\b", ("K", "B")), (r"(\d)\s?[kK]\b", ("M",)), (r"(\d)\s?million\b", (" thousand", " billion")), (
        r"(\d)\s?(?:GHz|MHz)", (" kHz",)),
)  # fmt: skip
_NEGATED = (
    (r"\b(is|are|was|were|can|could|will|should) (?!not\b)", r"\1 not "), (r"\b(has|have) been\b", r"\1 not been"),
    (r"\b(achieve|require|outperform|improve|provide|allow|enable|need|depend|reduce|preserve|address|rely|show|use"
     r"|contain|increase|consider|suffer|learn|handle|generalize|lead)(?=\s)", r"do not \1"),
    (r"\b(achieve|require|outperform|improve|provide|allow|enable|need|depend|reduce|preserve|address|show|use"
     r"|contain|increase|consider|suffer|learn|handle|generalize|lead)s(?=\s)", r"does not \1"),
    (r"\bdo(es)? not (\w+)", r"clearly \2"), (r"\bwithout\b", "with"), (r"\bwith\b(?= (?:only|a|an|the)\b)",
    "without"), (
        r"\bcannot\b", "can"),
    (r"\b(is|are|can) not\b", r"\1"), (r"\bnot only\b", "not"), (r"\bno (?=[a-z])", "some "),
)  # fmt: skip
_OPPOSITE = {old: new[0] for old, new in pairs("opposites.txt").items()}
_COMPARED = re.compile(
    r"^(?P<lead>(?:[^,]{3,80}(?:that|,) )?)(?P<a>[^,;:]{3,70}?)(?P<verb> (?:(?:can |also |significantly "
    r"|consistently |clearly )*)(?:outperforms?|surpass(?:es)?|exceeds?|beats?"
    r"|is (?:better|faster|more \w+|superior|smaller|less \w+) (?:than|to)|are (?:better|faster|more \w+|superior) "
    r"(?:than|to)) )(?P<b>[^,;:.]{5,80}?)(?P<rest>(?: (?:on|in|by|with|for|across|at|while)\b.*)?[.,;].*|\.)$"
)  # fmt: skip
_TAILS = (FOLDER / "tails.txt").read_text(encoding="utf-8").splitlines()
_INVENTED = (FOLDER / "invented.txt").read_text(encoding="utf-8").splitlines()


def number(text: str, abstract: str, rng: random.Random) -> str | None:
    """Another number, which the abstract does not have."""
    digits = list(_NUMBER.finditer(text))
    worded = list(re.finditer(rf"(?<![\w-])(?:{'|'.join(_WORDS)})(?![\w-])", text))
    if not digits and not worded:
        return None
    match = rng.choice(digits or worded)
    for _ in range(30):
        new = rng.choice(_WORDS) if match[0] in _WORDS else _other_number(match[0], rng)
        known = new in _WORDS and re.search(rf"\b(?:{new}|{_WORDS.index(new) + 2})\b", abstract, re.I)
        if new != match[0] and not known and not re.search(rf"(?<![\d.]){re.escape(new)}(?![\d]|\.\d)", abstract):
            return text[: match.start()] + new + text[match.end() :]
    return None


def _other_number(old: str, rng: random.Random) -> str:
    bare = old.replace(",", "")
    whole, _, part = bare.partition(".")
    value = max(1, round(int(whole) * rng.choice((0.5, 0.7, 0.8, 0.9, 1.1, 1.2, 1.4, 2.0))) + rng.randint(-2, 2))
    if part:
        return f"{value if int(whole) else 0}.{rng.randint(0, 10 ** len(part) - 1):0{len(part)}d}"
    return f"{value:,}" if "," in old else str(value)


def number_of_same(text: str, abstract: str, rng: random.Random) -> str | None:
    """A number of the same abstract, from another sentence."""
    own = list(_NUMBER.finditer(text))
    others = sorted({m[0] for m in _NUMBER.finditer(abstract)} - {m[0] for m in own})
    if not own or not others:
        return None
    match = rng.choice(own)
    return text[: match.start()] + rng.choice(others) + text[match.end() :]


def unit(text: str, abstract: str, rng: random.Random) -> str | None:
    """Another unit behind a number."""
    found = [(pattern, others) for pattern, others in _UNITS if re.search(pattern, text)]
    if not found:
        return None
    pattern, others = rng.choice(found)
    new = re.sub(pattern, lambda m: m[1] + rng.choice(others), text, count=1)
    return new if new not in abstract else None


def names(text: str) -> list[re.Match[str]]:
    """What looks like the name of a method, dataset or device."""
    return [m for m in _NAME.finditer(text) if len(m[0]) > 2 and m[0] not in ("SOTA", "URL", "HTTP", "II", "III")]


def name(text: str, abstract: str, rng: random.Random, pool: Sequence[str]) -> str | None:
    """Another name, from a pool; none that the abstract has."""
    own = names(text)
    known = _squeezed(abstract)
    new = next((n for n in rng.sample(pool, min(len(pool), 20)) if _squeezed(n) not in known), None)
    return _replaced(text, rng.choice(own), new) if own and new else None


def name_of_same(text: str, abstract: str, rng: random.Random) -> str | None:
    """A name from another sentence of the same abstract."""
    own = names(text)
    here = _squeezed(text)
    others = sorted({m[0] for m in names(abstract) if _squeezed(m[0]) not in here})
    if not own or not others:
        return None
    match, new = rng.choice(own), rng.choice(others)
    if _squeezed(match[0]) in _squeezed(new):
        return None
    return _replaced(text, match, new)


def _replaced(text: str, match: re.Match[str], new: str) -> str:
    return re.sub(rf"(?<![\w-]){re.escape(match[0])}(?![\w-])", lambda _: new, text)


@lru_cache(maxsize=4096)
def _squeezed(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower()).rstrip("s")


def negation(text: str, abstract: str, rng: random.Random) -> str | None:
    """A negation set or taken away."""
    found = [(pattern, new) for pattern, new in _NEGATED if re.search(pattern, text)]
    if not found:
        return None
    pattern, new = rng.choice(found)
    changed = re.sub(pattern, new, text, count=1)
    return great(changed) if changed != text and changed not in abstract else None


def direction(text: str, abstract: str, rng: random.Random) -> str | None:
    """The opposite of a word: improves becomes degrades."""
    found = [m for m in re.finditer(r"(?<![\w-])[A-Za-z]+(?![\w-])", text) if m[0].lower() in _OPPOSITE]
    # "more" before a plain adjective, and "best" of a fixed phrase, are as good as any.
    if not found:
        return None
    match = rng.choice(found)
    new = _OPPOSITE[match[0].lower()]
    changed = text[: match.start()] + (great(new) if match[0][0].isupper() else new) + text[match.end() :]
    return changed if changed not in abstract else None


def roles(text: str, _: str, rng: random.Random) -> str | None:
    """Winner and loser of a comparison changed, in one of two ways."""
    match = _COMPARED.match(text)
    if match is None or len(match["a"].split()) > 9:
        return None
    verb = match["verb"].strip()
    beaten = re.sub(r"(outperform|surpass|exceed|beat)(?:s|es)?$", r"\1", verb)
    beats = beaten != verb or verb.endswith(("outperform", "surpass", "exceed", "beat"))
    if beats and rng.random() < 0.5:
        past = "beaten" if beaten.endswith("beat") else f"{beaten.split()[-1]}ed"
        return f"{match['lead']}{match['a']} is {past} by {match['b']}{match['rest']}"
    first = match["b"] if match["lead"] else great(match["b"])
    return great(f"{match['lead']}{first} {verb} {small(match['a'])}{match['rest']}")


def invented_tail(text: str, _: str, rng: random.Random) -> str | None:
    """A true sentence with a claim that was made up behind it."""
    return f"{text.rstrip('.')}, {rng.choice(_TAILS).format(n=rng.choice(_WORDS))}." if text.endswith(".") else None


def invented(topic: str, rng: random.Random) -> str:
    """A claim that was made up, about a paper's topic."""
    return rng.choice(_INVENTED).format(topic=topic, Topic=great(topic))
