"""From documents to papers: what each one is, is told from its content; archives are read through."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from vectorstore.listings import reading as listings
from vectorstore.listings.refusals import Refusal, refuse_error, refuse_file
from vectorstore.listings.text import shortened
from vectorstore.papers import Paper
from vectorstore.sources import references, snapshot
from vectorstore.sources.archives import DAMAGED, Allowance, TooMuchError, is_packed, unpack
from vectorstore.sources.documents import Document
from vectorstore.sources.references import Reference
from vectorstore.sources.selection import Selection

Found = Paper | Reference | Refusal


def read(documents: Iterable[Document | Refusal], selection: Selection = Selection()) -> Iterator[Found]:
    """Read documents of every kind, one record at a time, in constant memory.

    Nothing is raised for what a document holds: what cannot be read gives a `Refusal`, and all others are still read.

    Args:
        documents: as `find` gives them; refusals among them are passed on.
        selection: which papers are wanted. References are passed on whatever it says.

    Yields:
        `Paper`, a `Reference` to one of which nothing else is said, or `Refusal`.
    """
    allowance = Allowance()
    for document in documents:
        if isinstance(document, Refusal):
            yield document
            continue
        with document.file:
            yield from _guarded(document, selection, allowance)


def _guarded(document: Document, selection: Selection, allowance: Allowance) -> Iterator[Found]:
    try:
        yield from _found(document, selection, allowance)
    except TooMuchError as error:
        yield refuse_file(document.name, str(error))
    except DAMAGED as error:
        yield _damaged(document, error)
    except OSError as error:
        # Python's own readers of compressed files raise one without a number for what is none.
        yield _damaged(document, error) if error.errno is None else refuse_error(document.name, error)


def _found(document: Document, selection: Selection, allowance: Allowance) -> Iterator[Found]:
    head = document.head
    if is_packed(head):
        for inner in unpack(document, allowance):
            if isinstance(inner, Refusal):
                yield inner
            elif inner.depth == document.depth:
                yield from _found(inner, selection, allowance)
            else:
                yield from _member(inner, selection, allowance)
    elif snapshot.is_snapshot(head):
        yield from snapshot.read(document.file, document.name, selection)
    elif references.is_bibtex(head) or references.is_id_list(head):
        yield from references.read(document.file, document.name)
    else:
        for found in listings.read_open(document.file, document.name, asked_for=not document.depth):
            if isinstance(found, Refusal) or selection.admits_paper(found):
                yield found


def _member(document: Document, selection: Selection, allowance: Allowance) -> Iterator[Found]:
    """What is in one member of an archive; where it is damaged, the others may be whole."""
    try:
        yield from _found(document, selection, allowance)
    except DAMAGED as error:
        yield _damaged(document, error)


def _damaged(document: Document, error: Exception) -> Refusal:
    return refuse_file(document.name, f"is damaged: {shortened(str(error))}")
