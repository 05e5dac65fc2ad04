"""main: runs a command and turns whatever goes wrong into a clear word and an exit status."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from typing import NoReturn

import click

from vectorstore.errors import ArxivQAError

ERROR, USAGE = 1, 2
INTERRUPTED, PIPE_CLOSED = 130, 141
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


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
    from ui.cli.commands import arxivqa
    from ui.cli.conversations import conversations
    from ui.cli.evaluate import evaluate
    from ui.cli.maintenance import backup, doctor, remove, restore
    from ui.cli.saved_questions import questions
    from ui.cli.update import update
    from ui.cli.users import users

    for command in (backup, conversations, doctor, evaluate, questions, remove, restore, update, users):
        arxivqa.add_command(command)
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
    from ui.cli.output import clean

    if isinstance(error, ArxivQAError):
        return clean(str(error), lines=True)
    if isinstance(error, OSError) and error.errno in _FULL:
        return f"Nothing more could be written: {error.strerror}. Make room, and run this again."
    kind = f"{type(error).__name__}: {error}"
    return (
        f"something went wrong that should not have ({clean(kind)[:300]}). Please report it as CONTRIBUTING.md says, "
        "with the traceback that the same command shows with ARXIVQA_DEBUG=1 in front."
    )
