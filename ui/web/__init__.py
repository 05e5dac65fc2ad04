"""The Gradio page: its server, its three views, its sign-in. `launch(assistant)` serves it."""

import os

# Read when Gradio is imported, so they must be set before: no request may leave the machine.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
os.environ["DO_NOT_TRACK"] = "1"

from ui.web.server import Server, launch, serve, wait

__all__ = ["Server", "launch", "serve", "wait"]
