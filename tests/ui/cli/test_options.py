"""The options that narrow the papers, without a process: what each becomes."""

from __future__ import annotations

from datetime import date
from typing import Any

import click
import pytest
from click.testing import CliRunner

from ui.cli.options import filter_options, filters
from vectorstore import Filters


@click.command()
@filter_options
def narrow(**options: Any) -> None:
    click.echo(repr(filters(options)))


def test_every_filter_has_an_option() -> None:
    arguments = (
        "--since 2020-10 --until 2020 --category cs.CV --category cs --author Ada --id 2009.14376v2 --venue TPAMI "
        "--without surveys --without GANs --not-category cs.LG"
    )
    done = CliRunner().invoke(narrow, [*arguments.split(), "--venue", "ECCV 2020"])
    assert done.output.strip() == repr(
        Filters(
            since=date(2020, 10, 1),
            until=date(2020, 12, 31),
            categories=("cs.CV", "cs"),
            authors=("Ada",),
            ids=("2009.14376",),
            venues=("TPAMI", "ECCV 2020"),
            without=("surveys", "GANs"),
            without_categories=("cs.LG",),
        )
    )
    assert CliRunner().invoke(narrow, []).output.strip() == repr(Filters())


@pytest.mark.parametrize("wrong", [["--id", "hello"], ["--since", "2020-02", "--until", "2020-01"]])
def test_what_cannot_be_a_filter_is_wrong_usage(wrong: list[str]) -> None:
    assert CliRunner().invoke(narrow, wrong).exit_code == 2
