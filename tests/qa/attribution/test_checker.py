"""Every sentence of a written answer against the abstracts it was written from."""

from __future__ import annotations

import pytest

from qa.attribution.checker import Checked, check_citations, finished
from vectorstore import Paper

STAIN = Paper(
    "2012.12535",
    "StainNet: a fast and robust stain normalization network",
    "Stain normalization often refers to transferring the color distribution of the source image to that of the target "
    "image. We propose StainNet, a fast and robust network with only 1.28K parameters. StainNet outperforms CycleGAN "
    "on "
    "the Camelyon16 dataset by 3.5 dB. It normalizes a 100,000 x 100,000 whole slide image in 40 seconds and does not "
    "require paired training data.",
)
TRACK = Paper(
    "2012.12784",
    "Coarse-to-Fine Object Tracking Using Deep Features and Correlation Filters",
    "Deep learning trackers achieve good results. We formulate tracking as a two-stage procedure: deep features "
    "coarsely "
    "estimate the target translation, then correlation filters precisely localize the object. On OTB100 the tracker "
    "reaches a precision of 91.2% at 15 fps and reduces model drift, which values in [0, 1] and [CLS] tokens measure.",
)
PRUNE = Paper(
    "2001.00003",
    "Filter pruning for convolutional neural networks (CNNs)",
    "Large convolutional neural networks (CNNs) are slow. We prune filters of ResNet-50 without retraining and cut "
    "45% of "
    "the computations on ImageNet with a loss of 0.3 points in accuracy. Support vector machines are not needed.",
)
PAPERS = (STAIN, TRACK, PRUNE)


LEARNED = Paper(
    "1505.00529",
    "Learning document image binarization from data",
    "Our solution encodes all heuristics about whether or not a pixel is foreground text into a feature vector. "
    "Earlier methods can not explain semantic concepts. EdgeCRF works effectively only when the presence of noise is "
    "insignificant, which is not the case for many real images.",
)


def only(text: str, papers: tuple[Paper, ...] = PAPERS) -> Checked:
    (sentence,) = check_citations(text, papers)
    return sentence


@pytest.mark.parametrize(
    ("text", "cited"),
    [
        ("StainNet has only 1.28K parameters [1].", (1,)),
        ("StainNet has only 1.28K parameters.[1]", (1,)),
        ("StainNet has only 1.28K parameters. [^1]", (1,)),
        ("StainNet has only 1.28K parameters 【1†source】.", (1,)),
        ("StainNet has only 1.28K parameters [Paper 1].", (1,)),
        ("StainNet has only 1.28K parameters (arXiv:2012.12535v2).", (1,)),
        ("StainNet has only 1.28K parameters (1).", (1,)),
        ("StainNet has only 1.28K parameters [[1]](https://arxiv.org/abs/2012.12535).", (1,)),
        ("StainNet has only 1.28K parameters [1][99].", (1,)),
        ("StainNet has only 1.28K parameters [99].", (1,)),
        ("StainNet has only 1.28K parameters.", (1,)),
        ("StainNet has only 1.28K parameters [2].", (1,)),
        ("StainNet has only 1.28K parameters [1-3].", (1,)),
        ("StainNet has only 1.28K parameters [2, 1].", (1,)),
    ],
)
def test_a_true_sentence_carries_its_own_paper_whatever_mark_the_model_set(text: str, cited: tuple[int, ...]) -> None:
    sentence = only(text)
    assert (sentence.text, sentence.citations, sentence.supported) == (
        "StainNet has only 1.28K parameters.", cited, True,
    )  # fmt: skip
    assert (sentence.start, sentence.end) == (0, len(text))


def test_each_citation_carries_sentences_that_stand_in_its_abstract() -> None:
    sentence = only("On Camelyon16 StainNet beats CycleGAN by 3.5 dB and has 1,280 parameters [1].")
    assert sentence.supported
    ((number, evidence),) = sentence.evidence
    assert number == 1
    assert {e.text.split()[0] for e in evidence} == {"We", "StainNet"}
    assert all(STAIN.abstract[e.start : e.end] == e.text for e in evidence)


def test_a_sentence_of_two_papers_cites_both() -> None:
    text = "StainNet normalizes stains with 1.28K parameters [1], while ResNet-50 is pruned without retraining [3]."
    assert set(only(text).citations) == {1, 3}
    assert set(only(text.replace(" [1]", "").replace(" [3]", "")).citations) == {1, 3}


@pytest.mark.parametrize(
    "text",
    [
        "The tracker reaches a precision of 91.2 percent on OTB100.",
        "The tracker reaches a precision of $91.2\\%$ on OTB-100 at 15 frames per second.",
        "The authors formulate tracking as a procedure of 2 stages.",
        "A 100000 x 100000 whole slide image is normalised in forty seconds.",
        "CycleGAN is outperformed by StainNet on Camelyon16.",
        "Paired training data are not required by StainNet.",
        "45% of the computations of ResNet50 are cut on ImageNet.",
        "Filters of CNNs are pruned without retraining.",
    ],
)
def test_other_words_and_formats_of_the_same_are_supported(text: str) -> None:
    sentence = only(text)
    assert sentence.supported, sentence.reasons


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("StainNet has only 1.38K parameters [1].", "the number 1.38K is not in [1]"),
        ("StainNet outperforms CycleGAN on the Camelyon17 dataset [1].", "the name Camelyon17 is not in [1]"),
        ("StainNet outperforms CycleGAN on the Camelyon16 dataset by 3.5% [1].", "the unit of 3.5% is another one in "
        "[1]"),
        ("The tracker reaches a precision of 15% at 91.2 fps [2].", "the unit of 15% is another one in [2]"),
        ("StainNet does require paired training data, unlike others [1].", "denies"),
        ("StainNet does not outperform CycleGAN on Camelyon16 [1].", "denies"),
        ("The tracker increases model drift [2].", "“increases” where the abstract says “reduces”"),
        ("CycleGAN outperforms StainNet on the Camelyon16 dataset [1].", "who comes out ahead"),
        ("StainNet is outperformed by CycleGAN on the Camelyon16 dataset [1].", "who comes out ahead"),
        ("Monkeys prefer bananas over the convexity bounds of quantum annealing [1].", "do not say this"),
    ],
)  # fmt: skip
def test_a_sentence_that_the_abstracts_do_not_bear_out_says_why(text: str, reason: str) -> None:
    sentence = only(text)
    assert not sentence.supported
    assert any(reason in said for said in sentence.reasons), sentence.reasons


def test_brackets_of_a_quoted_sentence_are_no_marks() -> None:
    text = "Values in [0, 1] and [CLS] tokens measure model drift [2]."
    sentence = only(text)
    assert sentence.text == "Values in [0, 1] and [CLS] tokens measure model drift."
    assert sentence.citations == (2,)


def test_a_mark_that_its_sentence_needs_gives_way_to_words() -> None:
    first, second = check_citations(
        "[1] proposes StainNet with 1.28K parameters. In [2], tracking is a two-stage procedure.", PAPERS
    )
    assert first.text == "This paper proposes StainNet with 1.28K parameters."
    assert second.text == "In this paper, tracking is a two-stage procedure."
    assert (first.citations, second.citations) == ((1,), (2,))


def test_markdown_is_taken_off_and_lists_are_items() -> None:
    text = (
        "## Findings\n\n- **StainNet** [1] has only `1.28K` parameters [1].\n"
        "2. Filters of *ResNet-50* are pruned without retraining [3]\n"
    )
    heading, first, second = check_citations(text, PAPERS)
    assert (heading.text, heading.kind) == ("Findings", "note")
    assert (first.text, first.kind) == ("StainNet has only 1.28K parameters.", "item")
    assert (second.text, second.citations) == ("Filters of ResNet-50 are pruned without retraining", (3,))
    assert [text[s.start : s.end].startswith(w) for s, w in ((first, "**StainNet"), (second, "Filters"))] == [
        True,
        True,
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Sure!",
        "Here is what the abstracts say:",
        "Based on the provided abstracts, here is a summary:",
        "The abstracts do not say how long training takes.",
        "None of the provided papers mentions the price.",
        "I could not find this in the given papers.",
        "Would you like more details?",
        "I hope this helps.",
    ],
)
def test_a_sentence_that_claims_nothing_of_a_paper_is_a_note(text: str) -> None:
    sentence = only(text)
    assert (sentence.kind, sentence.supported, sentence.citations, sentence.reasons) == ("note", True, (), ())


def test_an_abstention_is_no_cover_for_a_claim() -> None:
    assert not only("The abstracts do not give the training time, but StainNet has 99 layers [1].").supported
    assert only(
        "The abstracts do not give the training time, but StainNet has only 1.28K parameters [1]."
    ).citations == (1,)


def test_sentences_stand_by_themselves_so_that_a_stream_can_be_checked_as_it_comes() -> None:
    text = "StainNet has only 1.28K parameters [1]. Deep features estimate the translation. [2] Filters are pruned [3]."
    whole = check_citations(text, PAPERS)
    assert [s.citations for s in whole] == [(1,), (2,), (3,)]
    for end in range(len(text) + 1):
        settled = check_citations(text[: finished(text[:end])], PAPERS)
        assert settled == whole[: len(settled)]
    assert len(check_citations(text[: finished(text)], PAPERS)) == 2


def test_nothing_comes_of_nothing() -> None:
    assert check_citations("", PAPERS) == ()
    assert check_citations(" \n\n [1] [2]\n---\n", PAPERS) == ()
    assert only("StainNet is fast [1].", ()).reasons == ("no abstract was given",)
    assert not only("StainNet has 1.28K parameters.", (Paper("2001.00001", "", ""),)).supported


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script> \x1b[31mStainNet\x1b[0m has <b>only</b> 1.28K parameters [1].",
        "[1]" * 30_000,
        "[" * 50_000,
        "(" * 50_000 + "1" + ")" * 50_000,
        "word " * 20_000,
        "1" * 100_000,
        "**" * 50_000,
        "|" * 50_000,
        "$" * 50_001,
        "not " * 25_000,
        "A1-" * 33_000,
        "\u202e\u0000\ud800 [1]",
        "| - " * 25_000,
    ],
)
def test_hostile_text_is_checked_without_harm(text: str) -> None:
    for sentence in check_citations(text, PAPERS):
        assert 0 <= sentence.start < sentence.end <= len(text)
        assert set(sentence.citations) <= {1, 2, 3}
    assert 0 <= finished(text) <= len(text)


def test_what_is_too_long_for_a_sentence_counts_as_unsupported() -> None:
    assert only("StainNet is fast and robust " * 100).reasons == ("the sentence is too long to be checked",)


@pytest.mark.parametrize(
    "text",
    [
        "For each pixel it is decided whether it is foreground text, from a feature vector of all heuristics [1].",
        "A network that can explain its decisions to doctors encodes the heuristics [1].",
        "EdgeCRF needs images with little noise, a condition that many real photographs do not meet [1].",
    ],
)
def test_a_paraphrase_is_not_taken_for_the_opposite(text: str) -> None:
    assert not [reason for reason in only(text, (LEARNED,)).reasons if reason.startswith("it ")]
