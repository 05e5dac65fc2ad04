"""The commands themselves: what each takes, what it says of itself, and which part does the work."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import click

from ui.cli.models import models
from ui.cli.options import LAST, Day, filter_options, filters, json_option, library_options, llm_options, settings
from ui.cli.wait_option import write_options

_NO_MODEL = {"llm": "extractive"}  # what lists papers must not wait for a language model, or fail without it
INTERRUPTED, PIPE_CLOSED = 130, 141  # what a shell reports for SIGINT and SIGPIPE
_FORMS = ("text", "json", "bibtex", "ris", "csv", "markdown")
_CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


def _version(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted and not context.resilient_parsing:
        from importlib.metadata import version

        click.echo(f"arxivqa {version('arxivqa')}")
        context.exit()


class _Quiet(click.Group):
    """A group whose commands end without a word when their reader goes away or Ctrl-C is pressed."""

    def invoke(self, ctx: click.Context) -> Any:
        # Here, because click itself would end the one with status 1 and print an empty line for the other.
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise click.exceptions.Exit(PIPE_CLOSED) from None
        except KeyboardInterrupt:
            raise click.exceptions.Exit(INTERRUPTED) from None


@click.group(cls=_Quiet, context_settings=_CONTEXT)
@library_options
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Print the version."
)
def arxivqa(**_: Any) -> None:
    """Ask questions of arXiv listings; every sentence of an answer carries its citation.

    \b
    Fill a library, then ask:
      arxivqa ingest seeds
      arxivqa ask "How can normal maps be estimated from a single photograph?"
      arxivqa chat

    Exit status: 0 done or answered, 3 the library does not answer the question, 2 wrong usage, 1 any other error.

    Settings come from the options, else from variables such as ARXIVQA_LIBRARY and ARXIVQA_LLM, else from arxivqa.toml
    in your configuration folder; `arxivqa config` shows them all and what is in force.
    """


@arxivqa.command(short_help="Serve the page and print its address.")
@click.option("--host", metavar="ADDRESS", help="Where the page listens; 127.0.0.1 is for this machine only.")
@click.option("--port", metavar="NUMBER", type=click.IntRange(1, 65535), help="The first port to try; 7860.")
@llm_options
@json_option
@library_options
@click.pass_context
def chat(context: click.Context, /, host: str | None, port: int | None, as_json: bool, **common: Any) -> None:
    """Serve the page and print its address; Ctrl-C ends it.

    A port that is taken gives way to the next free one. At a host other than 127.0.0.1 everyone who reaches the page
    has to sign in; say who may with arxivqa users add NAME.

    \b
    Example:
      arxivqa chat --port 8000
    """
    from ui.cli.serve import serve

    serve(settings(context, host=host, port=port, **common), as_json)


@arxivqa.command(short_help="Ask a question.")
@click.argument("question", nargs=-1)
@click.option(
    "--batch",
    metavar="FILE.jsonl",
    type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path),
    help="Ask every line of a file, or of standard input (-), and print JSON lines.",
)
@click.option(
    "--limit", metavar="N", type=click.IntRange(1, 1000), default=10, help="How many ranked papers --json lists; 10."
)
@filter_options
@llm_options
@json_option
@library_options
@click.pass_context
def ask(
    context: click.Context,
    /,
    question: tuple[str, ...],
    batch: Path | None,
    limit: int,
    as_json: bool,
    **common: Any,
) -> int:
    """Answer QUESTION from the library, with citations.

    Filters narrow the papers an answer may use; a date means the day a paper was listed. The question may state them
    too: "by Kaiming He", "accepted at ECCV", "since March 2019", "but not medical". Where the library does not
    answer, the nearest papers are named and the exit status is 3.

    With --llm a language model writes the answer. Each of its sentences is checked against the abstracts: one that they
    do not bear out is marked as not found in them, or left out with --strict.

    A line of a batch is {"qid": "a1", "question": "…"}, where "limit" may say how many ranked papers to list, or a
    conversation {"qid": "a2", "turns": [{"question": "…"}, …]}, each turn seeing those before it. One JSON object a
    turn comes out. A line that cannot be asked is reported on standard error, the others go on, and the status is 1.

    \b
    Examples:
      arxivqa ask "Which papers detect small objects in aerial images?" --since 2020
      arxivqa ask "Which papers restore old films?" --venue "CVPR 2020" --without survey
      arxivqa ask "What loss does it use?" --id 2009.14376 --json
      arxivqa ask "Why do GANs collapse?" --llm ollama/llama3.2 --strict
      arxivqa ask --batch questions.jsonl --json > answers.jsonl
    """
    if bool(question) == (batch is not None):
        raise click.UsageError("Give either a QUESTION or --batch FILE.jsonl.")
    from ui.cli import ask as cli_ask

    narrowed = filters(common)
    chosen = settings(context, **common)
    if batch is not None:
        return cli_ask.batch(chosen, batch, narrowed, limit)
    return cli_ask.single(chosen, " ".join(question), narrowed, limit, as_json)


@arxivqa.command(short_help="List papers, by topic or newest first.")
@click.argument("topic", nargs=-1)
@click.option("--limit", metavar="N", type=click.IntRange(min=0), default=20, help="At most N papers, 0 for all; 20.")
@click.option("--all", "everything", is_flag=True, help="The same as --limit 0.")
@click.option("--format", "form", type=click.Choice(_FORMS), default="text", help="What to print.")
@partial(filter_options, last=True)
@json_option
@library_options
@click.pass_context
def find(
    context: click.Context,
    /,
    topic: tuple[str, ...],
    limit: int,
    everything: bool,
    form: str,
    as_json: bool,
    **common: Any,
) -> None:
    """List the papers on TOPIC, best first, or without one the whole library, newest listed first.

    --since last lists what has come since your last visit: papers of later listings, and those of the same day that
    were added since. Where nothing has, it lists the newest listing's papers again. That it listed them is kept as a
    visit, of the page's user where nobody signs in.

    \b
    Examples:
      arxivqa find "domain adaptation" --category cs.LG
      arxivqa find --author "Jiang" --since 2020-10 --until 2020-12
      arxivqa find --since last --all
      arxivqa find --all --format bibtex > library.bib
      arxivqa find "image matting" --format ris > matting.ris
      arxivqa find --ids references.bib
    """
    from ui.cli import find as cli_find

    wanted = None if everything or limit == 0 else limit
    if since_last := common["since"] == LAST:
        common["since"] = None
    narrowed = filters(common)
    # An empty topic is one that was lost on the way here, not a wish to see everything.
    asked = " ".join(topic) if topic else None
    chosen, form = settings(context, **_NO_MODEL, **common), "json" if as_json else form
    if since_last:
        from ui.cli import whats_new

        whats_new.find(chosen, asked, narrowed, wanted, form)
    else:
        cli_find.find(chosen, asked, narrowed, wanted, form)


@arxivqa.command(short_help="Print papers by arXiv id.")
@click.argument("arxiv_ids", metavar="ID...", nargs=-1, required=True)
@click.option("--format", "form", type=click.Choice(_FORMS), default="text", help="What to print.")
@json_option
@library_options
@click.pass_context
def show(context: click.Context, /, arxiv_ids: tuple[str, ...], form: str, as_json: bool, **common: Any) -> None:
    """Print all that the library knows of a paper: an id, with or without version, or a link to it.

    \b
    Example:
      arxivqa show 2009.14376
    """
    from ui.cli import find as cli_find

    cli_find.show(settings(context, **_NO_MODEL, **common), arxiv_ids, "json" if as_json else form)


@arxivqa.command(short_help="Read papers into the library.")
@click.argument("places", metavar="PLACE...", nargs=-1)
@click.option(
    "--category", "categories", metavar="CODE", multiple=True, help="Only papers in cs.CV, or all of cs; repeat."
)
@click.option("--since", metavar="DATE", type=Day(), help="Only papers listed on or after this day.")
@click.option("--until", metavar="DATE", type=Day(last=True), help="Only papers listed on or before this day.")
@click.option("--fetch", is_flag=True, help="Ask arXiv for the papers that a list names and the library lacks.")
@click.option("--rebuild", is_flag=True, help="First make vectors and index again, with the model now set.")
@write_options
@json_option
@library_options
@click.pass_context
def ingest(
    context: click.Context, /, places: tuple[str, ...], fetch: bool, rebuild: bool, as_json: bool, **common: Any
) -> int:
    """Read papers into the library, and make the library where there is none.

    A PLACE is a file, a folder of them, a pattern of names in quotes, or - for standard input. What is in a file is
    told from its content: a listing; arXiv's metadata snapshot (JSON lines), whose papers count as listed on the day
    they were first sent in; a zip or tar archive of these, or one packed with gzip, bzip2 or xz. A BibTeX file, or a
    text with an id or a link a line, only names papers: those that the library lacks are reported, or asked of arXiv
    with --fetch.

    A PLACE may also be asked of arXiv: arxiv:cs.CV for a category, arxiv:2009.14376 for a paper, or a query with
    arXiv's own fields (ti, au, abs, co, jr, cat, all). This keeps three seconds between requests. A fetch that was
    cut off goes on where it stopped when it is run again, and arxivqa update fetches what is new later on.

    What has not changed is not embedded again. A record that cannot be read is reported with file, line and reason;
    all others go in, and the exit status is 1.

    \b
    Examples:
      arxivqa ingest seeds
      arxivqa ingest "~/listings/2024-*.txt" listings.tar.xz --library ~/papers
      arxivqa ingest arxiv-metadata-oai-snapshot.json.zip --category cs.CV --since 2020
      arxivqa ingest arxiv:cs.CV --since 2024-01
      arxivqa ingest "arxiv:au:Kaiming He"
      arxivqa ingest references.bib --fetch
      arxivqa ingest --rebuild --model ~/models/tuned
    """
    if not places and not rebuild:
        raise click.UsageError("Say what to read: arxivqa ingest PLACE...")
    from ui.cli import ingest as cli_ingest
    from vectorstore.errors import InputError
    from vectorstore.ingest import Selection

    try:
        selection = Selection(*(common.pop(name) for name in ("categories", "since", "until")))
    except InputError as error:
        raise click.UsageError(str(error)) from None
    return cli_ingest.ingest(settings(context, **common), places, selection, fetch, rebuild, as_json)


@arxivqa.command(short_help="Say what is in the library.")
@json_option
@library_options
@click.pass_context
def stats(context: click.Context, /, as_json: bool, **common: Any) -> None:
    """Say how many papers the library holds, from when, in which categories, and which model made it.

    \b
    Example:
      arxivqa stats
    """
    from ui.cli import find as cli_find

    cli_find.stats(settings(context, **_NO_MODEL, **common), as_json)


@arxivqa.command(short_help="Say which settings are in force.")
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
    from ui.cli import find as cli_find

    cli_find.config(settings(context, host=host, port=port, **common), as_json)


arxivqa.add_command(models)
