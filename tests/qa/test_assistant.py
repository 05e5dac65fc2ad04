"""The assistant: asking, streaming, following up, finding and showing, over the real library of the seeds."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

import qa
from qa import Answer, Assistant, Filters
from tests.qa.writer import Writer
from vectorstore import InputError, LibraryError

STAIN = "How many parameters does the stain normalization network have?"


@pytest.fixture(scope="module")
def assistant(seeds_library: Path) -> Iterator[Assistant]:
    with qa.open_assistant(seeds_library) as opened:
        yield opened


def assert_every_claim_is_cited_and_verbatim(answer: Answer) -> None:
    marks = {citation.n: citation for citation in answer.citations}
    assert sorted(marks) == list(range(1, len(marks) + 1))
    for citation in answer.citations:
        for evidence in citation.evidence:
            assert citation.paper.abstract[evidence.start : evidence.end] == evidence.text
    for statement in answer.statements:
        if statement.kind == "note":
            continue
        assert statement.citations, statement
        assert any(statement.text in marks[n].paper.abstract for n in statement.citations), statement


@pytest.mark.parametrize(
    "question",
    [
        STAIN,
        "Which papers deal with medical image segmentation?",
        "segmentation domain shift",
        "What does 2010.02893 propose?",
        "How is bread baked?",
        "Who won the football world cup in 1998?",
    ],
)
def test_every_claim_is_a_verbatim_sentence_with_its_citation(assistant: Assistant, question: str) -> None:
    assert_every_claim_is_cited_and_verbatim(assistant.ask(question))


def test_a_question_is_answered_by_its_sentence_first(assistant: Assistant) -> None:
    answer = assistant.ask(STAIN)
    assert answer.outcome == "answered"
    assert "1.28K parameters" in answer.statements[0].text
    assert answer.citations[0].paper.arxiv_id == "2012.12535"
    assert answer.text.startswith(answer.statements[0].text + " [1]")
    assert 0 < answer.confidence <= 1
    assert answer.seconds > 0
    assert answer.papers[0] == answer.citations[0].paper


def test_a_question_that_the_library_does_not_answer_is_declined_with_the_nearest_papers(assistant: Assistant) -> None:
    answer = assistant.ask("How long should a sourdough loaf rise before it goes into the oven?")
    assert answer.outcome == "nothing_found"
    assert answer.abstained
    assert answer.citations == ()
    assert answer.papers == ()
    assert answer.further
    assert answer.text


def test_an_answer_has_as_many_candidates_as_asked_for(assistant: Assistant) -> None:
    assert len(assistant.ask(STAIN).retrieved) == 10
    assert len(assistant.ask(STAIN, limit=3).retrieved) == 3
    assert len(assistant.ask(STAIN, limit=60).retrieved) == 60


def test_filters_restrict_what_is_used_and_stand_in_the_answer(assistant: Assistant) -> None:
    filters = Filters(since=date(2019, 1, 1), until=date(2019, 12, 31))
    answer = assistant.ask("medical image segmentation", filters=filters)
    assert answer.filters == filters
    assert {hit.paper.listed.year for hit in answer.retrieved if hit.paper.listed} == {2019}
    nothing = assistant.ask(STAIN, filters=Filters(until=date(1990, 1, 1)))
    assert (nothing.outcome, nothing.retrieved, nothing.citations) == ("nothing_found", (), ())
    assert nothing.text


def test_a_follow_up_leans_on_the_answer_before(assistant: Assistant) -> None:
    first = assistant.ask("Whose artworks are in the contempArt dataset?")
    second = assistant.ask("Do they find a link between style and gender in it?", history=[first])
    assert first.citations[0].paper.arxiv_id == second.citations[0].paper.arxiv_id == "2009.14545"


def test_a_stream_grows_to_the_answer_that_ask_gives(assistant: Assistant) -> None:
    snapshots = list(assistant.stream(STAIN))
    whole = assistant.ask(STAIN)
    assert snapshots[0].statements == ()
    assert snapshots[0].retrieved == whole.retrieved
    assert [s.complete for s in snapshots] == [False] * (len(snapshots) - 1) + [True]
    assert [len(s.statements) for s in snapshots] == list(range(len(whole.statements) + 1))
    assert snapshots[-1].text == whole.text
    assert snapshots[-1].citations == whole.citations


def test_the_async_twins_give_the_same(assistant: Assistant) -> None:
    async def both() -> tuple[Answer, list[Answer], list[qa.Paper]]:
        streamed = [snapshot async for snapshot in assistant.astream(STAIN)]
        return await assistant.aask(STAIN), streamed, await assistant.afind("pruning", limit=3)

    with ThreadPoolExecutor(1) as elsewhere:  # the browser tests may have left a loop in this thread
        answer, streamed, found = elsewhere.submit(lambda: asyncio.run(both())).result()
    assert answer.text == streamed[-1].text == assistant.ask(STAIN).text
    assert found == assistant.find("pruning", limit=3)


def test_an_async_stream_that_is_left_ends_the_models(assistant: Assistant) -> None:
    writer = Writer("StainNet has only 1.28K parameters [1]. " * 20)
    written = Assistant(assistant.library, writer)

    async def leave() -> None:
        stream = written.astream(STAIN)
        async for snapshot in stream:
            if snapshot.statements:
                break
        await stream.aclose()
        while not writer.closed:
            await asyncio.sleep(0.01)

    with ThreadPoolExecutor(1) as elsewhere:
        elsewhere.submit(lambda: asyncio.run(leave())).result()
    assert writer.taken < 10


def test_assistants_over_one_library_may_have_different_models(assistant: Assistant) -> None:
    written = Assistant(assistant.library, Writer("StainNet has only 1.28K parameters [1]."))
    assert (assistant.backend, written.backend) == ("extractive", "test/writer")
    snapshots = list(written.stream(STAIN))
    assert (snapshots[0].statements, len(snapshots[0].retrieved)) == ((), 10)
    assert snapshots[-1].text == written.ask(STAIN).text == "StainNet has only 1.28K parameters. [1]"
    assert snapshots[-1].retrieved == assistant.ask(STAIN).retrieved
    assert snapshots[-1].seconds > 0
    assert assistant.ask(STAIN).backend == "extractive"


def test_without_a_model_nothing_of_one_is_imported(seeds_library: Path) -> None:
    asked = (
        "import sys, qa, ui.cli.ask\n"
        f"qa.open_assistant({str(seeds_library)!r}).close()\n"
        "parts = ('qa.llm', 'qa.answering.generative', 'qa.attribution', 'llama_index', 'openai', 'ollama')\n"
        "print([name for name in sys.modules if name.startswith(parts)])"
    )
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_many_threads_may_ask_at_once(assistant: Assistant) -> None:
    questions = [STAIN, "breast cancer screening", "What is contempArt?", "depth from video"] * 4
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(assistant.ask, questions))
    assert [a.text for a in answers] == [assistant.ask(q).text for q in questions]


@pytest.mark.parametrize("question", ["", "   ", "\n\t"])
def test_an_empty_question_is_refused_in_words(assistant: Assistant, question: str) -> None:
    with pytest.raises(InputError, match="question is empty"):
        assistant.ask(question)


@pytest.mark.parametrize(
    "question", ["深度估计有哪些方法?", "🦊🔥", "?", "why " * 2_500, "<b>x</b> $\\frac{1}{2}$", "\x1b[31mred"]
)
def test_any_other_question_gets_an_answer_or_a_word(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    assert answer.text
    assert_every_claim_is_cited_and_verbatim(answer)


def test_find_ranks_a_topic_and_keeps_to_limit_and_filters(assistant: Assistant) -> None:
    found = assistant.find("breast cancer screening", limit=3)
    assert "Breast Cancer" in found[0].title
    assert len(found) <= 3
    december = assistant.find("segmentation", Filters(since=date(2020, 12, 1)))
    assert {paper.listed for paper in december} == {date(2020, 12, 24)}


def test_find_without_topic_gives_the_newest_first(assistant: Assistant) -> None:
    days = [paper.listed for paper in assistant.find(limit=None)]
    assert len(days) == 249
    assert days == sorted(days, reverse=True)


def test_show_takes_an_id_with_version_or_a_link(assistant: Assistant) -> None:
    paper = assistant.show("2009.14376")
    assert paper.versioned_id == "2009.14376v2"
    assert assistant.show("https://arxiv.org/abs/2009.14376v1") == paper


@pytest.mark.parametrize(("wrong", "said"), [("hello", "not an arXiv id"), ("0704.0001", "not in the library")])
def test_show_says_what_is_wrong_with_an_id(assistant: Assistant, wrong: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        assistant.show(wrong)


@pytest.mark.parametrize("limit", [0, -1])
def test_a_limit_below_one_is_refused(assistant: Assistant, limit: int) -> None:
    with pytest.raises(InputError, match="at least 1"):
        assistant.ask(STAIN, limit=limit)
    with pytest.raises(InputError, match="at least 1"):
        assistant.find("x", limit=limit)


def test_a_missing_library_is_an_error_in_words(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="There is no library in"):
        qa.open_assistant(tmp_path)
