"""`arxivqa find`, `show`, `stats` and `config`: what is in the library, and which library that is."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

import qa
from qa.settings import Settings
from ui.cli.output import Printer, note, print_json
from vectorstore.filters import Filters
from vectorstore.paper import Paper

_MISSING = 10  # ids that are named; a list of references may lack hundreds


def find(settings: Settings, topic: str | None, filters: Filters, limit: int | None, form: str) -> None:
    """Print the papers on a topic, or the newest ones; form is "text" or one of `qa.export.papers.FORMS`."""
    with qa.open_assistant(settings=settings) as assistant:
        count = print_papers(assistant.find(topic, filters=filters, limit=limit), form)
        known = {paper.arxiv_id for paper in assistant.library.get(filters.ids)}
    if missing := [arxiv_id for arxiv_id in filters.ids if arxiv_id not in known]:
        more = f", and {len(missing) - _MISSING:,} more" if len(missing) > _MISSING else ""
        note(f"Not in the library: {', '.join(missing[:_MISSING])}{more}.")
    if not count:
        note("No paper in the library matches.")
    elif count == limit and form == "text" and sys.stdout.isatty():
        note(f"These are the first {count}; --limit N or --all shows more.")


def show(settings: Settings, arxiv_ids: Sequence[str], form: str) -> None:
    """Print each paper in full."""
    with qa.open_assistant(settings=settings) as assistant:
        papers = [assistant.show(arxiv_id) for arxiv_id in arxiv_ids]
    if form != "text":
        print_papers(papers, form)
        return
    printer = Printer()
    for index, paper in enumerate(papers):
        if index:
            printer.line()
        printer.paper(paper)


def print_papers(papers: Iterable[Paper], form: str) -> int:
    """Print papers as text or in one of `qa.export.papers.FORMS`; returns how many there were."""
    if form == "text":
        return Printer().papers(papers)
    found = list(papers)
    if form == "json":  # one object a line, which programs can read as it comes
        for paper in found:
            print_json(paper.to_json())
    elif found:
        from qa.export.papers import export

        print(export(found, form).text, end="")
    return len(found)


def stats(settings: Settings, as_json: bool) -> None:
    """Print what is in the library."""
    with qa.open_assistant(settings=settings) as assistant:
        found = asdict(assistant.stats())
    if as_json:
        print_json({name: _plain(value) for name, value in found.items()})
        return
    categories: dict[str, int] = found.pop("categories")
    most = ", ".join(f"{name} {count:,}" for name, count in list(categories.items())[:12])
    rest = f", and {len(categories) - 12} more" if len(categories) > 12 else ""
    rows = [
        ("library", str(found["path"])),
        *([("record", found["server"])] if found["server"] else ()),
        ("papers", f"{found['papers']:,}"),
        ("listings", f"{found['listings']:,}"),
        ("listed", f"{found['oldest']} to {found['newest']}" if found["oldest"] else "no dates"),
        ("categories", f"{most}{rest}" if most else "none stated"),
        ("chunks", f"{found['chunks']:,}"),
        ("model", f"{found['model']} ({found['model_sha256'][:12]})"),
        ("format", f"{found['format']}, generation {found['generation']}"),
        ("size", f"{found['bytes'] / 1e6:,.1f} MB"),
    ]
    Printer().table(rows)


def config(settings: Settings, as_json: bool) -> None:
    """Print each setting, its value, and where that comes from."""
    from qa.settings import config_path

    values = {name: getattr(settings, name) for name in type(settings).model_fields}
    if as_json:
        stated = {name: {"value": _plain(value), "origin": settings.origin(name)} for name, value in values.items()}
        file = {"value": str(settings.config or config_path()), "read": settings.config is not None}
        print_json({**stated, "file": file})
        return
    rows = [(name, f"{_shown(name, value)} ({settings.origin(name)})") for name, value in values.items()]
    Printer().table([*rows, ("file", str(settings.config) if settings.config else f"{config_path()} (there is none)")])


def _shown(name: str, value: Any) -> str:
    if value is None:
        return "the bundled arxivqa-minilm-l6" if name == "model" else "none"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | float | dict | None) else str(value)
