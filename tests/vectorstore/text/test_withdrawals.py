"""Withdrawals in arXiv's and in authors' words, and words that only look like one."""

from __future__ import annotations

import pytest

from vectorstore.text.withdrawals import is_withdrawal, says_withdrawn


@pytest.mark.parametrize(
    "comment",
    [
        "This paper has been withdrawn",
        "This paper has been withdrawn by the author due to a crucial sign error in equation 2",
        "this paper has been withdraw by the author due to format error",
        "4 pages. This paper has been withdrawn as it has been merged with another submission",
        "Withdrawn by arXiv admins",
        "Rejected at NeurIPS 2021. Paper withdrawn from arxiv",
        "arXiv admin note: submission has been withdrawn by arXiv administrators due to inappropriate text reuse",
        "This version withdrawn by arXiv administrators because the submitter did not have the right to agree",
        "This article has been removed by arXiv administrators due to a claim of copyright infringement",
        "We would like to withdraw this paper as it seems that the proof is not complete",
        "this is a duplicate submission. Hence want to withdraw it",
        "The authors have withdrawn this manuscript because it requires substantial revisions",
        "We are withdrawing this preprint because it is undergoing a major revision",
        "I am asking for a withdrawal of the paper as I did not have institutional approval",
        "There is an ongoing dispute. It will be withdrawn until the dispute is resolved",
    ],
)
def test_a_withdrawal_is_known_in_the_words_that_authors_and_arxiv_use(comment: str) -> None:
    assert says_withdrawn(comment)


@pytest.mark.parametrize(
    "comment",
    [
        None,
        "",
        "12 pages, 4 figures",
        "a note revised from a withdrawn one",
        "Accepted by the EMC2 workshop, the same version as the withdrawn arXiv:1910.04576",
        "accidentally uploaded as a new submission (arXiv:1904.05408, which has been withdrawn)",
        "V1 has been withdrawn due to a template issue. Please refer to the newest version v2",
        "The previous version has been withdrawn",
        "This paper has been withdrawn from AutoNUE workshop at ECCV 2018 due to ECCV registration being closed",
        "Accepted at ICIP 2026. Withdrawn from the proceedings because the author was unable to attend",
        "Withdrawal effects in neural networks",
    ],
)
def test_a_withdrawal_of_something_else_is_none(comment: str | None) -> None:
    assert not says_withdrawn(comment)


@pytest.mark.parametrize(
    ("abstract", "withdrawn"),
    [
        ("This paper has been withdrawn by the author.", True),
        ("This submission has been withdrawn by arXiv administrators because it is incomplete.", True),
        ("This paper has been removed from arXiv as the submitter did not own the data.", True),
        ("Withdrawn.", True),
        ("We study why papers are withdrawn. This paper has been withdrawn zero times.", False),
        ("This paper withdraws visual tokens at a certain layer.", False),
        ("Withdrawal time is a quality metric of colonoscopy.", False),
    ],
)
def test_an_abstract_that_is_a_notice_is_told_from_one_that_speaks_of_them(abstract: str, withdrawn: bool) -> None:
    assert is_withdrawal(abstract) is withdrawn
