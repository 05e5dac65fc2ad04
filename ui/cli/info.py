"""`arxivqa stats`, `config` and `models`: what is in the library, what is set, and what can write answers."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click

from ui.cli.options import NO_MODEL, json_option, library_options, llm_options, settings
from ui.cli.output import Printer, clean, print_json


@click.command()
@json_option
@library_options
@click.pass_context
def stats(context: click.Context, /, as_json: bool, **common: Any) -> None:
    """Say how many papers the library holds, from when, in which categories, and which model made it.

    \b
    Example:
      arxivqa stats
    """
    import qa

    with qa.open_assistant(settings=settings(context, **NO_MODEL, **common)) as assistant:
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


@click.command()
@click.option("--host", metavar="ADDRESS", help="As for chat.")
@click.option("--port", metavar="NUMBER", type=click.IntRange(1, 65535), help="As for chat.")
@llm_options
@json_option
@library_options
@click.pass_context
def config(context: click.Context, /, as_json: bool, host: str | None, port: int | None, **common: Any) -> None:
    """Say which settings are in force and where each comes from: an option, a variable, a file, or the default.

    \b
    Example:
      arxivqa config
    """
    from qa.settings import config_path

    chosen = settings(context, host=host, port=port, **common)
    values = {name: getattr(chosen, name) for name in type(chosen).model_fields}
    if as_json:
        stated = {name: {"value": _plain(value), "origin": chosen.origin(name)} for name, value in values.items()}
        file = {"value": str(chosen.config or config_path()), "read": chosen.config is not None}
        print_json({**stated, "file": file})
        return
    rows = [(name, f"{_shown(name, value)} ({chosen.origin(name)})") for name, value in values.items()]
    Printer().table([*rows, ("file", str(chosen.config) if chosen.config else f"{config_path()} (there is none)")])


@click.command()
@json_option
@library_options
@click.pass_context
def models(context: click.Context, /, as_json: bool, **common: Any) -> None:
    """List the language models that this machine can use now, and why not the others.

    Servers on this machine (ports 11434, 8000, 8080 and 1234) and the one of ARXIVQA_LLM_URL are asked for their lists
    of models and for nothing else. Keys are read from OPENAI_API_KEY and ANTHROPIC_API_KEY, or from ARXIVQA_LLM_KEY
    where ARXIVQA_LLM_URL is set; they are never shown.

    \b
    Example:
      arxivqa models
      arxivqa ask --llm ollama/llama3.2 "How are film scratches restored?"
    """
    from qa.llm.availability import choices

    chosen = settings(context, **common)
    found = choices(chosen)
    if as_json:
        print_json({"llm": chosen.llm, "models": [choice.to_json() for choice in found]})
        return
    printer = Printer()
    for choice in found:
        name = clean(choice.llm) + (f"  --llm-url {clean(choice.url)}" if choice.url else "")
        said = choice.note if choice.usable else f"not now: {choice.note}"
        mark = "*" if choice.llm == chosen.llm and choice.url in (None, chosen.llm_url) else " "
        printer.line(
            (f"{mark} ", "cyan"), (name, "bold" if choice.usable else "dim"), (f"  {said}" if said else "", "")
        )


def _shown(name: str, value: Any) -> str:
    if value is None:
        return "the bundled arxivqa-minilm-l6" if name == "model" else "none"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | float | dict | None) else str(value)
