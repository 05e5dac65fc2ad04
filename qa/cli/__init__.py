"""The command line: `arxivqa chat | ask | find | show | ingest | stats | config | eval`."""

from qa.cli.entry import main

__all__ = ["main"]
