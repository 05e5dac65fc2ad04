"""`arxivqa doctor | backup | restore | remove`: a library checked and mended, copied, put back, and made smaller."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ui.cli.options import (
    filter_options,
    filters,
    json_option,
    library_options,
    settings,
    wait_option,
    wait_policy,
    write_options,
)
from ui.cli.output import Printer, clean, note, print_json

if TYPE_CHECKING:
    from qa.settings import Settings

_FIRST = 10  # titles of a preview
_BACKUP = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.option("--repair", is_flag=True, help="Make again what is damaged and can be made of the papers in the record.")
@write_options
@json_option
@library_options
@click.pass_context
def doctor(context: click.Context, /, repair: bool, as_json: bool, **common: Any) -> int:
    """Check record, vectors, full text and model of the library, and say of each what was found.

    With --repair, damaged or missing vectors are made by embedding the papers' texts again, and the full text is
    indexed again. A damaged record can only be put back from a backup. The exit status is 0 when all is well, else 1.

    \b
    Examples:
      arxivqa doctor
      arxivqa doctor --repair
    """
    from ui.cli.progress import Meter
    from vectorstore.embedding.embedder import Embedder
    from vectorstore.maintenance import doctor as checks

    chosen = settings(context, **common)
    embedder = Embedder(chosen.model)
    findings = _examined(chosen, embedder, as_json)
    if repair and any(finding.mend for finding in findings if not finding.well):
        with Meter("embedding") as meter:
            done = checks.repair(
                chosen.library, embedder, findings, progress=meter.show, patience=wait_policy(), server=chosen.server
            )
        for what in done:
            note(what)
        findings = _examined(chosen, embedder, as_json)
    elif not repair and any(finding.mend for finding in findings if not finding.well):
        note("This can be mended: arxivqa doctor --repair")
    return int(not all(finding.well for finding in findings))


def _examined(chosen: Settings, embedder: Any, as_json: bool) -> list[Any]:
    """The findings of a look at a library, each printed when it is made."""
    from ui.cli.progress import Meter
    from vectorstore.maintenance import doctor as checks

    printer = Printer()
    findings = []
    with ExitStack() as stack:
        meters: list[Meter] = []

        def report(done: int, chunks: int) -> None:
            if not meters:
                meters.append(stack.enter_context(Meter("reading vectors")))
            meters[0].show_count(done, chunks)

        for finding in checks.examine(
            chosen.library, embedder, report=report, patience=wait_policy(), server=chosen.server
        ):
            stack.close()  # what is found stands below the bar, not in it
            findings.append(finding)
            if as_json:
                print_json({"check": finding.check, "well": finding.well, "said": finding.said})
            else:
                mark = ("ok    ", "green") if finding.well else ("wrong ", "bold red")
                printer.line(mark, (f"{finding.check:<11}", "bold"), (clean(finding.said), ""))
    return findings


@click.command()
@click.argument("file", metavar="FILE", type=_BACKUP)
@wait_option
@json_option
@library_options
@click.pass_context
def backup(context: click.Context, /, file: Path, as_json: bool, **common: Any) -> None:
    """Copy the library, papers and vectors, into FILE, as they are at one moment.

    The library is used as ever meanwhile; only who wants to write to it waits until the copy is made. FILE is a zip
    archive with a checksum, which `arxivqa restore` makes a library of without embedding anything. A backup of that
    name is replaced when the new one is whole; any other file is not.

    \b
    Example:
      arxivqa backup ~/arxivqa-2026-11-20.zip
    """
    from ui.cli.progress import Meter
    from vectorstore.maintenance import backup as backups

    chosen = settings(context, **common)
    with Meter("copying") as meter:
        contents = backups.write(
            chosen.library,
            file,
            lambda now, papers: meter.show_count(now.done, papers),
            patience=wait_policy(meter.say),
            server=chosen.server,
        )
    _say(file, contents, as_json, f"are in {file} ({file.stat().st_size / 1e6:,.1f} MB)")


@click.command()
@click.argument("file", metavar="FILE", type=_BACKUP)
@click.option("--force", is_flag=True, help="Replace a library that has papers, or is damaged.")
@write_options
@json_option
@library_options
@click.pass_context
def restore(context: click.Context, /, file: Path, force: bool, as_json: bool, **common: Any) -> None:
    """Make a library of the backup FILE, after checking that no byte of it has changed.

    A library that has papers is only replaced with --force, and is used as it was until all of the backup is in.

    \b
    Examples:
      arxivqa restore ~/arxivqa-2026-11-20.zip --library ~/papers
      arxivqa restore ~/arxivqa-2026-11-20.zip --force
    """
    from ui.cli.progress import Meter
    from vectorstore.maintenance import restore as maintenance_restore

    chosen = settings(context, **common)
    with Meter("restoring") as meter:
        contents = maintenance_restore.restore(
            file,
            chosen.library,
            force=force,
            report=lambda now, papers: meter.show_count(now.done, papers),
            patience=wait_policy(),
            server=chosen.server,
        )
    _say(file, contents, as_json, f"are in {chosen.server or chosen.library}")


def _say(file: Path, contents: Any, as_json: bool, where: str) -> None:

    if as_json:
        told = {"papers": contents.papers, "chunks": contents.chunks, "model": contents.model}
        print_json({"file": str(file), **told, "made": contents.made.isoformat()})
    else:
        click.echo(clean(f"{contents.papers:,} papers, as they were at {contents.made:%Y-%m-%d %H:%M} UTC, {where}"))


@click.command()
@click.argument("arxiv_ids", metavar="[ID]...", nargs=-1)
@click.option("--listing", "listings", metavar="FILE", multiple=True, help="Read from this listing; repeat for any.")
@filter_options
@click.option("--yes", is_flag=True, help="Do it without asking.")
@write_options
@json_option
@library_options
@click.pass_context
def remove(
    context: click.Context,
    /,
    arxiv_ids: tuple[str, ...],
    listings: tuple[str, ...],
    yes: bool,
    as_json: bool,
    **common: Any,
) -> int:
    """Take papers out of the library: by id, or all that a filter or a listing names.

    What is to go is shown first: how many papers, and the first titles. On a terminal you are then asked; elsewhere
    nothing is removed without --yes. A paper that stands in another listing too stays when one listing is removed.

    \b
    Examples:
      arxivqa remove 2009.14376 2010.02430
      arxivqa remove --listing 000_cdcf8936b632e156.txt
      arxivqa remove --category eess.IV --until 2019 --yes
    """
    from vectorstore.embedding.embedder import Embedder
    from vectorstore.library import Library

    common["ids"] = (*common["ids"], *arxiv_ids)
    narrowed = filters(common)
    if not narrowed and not listings:
        raise click.UsageError("Say which papers: ids, --listing, --since, --until, --category or another filter.")
    chosen = settings(context, **common)
    with Library.open(
        chosen.library, embedder=Embedder(chosen.model), patience=wait_policy(), server=chosen.server
    ) as library:
        removal = library.removal(narrowed, listings)
        shown = library.get(removal.gone[:_FIRST])
        counts = {"remove": len(removal.gone), "keep": len(removal.kept)}
        if as_json and not yes:
            print_json({**counts, "papers": [paper.arxiv_id for paper in shown], "removed": False})
            return 0
        if not as_json:
            printer = Printer()
            printer.line((_preview(*counts.values()), "bold"))
            for paper in shown:
                printer.line((clean(paper.title), ""), (f" ({paper.versioned_id})", "dim"), indent=2)
            if len(removal.gone) > len(shown):
                printer.line((f"and {len(removal.gone) - len(shown):,} more", "dim"), indent=2)
        if not removal:
            return 0
        if not yes:
            if not sys.stdin.isatty():
                note("Nothing was removed. Say --yes to remove these papers.")
                return 1
            if not click.confirm("Remove them?", err=True):
                note("Nothing was removed.")
                return 1
        summary = library.remove(removal)
    if as_json:
        print_json({"removed": summary.removed, "kept": summary.kept, "papers": summary.papers})
    else:
        click.echo(
            clean(f"{summary.removed:,} removed; {summary.papers:,} papers in {chosen.server or chosen.library}")
        )
    return 0


def _preview(gone: int, kept: int) -> str:
    said = "No paper is removed" if not gone else "1 paper is removed" if gone == 1 else f"{gone:,} papers are removed"
    stay = f"; {kept:,} that stand in other listings too stay" if kept else ""
    return f"{said}{stay}{':' if gone else '.'}"
