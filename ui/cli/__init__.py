"""The shell: `arxivqa` and its commands, one file for each command or for a few that belong together."""
