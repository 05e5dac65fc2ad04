"""The Library page: what is in, and listings dropped in to add more."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr

from qa.history.store import LOCAL
from ui.web.layout import page_layout, plain
from ui.web.library import view
from vectorstore import ArxivQAError, InputError
from vectorstore.ingest.upload_job import UploadJob

if TYPE_CHECKING:
    from ui.web.context import AppContext

_SECONDS = 1.0  # between two looks at what is being added

# The library's generation and the report of an upload, as a visitor sees them.
Seen = tuple[int, str]
_NOTHING: Seen = (-1, "")
_BROKEN = -2


class LibraryPage:
    """The page over one library.

    Args:
        context: what the pages share.
    """

    def __init__(self, context: AppContext) -> None:
        self._context = context
        self._library = context.assistant.library
        self._job = UploadJob(self._library.path, context.settings.model, server=self._library.server)

    def build(self) -> None:
        """Build the page; called within its route."""
        with page_layout("Library"):
            pass
        seen = gr.State(_NOTHING)
        clock = gr.Timer(_SECONDS, active=False)
        with gr.Row(elem_id="library"):
            with gr.Column(elem_id="shelf"):
                shelf = plain("summary")
            with gr.Column(elem_id="adding"):
                words = plain("invitation")
                drop = gr.File(
                    elem_id="drop",
                    label="Listings, or an archive of them",
                    show_label=False,
                    file_count="multiple",
                    type="filepath",
                    height=168,
                )
                report = plain("intake")
                stop = gr.Button("Stop", elem_id="stop-intake", size="sm", visible=False)
        private: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
        now = [shelf, report, drop, stop, clock, seen]
        gr.on(None, self.arrive, None, [words, *now], **private)
        drop.upload(self.take, [drop, seen], now, **private)
        clock.tick(self.look, [seen], now, **private)
        stop.click(self.stop, [seen], now, **private)

    def arrive(self, request: gr.Request) -> tuple[Any, ...]:
        """Show the library as it is now, and who may add to it."""
        words = view.invitation(self._context.settings.upload_limit, self._context.user(request) != LOCAL)
        return (words, *self.look(_NOTHING))

    def take(self, files: list[str] | None, seen: Seen, request: gr.Request) -> tuple[Any, ...]:
        """Begin to add the files that were dropped."""
        try:
            self._job.start([_own(Path(file)) for file in files or []], self._context.user(request))
        except ArxivQAError as error:
            return (gr.skip(), view.refused(str(error)), gr.File(value=None), *(gr.skip(),) * 3)
        return self.look(seen)

    def stop(self, seen: Seen) -> tuple[Any, ...]:
        """Add no more; what was committed stays."""
        self._job.stop()
        return self.look(seen)

    def look(self, seen: Seen) -> tuple[Any, ...]:
        """Show how far it is.

        Args:
            seen: the library's generation and the report that the visitor sees; what has not changed is not drawn
                again.
        """
        found = self._job.progress()
        busy = found is not None and not found.is_over
        report = view.progress(found) if found is not None else ""
        generation, summary = self._summary()
        return (
            gr.skip() if generation == seen[0] else summary,
            gr.skip() if report == seen[1] else report,
            gr.File(value=None, visible=not busy),
            gr.Button(visible=busy, interactive=found is not None and found.state == "running"),
            gr.Timer(active=busy),
            (generation, report),
        )

    def close(self) -> None:
        """Stop adding, and give what is being written the time to end."""
        self._job.close()

    def _summary(self) -> tuple[int, str]:
        try:
            stats = self._library.stats()
            return stats.generation, view.summary(stats, self._library.months())
        except ArxivQAError as error:
            return _BROKEN, view.broken(str(error))


def _own(file: Path) -> Path:
    """Return a file that a visitor uploaded; any other that a request names is not touched.

    Raises:
        InputError: it is not in the folder of uploads.
    """
    place = Path(os.path.realpath(file))
    if not place.is_relative_to(os.path.realpath(os.environ["GRADIO_TEMP_DIR"])) or not place.is_file():
        raise InputError(f"{file.name} was not uploaded. Drop it again.")
    return place
