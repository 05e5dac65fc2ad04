"""From documents to the papers among them that are wanted: what each one is, is told from its content."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from vectorstore.errors import InputError, TooMuchError
from vectorstore.ingest import reference_lists, snapshot
from vectorstore.ingest.archives import DAMAGED, LIMITS, Limits, UnpackBudget, is_packed, unpack
from vectorstore.ingest.inputs import Input
from vectorstore.ingest.listings import parser as listings
from vectorstore.ingest.listings.rejects import Reject, refuse_error, refuse_file
from vectorstore.ingest.reference_lists import Reference
from vectorstore.paper import Paper
from vectorstore.text.cleaning import shortened

Found = Paper | Reference | Reject


@dataclass(frozen=True, slots=True)
class Selection:
    """What a paper must meet to be taken; an empty selection takes every paper.

    >>> Selection(("cs",), since=date(2020, 1, 1)).admits(("cs.CV",), date(2020, 9, 30))
    True

    Attributes:
        categories: any of these codes ("cs.CV") or archives ("cs"), primary, cross-listed, or listed under.
        since, until: bounds on the day it was listed or first sent in, both inclusive; one without a day meets neither.

    Raises:
        InputError: when since is after until.
    """

    categories: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "categories", tuple(code.strip() for code in self.categories if code.strip()))
        if self.since and self.until and self.since > self.until:
            raise InputError(f"since ({self.since}) is after until ({self.until}); no paper can meet both. Swap them.")

    def __bool__(self) -> bool:
        return bool(self.categories or self.since or self.until)

    def admits(self, categories: Iterable[str], day: date | None) -> bool:
        """Whether a paper of these categories and this day is wanted."""
        if (self.since or self.until) and day is None:
            return False
        if day is not None and ((self.since and day < self.since) or (self.until and day > self.until)):
            return False
        if not self.categories:
            return True
        wanted = {code.lower() for code in self.categories}
        stated = {code.lower() for code in categories}
        return not wanted.isdisjoint(stated | {code.partition(".")[0] for code in stated})

    def admits_paper(self, paper: Paper) -> bool:
        """Whether a paper is wanted; a listing's own category counts as one of its papers'."""
        if not self:
            return True
        listed_under = (source.category for source in paper.sources if source.category)
        return self.admits((*paper.categories, *listed_under), paper.listed)


def read_papers(
    documents: Iterable[Input | Reject],
    selection: Selection = Selection(),
    limits: Limits = LIMITS,
    begun: Callable[[str], object] = lambda _: None,
) -> Iterator[Found]:
    """Read documents of every kind, one record at a time, in constant memory.

    Nothing is raised for what a document holds: what cannot be read gives a `Reject`, and all others are still read.

    Args:
        documents: as `find_inputs` gives them; refusals among them are passed on.
        selection: which papers are wanted. References are passed on whatever it says.
        limits: how much may come out of archives, all of them together.
        begun: told the name of each file, those in archives one by one, before it is read.

    Yields:
        `Paper`, a `Reference` to one of which nothing else is said, or `Reject`.
    """
    reader = _Reader(selection, UnpackBudget(limits), begun)
    for document in documents:
        if isinstance(document, Reject):
            yield document
            continue
        with document.file:
            yield from reader.read(document)


@dataclass(frozen=True, slots=True)
class _Reader:
    """What holds for all documents of one run."""

    selection: Selection
    allowance: UnpackBudget
    begun: Callable[[str], object]

    def read(self, document: Input) -> Iterator[Found]:
        try:
            yield from self._found(document)
        except TooMuchError as error:
            yield refuse_file(document.name, str(error))
        except DAMAGED as error:
            yield _damaged(document, error)
        except OSError as error:
            # Python's own readers of compressed files raise one without a number for what is none.
            yield _damaged(document, error) if error.errno is None else refuse_error(document.name, error)

    def _found(self, document: Input) -> Iterator[Found]:
        head = document.head
        if is_packed(head):
            for inner in unpack(document, self.allowance):
                if isinstance(inner, Reject):
                    yield inner
                elif inner.depth == document.depth:
                    yield from self._found(inner)
                else:
                    yield from self._member(inner)
            return
        self.begun(document.name)
        if snapshot.is_snapshot(head):
            yield from snapshot.read_snapshot(document.file, document.name, self.selection.admits)
        elif reference_lists.is_bibtex(head) or reference_lists.is_id_list(head):
            yield from reference_lists.read_references(document.file, document.name)
        else:
            for found in listings.read_open(document.file, document.name, asked_for=not document.depth):
                if isinstance(found, Reject) or self.selection.admits_paper(found):
                    yield found

    def _member(self, document: Input) -> Iterator[Found]:
        """What is in one member of an archive; where it is damaged, the others may be whole."""
        try:
            yield from self._found(document)
        except DAMAGED as error:
            yield _damaged(document, error)


def _damaged(document: Input, error: Exception) -> Reject:
    return refuse_file(document.name, f"is damaged: {shortened(str(error))}")
