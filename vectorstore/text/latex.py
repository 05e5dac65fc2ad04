r"""LaTeX to plain words, for searching: `$\alpha$-matting` becomes `alpha-matting`."""

from __future__ import annotations

import re
import unicodedata

ACCENTS = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", '"': "\u0308", "~": "\u0303", "=": "\u0304", ".": "\u0307",
    "u": "\u0306", "v": "\u030c", "H": "\u030b", "c": "\u0327", "k": "\u0328", "r": "\u030a", "d": "\u0323",
    "b": "\u0331",
}  # fmt: skip
r"""Combining characters by the accent command that makes them: \"o, \'{e}, \v{s}."""

LETTERS = {
    "AA": "Å", "AE": "Æ", "L": "Ł", "O": "Ø", "OE": "Œ", "aa": "å", "ae": "æ", "i": "i", "j": "j", "l": "ł", "o": "ø",
    "oe": "œ", "ss": "ß",
}  # fmt: skip
"""Letters by the command that makes them; i and j, which there have no dot, as words are written."""

SIGNS = {
    "LaTeX": "LaTeX", "TeX": "TeX", "textasciitilde": "~", "textbackslash": "\\", "textdegree": "°",
    "textemdash": "—", "textendash": "–", "textregistered": "®",
}  # fmt: skip
"""Signs that stand in text by the command that makes them."""

# Commands that are signs. Greek letters and most others are their own name: \alpha is "alpha".
_WORDS = SIGNS | {
    "approx": "≈", "ast": "*", "cdot": "·", "cdots": "...", "checkmark": "✓", "circ": "°", "colon": ":",
    "copyright": "©", "dag": "†", "dagger": "†", "deg": "°", "degree": "°", "div": "/", "dots": "...",
    "downarrow": "↓", "eg": "e.g.", "ell": "l", "eps": "epsilon", "euro": "€", "ge": ">=", "geq": ">=",
    "geqslant": ">=", "gets": "<-", "gg": ">>", "gt": ">", "gtrsim": ">", "ie": "i.e.", "infty": "infinity",
    "langle": "<", "lbrace": "{", "ldots": "...", "le": "<=", "leftarrow": "<-",
    "leftrightarrow": "<->", "leq": "<=", "leqslant": "<=", "lesssim": "<", "ll": "<<", "longrightarrow": "->",
    "lt": "<", "lvert": "|", "mapsto": "->", "mid": "|", "mp": "∓", "ne": "!=", "neq": "!=", "percent": "%",
    "pm": "±", "pounds": "£", "prime": "'", "rangle": ">", "rbrace": "}", "rightarrow": "->", "Rightarrow": "=>",
    "rvert": "|", "S": "§", "sim": "~", "simeq": "≈", "slash": "/", "space": " ", "star": "*",
    "textgreater": ">", "textless": "<", "textpm": "±", "textquotedbl": '"', "textquoteleft": "'",
    "textquoteright": "'", "textquotesingle": "'", "textunderscore": "_", "times": "x",
    "to": "->", "uparrow": "↑", "varepsilon": "epsilon", "varphi": "phi", "vartheta": "theta", "vert": "|",
    "Vert": "||",
}  # fmt: skip

# Commands that only say how their argument looks: they go, the argument stays.
_DRESS = frozenset(
    "textbf textit textsc texttt textrm textsf textsl textup textmd textnormal text emph underline uline underbar"
    " mbox hbox mathbb mathbf mathbfcal mathcal mathfrak mathit mathrm mathscr mathsf mathtt boldsymbol bm bf it em"
    " rm sc sf sl tt tiny small footnotesize large Large LARGE normalsize bfseries itshape scshape ttfamily rmfamily"
    " sffamily left right big Big bigg Bigg bigl bigr Bigl Bigr middle displaystyle textstyle scriptstyle"
    " operatorname ensuremath hat widehat bar tilde widetilde vec overline dot ddot check breve acute grave"
    " overrightarrow mathop mathrel mathbin limits nolimits nonumber noindent smallskip medskip bigskip par newline"
    " linebreak item centering protect xspace textcolor color url path nolinkurl footnote textsuperscript"
    " textsubscript sqrt quad qquad enspace thinspace null hspace vspace hfill boxed fbox phantom cal boldmath hl"
    " uppercase enquote mathds scriptscriptstyle texorpdfstring".split()
)

_MARKS = re.compile(r"[\\${}]")
_REFERENCES = re.compile(r"\s?\\(?:cite[a-z]*|eqref|ref|label|autoref|cref|begin|end)\*?(?:\[[^\[\]{}]*\])*\{[^{}]*\}")
_LINK = re.compile(r"\\href ?\{([^{}]*)\} ?\{([^{}]*)\}")
_FRACTION = re.compile(r"\\[dt]?frac ?\{([^{}]*)\} ?\{([^{}]*)\}")
_SIGN_ACCENT = re.compile(r"\\([`'^\"~=.]) ?(?:\{\\?([A-Za-z])\}|\\?([A-Za-z]))")
_LETTER_ACCENT = re.compile(r"\\([uvHckrdb])(?: ?\{\\?([A-Za-z])\}| ([A-Za-z])(?![A-Za-z]))")
# The bounds keep the search linear in whatever a text holds.
_MATH = re.compile(r"\$\$(.{1,500}?)\$\$|\$(.{1,500}?)\$|\\\((.{1,500}?)\\\)|\\\[(.{1,500}?)\\\]", re.S)
_TIMES = re.compile(r" ?\\times(?![A-Za-z]) ?")
_SHORT_SCRIPT = re.compile(r" ?[_^] ?(?=\{?(?:[0-9]|[A-Za-z](?![A-Za-z])))")  # AP_{50}, x_i: written on
_LONG_SCRIPT = re.compile(r" ?[_^] ?(?=\{?[A-Za-z\\])")  # L_{adv}: a word of its own
_COMMAND = re.compile(r"\\([A-Za-z]+)\*?( ?(?=\{))?")
_SPACE = re.compile(r"\\(?:\\|[ ,;:>])|(?<=[\w.)])~(?=[\w\\$])")
_LETTER = re.compile(rf"\\({'|'.join(sorted(LETTERS, reverse=True))})(?![A-Za-z])(?: |\{{\}})?")
_UNICODE = re.compile(r"\\unicode\{x(?![dD][89a-fA-F][0-9a-fA-F]{2})([0-9a-fA-F]{2,4})\}")
_NOTHING = re.compile(r"\\[!/@*()\[\]-]")
_ESCAPED = re.compile(r"\\([%&#$_{}|])")

# Signs of our own, in the private use area: escaped signs wait there while the unescaped are taken away; a gap is a
# space where it comes to stand between two letters or digits; a join takes the gaps beside it away.
_HIDDEN = {sign: chr(0xE000 + n) for n, sign in enumerate("%&#$_{}|")}
_SHOWN = str.maketrans({hidden: sign for sign, hidden in _HIDDEN.items()})
_GAP, _JOIN = "\ue010", "\ue011"
_JOINED = re.compile(f"{_GAP}*{_JOIN}[{_GAP}{_JOIN}]*")
_PARTED = re.compile(rf"(?<=\w){_GAP}+(?=\w)")


def plain_text(text: str) -> str:
    r"""The text as words to search for: markup gone, symbols as their names, accents on their letters.

    Text without LaTeX comes back as it is. Broken LaTeX gives its words; nothing raises.

    >>> plain_text(r"\textbf{DIM} for $\alpha$-matting: $96.3\%$ on ImageNet$_{50}$, $3\times3$ filters, Nystr\"{o}m")
    'DIM for alpha-matting: 96.3% on ImageNet50, 3x3 filters, Nyström'
    """
    if not _MARKS.search(text):
        return text
    if "\\" in text:
        text = _ESCAPED.sub(lambda m: _HIDDEN[m[1]], _SPACE.sub(" ", text))
        text = _LETTER_ACCENT.sub(_accented, _SIGN_ACCENT.sub(_accented, text))
        text = _LETTER.sub(lambda m: LETTERS[m[1]], _UNICODE.sub(lambda m: chr(int(m[1], 16)), text))
        text = _LINK.sub(r"\2 (\1)", _REFERENCES.sub("", text))
    text = _MATH.sub(_unset, text)
    if "\\" in text:
        text = _COMMAND.sub(_worded, _FRACTION.sub(r"{\1}/{\2}", text))
        text = _NOTHING.sub("", text).replace("\\", "")
    text = text.replace("{", "").replace("}", "").replace("$", "").translate(_SHOWN)
    text = _PARTED.sub(" ", _JOINED.sub("", text)).replace(_GAP, "")
    return " ".join(text.split())


def with_accents(text: str) -> str:
    r"""The text with its accents on their letters, and otherwise as it is.

    >>> with_accents(r"Nystr\"{o}m and \O{}rsted at $96\%$")
    'Nyström and Ørsted at $96\\%$'
    """
    if "\\" not in text:
        return text
    return _LETTER.sub(lambda m: LETTERS[m[1]], _LETTER_ACCENT.sub(_accented, _SIGN_ACCENT.sub(_accented, text)))


def _accented(match: re.Match[str]) -> str:
    return unicodedata.normalize("NFC", (match[2] or match[3]) + ACCENTS[match[1]])


def _unset(match: re.Match[str]) -> str:
    content = next(group for group in match.groups() if group is not None)
    content = _SHORT_SCRIPT.sub(_JOIN, _TIMES.sub(r"\\times{}", content))
    content = _LONG_SCRIPT.sub(_GAP, content)
    displayed = match[0].startswith(("$$", r"\["))
    return f" {content} " if displayed else content


def _worded(match: re.Match[str]) -> str:
    name, argument = match[1], match[2] is not None
    if name in _DRESS:
        return "" if argument else _GAP
    word = _WORDS.get(name)
    if word is None:
        return f"{_GAP}{name}{_GAP}"
    return f"{_JOIN}{word}{_JOIN}" if name == "times" else word
