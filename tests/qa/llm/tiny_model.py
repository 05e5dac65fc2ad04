"""A tiny Llama-shaped model and its tokenizer, made in seconds and offline; it can say the alphabet."""

from __future__ import annotations

from pathlib import Path

WINDOW = 8192
_TEMPLATE = (
    "{% for message in messages %}<|{{ message.role }}|>{{ message.content }}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)


def make(folder: Path, preamble: str = "", window: int = WINDOW) -> Path:
    """Write the model into a folder and return it; its template may say something of its own accord."""
    import torch
    from tokenizers import Tokenizer, decoders, pre_tokenizers
    from tokenizers.models import BPE
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    special = ["<|end|>", "<|system|>", "<|user|>", "<|assistant|>"]
    # One token for each byte: every text can be said, and nothing has to be trained.
    vocabulary = {token: n for n, token in enumerate([*special, *sorted(pre_tokenizers.ByteLevel.alphabet())])}
    tokenizer = Tokenizer(BPE(vocab=vocabulary, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, eos_token="<|end|>", pad_token="<|end|>", additional_special_tokens=special[1:]
    )
    fast.chat_template = preamble + _TEMPLATE
    fast.model_max_length = window
    fast.save_pretrained(folder)

    torch.manual_seed(1)
    config = LlamaConfig(
        vocab_size=len(vocabulary),
        hidden_size=64,
        intermediate_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        num_key_value_heads=1,
        max_position_embeddings=window,
        eos_token_id=0,
        pad_token_id=0,
        bos_token_id=None,
        tie_word_embeddings=False,
    )
    model = LlamaForCausalLM(config)
    with torch.no_grad():
        # Its layer adds nothing, and each token points to the one after it: "abc … xyz abc …", without an end.
        model.model.layers[0].self_attn.o_proj.weight.zero_()
        model.model.layers[0].mlp.down_proj.weight.zero_()
        embedding = model.model.embed_tokens.weight
        embedding.copy_(torch.nn.functional.normalize(torch.randn_like(embedding), dim=1))
        model.lm_head.weight.zero_()
        says = [vocabulary[letter] for letter in "abcdefghijklmnopqrstuvwxyzĠ"]
        for token, following in zip([*says, vocabulary["<|assistant|>"]], [*says[1:], says[0], says[0]], strict=True):
            model.lm_head.weight[following] += embedding[token]
    model.save_pretrained(folder)
    return folder
