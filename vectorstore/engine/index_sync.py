"""The full-text index brought level with a record that another machine writes: what is new is indexed, by generation.

Nothing is embedded, and nothing is written to the record, so the lock of the library's folder is enough.
"""

from __future__ import annotations

from vectorstore.embedding.chunking import paper_of
from vectorstore.filters import Filters
from vectorstore.index.fulltext import FullText
from vectorstore.storage.collection import PaperCollection
from vectorstore.storage.state import State


def is_level(fulltext: FullText, state: State) -> bool:
    """Whether the index holds what the record's last whole write left."""
    return fulltext.papers == state.papers and fulltext.generation == state.indexed


def catch_up(record: PaperCollection, fulltext: FullText) -> None:
    """Index what whole writes have added to the record since, and forget what they have removed.

    What is being written just now is left for the next time. The caller holds the lock of the library's folder.
    """
    state = record.state
    _add(record, fulltext, state, again=fulltext.generation > state.writing)  # then it was of another record
    if fulltext.papers == state.papers:
        return
    there = {found for found in record.ids() if paper_of(found) == found}
    fulltext.write([], 0, without=fulltext.chunk_counts(Filters()).keys() - there)
    if fulltext.papers != state.papers and state.writing == state.generation and record.state == state:
        _add(record, fulltext, state, again=True)


def _add(record: PaperCollection, fulltext: FullText, state: State, again: bool) -> None:
    """Index the generations that are missing, in one commit: of a kill in between nothing is left but the old."""
    since = 0 if again or not fulltext.papers else fulltext.generation + 1
    if again or since <= state.generation:
        fulltext.write_all(record.all(since, state.generation), clear=again)
