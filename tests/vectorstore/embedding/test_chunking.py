"""Chunks cover the text, fit the window, and there is one for nearly every paper."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from vectorstore import Paper
from vectorstore.embedding.chunking import chunks, full_text
from vectorstore.embedding.embedder import WINDOW, Embedder

COUNT = Embedder().count_tokens
SENTENCES = st.lists(
    st.sampled_from(
        [
            "We propose a net that sees $\\alpha$-waves.",
            "It reaches 96.3% on CIFAR-10, i.e. 2.1 points more than before.",
            "However, scenes by night remain hard!",
            "Supercalifragilisticexpialidocious-internationalisation " * 8,
            "Is it fast?",
            "Das Netz lernt schnell.\n",
        ]
    ),
    min_size=1,
    max_size=60,
)


def paper(abstract: str, title: str = "On seeing") -> Paper:
    return Paper(arxiv_id="2001.00001", title=title, abstract=abstract)


def test_a_paper_of_usual_length_is_one_chunk_of_title_and_abstract() -> None:
    [chunk] = chunks(paper("We see far. It is good."), COUNT)
    assert chunk.text == "On seeing\n\nWe see far. It is good."
    assert chunk.chunk_id == "2001.00001"


@settings(max_examples=40, deadline=None)
@given(SENTENCES)
def test_chunks_cover_the_text_overlap_and_fit_the_window(parts: list[str]) -> None:
    whole = paper(" ".join(parts).strip())
    pieces = chunks(whole, COUNT)
    assert pieces[0].start == 0
    assert pieces[-1].end == len(full_text(whole))
    assert [piece.index for piece in pieces] == list(range(len(pieces)))
    for piece, after in pairwise(pieces):
        assert piece.start < after.start <= piece.end
    for piece in pieces:
        assert COUNT(piece.embedded_text) <= WINDOW - 2


def test_one_endless_word_is_cut_and_kept() -> None:
    whole = paper("x" * 9_000)
    pieces = chunks(whole, COUNT)
    assert pieces[-1].end == len(full_text(whole))
    assert all(piece.start < after.start <= piece.end for piece, after in pairwise(pieces))


def test_a_later_chunk_is_embedded_with_its_title_and_latex_as_words() -> None:
    long = paper("A car drives on the $\\alpha$ road to town. " * 80, title="Roads")
    second = chunks(long, COUNT)[1]
    assert second.embedded_text.startswith("Roads\n\n")
    assert "\\alpha" in second.text
    assert "\\alpha" not in second.embedded_text


def test_a_chunk_becomes_a_llama_index_node() -> None:
    [chunk] = chunks(paper("We see far."), COUNT)
    node = chunk.to_node()
    assert node.text == chunk.text
    assert node.id_ == "2001.00001"
    assert node.metadata["url"] == "https://arxiv.org/abs/2001.00001"
