"""The derived full-text index of a library: tantivy, one document a paper."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

import tantivy
from tantivy import Query

from vectorstore.errors import LibraryError
from vectorstore.filters import Filters
from vectorstore.index import paging, sort_keys
from vectorstore.index.paging import page_of_papers
from vectorstore.index.queries import NAME_SLOP, Queries, restricted
from vectorstore.paper import Paper
from vectorstore.storage.read_only import Links, hindrance
from vectorstore.text.latex import plain_text
from vectorstore.text.venues import venue_words

_MOST_DAYS = 65_000  # of listings: more than there were since 1991, and fewer than the index allows to be counted
_WRITER_BYTES = 64_000_000

# More words stand between two names than may stand within one, so that Michelle Li beside Ada Mancenido is not found by
# "Michelle Mancenido".
_BETWEEN_NAMES = " zz" * (NAME_SLOP + 2) + " "

# Authors also state classes of other schemes among the categories, such as "I.4.7" or "68U10".
_CATEGORY = re.compile(r"[a-z-]+(?:\.[A-Za-z-]+)?")


class FullText:
    """Full text, filters, sorting and counts over the papers of one library.

    Args:
        path: the index's folder, made when missing.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._links: Links | None = None
        self._open()

    def _open(self) -> None:
        try:
            self._path.mkdir(parents=True, exist_ok=True)
            if (self._path / "meta.json").is_file() and hindrance(self._path):
                self._links = Links(self._path)
            place = self._links.path if self._links else self._path
            self._index = tantivy.Index(_schema(), str(place), reuse=True)
            # Left to itself it would show another process's papers before the record, as opened here, has them.
            self._index.config_reader("manual")
        except (OSError, ValueError) as error:
            raise LibraryError(
                f"The full-text index in {self._path} cannot be opened ({error}). It is derived from the record: "
                "delete that folder and it is rebuilt."
            ) from error
        self._queries = Queries(self._index)
        self._listed: tuple[date | None, date | None] | None = None

    def reload(self) -> None:
        """See what another process has committed since.

        Raises:
            LibraryError: when the index is damaged or gone.
        """
        try:
            if self._links is not None:
                if not hindrance(self._path):
                    self._links = None
                    self._open()
                    return
                self._links.refresh()
            self._index.reload()
            self._listed = None
        except ValueError as error:
            raise LibraryError(f"The full-text index in {self._path} cannot be read ({error}). Try again.") from error

    @property
    def papers(self) -> int:
        """How many papers are indexed."""
        return self._index.searcher().num_docs

    @property
    def generation(self) -> int:
        """The newest generation among the indexed papers, 0 when there are none."""
        hits = self._index.searcher().search(Query.all_query(), limit=1, order_by_field="generation").hits
        return int(hits[0][0]) if hits else 0

    def write(
        self,
        papers: Iterable[tuple[Paper, int]],
        generation: int,
        *,
        clear: bool = False,
        without: Iterable[str] = (),
    ) -> None:
        """Add or replace papers and commit.

        Args:
            papers: each with its number of chunks.
            generation: the library's generation that these belong to.
            clear: forget everything else first.
            without: ids of papers to forget.

        Raises:
            LibraryError: the folder cannot be written.
        """
        self.write_all(((paper, chunks, generation) for paper, chunks in papers), clear=clear, without=without)

    def write_all(
        self, papers: Iterable[tuple[Paper, int, int]], *, clear: bool = False, without: Iterable[str] = ()
    ) -> None:
        """Add or replace papers of several generations, and commit once.

        Args:
            papers: each with its number of chunks and its generation.
            clear, without: as `write` takes them.

        Raises:
            LibraryError: the folder cannot be written.
        """
        if self._links is not None:
            raise LibraryError(f"The full-text index in {self._path} cannot be written: {hindrance(self._path)}.")
        writer = self._index.writer(_WRITER_BYTES, 1)
        writer.garbage_collect_files()  # a commit that was cut off leaves files that the next would give the same names
        if clear:
            writer.delete_all_documents()
        for gone in without:
            writer.delete_documents_by_term("arxiv_id", gone)
        for paper, chunks, generation in papers:
            writer.delete_documents_by_term("arxiv_id", paper.arxiv_id)
            writer.add_document(_document(paper, chunks, generation))
        writer.commit()
        writer.wait_merging_threads()
        self.reload()

    def search(self, text: str, filters: Filters, limit: int) -> list[tuple[str, float]]:
        """The papers that match the text's words best: (id, BM25 score), best first."""
        words = self._queries.words(text)
        if words is None:
            return []
        return self._hits(restricted(words, self._queries.passing(filters)), limit)

    def scores(self, text: str, ids: Sequence[str]) -> dict[str, float]:
        """The BM25 score of each of these papers that shares a word with the text."""
        words = self._queries.words(text)
        if words is None or not ids:
            return {}
        return dict(self._hits(restricted(words, self._queries.any_of(ids)), len(ids)))

    def passing(self, filters: Filters, ids: Sequence[str]) -> set[str]:
        """Those of these papers that pass."""
        allowed = self._queries.passing(filters)
        if allowed is None or not ids:
            return set(ids)
        return {paper for paper, _ in self._hits(restricted(self._queries.any_of(ids), allowed), len(ids))}

    def newest(self, filters: Filters, limit: int | None) -> list[str]:
        """Ids of the papers that pass, the newest listed first; those without a date come last."""
        query = self._queries.passing(filters) or Query.all_query()
        return [paper for paper, _ in self._hits(query, limit, order_by="recency")]

    def page(
        self, text: str, filters: Filters, order: paging.Order, descending: bool, offset: int, limit: int
    ) -> tuple[int, list[str]]:
        """One page of the papers that have every word of a text being typed and pass: how many in all, and the ids."""
        typed, allowed = self._queries.typed(text), self._queries.passing(filters)
        query = allowed or Query.all_query() if typed is None else restricted(typed, allowed)
        return page_of_papers(self._index, query, order, descending, offset, limit)

    def chunk_counts(self, filters: Filters) -> dict[str, int]:
        """The papers that pass, each with its number of chunks."""
        searcher = self._index.searcher()
        query = self._queries.passing(filters) or Query.all_query()
        addresses = [address for _, address in searcher.search(query, max(searcher.num_docs, 1), count=False).hits]
        counts = searcher.fast_field_values("chunks", addresses)
        ids = [str(searcher.doc(address)["arxiv_id"][0]) for address in addresses]
        return {paper: int(count or 1) for paper, count in zip(ids, counts, strict=True)}

    def count(self, filters: Filters) -> int:
        """How many papers pass."""
        query = self._queries.passing(filters)
        return self.papers if query is None else int(self._index.searcher().search(query, 1).count)  # type: ignore[attr-defined]  # missing in its stub

    def categories(self) -> dict[str, int]:
        """Papers an arXiv category, counting cross-listings and the listings' own category, most first."""
        buckets = self._index.searcher().aggregate(
            Query.all_query(), {"c": {"terms": {"field": "categories", "size": 10_000}}}
        )
        return {str(b["key"]): int(b["doc_count"]) for b in buckets["c"]["buckets"]}

    def months(self, filters: Filters) -> dict[str, int]:
        """How many papers that pass were listed in each month, the oldest first; only months with papers."""
        query = self._queries.passing(filters) or Query.all_query()
        days = {"d": {"terms": {"field": "listed", "size": _MOST_DAYS}}}
        counts: Counter[str] = Counter()
        for bucket in self._index.searcher().aggregate(query, days)["d"]["buckets"]:
            if bucket["key"]:  # 0 is a paper without a date
                counts[date.fromordinal(int(bucket["key"])).isoformat()[:7]] += int(bucket["doc_count"])
        return dict(sorted(counts.items()))

    def listed_range(self) -> tuple[date | None, date | None]:
        """The first and the last listing day."""
        if self._listed is None:  # some milliseconds over a whole category, and every question may need it
            self._listed = self._find_listed_range()
        return self._listed

    def _find_listed_range(self) -> tuple[date | None, date | None]:
        dated = Query.range_query(self._index.schema, "listed", tantivy.FieldType.Unsigned, 1, None)
        bounds = {name: {name: {"field": "listed"}} for name in ("min", "max")}
        found = self._index.searcher().aggregate(dated, bounds)
        days = [found[name]["value"] for name in ("min", "max")]
        oldest, newest = (date.fromordinal(int(day)) if day else None for day in days)
        return oldest, newest

    def listed_in(self, file: str, filters: Filters) -> list[str]:
        """Ids of the papers that pass and stand in a listing, by its file name; the newest listed first."""
        named = Query.term_query(self._index.schema, "files", file)
        query = restricted(named, self._queries.passing(filters))
        return [paper for paper, _ in self._hits(query, None, order_by="recency")]

    def listings(self) -> int:
        """How many listing files the papers stand in."""
        files = {"files": {"terms": {"field": "files", "size": 1_000_000}}}
        return len(self._index.searcher().aggregate(Query.all_query(), files)["files"]["buckets"])

    def _hits(self, query: Query, limit: int | None, order_by: str | None = None) -> list[tuple[str, float]]:
        searcher = self._index.searcher()
        # tantivy makes room for as many as it is asked for, and aborts where it cannot.
        most = max(searcher.num_docs, 1)
        limit = most if limit is None else min(max(limit, 1), most)
        hits = searcher.search(query, limit, count=False, order_by_field=order_by).hits
        return [(str(searcher.doc(address)["arxiv_id"][0]), float(score or 0)) for score, address in hits]


def _schema() -> tantivy.Schema:
    # An index with other fields than these is made again from the record when its library is opened.
    builder = (
        tantivy.SchemaBuilder()
        .add_text_field("arxiv_id", stored=True, tokenizer_name="raw", index_option="basic")
        .add_text_field("text", tokenizer_name="words")
        .add_text_field("authors", tokenizer_name="names")
        .add_text_field("venue", tokenizer_name="names")
        .add_text_field("categories", fast=True, tokenizer_name="raw", index_option="basic")
        .add_text_field("category_filter", tokenizer_name="raw", index_option="basic")
        .add_text_field("files", fast=True, tokenizer_name="raw", index_option="basic")
        .add_unsigned_field("listed", indexed=True, fast=True)
        .add_unsigned_field("recency", fast=True)
        .add_unsigned_field("generation", indexed=True, fast=True)
        .add_unsigned_field("chunks", fast=True)
    )
    for field in (*sort_keys.TITLE, *sort_keys.AUTHOR):
        builder = builder.add_unsigned_field(field, fast=True)
    return builder.build()


def _document(paper: Paper, chunks: int, generation: int) -> tantivy.Document:
    document = tantivy.Document()
    document.add_text("arxiv_id", paper.arxiv_id)
    # One field: a title weighed apart ranked worse on every setting that was tried (docs/tried.md).
    document.add_text("text", plain_text(f"{paper.title}\n{paper.abstract}"))
    document.add_text("authors", _BETWEEN_NAMES.join(paper.authors))
    # The stop between comment and journal keeps a name from running on into the other.
    document.add_text("venue", " ".join([*venue_words(paper.comment or ""), "zz", *venue_words(paper.journal or "")]))
    # A digest does not state its papers' categories, but that they are in the one it lists.
    codes = {*paper.categories, *(source.category for source in paper.sources if source.category)}
    for code in codes:
        if _CATEGORY.fullmatch(code):
            document.add_text("categories", code)
    lower = {code.lower() for code in codes}
    for code in lower | {code.partition(".")[0] for code in lower}:  # "cs" admits all of cs.CV, cs.LG, …
        document.add_text("category_filter", code)
    for file in {source.file for source in paper.sources}:
        document.add_text("files", file)
    listed = paper.listed.toordinal() if paper.listed else 0
    document.add_unsigned("listed", listed)
    # Newest listing first, and within one listing the highest number first; both fit 64 bits.
    document.add_unsigned("recency", (listed << 32) + int(re.sub(r"\D", "", paper.arxiv_id)))
    document.add_unsigned("generation", generation)
    document.add_unsigned("chunks", chunks)
    fields = (*sort_keys.TITLE, *sort_keys.AUTHOR)
    keys = (*sort_keys.title_key(paper.title), *sort_keys.author_key(paper.authors))
    for field, key in zip(fields, keys, strict=True):
        document.add_unsigned(field, key)
    return document
