"""What was fetched from arXiv, and how far: a small file in the library's folder, from which an update goes on."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from vectorstore.errors import LibraryError

NAME = "followed.json"
_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Subscription:
    """A query and how far its papers are in the library.

    Attributes:
        words: how it was asked for, such as "arxiv:cs.CV".
        query: in arXiv's query language.
        since, until: the days of first versions that it is limited to; one with an end is finished and not updated.
        reached: papers whose first version came before this are in; None before the first ones are.
        checked: of the papers that are in, all versions that came before this are known.
        whole: whether all of it was fetched once.
    """

    words: str
    query: str
    since: date | None = None
    until: date | None = None
    reached: datetime | None = None
    checked: datetime | None = None
    whole: bool = False

    @property
    def key(self) -> tuple[str, date | None, date | None]:
        """What makes it the same query."""
        return (self.query, self.since, self.until)


def load_subscriptions(library: Path) -> tuple[Subscription, ...]:
    """What is followed, in the order in which it was first asked for.

    Raises:
        LibraryError: the file cannot be read.
    """
    path = library / NAME
    try:
        return subscriptions_from_text(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return ()
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise LibraryError(
            f"{path}, which says what was fetched from arXiv, cannot be read ({error}). Put a copy back, or delete "
            "it and name what to follow again: arxivqa ingest arxiv:cs.CV --since 2024-01"
        ) from error


def save_subscriptions(library: Path, followed: Sequence[Subscription]) -> None:
    """Write what is followed, whole or not at all.

    Raises:
        LibraryError: it cannot be written.
    """
    path = library / NAME
    fresh = path.with_suffix(".new")
    try:
        fresh.write_text(subscriptions_to_text(followed), encoding="utf-8")
        os.replace(fresh, path)  # noqa: PTH105 (a rename that takes the place of the old one)
    except OSError as error:
        raise LibraryError(
            f"{path} cannot be written: {error.strerror or error}. Check the folder's permissions and the free space."
        ) from error


def subscriptions_to_text(followed: Sequence[Subscription]) -> str:
    """What is followed as JSON, as it stands in the file."""
    rows = [{name: _plain(value) for name, value in asdict(one).items()} for one in followed]
    return json.dumps({"format": _FORMAT, "queries": rows}, indent=1) + "\n"


def subscriptions_from_text(text: str) -> tuple[Subscription, ...]:
    """Read what `subscriptions_to_text` has written.

    Raises:
        ValueError, KeyError, TypeError: it is something else.
    """
    stated = json.loads(text)
    if stated["format"] != _FORMAT:
        raise ValueError(f"its format is {stated['format']}, and this program reads {_FORMAT}")
    return tuple(_read(row) for row in stated["queries"])


def remember_subscription(library: Path, one: Subscription) -> None:
    """Keep how far a query is."""
    known = load_subscriptions(library)
    kept = [one if other.key == one.key else other for other in known]
    save_subscriptions(library, kept if one.key in {other.key for other in known} else [*kept, one])


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _read(row: dict[str, Any]) -> Subscription:
    return Subscription(
        words=str(row["words"]),
        query=str(row["query"]),
        since=date.fromisoformat(row["since"]) if row["since"] else None,
        until=date.fromisoformat(row["until"]) if row["until"] else None,
        reached=datetime.fromisoformat(row["reached"]) if row["reached"] else None,
        checked=datetime.fromisoformat(row["checked"]) if row["checked"] else None,
        whole=bool(row["whole"]),
    )
