"""Fit the retrieval model's token pruning, so that it gives the whole model's vectors.

    python -m training.model.fit_pruning LIBRARY [--steps N] [--out vectorstore/model/pruning.npz]

LIBRARY is a large library made with the whole model: one that was made while there was no such file. Its papers are
what is learnt from, but for those of the evaluation sets, and its vectors what is to be met; no question is used. The
seed is fixed. On two cores 800 steps and the calibration after them take half an hour.
"""

from __future__ import annotations

import argparse
import math
import random
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from onnxruntime import InferenceSession
from tokenizers import Tokenizer
from torch import Tensor, nn

from training.model import examples
from vectorstore.embedding import onnx_export
from vectorstore.embedding.chunking import chunk_id, chunks
from vectorstore.embedding.embedder import WINDOW, Embedder
from vectorstore.embedding.encoders import TorchEncoder
from vectorstore.embedding.token_pruning import LAYERS, Pruned
from vectorstore.library import Library

BATCH = 32  # papers whose texts have as many tokens
POOL = 64  # batches that papers are drawn for at once, so that lengths meet
PROBED = 300  # papers
CALIBRATED = 7_000  # papers
RIDGE = 10.0
TOLD = 20  # steps
RATE, POOLING_RATE = 1e-3, 5e-4
WARMUP = 0.05
SEED = 5

Text = tuple[list[int], NDArray[np.float32]]  # token ids, and the vector to be met


def _texts(library: Library, papers: Sequence[str]) -> list[Text]:
    """The first chunk of each paper as the model reads it."""
    embedder = Embedder()
    tokenizer = Tokenizer.from_file(str(embedder.folder / "tokenizer.json"))
    tokenizer.enable_truncation(WINDOW)
    vectors = library.vectors([chunk_id(paper, 0) for paper in papers])
    found = []
    for paper in library.get(papers):
        first = chunks(paper, embedder.count_tokens)[0]
        found.append((tokenizer.encode(first.embedded_text).ids, vectors[first.chunk_id]))
    return found


def batches(library: Library, steps: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Token ids of texts of one length and their vectors, for each step. Deterministic."""
    choose = random.Random(SEED)
    avoided = examples.evaluated()
    papers = [paper.arxiv_id for paper in library.papers() if paper.arxiv_id not in avoided]
    choose.shuffle(papers)
    by_length: dict[int, list[Text]] = {}
    ready: list[list[Text]] = []
    given = 0
    for begin in range(0, len(papers), POOL * BATCH):
        for text in _texts(library, papers[begin : begin + POOL * BATCH]):
            alike = by_length.setdefault(len(text[0]), [])
            alike.append(text)
            if len(alike) == BATCH:
                ready.append(by_length.pop(len(text[0])))
        choose.shuffle(ready)
        while ready:
            if given == steps:
                return
            given += 1
            batch = ready.pop()
            yield torch.tensor([ids for ids, _ in batch]), torch.from_numpy(np.stack([vector for _, vector in batch]))
    raise SystemExit(f"The library has papers for {given} steps only.")


def probe(model: Pruned, given: Sequence[tuple[Tensor, Tensor]]) -> Tensor:
    """What tells, from a token's state, how much all tokens of the text look at it in the last layer: by least squares.

    Returns:
        Weights of shape (dimension,), whose product with a state is higher for what is looked at more.
    """
    size = model.importance.numel()
    squares, products = torch.eye(size + 1, dtype=torch.float64), torch.zeros(size + 1, dtype=torch.float64)
    for ids, _ in given:
        states = model.seen(ids)
        last = states
        for layer in model.bert.encoder.layer[LAYERS:-1]:
            last = layer(last, attention_mask=None)
        # Of a text's mean, as a root, so that the few words that nearly all look at do not rule.
        looks = model.bert.encoder.layer[-1].attention.self
        split = (looks.num_attention_heads, looks.attention_head_size)
        query, key = (linear(last).unflatten(-1, split).transpose(1, 2) for linear in (looks.query, looks.key))
        seen = (query @ key.transpose(2, 3) / split[1] ** 0.5).softmax(-1).mean((1, 2)) * ids.shape[1]
        inner = nn.functional.pad(states[:, 1:-1].flatten(0, 1), (0, 1), value=1.0).double()
        squares += inner.T @ inner
        products += inner.T @ seen[:, 1:-1].flatten().clamp(max=6).sqrt().double()
    return torch.linalg.solve(squares, products)[:-1].float()


def fit(model: Pruned, given: Iterator[tuple[Tensor, Tensor]], steps: int) -> None:
    """Train in place: the mean cosine to the whole model's vectors is to rise."""
    torch.manual_seed(SEED)
    first = list(islice(given, max(1, PROBED // BATCH)))
    with torch.no_grad():
        model.importance.copy_(probe(model, first))
    pooling = list(model.pooling.parameters())
    rest = [value for name, value in model.fitted().items() if not name.startswith(("pooling", "importance"))]
    optimizer = torch.optim.AdamW(
        [{"params": rest, "lr": RATE}, {"params": pooling, "lr": POOLING_RATE}], weight_decay=0
    )
    warm = max(1, int(WARMUP * steps))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / warm, math.cos(math.pi / 2 * min(1, step / steps)) ** 2 + 0.01)
    )
    began, losses = time.monotonic(), []
    for step, (ids, wanted) in enumerate(chain(first, given)):
        with torch.autocast("cpu", dtype=torch.bfloat16):
            vectors = model(ids)
        loss = 1 - (vectors.float() * wanted).sum(-1).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        losses.append(loss.item())
        if step % TOLD == TOLD - 1:
            passed = time.monotonic() - began
            print(f"step {step + 1}: cosine {1 - np.mean(losses[-TOLD:]):.4f}, {passed:.0f} s", flush=True)


def calibrate(model: Pruned, given: Iterable[tuple[Tensor, Tensor]]) -> None:
    """Fit the pooling once more, by least squares, to what 8-bit weights make of texts: their rounding is learnt too.

    Args:
        model: restored from what was fitted.
        given: other texts than before.
    """
    rows, wanted = [], []
    with tempfile.TemporaryDirectory() as scratch:
        traced, small = Path(scratch) / "means.onnx", Path(scratch) / "small.onnx"
        onnx_export.trace(_Means(model), torch.arange(1000, 1064)[None], traced)
        onnx_export.quantize(traced, small)
        session = InferenceSession(str(small), providers=["CPUExecutionProvider"])
        for ids, vectors in given:
            rows += [session.run(None, {"input_ids": one[None].numpy()})[0] for one in ids]
            wanted.append(vectors.numpy())
    means = np.concatenate(rows).astype(np.float64)
    weight, bias = (value.detach().numpy() for value in (model.pooling.weight, model.pooling.bias))
    now = means[:, : len(bias)] + means @ weight.T + bias
    missing = np.concatenate(wanted) * np.linalg.norm(now, axis=1, keepdims=True) - now
    inputs = np.pad(means, ((0, 0), (0, 1)), constant_values=1.0)
    change = np.linalg.solve(inputs.T @ inputs + RIDGE * np.eye(inputs.shape[1]), inputs.T @ missing)
    with torch.no_grad():
        model.pooling.weight += torch.from_numpy(change[:-1].T).float()
        model.pooling.bias += torch.from_numpy(change[-1]).float()


class _Means(nn.Module):
    """What pooling sees, as a module of its own."""

    def __init__(self, model: Pruned) -> None:
        super().__init__()
        self.model = model

    def forward(self, input_ids: Tensor) -> Tensor:
        return self.model.means(input_ids)


def main() -> None:
    """Read the command line, fit and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("library", type=Path)
    parser.add_argument("--steps", type=int, default=800)
    parser.add_argument("--out", type=Path, default=Embedder().folder / onnx_export.PRUNING)
    given = parser.parse_args()
    embedder = Embedder()
    whole = TorchEncoder(embedder.folder, embedder.name, WINDOW, exact=True).model
    model = Pruned(whole)
    with Library.open(given.library) as library:
        drawn = batches(library, given.steps + CALIBRATED // BATCH)
        fit(model, islice(drawn, given.steps), given.steps)
        model.save(given.out)
        ready = Pruned(whole).restored(given.out)
        calibrate(ready, drawn)
    model.pooling.load_state_dict(ready.pooling.state_dict())
    model.save(given.out)


if __name__ == "__main__":
    main()
