"""A table over the full-text index: what is typed into its search box, its order, and one page of it."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
import tantivy
from numpy.typing import NDArray
from tantivy import Occur, Query

from vectorstore.errors import InputError
from vectorstore.index import sort_keys

Order = Literal["listed", "title", "authors", "relevance"]
ORDERS: tuple[Order, ...] = get_args(Order)

_BY_KEY = {"title": sort_keys.TITLE, "authors": sort_keys.AUTHOR}


def page_of_papers(
    index: tantivy.Index, query: Query, order: Order, descending: bool, offset: int, limit: int
) -> tuple[int, list[str]]:
    """One page of the papers of a query.

    Args:
        index: the full-text index.
        query: the papers.
        order: what they are put in order by; relevance, the query's own scores, is always best first.
        descending: the newest, or the last of the alphabet, first.
        offset: how many papers come before the page.
        limit: how many papers a page has.

    Returns:
        How many papers there are in all, and the ids of the page.

    Raises:
        InputError: the order is none of these, or a number is out of range.
    """
    if order not in ORDERS:
        raise InputError(f"Papers cannot be sorted by {order!r}. Sort by one of {', '.join(ORDERS)}.")
    if offset < 0 or limit < 1:
        raise InputError(f"A page begins at 0 or later and has a paper at least, not {limit} from {offset}.")
    searcher = index.searcher()
    most = max(searcher.num_docs, 1)  # tantivy makes room for as many as it is asked for, and aborts where it cannot
    offset, limit = min(offset, most), min(limit, most)
    if order in _BY_KEY:
        return _by_key(index.schema, searcher, query, _BY_KEY[order], descending, offset, limit)
    if order == "relevance":
        found = searcher.search(query, limit, offset=offset)
    else:
        way = tantivy.Order.Desc if descending else tantivy.Order.Asc
        found = searcher.search(query, limit, offset=offset, order_by_field="recency", order=way)
    count: int = found.count  # type: ignore[attr-defined]  # missing in its stub
    return count, _ids(searcher, [address for _, address in found.hits])


def _by_key(
    schema: tantivy.Schema,
    searcher: tantivy.Searcher,
    query: Query,
    fields: tuple[str, ...],
    descending: bool,
    offset: int,
    limit: int,
) -> tuple[int, list[str]]:
    first, order = fields[0], tantivy.Order.Desc if descending else tantivy.Order.Asc
    found = searcher.search(query, limit, offset=offset, order_by_field=first, order=order)
    count: int = found.count  # type: ignore[attr-defined]  # missing in its stub
    if not found.hits:
        return count, []
    # That order is right but for those whose first number is the same; so these are all fetched and put in order.
    ends = [int(found.hits[0][0]), int(found.hits[-1][0])]
    low, high = min(ends), max(ends)
    near = _within(schema, query, first, low, high) or query
    before = (
        _within(schema, query, first, high + 1, sort_keys.LAST)
        if descending
        else _within(schema, query, first, 0, low - 1)
    )
    passed: int = searcher.search(before, 1).count if before else 0  # type: ignore[attr-defined]
    close = [address for _, address in searcher.search(near, max(searcher.num_docs, 1), count=False).hits]
    keys = [_values(searcher, field, close) for field in fields]
    keys = [sort_keys.LAST - key for key in keys] if descending else keys
    keys.append(sort_keys.LAST - _values(searcher, "recency", close))  # the same title: the newest first, either way
    places = np.lexsort(keys[::-1])[offset - passed :][:limit]
    return count, _ids(searcher, [close[place] for place in places])


def _within(schema: tantivy.Schema, query: Query, field: str, low: int, high: int) -> Query | None:
    """The papers of a query whose number lies between two, both included; None where no number does."""
    if low > high:
        return None
    numbers = Query.range_query(schema, field, tantivy.FieldType.Unsigned, low, high)
    return Query.boolean_query([(Occur.Must, query), (Occur.Must, Query.const_score_query(numbers, 0.0))])


def _values(searcher: tantivy.Searcher, field: str, addresses: list[tantivy.DocAddress]) -> NDArray[np.uint64]:
    return np.array(searcher.fast_field_values(field, addresses), dtype=np.uint64)


def _ids(searcher: tantivy.Searcher, addresses: list[tantivy.DocAddress]) -> list[str]:
    return [str(searcher.doc(address)["arxiv_id"][0]) for address in addresses]


# What a stemmer takes off the end of a word, so that who has typed a part of it ("segmentati") finds its stem.
_ENDINGS = (
    "able ables ably al ally ance ances ant ants ate ated ates ating ation ational ations ative e ed ely en ence ences "
    "ency ent ents er ers es ful fully ibility ible ic ical ically ics ied ies ing ings ion ional ions ism ity ive "
    "ively ization izations ize ized izer izes izing less ly ment ments ness or ors ous s y ys"
).split()
_LEAST_STEM = 4


def stem_of_part(word: str) -> list[str]:
    """What the stem of an unfinished word may be, longest first, where its last letters begin an ending.

    >>> stem_of_part("segmentati")
    ['segmentat', 'segment']
    """
    cuts = range(len(word) - 1, _LEAST_STEM - 1, -1)
    return [word[:cut] for cut in cuts if any(ending.startswith(word[cut:]) for ending in _ENDINGS)]
