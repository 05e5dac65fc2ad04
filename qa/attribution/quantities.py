"""Numbers as quantities: 93.2 %, 93.2 percent, 1,000, 1.28K, three, half; compared by value and unit."""

from __future__ import annotations

import re
from dataclasses import dataclass

# What each unit measures, and how many of its base unit it is.
_TABLE = {
    "%": "%:1 percent:1 pct:1 percentage:1 pp:1 percents:1",
    "point": "point:1 points:1",
    "time": "us:1e-6 µs:1e-6 microseconds:1e-6 ms:1e-3 msec:1e-3 millisecond:1e-3 milliseconds:1e-3 s:1 sec:1 secs:1"
    " second:1 seconds:1 min:60 mins:60 minute:60 minutes:60 h:3600 hr:3600 hrs:3600 hour:3600 hours:3600 day:86400"
    " days:86400 week:604800 weeks:604800 month:2.6e6 months:2.6e6 year:3.15e7 years:3.15e7",
    "rate": "fps:1 hz:1 khz:1e3 mhz:1e6 ghz:1e9",
    "bytes": "kb:1e3 mb:1e6 gb:1e9 tb:1e12 kilobytes:1e3 megabytes:1e6 gigabytes:1e9 terabytes:1e12 mib:1e6 gib:1e9",
    "pixel": "px:1 pixel:1 pixels:1 megapixel:1e6 megapixels:1e6 mp:1e6",
    "length": "nm:1e-9 nanometers:1e-9 µm:1e-6 um:1e-6 micrometers:1e-6 microns:1e-6 mm:1e-3 millimeter:1e-3"
    " millimeters:1e-3 millimetres:1e-3 cm:1e-2 centimeter:1e-2 centimeters:1e-2 centimetres:1e-2 m:1 meter:1 meters:1"
    " metre:1 metres:1 km:1e3 kilometer:1e3 kilometers:1e3 kilometres:1e3 inch:0.0254 inches:0.0254 feet:0.3048",
    "db": "db:1 decibel:1 decibels:1 dbs:1",
    "angle": "degree:1 degrees:1 deg:1 °:1",
    "mass": "mg:1e-6 g:1e-3 kg:1 grams:1e-3 kilograms:1",
    "times": "x:1 ×:1 times:1 fold:1",
    "flops": "flops:1 mflops:1e6 gflops:1e9 tflops:1e12 macs:1 gmacs:1e9",
    "power": "mw:1e-3 w:1 kw:1e3 watt:1 watts:1 milliwatts:1e-3",
    "energy": "mj:1e-3 j:1 joule:1 joules:1 millijoules:1e-3",
    "money": "dollars:1 usd:1 euros:1",
}


def _parse_units() -> dict[str, tuple[str, float]]:
    pairs = ((kind, pair.partition(":")) for kind, listed in _TABLE.items() for pair in listed.split())
    return {name: (kind, float(factor)) for kind, (name, _, factor) in pairs}


UNITS = _parse_units()
SCALES = {
    "k": 1e3, "thousand": 1e3, "m": 1e6, "million": 1e6, "millions": 1e6, "b": 1e9, "bn": 1e9, "billion": 1e9,
    "billions": 1e9, "trillion": 1e12, "hundred": 1e2,
}  # fmt: skip
WORDS = {
    "zero": 0.0, "one": 1.0, "two": 2.0, "three": 3.0, "four": 4.0, "five": 5.0, "six": 6.0, "seven": 7.0, "eight": 8.0,
    "nine": 9.0, "ten": 10.0, "eleven": 11.0, "twelve": 12.0, "thirteen": 13.0, "fourteen": 14.0, "fifteen": 15.0,
    "sixteen": 16.0, "seventeen": 17.0, "eighteen": 18.0, "nineteen": 19.0, "twenty": 20.0, "thirty": 30.0,
    "forty": 40.0, "fifty": 50.0, "sixty": 60.0, "seventy": 70.0, "eighty": 80.0, "ninety": 90.0, "dozen": 12.0,
    "hundred": 1e2, "thousand": 1e3, "million": 1e6,
}  # fmt: skip
MULTIPLES = {
    "twice": 2.0, "double": 2.0, "doubles": 2.0, "doubling": 2.0, "triple": 3.0, "triples": 3.0, "twofold": 2.0,
    "threefold": 3.0, "fourfold": 4.0, "fivefold": 5.0, "tenfold": 10.0,
}  # fmt: skip

NUMBER = re.compile(
    r"(?<![\w.])(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,12}(?:\.\d{1,12})?|\.\d{1,12})"
    r"(?:e(?P<power>[+-]?\d{1,2})(?!\w))?(?:(?P<glued>[A-Za-zµ×°]{1,12}|%)(?![\w]))?(?!\w)"
)
_UNIT_AHEAD = re.compile(
    r"[\s\u00a0]?-?\s?(?:(per\s?cent)|(frames?[ -]per[ -]second)|(%|[A-Za-zµ×°]{1,12})(?![A-Za-z]))"
)
_PER = re.compile(r"(?:\sper\s|/)(second|minute|hour|day|frame|image|pixel)\b", re.I)
_SCALE_AHEAD = re.compile(r"[\s-]{0,2}(k|M|B|K|thousand|millions?|billions?|bn|trillion|hundred)(?![A-Za-z])")
_WORD_NUMBER = re.compile(
    rf"\b(?P<tens>(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)[ -])?(?P<word>{'|'.join(WORDS)})\b", re.I
)
_MULTIPLE = re.compile(rf"\b(?:{'|'.join(MULTIPLES)})\b", re.I)
_RANGE = re.compile(r"\s?(?:-|–|—|to|and|or|,|/)\s?(?:and\s|or\s)?$")
_HEDGE = re.compile(
    r"(?:\b(?:about|around|nearly|almost|roughly|approximately|over|under|than|least|most|up to|circa|some)|[~≈≥≤><])"
    r"\s?$",
    re.I,
)
# "two papers", "both of the three methods": how many are spoken of, not what one of them says.
_COUNTING = re.compile(
    r"\s+(?:of\s+(?:the|these|those|them)"
    r"|(?:\w+\s+)?(?:papers?|abstracts?|studies|works|articles|sources|publications)\b)",
    re.I,
)
_THESE = re.compile(r"\s+(?:methods|approaches|models|systems|techniques)\b", re.I)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number in a text.

    Attributes:
        value: in the base of its unit; a fraction for what no unit says.
        unit: what it is a measure of ("%", "time", "bytes", …); empty for a plain count.
        written: as it stands in the text.
        start, end: where, unit included.
        digits: decimals written.
        rounded: whether the text says that it is not exact ("about 90").
    """

    value: float
    unit: str
    written: str
    start: int
    end: int
    digits: int = 0
    rounded: bool = False

    def meets(self, other: Quantity) -> bool:
        """Whether another quantity is this one, so written or otherwise."""
        alike = self.unit == other.unit or not self.unit or not other.unit or {self.unit, other.unit} == {"%", "point"}
        if alike and (_close(self.value, other.value) or (self.rounded and _rounds(self, other))):
            return True
        return {self.unit, other.unit} == {"%", ""} and (
            _close(self.value, 100 * other.value) or _close(100 * self.value, other.value)
        )

    def same_value(self, other: Quantity) -> bool:
        """Whether it is the same number in another unit."""
        return self.unit != other.unit and bool(self.unit and other.unit) and _bare(self) == _bare(other)


def find_quantities(text: str) -> list[Quantity]:
    """The quantities of a text without LaTeX, in order; digits of names (ResNet-50, 3D) are none.

    >>> [
    ...     (q.value, q.unit)
    ...     for q in find_quantities("It has 1.28K parameters, runs in 20-30 ms and reaches 93.2 percent on two sets.")
    ... ]
    [(1280.0, ''), (0.02, 'time'), (0.03, 'time'), (93.2, '%'), (2.0, '')]
    """
    found: list[Quantity] = []
    for match in NUMBER.finditer(text):
        if quantity := _numeral(text, match):
            found.append(quantity)
    for match in _WORD_NUMBER.finditer(text):
        if quantity := _worded(text, match):
            found.append(quantity)
    found += [Quantity(MULTIPLES[m[0].lower()], "times", m[0], m.start(), m.end()) for m in _MULTIPLE.finditer(text)]
    found.sort(key=lambda q: q.start)
    return _shared_units(text, found)


def _numeral(text: str, match: re.Match[str]) -> Quantity | None:
    before = text[max(0, match.start() - 24) : match.start()]
    # ResNet-50, CIFAR-10, F1-0.5: a name; "top-5" and "10-15" are not.
    if re.search(r"(?:[A-Z]\w*|\d[A-Za-z]+)[-_/]$", before) and not re.search(
        r"(?:^|[^\w-])(?:[a-z]+|Top|Rank)-$", before
    ):
        return None
    digits = match["digits"].replace(",", "")
    value = float(digits) * 10.0 ** int(match["power"] or 0)
    end = match.end()
    glued = match["glued"] or ""
    unit: tuple[str, float] | None = None
    if glued:
        if glued in ("K", "k", "M", "B", "bn"):
            value *= SCALES[glued.lower()]
        elif glued == "s" and len(digits) == 4:
            pass  # the 1980s
        elif glued.lower() in UNITS:
            unit = _unit(glued)
        elif glued in ("th", "st", "nd", "rd"):
            return None
        else:
            return None
    elif scale := _SCALE_AHEAD.match(text, end):
        value *= SCALES[scale[1].lower()]
        end = scale.end()
    if unit is None and glued != "%":
        unit, end = _unit_ahead(text, end)
    decimals = len(digits.partition(".")[2])
    value *= unit[1] if unit else 1.0
    return Quantity(
        value, unit[0] if unit else "", text[match.start() : end].strip(), match.start(), end, decimals,
        bool(_HEDGE.search(before)),
    )  # fmt: skip


def _worded(text: str, match: re.Match[str]) -> Quantity | None:
    word = match["word"].lower()
    value = WORDS[word] + (WORDS[match["tens"].strip(" -").lower()] if match["tens"] else 0.0)
    after = text[match.end() : match.end() + 30]
    before = text[max(0, match.start() - 8) : match.start()].lower()
    # "one" is seldom a number, and the scale of a numeral was read with it.
    if word in ("one", "zero") and not match["tens"] and not _SCALE_AHEAD.match(text, match.end()):
        return None
    if re.search(r"[\d.]\s?-?$|(?:two|three|four|five|six|seven|eight|nine|ten|one)[ -]$", before):
        return None
    if _COUNTING.match(after) or (re.search(r"\b(?:these|those|all)\s$", before) and _THESE.match(after)):
        return None
    if scale := _SCALE_AHEAD.match(text, match.end()):
        value *= SCALES[scale[1].lower()]
    unit, end = _unit_ahead(text, scale.end() if scale else match.end())
    kind, factor = unit or ("", 1.0)
    return Quantity(value * factor, kind, text[match.start() : end].strip(), match.start(), end)


def _unit_ahead(text: str, at: int) -> tuple[tuple[str, float] | None, int]:
    match = _UNIT_AHEAD.match(text, at)
    if match is None:
        return None, at
    if match[1]:
        return ("%", 1.0), match.end()
    if match[2]:
        return ("rate", 1.0), match.end()
    unit = _unit(match[3])
    if unit is None or (match[3].lower() in {"m", "s", "g", "h", "w", "j", "x"} and not _alone(text, match.end())):
        return None, at
    if per := _PER.match(text, match.end()):
        return (f"{unit[0]} per {per[1].lower()}", unit[1]), per.end()
    return unit, match.end()


def _alone(text: str, at: int) -> bool:
    """Whether a one-letter unit is a unit: what follows must not make a name of it."""
    return text[at : at + 1] not in ("-", "_", "'")


def _unit(word: str) -> tuple[str, float] | None:
    if word in ("M", "K", "B"):
        return None
    return UNITS.get(word.lower())


def _shared_units(text: str, found: list[Quantity]) -> list[Quantity]:
    """The unit of the last number of a range or list is that of those before it."""
    for place in range(len(found) - 2, -1, -1):
        own, after = found[place], found[place + 1]
        if own.unit or not after.unit or after.unit == "times" or own.written.isalpha():
            continue
        if _RANGE.search(text[own.end : after.start]) and after.start - own.end <= 6:
            plain = _bare(after)
            factor = after.value / plain if plain else 1.0
            found[place] = Quantity(
                own.value * factor, after.unit, own.written, own.start, own.end, own.digits, own.rounded
            )
    return found


def _bare(quantity: Quantity) -> float:
    """The number as written, before its unit."""
    match = NUMBER.match(quantity.written)
    return float(match["digits"].replace(",", "")) if match else quantity.value


def _close(a: float, b: float) -> bool:
    return abs(a - b) <= 1e-6 * max(abs(a), abs(b))


def _rounds(stated: Quantity, exact: Quantity) -> bool:
    """Whether a number that is said to be rough is the exact one, rounded up or down to its own digits."""
    if not exact.value or not stated.value:
        return False
    step = 10.0**-stated.digits
    bare = _bare(stated)
    factor = stated.value / bare if bare else 1.0
    if not stated.digits and bare >= 10 and bare % 10 == 0:
        step = 10.0 if bare < 1000 else 10 ** (len(str(int(bare))) - 2)
    return abs(stated.value - exact.value) < step * factor
