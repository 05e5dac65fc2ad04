"""arXiv ids: every form that people and programs write them in, and what only looks like one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vectorstore import ArxivQAError, InputError, split_id
from vectorstore.text.arxiv_ids import id_in as id_in_line
from vectorstore.text.arxiv_ids import ids_in, part_of_id

LINKS = (
    "http://arxiv.org/abs/{}",
    "https://www.arxiv.org/pdf/{}",
    "https://arxiv.org/pdf/{}.pdf",
    "http://export.arxiv.org/pdf/{}.pdf#page=3",
    "https://arxiv.org/html/{}#S3.T1",
    "https://arxiv.org/abs/{}/",
    "https://arxiv.org/abs/{}?context=cs.CV",
    "arxiv.org/abs/{}",
    "https://ar5iv.labs.arxiv.org/html/{}",
    "https://ar5iv.org/abs/{}",
    "https://www.alphaxiv.org/abs/{}",
    "https://alphaxiv.org/overview/{}",
    "https://huggingface.co/papers/{}",
    "https://hf.co/papers/{}",
    "https://doi.org/10.48550/arXiv.{}",
    "http://dx.doi.org/10.48550/ARXIV.{}",
    "doi:10.48550/arXiv.{}",
    "10.48550/arXiv.{}",
)
IDS = (
    ("2009.14376", ("2009.14376", None)),
    ("2009.14376v2", ("2009.14376", 2)),
    ("0704.1267v1", ("0704.1267", 1)),
    ("cs/9810003", ("cs/9810003", None)),
    ("quant-ph/9802028v11", ("quant-ph/9802028", 11)),
    ("math.GT/0309136", ("math/0309136", None)),
    ("HEP-TH/9901001V3", ("hep-th/9901001", 3)),
)


@pytest.mark.parametrize("form", ["{}", " arXiv:{} ", "arxiv: {}", "{}/", "{}.pdf", *LINKS])
@pytest.mark.parametrize(("written", "expected"), IDS)
def test_an_id_or_a_link_to_one_splits_into_id_and_version(
    form: str, written: str, expected: tuple[str, int | None]
) -> None:
    assert split_id(form.format(written)) == expected


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "2009",
            "2009.143",
            "2009.143761",
            "2009.14376v0",
            "2009.14376v",
            "cs/98100",
            "v2",
            "2009.14376 2009.14377",
        ),
        *(
            "https://example.org/2009.14376",
            "https://notarxiv.org/abs/2009.14376",
            "https://arxiv.org/list/cs.CV/recent",
        ),
        *("10.1109/2009.14376", "10.48550/2009.14376", "https://arxiv.org.evil.example/abs/2009.14376", "²009.14376"),
    ],
)
def test_what_is_no_id_is_refused_with_examples_of_ids(text: str) -> None:
    with pytest.raises(InputError, match=r"2009\.14376v2 or cs/9810003") as caught:
        split_id(text)
    assert isinstance(caught.value, ArxivQAError)


@given(st.text() | st.text("arxiv:/.0123456789vcs-ſK ", max_size=20))
def test_any_text_is_an_id_or_refused(text: str) -> None:
    try:
        arxiv_id, version = split_id(text)
    except InputError:
        arxiv_id, version = "2009.14376", None
    assert version is None or version > 0
    assert split_id(arxiv_id) == (arxiv_id, None)


@pytest.mark.parametrize(
    "form", ["{}", "arXiv:{}", "(arXiv: {}),", "arXiv {}.", "“{}”", "arXiv preprint arXiv:{};", *LINKS]
)
@pytest.mark.parametrize(("written", "expected"), IDS)
def test_ids_are_found_in_running_text_with_all_that_belongs_to_them(
    form: str, written: str, expected: tuple[str, int | None]
) -> None:
    text = f"Is {form.format(written)} better than X?"
    (found,) = ids_in(text)
    assert found.arxiv_id == expected[0]
    assert "/" not in text.replace(text[found.start : found.end], "")


@pytest.mark.parametrize(
    "text",
    [
        *(
            "it costs 1234.5678 dollars, or 9999.12345",
            "at 2013.1234 Hz",
            "2009.14376%",
            "2009.14376.5",
            "v12009.14376",
        ),
        *("version 2009.14376-rc1", "10.1109/2009.14376", "doi:10.1000/182", "https://example.org/2009.14376"),
        *(
            "https://my-arxiv.org/abs/2009.14376",
            "and/or 1234567",
            "and/9810003",
            "files/0102003",
            "cs/9899003",
            "1-2009.14376",
        ),
    ],
)
def test_measurements_versions_and_the_names_of_others_are_no_ids(text: str) -> None:
    assert ids_in(text) == []


def test_what_says_that_it_is_an_id_needs_no_other_sign() -> None:
    assert [(one.arxiv_id, one.named) for one in ids_in("arXiv:1234.5678, arXiv 2009.14376, and 2009.14377")] == [
        ("1234.5678", True),
        ("2009.14376", True),
        ("2009.14377", False),
    ]


@given(st.text(), st.text())
def test_what_stands_around_an_id_does_not_change_it(before: str, after: str) -> None:
    text = f"{before} arXiv:2009.14376 {after}"
    found = ids_in(text)
    assert (len(before) + 1, "2009.14376") in [(one.start, one.arxiv_id) for one in found]
    assert all(split_id(one.arxiv_id) == (one.arxiv_id, None) for one in found)


@pytest.mark.parametrize(
    "piece", ["arxiv:", "a.", "a-", "http://", "https://a.", "10.48550/", "2009.", "cs/", "arxiv.org/abs/"]
)
def test_a_long_text_of_beginnings_takes_no_longer_than_another(piece: str) -> None:
    assert ids_in(piece * 100_000) == []  # would not end if a pattern tried again what it has tried


@pytest.mark.parametrize(
    ("line", "arxiv_id"),
    [
        ("2009.14376v2  a title may follow", "2009.14376"),
        ("arXiv:2009.14376v2 [cs.CV] 30 Sep 2020", "2009.14376"),
        ("ARXIV: HEP-TH/9901001V3", "hep-th/9901001"),
        ("<https://arxiv.org/abs/2009.14376>", "2009.14376"),
        ("A. Author, CoRR abs/1706.03762 (2017)", "1706.03762"),
        ("A. Author, arXiv preprint 1706.03762", "1706.03762"),
        ("we measured 2009.14376 of them", None),
        ("2009.143761234", None),
        ("", None),
    ],
)
def test_a_line_begins_with_its_id_or_names_it(line: str, arxiv_id: str | None) -> None:
    assert id_in_line(line) == arxiv_id


@pytest.mark.parametrize(
    ("typed", "part"),
    [
        ("2009.", "2009."),
        ("https://arxiv.org/abs/2009.143", "2009.143"),
        ("math.GT/03", "math/03"),
        ("2009.14376v", "2009.14376"),
        ("cs", None),
        ("cs/", None),
        ("2009.14376 x", None),
    ],
)
def test_an_id_may_be_typed_up_to_anywhere(typed: str, part: str | None) -> None:
    assert part_of_id(typed) == part
