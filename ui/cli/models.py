"""`arxivqa models`: which language models can be used now, and why not the others."""

from __future__ import annotations

from typing import Any

import click

from ui.cli.options import json_option, library_options, settings


@click.command(short_help="List the language models that can be used.")
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
    chosen = settings(context, **common)
    from qa.llm.availability import choices
    from ui.cli.output import Printer, clean, print_json

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
