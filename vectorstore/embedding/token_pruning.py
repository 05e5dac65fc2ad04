"""Token pruning: about half of an abstract's tokens take part in the first layers of the model only.

The last layer hardly looks at "we propose to"; which tokens those are can be told from their states after two layers,
and without them a quarter of the time is spared (docs/measurements.md). The idea is that of PoWER-BERT (Goyal et al.,
2020, arXiv:2001.08950). What is fitted for it (`training/model/fit_pruning.py`) stands in a file beside the model's
weights: how tokens are chosen, low-rank changes to the weights of later layers (LoRA, Hu et al., 2021,
arXiv:2106.09685), and how the states that are left become one vector.
"""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize

LAYERS = 2  # that see every token
KEPT, ASKING = 11, 8  # twentieths of the tokens: in later layers, and those of them that the last layer answers for
RANK = 32


class Pruned(nn.Module):
    """A sentence-transformers model with token pruning. As it is made, nothing is fitted.

    Args:
        model: of BERT's architecture, with mean pooling. It is copied.

    Raises:
        AttributeError: it is of another architecture.
    """

    def __init__(self, model: Any) -> None:
        super().__init__()
        self.bert = copy.deepcopy(model[0].auto_model).requires_grad_(False)
        size = self.bert.config.hidden_size
        self.importance = nn.Parameter(torch.zeros(size))
        # What is added to the first of the three means.
        self.pooling = nn.Linear(3 * size, size)
        nn.init.zeros_(self.pooling.weight)
        nn.init.zeros_(self.pooling.bias)
        for layer in self.bert.encoder.layer[LAYERS:]:
            for linear in [module for module in layer.modules() if isinstance(module, nn.Linear)]:
                parametrize.register_parametrization(linear, "weight", _LowRank(*linear.weight.shape))

    def forward(self, input_ids: Tensor) -> Tensor:
        """Token ids of texts of one length, shape (texts, tokens), to unit vectors, shape (texts, dimension).

        There must be three tokens or more; texts far shorter than an abstract are better left whole.
        """
        means = self.means(input_ids)
        return nn.functional.normalize(means[:, : self.importance.numel()] + self.pooling(means), dim=-1)

    def means(self, input_ids: Tensor) -> Tensor:
        """What pooling sees: the means of the states that the last layer gives, of others kept, and of those left out.

        Returns:
            Shape (texts, 3 * dimension).
        """
        states = self.seen(input_ids)
        tokens = states.shape[1]
        order = self._order(states)
        kept, left = _rows(states, order[:, : _part(tokens, KEPT)]), _rows(states, order[:, _part(tokens, KEPT) :])
        first, *others, last = self.bert.encoder.layer[LAYERS:]
        states = _layer(first, kept, states)
        for layer in others:
            states = _layer(layer, states, states)
        asking, rest = states[:, : _part(tokens, ASKING)], states[:, _part(tokens, ASKING) :]
        # The last layer looks for content: those left out are shown to it as they were.
        answered = _layer(last, asking, torch.cat([states, left], 1))
        return torch.cat([answered.mean(1), rest.mean(1), left.mean(1)], -1)

    def seen(self, input_ids: Tensor) -> Tensor:
        """The states of all tokens after the layers that see them all, shape (texts, tokens, dimension)."""
        states = cast(Tensor, self.bert.embeddings(input_ids=input_ids))
        for layer in self.bert.encoder.layer[:LAYERS]:
            states = _layer(layer, states, states)
        return states

    def _order(self, states: Tensor) -> Tensor:
        """The tokens from the most important one on: the first and the last of a text, which mean all of it, lead."""
        scores = (states * self.importance).sum(-1)
        ends = torch.full_like(scores[:, :1], torch.inf)
        return torch.cat([ends, scores[:, 1:-1], ends], 1).argsort(1, descending=True)

    def fitted(self) -> dict[str, Tensor]:
        """What is fitted, by name."""
        return {name: value for name, value in self.named_parameters() if value.requires_grad}

    def save(self, path: Path) -> None:
        """Write what is fitted, in float16."""
        np.savez(
            path, allow_pickle=False, **{name: value.detach().half().numpy() for name, value in self.fitted().items()}
        )

    def restored(self, path: Path) -> Pruned:
        """Read what was saved; returns itself, ready to be used.

        Raises:
            KeyError: the file is of another model.
        """
        with np.load(path) as saved, torch.no_grad():
            for name, value in self.fitted().items():
                value.copy_(torch.from_numpy(saved[name].astype(np.float32)))
        for module in self.modules():
            if parametrize.is_parametrized(module):
                parametrize.remove_parametrizations(module, "weight", leave_parametrized=True)
        return self.eval()


class _LowRank(nn.Module):
    """A weight matrix and a change to it of low rank, at first none."""

    def __init__(self, rows: int, columns: int) -> None:
        super().__init__()
        self.up = nn.Parameter(torch.zeros(rows, RANK))
        self.down = nn.Parameter(torch.randn(RANK, columns) / columns**0.5)

    def forward(self, weight: Tensor) -> Tensor:
        return weight + self.up @ self.down


def _layer(layer: Any, asking: Tensor, looked_at: Tensor) -> Tensor:
    """What a layer makes of some tokens that look at others; both of shape (texts, tokens, dimension)."""
    heads = layer.attention.self
    split = (heads.num_attention_heads, heads.attention_head_size)
    query = heads.query(asking).unflatten(-1, split).transpose(1, 2)
    key = heads.key(looked_at).unflatten(-1, split).transpose(1, 2)
    value = heads.value(looked_at).unflatten(-1, split).transpose(1, 2)
    context = nn.functional.scaled_dot_product_attention(query, key, value).transpose(1, 2).flatten(2)
    attended = layer.attention.output(context, asking)
    return cast(Tensor, layer.output(layer.intermediate(attended), attended))


def _part(tokens: int, twentieths: int) -> int:
    return tokens * twentieths // 20 + 1


def _rows(states: Tensor, order: Tensor) -> Tensor:
    return states[torch.arange(len(states))[:, None], order]
