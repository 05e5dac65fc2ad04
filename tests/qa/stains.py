"""Two papers, a question on one of them, and answers that a language model may write to it."""

from __future__ import annotations

from collections.abc import Sequence

from qa import Answer, Paper
from qa.answer import Retrieved
from qa.answering.generative import GenerativeAnswerer
from qa.errors import LanguageModelError
from qa.llm.protocol import Delta
from qa.query.parser import ParsedQuery
from tests.qa.writer import Writer

STAINS = Paper(
    "2012.12535",
    "StainNet: a fast and robust stain normalization network",
    "Stain normalization matters in digital pathology. We propose StainNet, a fully convolutional network. It has only "
    "1.28K parameters. StainNet is forty times faster than StainGAN on whole slide images.",
)
TRACKING = Paper(
    "2012.12784",
    "Coarse-to-fine object tracking with correlation filters",
    "Deep learning trackers reach good results. We formulate tracking as a procedure of two stages. On OTB100 the "
    "tracker reaches a precision of 91.2% at 15 frames per second.",
)
QUESTION = "How many parameters does StainNet have?"
REQUEST = ParsedQuery(
    QUESTION, QUESTION, about=(STAINS,)
)  # of a conversation, so that it is answered whatever the odds
RETRIEVED = (Retrieved(STAINS, 3.0, 0.7, 9.0), Retrieved(TRACKING, -3.0, 0.1, 1.0))
GOOD = "StainNet has only 1.28K parameters [1]. It is forty times faster than StainGAN [1]."
SHOWN = "StainNet has only 1.28K parameters. [1] It is forty times faster than StainGAN. [1]"
NUMBER = "StainNet has 93.7M parameters [1]."


def answers(writer: Writer, *, strict: bool = False, request: ParsedQuery = REQUEST) -> list[Answer]:
    return list(GenerativeAnswerer(writer, strict=strict).stream(request, RETRIEVED))


def answer(text: str | Sequence[Delta | LanguageModelError], *, strict: bool = False) -> Answer:
    return answers(Writer(text), strict=strict)[-1]


def assert_evidence_is_computed(given: Answer) -> None:
    assert [citation.n for citation in given.citations] == list(range(1, len(given.citations) + 1))
    for citation in given.citations:
        for evidence in citation.evidence:
            assert citation.paper.abstract[evidence.start : evidence.end] == evidence.text
    marked = [n for statement in given.statements for n in statement.citations]
    assert list(dict.fromkeys(marked)) == sorted(set(marked)), "numbers rise in the order in which they are read"
