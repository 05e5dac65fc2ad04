"""What the Library page shows, as HTML: what is in, and how far an upload is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from qa.history.store import LOCAL
from ui.web.html.escape import escape
from ui.web.library import charts
from vectorstore.text.dates import long_date

if TYPE_CHECKING:
    from vectorstore.engine.ingestion import IngestSummary
    from vectorstore.ingest.upload_progress import FileProgress, IntakeProgress
    from vectorstore.library import Stats

_FILES_SHOWN = 40
_REFUSALS_SHOWN = 100

_STATES = {"waiting": "waiting", "reading": "reading", "read": "read", "refused": "not read"}
_HEADINGS = {
    "running": "Adding listings",
    "stopping": "Stopping",
    "stopped": "Stopped",
    "done": "Done",
    "failed": "Nothing more was added",
}


def summary(stats: Stats, months: Mapping[str, int]) -> str:
    """Return what is in a library: counts, papers a month, categories."""
    if not stats.papers:
        return (
            '<h2>This library is empty</h2><p class="lead">Add arXiv listings, and you can ask about their papers as '
            f"soon as the first are in.</p>{_facts([_place(stats), _model(stats)])}"
        )
    facts = [
        ("Papers", f"{stats.papers:,}"),
        ("Listings", f"{stats.listings:,}"),
        ("Newest listing", long_date(stats.newest) if stats.newest else "none has a date"),
        ("Size on disk", _size(stats.bytes)),
    ]
    categories = charts.ranked(stats.categories)
    return (
        f"<h2>What is in the library</h2>{_facts(facts, 'numbers')}{charts.months(months)}"
        + (f'<section class="categories"><h3>Categories</h3>{categories}</section>' if categories else "")
        + _facts([_model(stats), _place(stats)])
    )


def broken(reason: str) -> str:
    """Return what stands there when the library cannot be read."""
    return f'<h2>The library cannot be read</h2><p class="lead">{escape(reason)}</p>'


def invitation(megabytes: int, shared: bool) -> str:
    """Return what may be dropped, and who may.

    Args:
        megabytes: how much at once.
        shared: whether the page is for several people.
    """
    everyone = " Everyone who can sign in may add listings, for all." if shared else ""
    return (
        "<h2>Add listings</h2><p>Daily arXiv listings as text files, a zip or tar of them, or a part of arXiv's "
        f"metadata as JSON lines, up to {megabytes:,} MB at once.{everyone}</p>"
    )


def refused(reason: str) -> str:
    """Return why files were not taken."""
    return f'<div class="report failed"><p role="alert">{escape(reason)}</p></div>'


def progress(found: IntakeProgress) -> str:
    """Return how far an upload is, or how it ended: in one line, by file, and what could not be read."""
    over = sum(file.state in ("read", "refused") for file in found.files)
    numbers = found.summary
    useless = found.state == "done" and numbers and not (numbers.added or numbers.replaced or numbers.unchanged)
    lines = [f'<h3 role="status">{"Nothing was added" if useless else _HEADINGS[found.state]}</h3>']
    if found.waiting is not None:
        lines.append(f'<p class="busy" role="status">{escape(found.waiting)}</p>')
    elif not found.is_over:
        lines += [
            _bar(over * found.done, len(found.files) * found.read),
            f'<p class="counts">{_counts(found, over)}</p>',
        ]
    if found.by != LOCAL:
        lines.append(f'<p class="counts">Sent by {escape(found.by)}</p>')
    if found.state == "stopping":
        lines.append("<p>The papers being written are finished first.</p>")
    if found.failure is not None:
        lines.append(f'<p role="alert">{escape(found.failure)}</p>')
    if numbers is not None and not useless:
        lines.append(_ended(found, numbers))
    lines += [_refusals(found), _files(found.files, over=found.is_over)]
    return f'<div class="report {found.state}">{"".join(lines)}</div>'


def _counts(found: IntakeProgress, over: int) -> str:
    parts = [f"{over:,} of {_files_counted(len(found.files))} read", f"{found.done:,} of {found.read:,} papers in"]
    return " · ".join(parts) if found.files else "Unpacking…"


def _bar(done: int, whole: int) -> str:
    """Return a bar of the files read, times the papers of those that are in; only moving before the first is."""
    value = f' max="{whole}" value="{done}"' if done else ""
    return f'<progress aria-label="Progress"{value}></progress>'


def _ended(found: IntakeProgress, numbers: IngestSummary) -> str:
    parts = [f"{numbers.added:,} added"]
    parts += [f"{numbers.replaced:,} changed"] if numbers.replaced else []
    parts += [f"{numbers.unchanged:,} known already"] if numbers.unchanged else []
    said = f"{', '.join(parts)}. The library holds {_counted(numbers.papers, 'paper')}."
    if found.state == "stopped":
        said = f"What was written before stays: {said}"
    links = '<a href="/">Ask about them</a> <a href="/papers?new=1">See what is new</a>' if numbers.added else ""
    return f'<p>{said}</p><p class="links">{links}</p>' if links else f"<p>{said}</p>"


def _refusals(found: IntakeProgress) -> str:
    if not found.refused:
        return ""
    shown = found.refusals[:_REFUSALS_SHOWN]
    items = "".join(
        f"<li><code>{escape(refusal.file)}{f':{refusal.line}' if refusal.line is not None else ''}</code> "
        f"{escape(refusal.reason)}</li>"
        for refusal in shown
    )
    more = f"<p>and {found.refused - len(shown):,} more</p>" if found.refused > len(shown) else ""
    heading = f"{_counted(found.refused, 'thing')} could not be read"
    return f'<details class="refusals" open><summary>{heading}</summary><ul>{items}</ul>{more}</details>'


def _files(files: Sequence[FileProgress], *, over: bool) -> str:
    if not files:
        return ""
    shown = _in_view(files)
    items = "".join(
        f'<li class="{file.state}"><span class="label">{escape(file.name)}</span>'
        f'<span class="value">{_file_said(file, over)}</span></li>'
        for file in shown
    )
    more = f"<p>and {_files_counted(len(files) - len(shown))} more</p>" if len(files) > len(shown) else ""
    state = "" if over else " open"
    return (
        f'<details class="files"{state}><summary>{_files_counted(len(files))}</summary><ul>{items}</ul>{more}</details>'
    )


def _file_said(file: FileProgress, over: bool) -> str:
    state = "refused" if over and file.state == "waiting" else file.state
    said = [_counted(file.papers, "paper")] if file.papers else [_STATES[state]]
    if file.papers and file.refused:
        said.append(f"{file.refused:,} not read")
    return ", ".join(said)


def _in_view(files: Sequence[FileProgress]) -> list[FileProgress]:
    """Return the files to show where there are many: what went wrong, what is being read, and what comes next."""
    if len(files) <= _FILES_SHOWN:
        return list(files)
    now = next((place for place, file in enumerate(files) if file.state in ("reading", "waiting")), len(files))
    wrong = [place for place, file in enumerate(files) if file.refused][: _FILES_SHOWN // 2]
    first = max(0, min(now - 3, len(files) - _FILES_SHOWN))
    chosen = dict.fromkeys((*wrong, *range(first, len(files))))
    return [files[place] for place in sorted(list(chosen)[:_FILES_SHOWN])]


def _facts(rows: Sequence[tuple[str, str]], kind: str = "") -> str:
    items = "".join(f"<div><dt>{name}</dt><dd>{escape(value)}</dd></div>" for name, value in rows)
    return f'<dl class="facts {kind}">{items}</dl>'


def _place(stats: Stats) -> tuple[str, str]:
    if stats.server is not None:
        return ("Chroma server and folder", f"{stats.server}, {stats.path}")
    return ("Folder", str(stats.path))


def _model(stats: Stats) -> tuple[str, str]:
    return ("Model", f"{stats.model} ({stats.model_sha256[:12]})")


def _size(size: int) -> str:
    return f"{size / 1e9:,.1f} GB" if size >= 1e9 else f"{size / 1e6:,.1f} MB"


def _files_counted(count: int) -> str:
    return _counted(count, "file")


def _counted(count: int, name: str) -> str:
    return f"1 {name}" if count == 1 else f"{count:,} {name}s"
