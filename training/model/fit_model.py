"""Train the retrieval model that ships with arxivqa, from all-MiniLM-L6-v2.

    python -m training.model.fit_model LISTINGS [LISTINGS ...] OUT [--steps N] [--everything] [--topics N]

LISTINGS are folders of listings that hold the papers of `training/data/questions.jsonl` and, for hard negatives, as
many others as there are; OUT is the model's folder. Runs on a GPU where there is one. Every 50 steps a checkpoint is
left in OUT; the same command then goes on from it. The seed is fixed. A tenth of the training papers is held out for
choices unless `--everything` is given. On two cores one pass takes about half an hour.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sklearn.cluster import KMeans

from training import corpus
from training.model import examples, model_folder
from training.model.examples import Example
from vectorstore import Paper
from vectorstore.embedding.embedder import WINDOW
from vectorstore.ingest import find_listings, listings

BATCH = 32  # questions; each brings its paper and one hard negative
CLUSTER = 16  # questions of one batch that are alike, so that their papers are hard negatives of each other
RATE = 5e-5
WARMUP = 0.08
TEMPERATURE = 0.05
NEGATIVE_RANKS = 30
QUESTION_TOKENS = 96
CHECKPOINT = 50  # steps
SEED = 3


def read_all(folders: Sequence[Path]) -> dict[str, Paper]:
    """Every paper of these folders; the first reading of a paper stands."""
    found: dict[str, Paper] = {}
    for file in find_listings(folders):
        if isinstance(file, Path):
            for record in listings.read_listing(file):
                if isinstance(record, Paper):
                    found.setdefault(record.arxiv_id, record)
    return found


def plan(questions: Sequence[Example], topics: Sequence[Example], vectors: np.ndarray[Any, Any]) -> list[list[Example]]:
    """The batches of one pass, in order. Deterministic.

    Args:
        questions: in any order.
        topics: likewise.
        vectors: the questions as the base model embeds them, shape (questions, dimension).
    """
    choose = random.Random(SEED)
    labels = KMeans(max(1, len(questions) // 60), n_init=1, random_state=SEED).fit_predict(vectors)
    by_cluster: dict[int, list[Example]] = {}
    for example, label in zip(questions, labels.tolist(), strict=True):
        by_cluster.setdefault(label, []).append(example)
    groups: list[list[Example]] = []
    for members in by_cluster.values():
        choose.shuffle(members)
        groups += [members[i : i + CLUSTER] for i in range(0, len(members), CLUSTER)]
    choose.shuffle(groups)
    ordered = [example for group in groups for example in group]
    batches = [ordered[i : i + BATCH] for i in range(0, len(ordered), BATCH)]
    batches += [list(topics[i : i + BATCH]) for i in range(0, len(topics), BATCH)]
    choose.shuffle(batches)
    return batches


def step_loss(model: Any, batch: Sequence[Example], papers: Mapping[str, Paper], choose: random.Random) -> torch.Tensor:
    """The loss of one batch: each text must be nearest to its own passage, among all passages of the batch."""
    negatives = []
    for example in batch:
        ranks = example.negatives[:NEGATIVE_RANKS]
        if ranks:
            negatives.append(choose.choice(ranks))
    owners = [e.paper for e in batch] + negatives
    passages = [e.passage for e in batch] + [examples.passage(papers[i]) for i in negatives]
    queries = encode(model, [e.text for e in batch], QUESTION_TOKENS)
    keys = torch.cat(encode_sorted(model, passages))
    logits = queries @ keys.T / TEMPERATURE
    right = torch.arange(len(batch))
    wrong = torch.ones(logits.shape, dtype=torch.bool)
    for i, example in enumerate(batch):
        for j, owner in enumerate(owners):
            # Another question of the same paper, or a paper that is on the topic too, must not be pushed away.
            if j != i and (owner == example.paper or examples.says(example, passages[j])):
                wrong[i, j] = False
    logits = logits.masked_fill(~wrong.to(logits.device), -1e4)
    return torch.nn.functional.cross_entropy(logits, right.to(logits.device))


def encode(model: Any, texts: Sequence[str], tokens: int) -> torch.Tensor:
    """Unit vectors with gradients, shape (texts, dimension)."""
    model.max_seq_length = tokens
    inputs = {k: v.to(model.device) for k, v in model.preprocess(list(texts)).items() if hasattr(v, "to")}
    with torch.autocast(model.device.type, dtype=torch.bfloat16):
        found = model(inputs)["sentence_embedding"]
    return torch.nn.functional.normalize(found.float(), dim=-1)


def encode_sorted(model: Any, texts: Sequence[str], group: int = 16) -> list[torch.Tensor]:
    """The same for long texts, in groups of like length, since a group costs what its longest text costs."""
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
    found: list[torch.Tensor | None] = [None] * len(texts)
    for begin in range(0, len(order), group):
        places = order[begin : begin + group]
        for place, row in zip(places, encode(model, [texts[i] for i in places], WINDOW), strict=True):
            found[place] = row[None]
    return [row for row in found if row is not None]


def train(model: Any, batches: Sequence[Sequence[Example]], papers: Mapping[str, Paper], out: Path, steps: int) -> None:
    """Train to `steps`, going on from the checkpoint in `out` where there is one."""
    state = out / "checkpoint.pt"
    optimiser = torch.optim.AdamW(model.parameters(), lr=RATE, weight_decay=0.01)
    total = len(batches)
    warm = max(1, int(WARMUP * total))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda s: min((s + 1) / warm, max(0.0, (total - s) / max(1, total - warm)))
    )
    done = 0
    if state.exists():
        kept = torch.load(state, weights_only=True)
        model.load_state_dict(kept["model"])
        optimiser.load_state_dict(kept["optimiser"])
        schedule.load_state_dict(kept["schedule"])
        done = int(kept["done"])
        print(f"going on after step {done}", flush=True)
    model.train()
    began, recent = time.monotonic(), []
    for step in range(done, min(steps, total)):
        loss = step_loss(model, batches[step], papers, random.Random(SEED * 100_003 + step))
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        optimiser.zero_grad()
        recent.append(float(loss.detach()))
        if (step + 1) % 10 == 0:
            pace = (time.monotonic() - began) / (step + 1 - done)
            print(f"step {step + 1}/{total}: loss {np.mean(recent):.3f}, {pace:.1f} s a step", flush=True)
            recent = []
        if (step + 1) % CHECKPOINT == 0 or step + 1 == min(steps, total):
            kept = {
                "model": model.state_dict(),
                "optimiser": optimiser.state_dict(),
                "schedule": schedule.state_dict(),
                "done": step + 1,
            }
            partial = state.with_suffix(".part")
            torch.save(kept, partial)
            partial.replace(state)
    model.eval()


def fit(
    questions: Sequence[Example],
    topics: Sequence[Example],
    papers: Mapping[str, Paper],
    out: Path,
    steps: int = sys.maxsize,
) -> None:
    """Train on these examples and save the model into `out`; goes on from the checkpoint there.

    Args:
        questions, topics: what to train on, in any order.
        papers: the papers that the questions' negatives are of, by id.
        out: the model's folder.
        steps: stop after so many; the rate still falls as if for a whole pass.
    """
    out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(SEED)
    model = model_folder.base()
    vectors = model.encode([q.text for q in questions], normalize_embeddings=True, show_progress_bar=False)
    train(model, plan(questions, topics, vectors), papers, out, steps)
    model_folder.save(model, out)


def main(arguments: list[str]) -> None:
    """Read, mine, train, save."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("listings", type=Path, nargs="+")
    parser.add_argument("out", type=Path)
    parser.add_argument("--steps", type=int, default=sys.maxsize, help="stop after this many, for a trial")
    parser.add_argument("--everything", action="store_true", help="hold no papers out")
    parser.add_argument("--topics", type=int, default=1800, help="topic examples")
    given = parser.parse_args(arguments)
    papers = read_all(given.listings)
    print(f"{len(papers)} papers read", flush=True)
    avoided = examples.evaluated()
    kept_back = set() if given.everything else corpus.held_out()
    questions = [q for q in examples.questions(papers, avoided) if q.paper not in kept_back]
    topics = examples.topics(papers, avoided | kept_back, given.topics)
    print(f"{len(questions)} questions, {len(topics)} topics", flush=True)
    fit(questions, topics, papers, given.out, given.steps)
    print(f"saved {given.out}")


if __name__ == "__main__":
    main(sys.argv[1:])
