"""Paper to chunks: title and abstract in one, and a second, overlapping one only past the model's window."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from vectorstore.embedding.embedder import WINDOW
from vectorstore.paper import Paper
from vectorstore.text.latex import plain_text
from vectorstore.text.sentences import split_sentences

if TYPE_CHECKING:
    from llama_index.core.schema import TextNode

_SPECIAL_TOKENS = 2  # the model puts one before and one after each text
_OVERLAP = 64


@dataclass(frozen=True, slots=True)
class Chunk:
    """A stretch of a paper's title and abstract that fits the model's window.

    Attributes:
        paper: the paper it is of.
        index: 0 for the first chunk of a paper.
        start, end: character offsets into `full_text(paper)`; the chunks of a paper together cover it.
    """

    paper: Paper
    index: int
    start: int
    end: int

    @property
    def chunk_id(self) -> str:
        """Unique in a library: the arXiv id, with `#1` and so on for later chunks."""
        return chunk_id(self.paper.arxiv_id, self.index)

    @property
    def text(self) -> str:
        """The text as stored, LaTeX as written."""
        return full_text(self.paper)[self.start : self.end]

    @property
    def embedded_text(self) -> str:
        """The text as embedded: LaTeX as plain words. A later chunk opens with the title, to say what it is about."""
        text = plain_text(self.text)
        return text if self.index == 0 else f"{plain_text(self.paper.title)}\n\n{text}"

    def to_node(self) -> TextNode:
        """The chunk as llama-index's node, with the paper's citation fields as metadata."""
        from llama_index.core.schema import TextNode

        paper = self.paper
        return TextNode(
            id_=self.chunk_id,
            text=self.text,
            start_char_idx=self.start,
            end_char_idx=self.end,
            metadata={"arxiv_id": paper.arxiv_id, "title": paper.title, "url": paper.url},
        )


def chunk_id(arxiv_id: str, index: int) -> str:
    """The id of a paper's chunk."""
    return arxiv_id if index == 0 else f"{arxiv_id}#{index}"


def paper_of(chunk: str) -> str:
    """The id of the paper that a chunk's id belongs to.

    >>> paper_of("2009.14376#1")
    '2009.14376'
    """
    return chunk.partition("#")[0]


def full_text(paper: Paper) -> str:
    """What is chunked: the title, a blank line, the abstract."""
    return f"{paper.title}\n\n{paper.abstract}"


def chunks(paper: Paper, count_tokens: Callable[[str], int]) -> list[Chunk]:
    """Cut a paper into chunks of at most the model's window, at sentence ends where there are any.

    Args:
        paper: the paper.
        count_tokens: the model's own count, special tokens left out (`Embedder.count_tokens`).
    """
    text = full_text(paper)
    # A token is at least one character, so short texts need no count.
    if len(text) <= WINDOW - _SPECIAL_TOKENS or count_tokens(text) <= WINDOW - _SPECIAL_TOKENS:
        return [Chunk(paper, 0, 0, len(text))]
    title_tokens = count_tokens(paper.title)
    window = max(WINDOW - _SPECIAL_TOKENS - title_tokens, WINDOW // 2)
    starts, ends = zip(*_spans(text, window, count_tokens), strict=True)
    # The splitter trims white space between pieces; each chunk is stretched so that the text can be put together again.
    return [
        Chunk(paper, index, start, max(ends[index], starts[index + 1]) if index + 1 < len(starts) else len(text))
        for index, start in enumerate((0, *starts[1:]))
    ]


def _spans(text: str, window: int, count_tokens: Callable[[str], int]) -> Iterator[tuple[int, int]]:
    from llama_index.core.node_parser import SentenceSplitter

    splitter = SentenceSplitter(
        chunk_size=window,
        chunk_overlap=min(_OVERLAP, window // 4),
        tokenizer=lambda piece: range(count_tokens(piece)),  # only its length is used
        chunking_tokenizer_fn=_sentences,
    )
    start, end = -1, 0
    for piece in splitter.split_text(text):
        # In a text that repeats itself a piece may stand in several places. Its own begins at the latest where the one
        # before ended, white space aside; the last such place leaves no gap and never falls behind.
        gap = len(text[end:]) - len(text[end:].lstrip())
        start = text.rfind(piece, start + 1, end + gap + len(piece))
        end = start + len(piece)
        yield start, end


def _sentences(text: str) -> list[str]:
    """Sentences with the white space after them, so that they join to the text."""
    starts = [start for start, _ in split_sentences(text)]
    bounds = [0, *starts[1:], len(text)] if starts else [0, len(text)]
    return [text[a:b] for a, b in pairwise(bounds)]
