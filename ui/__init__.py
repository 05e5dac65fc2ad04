"""Whatever faces a person: the page in `ui.web`, the shell in `ui.cli`."""
