"""The shell: `arxivqa` and its commands, one file for each command or for a few that belong together."""

from ui.cli.main import main

__all__ = ["main"]
