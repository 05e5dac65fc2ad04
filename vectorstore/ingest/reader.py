"""From documents to papers: what each one is, is told from its content; archives are read through."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from vectorstore.errors import TooMuchError
from vectorstore.ingest import reference_lists, snapshot
from vectorstore.ingest.archives import DAMAGED, LIMITS, UnpackBudget, is_packed, unpack
from vectorstore.ingest.inputs import Input
from vectorstore.ingest.listings import parser as listings
from vectorstore.ingest.listings.rejects import Reject, refuse_error, refuse_file
from vectorstore.ingest.reference_lists import Reference
from vectorstore.ingest.selection import Selection
from vectorstore.ingest.zip_safety import Limits
from vectorstore.paper import Paper
from vectorstore.text.cleaning import shortened

Found = Paper | Reference | Reject


def read_papers(
    documents: Iterable[Input | Reject],
    selection: Selection = Selection(),
    limits: Limits = LIMITS,
    begun: Callable[[str], object] = lambda _: None,
) -> Iterator[Found]:
    """Read documents of every kind, one record at a time, in constant memory.

    Nothing is raised for what a document holds: what cannot be read gives a `Refusal`, and all others are still read.

    Args:
        documents: as `find` gives them; refusals among them are passed on.
        selection: which papers are wanted. References are passed on whatever it says.
        limits: how much may come out of archives, all of them together.
        begun: told the name of each file, those in archives one by one, before it is read.

    Yields:
        `Paper`, a `Reference` to one of which nothing else is said, or `Refusal`.
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
            yield from snapshot.read_snapshot(document.file, document.name, self.selection)
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
