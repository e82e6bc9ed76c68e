"""Writes a model of less than half a megabyte with random weights, which llama.cpp loads like any other: `python tiny_model.py FILE`.

It says words in no order. Its tokens are these words, what they begin with (the tokenizer joins letter by letter) and the
256 bytes; only words have weight in its output, so that it hardly ever says anything else and stops where it is told to.
"""

from __future__ import annotations

import sys
from pathlib import Path

import gguf
import numpy as np

WIDTH, LAYERS, HEADS, INNER = 64, 1, 2, 64
CONTEXT = 32_768
WORDS = (
    "water light house street neighbour bread candle radio winter garden bottle cellar bridge letter kettle ladder"
    " meadow morning needle orchard paper quiet river stone table umbrella village window yellow basket cotton dinner"
    " engine forest golden harbour island jacket kitchen lantern market northern ocean pocket rabbit silver timber"
    " under violet wagon boil keep store open warm cold dry clean call ask share carry cover wait listen write"
    " now. here. soon. again. there. today. well."
).split()
CHAT = (
    "{% for m in messages %}<|{{ m.role }}|>{{ m.content }}\n{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)


def write(path: Path, seed: int = 1) -> None:
    """The same seed gives the same weights."""
    chance = np.random.default_rng(seed)
    words = [f"▁{word}" for word in WORDS]
    parts = sorted({word[:n] for word in words for n in range(1, len(word))} - set(words))
    tokens = ["<unk>", "<s>", "</s>", *(f"<0x{n:02X}>" for n in range(256)), *words, *parts]
    kinds = [gguf.TokenType.UNKNOWN, gguf.TokenType.CONTROL, gguf.TokenType.CONTROL]
    kinds += [gguf.TokenType.BYTE] * 256 + [gguf.TokenType.NORMAL] * len(words + parts)

    def weights(*shape: int, scale: float = 0.2) -> np.ndarray:
        return chance.normal(0.0, scale, shape).astype(np.float32)

    out = gguf.GGUFWriter(path, "llama")
    out.add_name("tiny")
    out.add_context_length(CONTEXT)
    out.add_embedding_length(WIDTH)
    out.add_block_count(LAYERS)
    out.add_feed_forward_length(INNER)
    out.add_head_count(HEADS)
    out.add_head_count_kv(HEADS)
    out.add_layer_norm_rms_eps(1e-5)
    out.add_rope_dimension_count(WIDTH // HEADS)
    out.add_vocab_size(len(tokens))
    out.add_file_type(gguf.LlamaFileType.ALL_F32)
    out.add_tokenizer_model("llama")
    out.add_token_list(tokens)
    out.add_token_scores([0.0] * 259 + [float(len(t)) for t in tokens[259:]])
    out.add_token_types(kinds)
    out.add_bos_token_id(1)
    out.add_eos_token_id(2)
    out.add_unk_token_id(0)
    out.add_add_bos_token(True)
    out.add_chat_template(CHAT)
    said = weights(len(tokens), WIDTH)
    said[:259] = said[259 + len(words) :] = 0.0
    out.add_tensor("token_embd.weight", weights(len(tokens), WIDTH, scale=1.0))
    out.add_tensor("output_norm.weight", np.ones(WIDTH, dtype=np.float32))
    out.add_tensor("output.weight", said * 8)
    for n in range(LAYERS):
        for name in ("attn_norm", "ffn_norm"):
            out.add_tensor(f"blk.{n}.{name}.weight", np.ones(WIDTH, dtype=np.float32))
        for name in ("attn_q", "attn_k", "attn_v", "attn_output"):
            out.add_tensor(f"blk.{n}.{name}.weight", weights(WIDTH, WIDTH))
        for name, rows, columns in (("ffn_gate", INNER, WIDTH), ("ffn_up", INNER, WIDTH), ("ffn_down", WIDTH, INNER)):
            out.add_tensor(f"blk.{n}.{name}.weight", weights(rows, columns))
    out.write_header_to_file()
    out.write_kv_data_to_file()
    out.write_tensors_to_file()
    out.close()


if __name__ == "__main__":
    write(Path(sys.argv[1]))
