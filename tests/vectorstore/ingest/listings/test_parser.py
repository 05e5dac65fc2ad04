"""Listings with something wrong: a clear word for it, no traceback, and every other record still read."""

from __future__ import annotations

import io
import tracemalloc
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.vectorstore.ingest.listings.writing import digest, digest_papers, fielded, fielded_papers
from vectorstore import Paper, Reject
from vectorstore.ingest.listings import read_listing

SEEDS = Path(__file__).parents[4] / "seeds"
HEAD = "# ArXiv cs.CV --Thu, 21 Mar 2019\n"
ONE = "### 1.One  [ pdf ](https://arxiv.org/pdf/1903.00001.pdf)\n>  First abstract. \n"
TWO = "### 2.Two  [ pdf ](https://arxiv.org/pdf/1903.00002.pdf)\n>  Second abstract. \n"
EXPORT = "\n".join(fielded([Paper("2009.14376", "Three", "Third abstract.", version=2)])) + "\n"


@pytest.fixture
def results(tmp_path: Path) -> Callable[[str | bytes], tuple[list[str], list[Reject]]]:
    """Write a listing; give the ids that are read from it, and what is refused."""

    def run(content: str | bytes) -> tuple[list[str], list[Reject]]:
        path = tmp_path / "x.txt"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        found = list(read_listing(path))
        papers = [paper.arxiv_id for paper in found if isinstance(paper, Paper)]
        return papers, [refusal for refusal in found if isinstance(refusal, Reject)]

    return run


Results = Callable[[str | bytes], tuple[list[str], list[Reject]]]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_any_line_end_and_a_byte_order_mark_are_fine(results: Results, end: str, mark: str) -> None:
    for listing, ids in ((HEAD + ONE + TWO, ["1903.00001", "1903.00002"]), (EXPORT, ["2009.14376"])):
        assert results((mark + listing).replace("\n", end)) == (ids, [])


def test_listings_of_both_layouts_joined_in_one_file_are_read_as_what_they_were(tmp_path: Path) -> None:
    path = tmp_path / "all.txt"
    path.write_text(f"\ufeff{HEAD}{ONE}\ufeff{EXPORT}{HEAD.replace('21', '22')}{TWO}", encoding="utf-8")
    assert [(p.arxiv_id, p.listed) for p in read_listing(path) if isinstance(p, Paper)] == [
        ("1903.00001", date(2019, 3, 21)),
        ("2009.14376", date(2020, 9, 30)),
        ("1903.00002", date(2019, 3, 22)),
    ]
    headless = ONE + EXPORT.split("\n", 1)[1] + TWO
    assert [paper.arxiv_id for paper in _papers(path, headless)] == ["1903.00001", "2009.14376", "1903.00002"]


@pytest.mark.parametrize(
    ("heading", "listed"),
    [
        ("# ArXiv cs.CV", None),
        ("# ArXiv cs.CV --Thu, 31 Feb 2019", None),
        ("# My own list", None),
        ("", None),
        ("# ArXiv cs.CV --Thursday, 21 March 2019", date(2019, 3, 21)),
        ("# Of 2019-03-21", date(2019, 3, 21)),
    ],
)
def test_a_listing_may_have_no_date_or_no_heading(tmp_path: Path, heading: str, listed: date | None) -> None:
    (paper,) = _papers(tmp_path / "x.txt", f"{heading}\n{ONE}")
    assert (paper.arxiv_id, paper.listed) == ("1903.00001", listed)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf \r\n\n", "is empty"),
        (b"%PDF-1.7\n\x00\x01\xff\xfe", "is a binary file"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9, "is a binary file"),
        (b"caf\xe9 au lait\n" * 9, "is a binary file or not UTF-8 text"),
        (b"Just some notes.\n", "is not a listing: a listing has headings like"),
        ((HEAD + ONE).encode("utf-16"), "is a listing in UTF-16 or UTF-32; save it as UTF-8"),
        (EXPORT.encode("utf-16-le"), "is a listing in UTF-16 or UTF-32; save it as UTF-8"),
    ],
)
def test_a_file_that_is_no_listing_says_why(results: Results, content: bytes, reason: str) -> None:
    ids, (refusal,) = results(content)
    assert ids == []
    assert (refusal.line, refusal.kind) == (None, "file")
    assert reason in refusal.reason
    assert str(refusal) == f"{refusal.file}: {refusal.reason}"


def test_a_listing_without_papers_says_so_and_fails_nothing(results: Results) -> None:
    ids, (refusal,) = results(HEAD)
    assert (ids, refusal.reason, refusal.kind) == ([], "lists no papers", "skipped")


def test_a_missing_file_and_a_folder_say_so(tmp_path: Path) -> None:
    assert [str(refusal) for refusal in read_listing(tmp_path / "no.txt")] == [
        f"{tmp_path}/no.txt: no such file or folder"
    ]
    assert [str(refusal) for refusal in read_listing(tmp_path)] == [f"{tmp_path}: is a folder, not a listing"]


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (b"\x00\x00", "line 4 holds binary data (NUL bytes)"),
        (b"caf\xe9", "line 4 is not UTF-8 text (byte 0xe9 at character"),
        (b"x" * (1 << 20), "line 4 is longer than 1,048,576 characters"),
    ],
)
def test_a_damaged_heading_costs_its_record_only(results: Results, damage: bytes, reason: str) -> None:
    ids, (refusal,) = results((HEAD + ONE).encode() + TWO.encode().replace(b"Two", damage) + ONE.encode())
    assert ids == ["1903.00001", "1903.00001"]
    assert refusal.line == 4
    assert reason in refusal.reason


def test_a_heading_damaged_past_recognition_never_joins_two_records(results: Results) -> None:
    lost = TWO.replace("### 2", "\x07## 2")
    ids, (refusal,) = results(HEAD + ONE + lost + ONE)
    assert (ids, refusal.line) == (["1903.00001", "1903.00001"], 4)
    assert refusal.reason == "text that belongs to no record"
    body = EXPORT.split("\n", 1)[1]
    ids, (stray, refusal) = results(EXPORT + body.replace("### ", "\x07\x07") + body)
    assert ids == ["2009.14376", "2009.14376"]
    assert [(stray.line, refusal.line)] == [(16, 17)]
    assert refusal.reason == "the record has no heading, so no title"


def test_a_listing_in_latin_1_loses_only_records_with_such_letters(results: Results) -> None:
    ids, (refusal,) = results((HEAD + ONE + TWO.replace("Second", "Naïve")).encode("latin-1"))
    assert ids == ["1903.00001"]
    assert "save it as UTF-8" in refusal.reason


@pytest.mark.parametrize(
    "cut",
    ["### 2.Tw", "### 2.Two  [ pdf ](https://arxiv.org/pdf/1903.00002.pdf)\n", TWO.replace("abstract. \n", "abst")],
)
def test_a_record_cut_off_by_the_end_of_the_file_is_refused_as_that(results: Results, cut: str) -> None:
    ids, (refusal,) = results(HEAD + ONE + cut)
    assert (ids, refusal.line) == (["1903.00001"], 4)
    assert refusal.reason.startswith("the record is cut off: the file ends")


def test_a_cut_within_a_letter_is_a_cut(results: Results) -> None:
    ids, (refusal,) = results((HEAD + ONE + TWO.replace("abstract. \n", "é")).encode()[:-1])
    assert ids == ["1903.00001"]
    assert refusal.reason.startswith("the record is cut off: the file ends within its abstract")


def test_a_last_line_without_its_end_is_fine_after_a_whole_sentence(results: Results) -> None:
    assert results((HEAD + ONE + TWO).rstrip()) == (["1903.00001", "1903.00002"], [])
    assert results(EXPORT.rstrip()) == (["2009.14376"], [])
    assert results(EXPORT + "  ") == (["2009.14376"], [])


@pytest.mark.parametrize("seed", sorted(SEEDS.glob("*.txt")), ids=lambda path: path.name[:3])
def test_wherever_a_real_listing_is_cut_no_abstract_is_taken_in_half(seed: Path, tmp_path: Path) -> None:
    content = seed.read_bytes()
    whole = {paper.arxiv_id: paper for paper in read_listing(seed) if isinstance(paper, Paper)}
    path = tmp_path / "cut.txt"
    for end in range(200, 12_000, 97):
        path.write_bytes(content[:end])
        *before, last = list(read_listing(path))
        assert [p for p in before if isinstance(p, Paper) and p.abstract != whole[p.arxiv_id].abstract] == []
        assert [p for p in before if isinstance(p, Reject)] == []
        if isinstance(last, Paper):
            # Only a cut after a full stop cannot be told from an end.
            assert last.abstract == whole[last.arxiv_id].abstract or last.abstract[-1] in ".!?)'\"$"
        else:
            assert "cut off" in last.reason


def test_a_record_without_end_is_refused_and_not_held(results: Results) -> None:
    endless = "".join(f"and another line {n}\n" for n in range(100_000))
    ids, (refusal,) = results(EXPORT.rstrip() + "\n" + endless + EXPORT)
    assert ids == ["2009.14376"]
    assert refusal.reason == "the record is longer than 1,048,576 characters"


def test_a_large_file_is_read_in_little_memory(tmp_path: Path) -> None:
    body = EXPORT.split("\n", 1)[1]
    path = tmp_path / "large.md"
    with path.open("w") as file:
        file.write(HEAD + "x" * (20 << 20) + "\n")
        for _ in range(200):
            file.write(body * 100)
    tracemalloc.start()
    count = sum(isinstance(found, Paper) for found in read_listing(path))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 20_000
    assert path.stat().st_size > 25 << 20
    assert peak < 12 << 20


def test_a_refusal_prints_on_one_line_without_controls(tmp_path: Path) -> None:
    path = tmp_path / "red\x1b[31m\n.txt"
    path.write_text("### 1.T  [ pdf ](https://\x1b[31mbad\x07)\n> A.\n")
    (refusal,) = read_listing(path)
    assert str(refusal) == f"{tmp_path}/red .txt:1: 'https://bad' holds no arXiv id"


@settings(max_examples=200)
@given(
    st.lists(digest_papers(), min_size=3, max_size=6) | st.lists(fielded_papers(), min_size=3, max_size=6),
    st.sampled_from([digest, fielded]),
    st.data(),
)
def test_damage_anywhere_never_raises_and_loses_no_record_that_it_does_not_touch(
    tmp_path_factory: pytest.TempPathFactory,
    papers: list[Paper],
    write: Callable[[Sequence[Paper]], list[str]],
    data: st.DataObject,
) -> None:
    content = io.BytesIO("".join(f"{line}\n" for line in write(papers)).encode())
    starts, offset = [], 0
    for line in content:
        if line.startswith(b"### "):
            starts.append(offset)
        offset += len(line)
    whole = content.getvalue()
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, min(len(whole), start + 300)))
    path = tmp_path_factory.getbasetemp() / "damaged.txt"
    path.write_bytes(whole[:start] + data.draw(st.binary(max_size=300)) + whole[end:])
    read_back = {(p.arxiv_id, p.title, p.abstract) for p in read_listing(path) if isinstance(p, Paper)}
    # A record reaches into the next one's heading: where its mark is gone, the text may go on.
    reach = [end_of + len("### ") for end_of in [*starts[1:], len(whole)]]
    untouched = [p for p, s, e in zip(papers, starts, reach, strict=True) if e <= start or s > end]
    assert read_back >= {(p.arxiv_id, p.title, p.abstract) for p in untouched}


@given(st.binary(max_size=2000))
def test_any_bytes_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "bytes.txt"
    path.write_bytes(content)
    found = list(read_listing(path))
    assert found
    assert all(isinstance(one, Reject) and str(one).isprintable() for one in found)


@given(st.lists(st.sampled_from([*(HEAD + ONE + EXPORT).splitlines(), "- **Summary**:", "> x", "###", "## y", "  z"])))
def test_lines_in_any_order_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, lines: list[str]) -> None:
    path = tmp_path_factory.getbasetemp() / "shuffled.txt"
    path.write_text("\n".join(lines))
    for found in read_listing(path):
        assert isinstance(found, Reject) or (found.title and found.abstract and found.arxiv_id)


def _papers(path: Path, content: str) -> list[Paper]:
    path.write_text(content, encoding="utf-8")
    found = list(read_listing(path))
    assert all(isinstance(paper, Paper) for paper in found)
    return [paper for paper in found if isinstance(paper, Paper)]
