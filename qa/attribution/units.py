"""Units of measure: what each is of, and how many of its base unit it is."""

from __future__ import annotations

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


def _read() -> dict[str, tuple[str, float]]:
    pairs = ((kind, pair.partition(":")) for kind, listed in _TABLE.items() for pair in listed.split())
    return {name: (kind, float(factor)) for kind, (name, _, factor) in pairs}


UNITS = _read()
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
