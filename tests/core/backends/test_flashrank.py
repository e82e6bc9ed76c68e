"""The real FlashRank and ONNX Runtime on a model as small as it can be, made here: it counts the words two texts share."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from tokenizers.processors import TemplateProcessing

from hearthnet_core.backends.flashrank import FILES, FlashRank
from hearthnet_core.backends.reranking import RERANK
from hearthnet_core.capability import Call, collect
from hearthnet_core.errors import Unavailable
from hearthnet_core.runtime import SystemRuntime

NAME = "ms-marco-TinyBERT-L-2-v2"
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
WORDS = "water keeps six months heating is off the long how does keep".split()


def model_at(folder: Path) -> Path:
    folder = folder / NAME
    folder.mkdir(parents=True)
    tokenizer = Tokenizer(WordLevel({w: n for n, w in enumerate((*SPECIAL, *WORDS))}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    tokenizer.post_processor = TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "config.json").write_text(json.dumps({"pad_token_id": 0}))
    (folder / "tokenizer_config.json").write_text(json.dumps({"model_max_length": 512, "pad_token": "[PAD]"}))
    (folder / "special_tokens_map.json").write_text(json.dumps({"pad_token": "[PAD]", "unk_token": "[UNK]"}))
    onnx.save(_overlap(), folder / FILES[NAME])
    return folder


def _overlap() -> onnx.ModelProto:
    """Pairs of equal words, one of the question and one of the passage, over 4; special tokens do not count."""
    node = helper.make_node
    nodes = [
        node("Greater", ["input_ids", "special"], ["meant"]),
        node("Cast", ["meant"], ["meant_f"], to=TensorProto.FLOAT),
        node("Cast", ["token_type_ids"], ["second"], to=TensorProto.FLOAT),
        node("Mul", ["second", "meant_f"], ["passage"]),
        node("Sub", ["meant_f", "passage"], ["question"]),
        node("Unsqueeze", ["input_ids", "two"], ["rows"]),
        node("Unsqueeze", ["input_ids", "one"], ["columns"]),
        node("Equal", ["rows", "columns"], ["same"]),
        node("Cast", ["same"], ["same_f"], to=TensorProto.FLOAT),
        node("Unsqueeze", ["question", "two"], ["question_rows"]),
        node("Unsqueeze", ["passage", "one"], ["passage_columns"]),
        node("Mul", ["same_f", "question_rows"], ["left"]),
        node("Mul", ["left", "passage_columns"], ["pairs"]),
        node("ReduceSum", ["pairs", "both"], ["count"], keepdims=0),
        node("Unsqueeze", ["count", "one"], ["logits"]),
    ]
    constants = {
        "special": np.array(3, dtype=np.int64),
        "one": np.array([1], dtype=np.int64),
        "two": np.array([2], dtype=np.int64),
        "both": np.array([1, 2], dtype=np.int64),
    }
    given = [
        helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "sequence"])
        for name in ("input_ids", "attention_mask", "token_type_ids")
    ]
    out = helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", 1])
    graph = helper.make_graph(
        nodes, "overlap", given, [out], [numpy_helper.from_array(v, n) for n, v in constants.items()]
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)


@pytest.fixture
async def runtime() -> AsyncIterator[SystemRuntime]:
    made = SystemRuntime(2)
    yield made
    made.close()


async def ranked(adapter: FlashRank, *documents: str, model: str = "") -> list[int]:
    body = {"query": "how long does water keep", "documents": list(documents), "model": model}
    done = await collect(adapter, Call(id="1", capability=RERANK.name, body=body, deadline=1e9))
    RERANK.check_done(done)
    return [row["index"] for row in done["results"]]


async def test_passages_come_back_in_the_order_of_the_model(runtime: SystemRuntime, tmp_path: Path) -> None:
    model_at(tmp_path)
    adapter = FlashRank(tmp_path, runtime)
    await adapter.probe()
    assert adapter.offer(RERANK).models == (NAME,)
    assert await ranked(adapter, "the heating is off", "", "water keep six months long", "water") == [2, 3, 0, 1]
    assert adapter.offer(RERANK).loaded == (NAME,)


async def test_without_a_model_it_says_where_one_goes_and_fetches_nothing(
    runtime: SystemRuntime, tmp_path: Path
) -> None:
    adapter = FlashRank(tmp_path / "rerank", runtime)
    await adapter.probe()
    assert str(tmp_path / "rerank") in adapter.offer(RERANK).reason and not adapter.offer(RERANK).available
    with pytest.raises(Unavailable, match="No reranking model"):
        await ranked(adapter, "water")
    assert not (tmp_path / "rerank").exists()


async def test_a_damaged_model_fails_by_its_folder_and_works_once_it_is_whole(
    runtime: SystemRuntime, tmp_path: Path
) -> None:
    weights = model_at(tmp_path) / FILES[NAME]
    whole = weights.read_bytes()
    weights.write_bytes(whole[:100])
    adapter = FlashRank(tmp_path, runtime)
    await adapter.probe()
    with pytest.raises(Unavailable, match="cannot be used; fetch its files again"):
        await ranked(adapter, "water")
    weights.write_bytes(whole)
    assert await ranked(adapter, "off", "water") == [1, 0]


async def test_a_model_that_is_half_unpacked_is_not_offered(runtime: SystemRuntime, tmp_path: Path) -> None:
    (model_at(tmp_path) / "tokenizer.json").unlink()
    adapter = FlashRank(tmp_path, runtime)
    await adapter.probe()
    assert not adapter.offer(RERANK).available
