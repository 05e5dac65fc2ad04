"""The tree of errors: what a caller may catch is drawn where it is defined, and can be imported from the package."""

from __future__ import annotations

import inspect
from types import ModuleType

import pytest

import qa.errors
import vectorstore.errors
from vectorstore import ArxivQAError


def drawn(module: ModuleType) -> dict[str, str | None]:
    """Each error of the tree in a docstring, with the one that it hangs on."""
    parents: dict[str, str | None] = {}
    above: list[str] = []
    for line in inspect.getdoc(module).splitlines():  # type: ignore[union-attr]
        name = next((word for word in line.split() if word.endswith("Error")), None)
        if name is None or not set(line[: line.index(name)]) <= set(" │├└─"):
            continue
        depth = len(line[: line.index(name)].removeprefix("    ")) // 4
        above[depth:] = [name]
        parents[name] = above[depth - 1] if depth else None
    return parents


@pytest.mark.parametrize("module", [vectorstore.errors, qa.errors])
def test_the_drawing_shows_every_error_where_it_hangs(module: ModuleType) -> None:
    defined = {name: kind for name, kind in vars(module).items() if inspect.isclass(kind)}
    assert all(issubclass(kind, ArxivQAError) and kind.__doc__ for kind in defined.values())
    assert drawn(module) == {
        name: None if kind is ArxivQAError else kind.__base__.__name__ for name, kind in defined.items()
    }


@pytest.mark.parametrize("name", [*drawn(vectorstore.errors), *drawn(qa.errors)])
def test_every_error_can_be_imported_from_the_packages(name: str) -> None:
    own = vars(vectorstore.errors).get(name)
    assert own is None or getattr(vectorstore, name) is own
    assert own is None or name in vectorstore.__all__
    assert name in qa.__all__
    assert getattr(qa, name) is (own or getattr(qa.errors, name))
