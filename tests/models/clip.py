"""A CLIP as small as it can be, in the files model hubs have: pictures by the mean colour of their upper half, words by the
colour they name.

Its halves are real ONNX models and its tokenizer a real one; only what they know is little.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.normalizers import Lowercase
from tokenizers.pre_tokenizers import Whitespace
from tokenizers.processors import TemplateProcessing

NAME = "tiny-clip"
SIDE = 32
MEAN, DEVIATION = (0.5, 0.5, 0.5), (0.25, 0.25, 0.25)
COLOURS = {"red": (1.0, 0.0, 0.0), "green": (0.0, 1.0, 0.0), "blue": (0.0, 0.0, 1.0), "yellow": (1.0, 1.0, 0.0)}
WORDS = ["<|startoftext|>", "<|endoftext|>", "<unk>", *COLOURS]


def clip_at(folder: Path, name: str = NAME, *, inside: str = "onnx") -> Path:
    """The model's folder, within `folder`; `inside` is where the weights lie."""
    made = folder / name
    weights = made / inside
    weights.mkdir(parents=True)
    tokenizer = Tokenizer(WordLevel({word: n for n, word in enumerate(WORDS)}, unk_token="<unk>"))
    tokenizer.normalizer = Lowercase()
    tokenizer.pre_tokenizer = Whitespace()
    tokenizer.post_processor = TemplateProcessing(
        single="<|startoftext|> $A <|endoftext|>", special_tokens=[("<|startoftext|>", 0), ("<|endoftext|>", 1)]
    )
    tokenizer.save(str(made / "tokenizer.json"))
    prepared = {"size": {"shortest_edge": SIDE}, "crop_size": SIDE, "image_mean": MEAN, "image_std": DEVIATION}
    (made / "preprocessor_config.json").write_text(json.dumps(prepared))
    onnx.save(_vision(), weights / "vision_model.onnx")
    onnx.save(_text(), weights / "text_model.onnx")
    return made


def _vision() -> onnx.ModelProto:
    """The mean of each colour, from -2 to 2, as 0 to 4."""
    upper = np.zeros((1, 1, SIDE, 1), dtype=np.float32)
    upper[:, :, : SIDE // 2] = 2.0
    nodes = [
        helper.make_node("Mul", ["pixel_values", "upper"], ["seen"]),
        helper.make_node("ReduceMean", ["seen", "axes"], ["mean"], keepdims=0),
        helper.make_node("Add", ["mean", "two"], ["image_embeds"]),
    ]
    given = [helper.make_tensor_value_info("pixel_values", TensorProto.FLOAT, ["batch", 3, SIDE, SIDE])]
    return _model(
        nodes,
        given,
        "image_embeds",
        upper=upper,
        axes=np.array([2, 3], dtype=np.int64),
        two=np.array([2.0, 2.0, 2.0], dtype=np.float32),
    )


def _text() -> onnx.ModelProto:
    """The sum of what the words say, and a little grey."""
    table = np.zeros((len(WORDS), 3), dtype=np.float32)
    for word, colour in COLOURS.items():
        table[WORDS.index(word)] = colour
    nodes = [
        helper.make_node("Gather", ["table", "input_ids"], ["each"]),
        helper.make_node("ReduceSum", ["each", "axes"], ["sum"], keepdims=0),
        helper.make_node("Add", ["sum", "grey"], ["text_embeds"]),
    ]
    given = [helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["batch", "tokens"])]
    return _model(
        nodes,
        given,
        "text_embeds",
        table=table,
        axes=np.array([1], dtype=np.int64),
        grey=np.full(3, 0.01, dtype=np.float32),
    )


def _model(
    nodes: list[onnx.NodeProto], given: list[onnx.ValueInfoProto], out: str, **held: np.ndarray
) -> onnx.ModelProto:
    answer = helper.make_tensor_value_info(out, TensorProto.FLOAT, ["batch", 3])
    constants = [numpy_helper.from_array(value, name) for name, value in held.items()]
    graph = helper.make_graph(nodes, "tiny", given, [answer], constants)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
