"""Answers without a language model: verbatim, cited, lists as lists, and plain words where nothing answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from qa.answer import Answer
from qa.assistant import open_assistant

Ask = Callable[..., Answer]


@pytest.fixture(scope="module")
def ask(seeds_library: Path) -> Iterator[Ask]:
    with open_assistant(seeds_library) as assistant:
        yield assistant.ask


def assert_sound(answer: Answer) -> None:
    """Every statement that is not a note stands in each paper that it cites, and all citations are used and sound."""
    by_number = {citation.n: citation for citation in answer.citations}
    assert list(by_number) == list(range(1, len(by_number) + 1))
    for statement in answer.statements:
        assert statement.kind == "note" or statement.citations
        for n in statement.citations:
            assert statement.kind == "note" or statement.text in by_number[n].paper.abstract
    assert {n for statement in answer.statements for n in statement.citations} == set(by_number)
    for citation in answer.citations:
        assert all(citation.paper.abstract[e.start : e.end] == e.text for e in citation.evidence)
    cited = {c.paper.arxiv_id for c in answer.citations}
    assert answer.abstained or not cited & {p.arxiv_id for p in answer.further}


@pytest.mark.parametrize(
    "question",
    [
        "How many parameters does StainNet have?",
        "stain normalisation small network",
        "Which papers deal with pruning?",
        "Who won the football world cup?",
        "怎样检测图像中的对抗样本？",
        "🙂🙃",
        "?",
        "word " * 2000,
        "a" * 10_000,
        "<script>alert(1)</script> \x1b[31m what?",
        "2012.12535",
        "compare 2010.02893 and 2012.12535",
        "How many papers deal with pruning?",
        "How many papers are there?",
        "StainNet or StainGAN, which is faster?",
        "What is the difference between pruning and quantization?",
        "zebras versus unicorns",
        "What is few-shot learning?",
        "What is a ( [ * + ?",
    ],
)
def test_any_question_gets_a_sound_answer(ask: Ask, question: str) -> None:
    answer = ask(question)
    assert_sound(answer)
    assert answer.statements
    assert 0 <= answer.confidence <= 1


def test_the_answering_sentence_comes_first(ask: Ask) -> None:
    answer = ask("How many parameters does StainNet have?")
    assert answer.outcome == "answered"
    assert answer.citations[0].paper.arxiv_id == "2012.12535"
    assert "1.28K parameters" in answer.statements[0].text
    assert len(answer.statements) <= 5


def test_which_papers_gets_a_list_with_titles_and_a_line_each(ask: Ask) -> None:
    answer = ask("Which papers deal with pruning neural networks?")
    assert len(answer.statements) >= 4
    assert {statement.kind for statement in answer.statements} == {"item"}
    assert [s.lead for s in answer.statements] == [" ".join(c.paper.title.split()) for c in answer.citations]
    assert [p.arxiv_id for p in answer.papers] == [c.paper.arxiv_id for c in answer.citations]


def test_off_topic_questions_are_not_answered(ask: Ask) -> None:
    for question in ("Who won the football world cup?", "Who painted the Sistine Chapel ceiling?", "Hello!"):
        answer = ask(question)
        assert (answer.outcome, answer.citations, answer.papers) == ("nothing_found", (), ())
        assert answer.further
        assert "nothing" in answer.text


def test_a_named_paper_is_the_one_that_answers(ask: Ask) -> None:
    answer = ask("what does 2010.02893 propose")
    assert [c.paper.arxiv_id for c in answer.citations] == ["2010.02893"]
    assert answer.outcome == "answered"


def test_what_the_filters_leave_out_is_said_plainly(ask: Ask) -> None:
    assert "1234.56789" not in ask("pruning").text
    assert "2101.00001 is not" in ask("What does 2101.00001 propose?").text
    nothing = ask("Which papers from 1995 deal with pruning?")
    assert nothing.outcome == "nothing_found"
    assert "filters" in nothing.text


def test_a_follow_up_stays_with_its_paper_and_answers_its_own_words(ask: Ask) -> None:
    first = ask("How many parameters does StainNet have?")
    second = ask("What is wrong with the methods before it?", [first])
    assert second.citations[0].paper.arxiv_id == "2012.12535"
    assert second.outcome == "answered"
    assert_sound(second)


def test_a_comparison_has_statements_for_each_side(ask: Ask) -> None:
    answer = ask("EfficientNet vs AttendNets")
    assert (answer.shape, answer.outcome) == ("comparison", "answered")
    assert {"1905.11946", "2009.14385"} <= {c.paper.arxiv_id for c in answer.citations}
    assert any(s.kind == "note" and s.text == "EfficientNet:" for s in answer.statements)
    assert_sound(answer)


def test_a_paper_that_states_a_comparison_comes_first(ask: Ask) -> None:
    answer = ask("How does DDIM differ from DDPM?")
    assert answer.citations[0].paper.arxiv_id == "2010.02502"
    assert any("compared to DDPMs" in s.text for s in answer.statements)


def test_a_side_that_no_abstract_speaks_of_is_said_to_be_missing(ask: Ask) -> None:
    answer = ask("compare visual transformers with glaciers")
    assert answer.outcome == "detail_not_stated"
    assert "glaciers: no abstract of this library speaks of it." in [s.text for s in answer.statements]
    assert ask("zebras versus unicorns").outcome == "nothing_found"


def test_papers_compared_by_id_each_say_their_main_claim(ask: Ask) -> None:
    answer = ask("compare 2010.02893 and 2012.12535")
    assert [c.paper.arxiv_id for c in answer.citations] == ["2010.02893", "2012.12535"]
    assert "propose SAFENet" in answer.text


def test_a_count_names_its_number_and_what_was_counted(ask: Ask) -> None:
    answer = ask("How many papers deal with pruning?")
    assert answer.shape == "count"
    assert answer.total == len(answer.papers) >= 4
    assert answer.statements[0].text.startswith(f"{answer.total} papers of this library match “pruning”")
    assert ask("How many papers deal with zebras?").abstained


def test_a_count_by_filters_alone_is_exact_and_prints_the_first(ask: Ask) -> None:
    answer = ask("How many papers were listed in December 2020?")
    assert answer.total is not None
    assert answer.total > 50
    assert all(paper.listed and paper.listed.month == 12 for paper in answer.papers)
    assert len(answer.citations) == 10
    assert answer.statements[-1].text == f"And {answer.total - 10} more."
    assert ask("How many papers are there?").total == 249


@pytest.mark.parametrize(
    ("question", "paper", "said"),
    [
        ("What is few-shot learning?", "2010.02430", "aims to learn classifiers"),
        ("What is SAFENet?", "2010.02893", "we propose SAFENet"),
        ("Tell me about DDIM", "2010.02502", "(DDIMs)"),
        ("what does VAE stand for?", "2010.02917", "Variational autoencoders (VAEs) are"),
    ],
)
def test_what_is_gets_the_sentence_that_says_it(ask: Ask, question: str, paper: str, said: str) -> None:
    answer = ask(question)
    assert (answer.shape, answer.outcome) == ("definition", "answered")
    assert answer.citations[0].paper.arxiv_id == paper
    assert said in answer.statements[0].text


def test_a_named_paper_asked_about_in_general_says_its_main_claim(ask: Ask) -> None:
    answer = ask("tell me about 2009.14376")
    assert "Adversarial Image Anonymizer" in answer.statements[0].text
    assert [c.paper.arxiv_id for c in ask("2009.14376").citations] == ["2009.14376"]
