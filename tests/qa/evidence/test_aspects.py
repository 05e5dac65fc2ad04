"""Papers side by side: each cell a sentence of the abstract, or nothing."""

from __future__ import annotations

import pytest

from qa.evidence.aspects import compare
from qa.export.papers import side_by_side_markdown
from vectorstore import InputError, Paper

STAIN = (
    "Stains vary, and 1.2 million slides are lost each year. Stain normalization is popular. "
    "We propose StainNet, a small network. It has only 1.28K parameters. "
    "Experiments on the Camelyon16 dataset show that it reaches 31.2 dB. Code is at https://a.b/1.2."
)
THEORY = "Manifolds are hard. This paper proves that 3D shapes with 6 DoF are rigid."
FIRST = Paper("2012.12535", "StainNet", STAIN)
SECOND = Paper("2009.14376", "On | shapes", THEORY)


def test_a_paper_is_told_in_its_own_sentences() -> None:
    first, second = compare([FIRST, SECOND])
    assert first.proposed is not None
    assert first.proposed.text == "We propose StainNet, a small network."
    assert [sentence.text for sentence in first.numbers] == [
        "It has only 1.28K parameters.",
        "Experiments on the Camelyon16 dataset show that it reaches 31.2 dB.",
    ]
    assert first.evaluated is not None
    assert first.evaluated.text.startswith("Experiments on the Camelyon16")
    for column in (first, second):
        for _, cells in column.rows():
            assert all(column.paper.abstract[cell.start : cell.end] == cell.text for cell in cells)


def test_a_cell_that_no_sentence_is_sure_to_fill_is_empty() -> None:
    second = compare([FIRST, SECOND])[1]
    assert second.numbers == ()
    assert second.evaluated is None
    empty = compare([FIRST, Paper("2009.14377", "Empty", "")])[1]
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
    column = compare([Paper("2009.14376", "T", abstract), FIRST])[0]
    assert (column.proposed.text if column.proposed else None) == proposed


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
    column = compare([Paper("2009.14376", "T", f"We propose T. {sentence}"), FIRST])[0]
    assert bool(column.numbers) is counts


def test_between_two_and_six_papers_are_compared() -> None:
    for many in (0, 1, 7):
        with pytest.raises(InputError, match="Between 2 and 6"):
            compare([FIRST] * many)


def test_as_markdown_every_sentence_has_its_mark_and_every_mark_its_reference() -> None:
    written = side_by_side_markdown(compare([FIRST, SECOND]))
    table = written.split("\n\n")[0].splitlines()
    assert len(table) == 4
    assert table[2].startswith("| StainNet [1] |")
    assert "StainNet, a small network. [1] |" in table[2]
    assert r"On \| shapes [2]" in table[3]
    assert "https://arxiv.org/abs/2012.12535" in written
    assert "https://arxiv.org/abs/2009.14376" in written


def test_as_json_a_cell_keeps_its_offsets() -> None:
    stated = compare([FIRST, SECOND])[0].to_json()
    assert STAIN[stated["proposed"]["start"] : stated["proposed"]["end"]] == stated["proposed"]["text"]
    assert (stated["n"], stated["arxiv_id"], len(stated["numbers"])) == (1, "2012.12535", 2)
