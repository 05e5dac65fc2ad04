"""LaTeX formulas to MathML, which browsers draw themselves: no script, no font and no request."""

from __future__ import annotations

import re
from functools import lru_cache
from xml.etree import ElementTree

from latex2mathml.converter import convert

from ui.web.html.escape import attribute, escape

# Longer than any formula an abstract holds; a hostile one must not keep the converter busy.
_LONGEST = 500

# What Gradio's sanitizer lets through and a formula needs. Links, colours and event attributes are not among them.
_ELEMENTS = frozenset(
    "math mrow mi mn mo ms mtext mspace mfrac msqrt mroot mstyle msub msup msubsup munder mover munderover "
    "mmultiscripts mtable mtr mtd mpadded mphantom menclose".split()
)
_ATTRIBUTES = frozenset(
    "accent accentunder columnspan depth displaystyle fence height linethickness lspace mathvariant maxsize minsize "
    "movablelimits notation rowspan rspace scriptlevel separator stretchy width".split()
)
# Browsers draw "invalid markup" where one of these lacks an argument, as in "\frac{a".
_ARGUMENTS = {"mfrac": 2, "mroot": 2, "msub": 2, "msup": 2, "munder": 2, "mover": 2, "msubsup": 3, "munderover": 3}

# Short forms that authors define for themselves and use in abstracts.
_SHORT = {
    **{letter: rf"\mathbb{{{letter}}}" for letter in "RNZQCE"},
    "eps": r"\varepsilon",
    "bm": r"\mathbf",
    "boldsymbol": r"\mathbf",
    "mathbbm": r"\mathbb",
    "xspace": "",
    "ensuremath": "",
    "sim": "∼",  # The converter writes it as the tilde of the keyboard, which sits too high.
}
_NUMBER = re.compile(r"[∼≈±<>≤≥−-]?[\d.,]*[%×+°]?")
_COMMAND = re.compile(r"\\([A-Za-z]+)")


@lru_cache(maxsize=4096)
def mathml(source: str, *, block: bool = False) -> str | None:
    """Return a formula as MathML, or None where it cannot be read (then show its source).

    Args:
        source: LaTeX without its delimiters.
        block: a displayed formula, on a line of its own.
    """
    if len(source) > _LONGEST:
        return None
    written = _COMMAND.sub(lambda found: _SHORT.get(found[1], found[0]), source)
    try:
        root = ElementTree.fromstring(convert(written, display="block" if block else "inline"))
        return (None if block else _as_text(root)) or _serialise(root, "block" if block else None)
    except (Exception, RecursionError):  # The converter raises whatever it trips over; the source is shown instead.
        return None


def _as_text(root: ElementTree.Element) -> str | None:
    """Return a formula that is no more than a number with its signs, such as "$\\sim$" or "$_{50}$", as text.

    Abstracts are full of them. As text they take the font around them, and no line breaks between "ImageNet" and "50".
    """
    tags = [element.tag.rpartition("}")[2] for element in root.iter()]
    if script := {"msub": "sub", "msup": "sup"}.get(tags[2] if len(tags) > 2 else ""):
        base, raised = next(iter(next(iter(root))))
        text = "".join(raised.itertext())
        if len(next(iter(root))) == 1 and not "".join(base.itertext()) and re.fullmatch(r"[\w∘′+−-]{1,4}", text):
            return "&#176;" if (script, text) == ("sup", "∘") else f"<{script}>{escape(text)}</{script}>"
        return None
    text = "".join(root.itertext())
    return escape(text) if set(tags) <= {"math", "mrow", "mi", "mn", "mo"} and _NUMBER.fullmatch(text) else None


def _serialise(element: ElementTree.Element, display: str | None = None) -> str:
    """Write the element again from a list of what is allowed; raises ValueError on anything else."""
    name = element.tag.rpartition("}")[2]
    if name not in _ELEMENTS:
        raise ValueError(f"{name} is not an element of a formula")
    if name in _ARGUMENTS and len(element) != _ARGUMENTS[name]:
        raise ValueError(f"{name} lacks an argument")
    text = element.text or ""
    if "\\" in text:
        raise ValueError(f"{text} is not a known command")
    kept = "".join(f" {key}={attribute(value)}" for key, value in element.attrib.items() if key in _ATTRIBUTES)
    if display:
        kept += f' display="{display}"'
    inner = "".join(_serialise(child) + escape(child.tail or "") for child in element)
    return f"<{name}{kept}>{escape(text)}{inner}</{name}>"
