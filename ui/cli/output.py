"""What the commands print: colour, wrapping and links on a terminal, plain lines in a pipe, JSON for programs."""

from __future__ import annotations

import json
import re
import sys
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from vectorstore.text.cleaning import DIRECTIONS

if TYPE_CHECKING:
    from rich.console import Console

    from qa.answer import Answer, Statement
    from vectorstore.paper import Paper

WIDTH = 100  # longer lines are hard to read, however wide the terminal
_DIRECTIONS = dict.fromkeys(map(ord, DIRECTIONS))
# Legal in JSON, but control codes of a terminal, ends of a line to some readers, or not encodable at all.
_UNSAFE_IN_JSON = re.compile(f"[{DIRECTIONS}\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def clean(text: str, *, lines: bool = False) -> str:
    r"""Return text without anything a terminal would obey; breaks become spaces unless `lines` are to stay.

    >>> clean("a\x1b[31mred\x1b[0m\r\nword")
    'a[31mred[0m word'
    """
    text = text.translate(_DIRECTIONS)
    text = "".join(c if unicodedata.category(c) not in ("Cc", "Cs") else c if c in "\t\n\r" else "" for c in text)
    return "\n".join(" ".join(line.split()) for line in text.splitlines()) if lines else " ".join(text.split())


def print_json(value: Mapping[str, Any]) -> None:
    """Print one object on one line, and let it out at once."""
    utf8 = (getattr(sys.stdout, "encoding", None) or "").lower().replace("-", "") == "utf8"
    line = json.dumps(value, ensure_ascii=not utf8)
    print(_UNSAFE_IN_JSON.sub(lambda match: f"\\u{ord(match[0]):04x}", line), flush=True)


def note(text: str) -> None:
    """Say something about the work itself, on standard error."""
    print(f"arxivqa: {clean(text)}", file=sys.stderr, flush=True)


class Printer:
    """Prints for people: with colour, links and wrapping on a terminal, without any of them elsewhere."""

    def __init__(self) -> None:
        self._console: Console | None = None
        if sys.stdout is not None and sys.stdout.isatty():
            from rich.console import Console

            console = Console(highlight=False)
            console.width = min(console.width, WIDTH)
            # A terminal that says it is dumb obeys no codes at all.
            self._console = None if console.is_dumb_terminal else console

    def line(self, *parts: tuple[str, str], indent: int = 0) -> None:
        """Print one line (a paragraph on a terminal) of (text, style) parts; no text may hold untrusted codes."""
        if self._console is None:
            print(" " * indent + "".join(text for text, _ in parts))
            return
        from rich.padding import Padding
        from rich.text import Text

        text = Text.assemble(*((clean_keep(part), style) for part, style in parts))
        self._console.print(Padding(text, (0, 0, 0, indent)) if indent else text)

    def answer(self, answer: Answer) -> None:
        """Print an answer: its statements, its sources, and what else there is to read."""
        links = {citation.n: citation.paper.url for citation in answer.citations}
        for index, block in enumerate(_blocks(answer.statements)):
            if index:
                self.line()
            for paragraph in block:
                self.line(*_paragraph(paragraph, links))
        self._papers("Sources", [(f"[{c.n}]", c.paper) for c in answer.citations])
        cited = {citation.paper.arxiv_id for citation in answer.citations}
        further = "Nearest papers" if answer.abstained else "Further reading"
        self._papers(further, [("-", paper) for paper in answer.further if paper.arxiv_id not in cited])

    def papers(self, papers: Iterable[Paper]) -> int:
        """Print papers, a few lines each, as they come; returns how many there were."""
        count = 0
        for count, paper in enumerate(papers, 1):
            if count > 1:
                self.line()
            self.line((clean(paper.title), f"bold link {paper.url}"))
            standing = [_standing(paper), (" · ", "dim")] if paper.standing else []
            self.line(*standing, (_facts(paper), "dim"), indent=2)
            self.line((paper.url, f"cyan link {paper.url}"), indent=2)
        return count

    def paper(self, paper: Paper) -> None:
        """Print all that is known of one paper."""
        self.line((clean(paper.title), f"bold link {paper.url}"))
        if paper.authors:
            self.line((", ".join(map(clean, paper.authors)), ""))
        self.line()
        self.line((clean(paper.abstract), ""))
        self.line()
        for name, value in _details(paper):
            self.line(
                (f"{name + ':':<12}", "dim"), (value, f"cyan link {value}" if value.startswith("https://") else "")
            )

    def table(self, rows: Sequence[tuple[str, str]]) -> None:
        """Print names and values in two columns."""
        width = max((len(name) for name, _ in rows), default=0) + 2
        for name, value in rows:
            self.line((f"{name:<{width}}", "bold"), (clean(value), ""))

    def _papers(self, heading: str, papers: Sequence[tuple[str, Paper]]) -> None:
        if not papers:
            return
        self.line()
        self.line((heading, "bold"))
        for mark, paper in papers:
            self.line(
                (f"{mark} ", "cyan" if mark != "-" else ""),
                (clean(paper.title), f"link {paper.url}"),
                (f" ({paper.versioned_id}{f', {paper.listed}' if paper.listed else ''}", "dim"),
                *([(", ", "dim"), _standing(paper)] if paper.standing else []),
                (") ", "dim"),
                (paper.url, f"cyan link {paper.url}"),
            )


def clean_keep(text: str) -> str:
    """Return one part of a line cleaned, with the spaces at its ends."""
    return text[: len(text) - len(text.lstrip())] + clean(text) + text[len(text.rstrip()) :] if text.strip() else text


def _blocks(statements: Iterable[Statement]) -> list[list[list[Statement]]]:
    """Statements as blocks of paragraphs: sentences run on in one, each item and each note has its own line."""
    blocks: list[list[list[Statement]]] = []
    previous = ""
    for statement in statements:
        if statement.kind == previous == "sentence":
            blocks[-1][-1].append(statement)
        elif statement.kind == previous == "item":
            blocks[-1].append([statement])
        else:
            blocks.append([[statement]])
        previous = statement.kind
    return blocks


def _paragraph(statements: Iterable[Statement], links: Mapping[int, str]) -> list[tuple[str, str]]:
    parts: list[tuple[str, str]] = []
    for statement in statements:
        if parts:
            parts.append((" ", ""))
        marks = [(f"[{n}]", f"bold cyan link {links[n]}" if n in links else "bold cyan") for n in statement.citations]
        text = clean(statement.text)
        if statement.kind == "item":
            parts.append(("- ", ""))
            if statement.lead:
                parts += [(clean(statement.lead), "bold"), *([(" ", ""), *marks] if marks else [])]
                parts += [(f": {text}", "")] if text else []
                marks, text = [], ""
        if text:
            parts.append((text, "italic" if statement.kind == "note" else ""))
        parts += [(" ", ""), *marks] if marks else []
        parts += [(" ", ""), (clean(statement.caveat), "yellow")] if statement.caveat else []
    return parts


def _facts(paper: Paper) -> str:
    shown = [clean(author) for author in paper.authors[:3]]
    if len(paper.authors) > 3:
        shown.append(f"and {len(paper.authors) - 3} more")
    facts = [paper.versioned_id, str(paper.listed or ""), clean(" ".join(paper.categories)), ", ".join(shown)]
    return " · ".join(fact for fact in facts if fact)


def _standing(paper: Paper) -> tuple[str, str]:
    return (paper.standing, "bold red" if paper.withdrawn else "dim")


def _details(paper: Paper) -> list[tuple[str, str]]:
    sources = ", ".join(clean(source.place) for source in paper.sources)
    details = [
        ("arXiv id", paper.versioned_id),
        ("standing", paper.standing),
        ("categories", clean(" ".join(paper.categories))),
        ("listed", str(paper.listed or "")),
        ("published", f"{paper.published:%Y-%m-%d %H:%M} UTC" if paper.published else ""),
        ("updated", f"{paper.updated:%Y-%m-%d %H:%M} UTC" if paper.updated else ""),
        ("DOI", clean(paper.doi or "")),
        ("journal", clean(paper.journal or "")),
        ("comment", clean(paper.comment or "")),
        ("abstract", paper.url),
        ("PDF", paper.pdf_url),
        ("read from", sources),
    ]
    return [(name, value) for name, value in details if value]
