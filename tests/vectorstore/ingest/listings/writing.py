"""Papers written as listings, for reading them back: hypothesis strategies and the three layouts' writers."""

from __future__ import annotations

import html
from collections.abc import Sequence
from datetime import UTC, date, datetime

from hypothesis import strategies as st

from vectorstore import Paper

# What the readers keep as it is: printable, single blanks, no entities, no letters that may be mojibake (as ßŠ is).
_LETTERS = st.sampled_from(list("abcxyzABCXYZ0123456789.,:;!?-()[]{}$\\^_%'\"#*>/|~=+@éüøαβ数据"))
_WORD = st.text(_LETTERS, min_size=1, max_size=12)
LINES = st.lists(_WORD, min_size=1, max_size=12).map(" ".join)
_NAMES = st.lists(st.text(st.sampled_from("ABCabcéü-."), min_size=2, max_size=8), min_size=1, max_size=3).map(" ".join)
_OLD_IDS = st.tuples(st.sampled_from(["cs", "quant-ph", "math"]), st.integers(9_101_001, 9_912_999)).map(
    lambda parts: f"{parts[0]}/{parts[1]}"
)
_NEW_IDS = st.tuples(st.integers(1001, 2912), st.integers(10_000, 99_999)).map(lambda parts: f"{parts[0]}.{parts[1]}")
_TIMES = st.datetimes(datetime(1991, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)).map(
    lambda time: time.replace(microsecond=0)
)
_STATED = LINES.filter(lambda text: text != "None")
DAYS = st.dates(date(1991, 1, 1), date(2030, 1, 1))


@st.composite
def digest_papers(draw: st.DrawFn) -> Paper:
    """A paper of which only what a digest states is there."""
    version = draw(st.none() | st.integers(1, 20))
    return Paper(draw(_NEW_IDS | _OLD_IDS), draw(LINES), draw(_STATED), version=version)


@st.composite
def fielded_papers(draw: st.DrawFn) -> Paper:
    """A paper with everything that an export can state."""
    codes = st.lists(st.sampled_from(["cs.CV", "cs.LG", "eess.IV", "math.GT", "68T45"]), unique=True, max_size=4)
    return Paper(
        draw(_NEW_IDS | _OLD_IDS),
        draw(LINES),
        draw(_STATED),
        version=draw(st.none() | st.integers(1, 20)),
        authors=tuple(draw(st.lists(_NAMES.filter(lambda name: name != "None"), max_size=3))),
        categories=tuple(draw(codes)),
        published=draw(st.none() | _TIMES),
        updated=draw(st.none() | _TIMES),
        doi=draw(st.none() | st.just("10.1109/TPAMI.2020.3026740")),
        journal=draw(st.none() | _STATED),
        comment=draw(st.none() | _STATED),
    )


def digest(papers: Sequence[Paper], day: date | None = date(2019, 3, 21), label: str = "pdf") -> list[str]:
    """The lines of a numbered digest."""
    lines = [f"# ArXiv cs.CV --{day:%a, {day.day} %b %Y}" if day else "# ArXiv cs.CV"]
    for number, paper in enumerate(papers, 1):
        title, abstract = (html.escape(text) for text in (paper.title, paper.abstract))
        lines.append(f"### {number}.{title}  [ {label} ](https://arxiv.org/pdf/{paper.versioned_id}.pdf)")
        lines.append(f">  {abstract} ")
    return lines


def fielded(papers: Sequence[Paper], day: date | None = date(2020, 9, 30)) -> list[str]:
    """The lines of a fielded export."""
    lines = [f"# Arxiv Papers in cs.CV on {day}" if day else "# Arxiv Papers in cs.CV"]
    for paper in papers:
        codes = [f"**{code}**" if n == 0 else code for n, code in enumerate(paper.categories)]
        fields = {
            "Arxiv ID": f"http://arxiv.org/abs/{paper.versioned_id}",
            "DOI": paper.doi,
            "Categories": ", ".join(codes) or None,
            "Links": f"[PDF](http://arxiv.org/pdf/{paper.versioned_id})",
            "Published": paper.published,
            "Updated": paper.updated,
            "Authors": ", ".join(paper.authors) or None,
            "Comment": paper.comment,
            "Journal": paper.journal,
            "Summary": paper.abstract,
        }
        lines += [f"### {paper.title}", *(f"- **{name}**: {value}" for name, value in fields.items()), "", "", ""]
    return lines
