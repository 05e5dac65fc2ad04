"""Counting tokens without a tokenizer."""

from __future__ import annotations

from pathlib import Path

import vectorstore
from qa.llm.adapter import estimate_tokens


def test_an_estimate_is_never_below_what_a_tokenizer_needs() -> None:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(Path(vectorstore.__file__).with_name("model") / "tokenizer.json"))
    tokenizer.no_truncation()
    for text in (
        "We propose a convolutional neural network with 93.2% accuracy on ImageNet.",
        r"$\mathcal{L}_{GAN} = \mathbb{E}[\log D(x)]$, Schrödinger, 深度学习, 0.05",
        "StainNet: hyperparameterization of spatiotemporal superresolution\n\n(PSNR 31.4 dB)",
    ):
        assert estimate_tokens(text) >= len(tokenizer.encode(text, add_special_tokens=False).ids)
