"""The Gradio theme under the page's stylesheet: the system's own fonts, so that none is fetched, and quiet greys."""

from __future__ import annotations

import gradio as gr
from gradio.themes.utils import colors

SANS = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "Helvetica Neue", "Arial", "sans-serif"]
MONO = ["ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "Liberation Mono", "monospace"]


def theme() -> gr.themes.Base:
    """Return the theme; what the page itself draws is in style.css."""
    return gr.themes.Base(
        primary_hue=colors.blue, secondary_hue=colors.blue, neutral_hue=colors.gray, font=SANS, font_mono=MONO
    )
