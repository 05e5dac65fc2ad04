"""The retrieval model's training, on the seeds."""

import torch
from safetensors.torch import load_file

from training.model import examples, fit_model
from training.model.examples import Example
from vectorstore import Filters
from vectorstore.library import Library


def _examples(library):
    """Four papers asked for by their titles, with their neighbours in the full text as negatives."""
    found = []
    for paper in list(library.papers(Filters(), 4)):
        near = [i for i, _ in library.matching(paper.title, Filters(), 3) if i != paper.arxiv_id]
        found.append(Example(paper.title, paper.arxiv_id, examples.passage(paper)[:300], tuple(near)))
    return found


def test_two_steps_train_and_a_run_cut_off_after_one_goes_on_to_the_same_model(seeds_library, tmp_path, monkeypatch):
    monkeypatch.setattr(fit_model, "BATCH", 2)
    monkeypatch.setattr(fit_model, "CLUSTER", 2)
    with Library.open(seeds_library) as library:
        questions = _examples(library)
        papers = {paper.arxiv_id: paper for paper in library.papers(Filters(), None)}
    fit_model.fit(questions, [], papers, tmp_path / "whole", steps=2)
    fit_model.fit(questions, [], papers, tmp_path / "cut", steps=1)
    first = load_file(tmp_path / "cut" / "model.safetensors")
    fit_model.fit(questions, [], papers, tmp_path / "cut", steps=2)
    whole, cut = (load_file(tmp_path / name / "model.safetensors") for name in ("whole", "cut"))
    name = "encoder.layer.0.attention.self.query.weight"
    assert whole[name].dtype == torch.float16
    assert not torch.equal(first[name], cut[name])
    assert all(torch.equal(whole[key], cut[key]) for key in whole)


def test_a_topic_is_a_stretch_of_several_titles_and_its_other_papers_are_no_negatives(seeds_library):
    with Library.open(seeds_library) as library:
        papers = {paper.arxiv_id: paper for paper in library.papers(Filters(), None)}
    found = examples.topics(papers, set(), 5)
    assert not found  # none stands in eight titles of so few
    example = Example("crowd counting", "2401.00001", "", phrase="crowd counting")
    assert examples.says(example, "A survey of Crowd-Counting.")
    assert not examples.says(example, "Counting a crowd.")


def test_papers_of_the_question_sets_are_known_so_that_they_are_never_trained_on():
    avoided = examples.evaluated()
    assert avoided
    assert not avoided & {question.paper for question in examples.corpus.questions()}
