"""What a paper says of itself: each cell a sentence of the abstract, or nothing."""

from __future__ import annotations

import pytest

from qa.evidence.aspects import column
from vectorstore import Paper

STAIN = (
    "Stains vary, and 1.2 million slides are lost each year. Stain normalization is popular. "
    "We propose StainNet, a small network. It has only 1.28K parameters. "
    "Experiments on the Camelyon16 dataset show that it reaches 31.2 dB. Code is at https://a.b/1.2."
)
THEORY = "Manifolds are hard. This paper proves that 3D shapes with 6 DoF are rigid."
FIRST = Paper("2012.12535", "StainNet", STAIN)
SECOND = Paper("2009.14376", "On | shapes", THEORY)


def test_a_paper_is_told_in_its_own_sentences() -> None:
    first, second = column(1, FIRST), column(2, SECOND)
    assert first.proposed is not None
    assert first.proposed.text == "We propose StainNet, a small network."
    assert [sentence.text for sentence in first.numbers] == [
        "It has only 1.28K parameters.",
        "Experiments on the Camelyon16 dataset show that it reaches 31.2 dB.",
    ]
    assert first.evaluated is not None
    assert first.evaluated.text.startswith("Experiments on the Camelyon16")
    for one in (first, second):
        for _, cells in one.rows():
            assert all(one.paper.abstract[cell.start : cell.end] == cell.text for cell in cells)


def test_a_cell_that_no_sentence_is_sure_to_fill_is_empty() -> None:
    second = column(2, SECOND)
    assert second.numbers == ()
    assert second.evaluated is None
    empty = column(1, Paper("2009.14377", "Empty", ""))
    assert [cells for _, cells in empty.rows()] == [(), (), ()]


@pytest.mark.parametrize(
    ("abstract", "proposed"),
    [
        ("In this paper, we diagnose SLAM. We then propose the use of priors.", "We then propose the use of priors."),
        ("We propose A. Finally, we present B.", "We propose A."),
        ("A light-weight method is proposed. It works.", "A light-weight method is proposed."),
        ("Few-shot learning (FSL) is proposed by others. This review introduces it.", "This review introduces it."),
        ("Depth is hard. Cameras are cheap.", None),
    ],
)
def test_what_is_proposed_outright_goes_before_what_is_looked_at(abstract: str, proposed: str | None) -> None:
    found = column(1, Paper("2009.14376", "T", abstract)).proposed
    assert (found.text if found else None) == proposed


@pytest.mark.parametrize(
    ("sentence", "counts"),
    [
        ("It improves accuracy by 3.4\\% on KARD.", True),
        ("It runs at 30 fps.", True),
        ("The dataset has 4,677 videos.", True),
        ("It is 16 $\\times$ faster.", True),
        ("It gets an AP of 43.", True),
        ("It uses a 3D CNN such as ResNet-50 with 2 branches.", False),
        ("It estimates 6 DoF object poses in 2020.", False),
        ("It does one-shot and 5-way tasks on CIFAR-10.", False),
    ],
)
def test_a_number_measures_something(sentence: str, counts: bool) -> None:
    assert bool(column(1, Paper("2009.14376", "T", f"We propose T. {sentence}")).numbers) is counts


def test_as_json_a_cell_keeps_its_offsets() -> None:
    stated = column(1, FIRST).to_json()
    assert STAIN[stated["proposed"]["start"] : stated["proposed"]["end"]] == stated["proposed"]["text"]
    assert (stated["n"], stated["arxiv_id"], len(stated["numbers"])) == (1, "2012.12535", 2)
