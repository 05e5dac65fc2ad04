"""Entry of the shell: finds the command, runs it, and turns what goes wrong into a clear word and an exit status."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from importlib import import_module
from typing import Any, NoReturn

import click

from ui.cli.options import library_options
from ui.cli.output import clean
from vectorstore.errors import ArxivQAError

ERROR, USAGE = 1, 2
INTERRUPTED, PIPE_CLOSED = 130, 141  # what a shell reports for SIGINT and SIGPIPE
_CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
# Each command's module here, what it is called there, and its line in the list of commands. A module is imported when
# its command is asked for, so that the list waits for none.
MODULES = {
    "ask": ("ask", "ask", "Ask a question."),
    "backup": ("maintenance", "backup", "Copy the library into one file."),
    "chat": ("chat", "chat", "Serve the page and print its address."),
    "config": ("info", "config", "Say which settings are in force."),
    "conversations": ("conversations", "conversations", "List, show and delete what was asked on the page."),
    "doctor": ("maintenance", "doctor", "Check the library, and mend it."),
    "eval": ("evaluate", "evaluate", "Measure the answers to questions of your own."),
    "find": ("find", "find", "List papers, by topic or newest first."),
    "ingest": ("ingest", "ingest", "Read papers into the library."),
    "models": ("info", "models", "List the language models that can be used."),
    "questions": ("saved_questions", "questions", "Keep questions, and ask them again when papers come."),
    "remove": ("maintenance", "remove", "Take papers out of the library."),
    "restore": ("maintenance", "restore", "Make a library of a backup."),
    "show": ("find", "show", "Print papers by arXiv id."),
    "stats": ("info", "stats", "Say what is in the library."),
    "update": ("update", "update", "Fetch what is new on arXiv."),
    "users": ("users", "users", "Say who may sign in to the page."),
}


def _version(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted and not context.resilient_parsing:
        from importlib.metadata import version

        click.echo(f"arxivqa {version('arxivqa')}")
        context.exit()


class _Commands(click.Group):
    """The commands, each imported when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return their names, sorted."""
        return sorted(MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import a command; None where there is none of that name."""
        if cmd_name not in MODULES:
            return None
        module, name, _ = MODULES[cmd_name]
        command: click.Command = getattr(import_module(f"ui.cli.{module}"), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, MODULES[name][-1]) for name in self.list_commands(ctx)])

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; it ends without a word when its reader goes away or Ctrl-C is pressed."""
        # Here, because click itself would end the one with status 1 and print an empty line for the other.
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise click.exceptions.Exit(PIPE_CLOSED) from None
        except KeyboardInterrupt:
            raise click.exceptions.Exit(INTERRUPTED) from None


@click.group(cls=_Commands, context_settings=_CONTEXT)
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


def main() -> NoReturn:
    """Run `arxivqa` on the process's own arguments and end the process."""
    # No library that a command loads may count its users or look for updates.
    for name, value in (
        ("ANONYMIZED_TELEMETRY", "False"),
        ("GRADIO_ANALYTICS_ENABLED", "False"),
        ("HF_HUB_DISABLE_TELEMETRY", "1"),
        ("TOKENIZERS_PARALLELISM", "false"),
    ):
        os.environ.setdefault(name, value)
    for stream in (sys.stdout, sys.stderr):
        # A terminal or a file that cannot show a character gets a question mark, not an error.
        if reconfigure := getattr(stream, "reconfigure", None):
            reconfigure(errors="replace")
    status = _guarded()
    try:
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()
    except OSError as error:
        # What is still buffered has no reader; without this Python complains about it while it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = status or (PIPE_CLOSED if isinstance(error, BrokenPipeError) else _failed(error))
    sys.exit(status)


def _guarded() -> int:
    try:
        return _run()
    except (KeyboardInterrupt, click.Abort):
        return INTERRUPTED
    except BrokenPipeError:
        return PIPE_CLOSED
    except Exception as error:
        if os.environ.get("ARXIVQA_DEBUG"):
            raise
        return _failed(error)


def _failed(error: Exception) -> int:
    with contextlib.suppress(OSError):  # standard error may be as full as what failed
        print(f"arxivqa: {_explain(error)}", file=sys.stderr)
    return ERROR


def _run() -> int:
    try:
        # Not standalone, so that every ending comes by here.
        return int(arxivqa.main(prog_name="arxivqa", standalone_mode=False) or 0)
    except click.UsageError as error:
        error.show()
        return USAGE
    except click.ClickException as error:
        error.show()
        return ERROR
    except click.exceptions.Exit as ending:
        return ending.exit_code


def _explain(error: Exception) -> str:
    if isinstance(error, ArxivQAError):
        return clean(str(error), lines=True)
    if isinstance(error, OSError) and error.errno in _FULL:
        return f"Nothing more could be written: {error.strerror}. Make room, and run this again."
    kind = f"{type(error).__name__}: {error}"
    return (
        f"something went wrong that should not have ({clean(kind)[:300]}). Please report it as CONTRIBUTING.md says, "
        "with the traceback that the same command shows with ARXIVQA_DEBUG=1 in front."
    )
