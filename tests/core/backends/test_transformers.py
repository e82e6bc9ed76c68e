"""Models within the process: a small one that the test makes, loaded and asked by the real code. Only where torch and
transformers are installed; tests/reasons.toml says why."""

from __future__ import annotations

import asyncio
import importlib.util
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest

from hearthnet_core.backends import transformers as module
from hearthnet_core.backends.chat import CHAT
from hearthnet_core.backends.chat2 import CHAT2, COMPLETE
from hearthnet_core.backends.transformers import Transformers
from hearthnet_core.errors import NotImplementedHere, SchemaMismatch, Unavailable
from hearthnet_core.runtime import SystemRuntime

from .conftest import call, call2, other, told

MODEL = "tiny/llama-Instruct"
HERE = all(importlib.util.find_spec(package) for package in ("torch", "transformers"))
pytestmark = pytest.mark.skipif(not HERE, reason="torch and transformers are not installed")
TEMPLATE = (
    "{% for m in messages %}<{{ m.role }}>{{ m.content }}{% if not (loop.last and m.role == 'assistant') %}\n{% endif %}"
    "{% endfor %}{% if add_generation_prompt %}<assistant>{% endif %}"
)


def made(folder: Path, *, plain: bool = True) -> Path:
    """A random model of a few thousand weights with one token for each byte (`plain`: those of printable ASCII); what it
    says is nonsense, but always the same."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    if plain:
        alphabet = [letter for letter in alphabet if letter.isascii()] + ["Ġ", "Ċ"]
    vocabulary = {letter: n for n, letter in enumerate(alphabet)} | {"</s>": len(alphabet)}
    raw = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    raw.pre_tokenizer, raw.decoder = pre_tokenizers.ByteLevel(add_prefix_space=False), decoders.ByteLevel()
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=raw, eos_token="</s>", chat_template=TEMPLATE)
    torch.manual_seed(7)
    config = LlamaConfig(
        vocab_size=len(vocabulary),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=512,
        eos_token_id=vocabulary["</s>"],
        initializer_range=0.4,
    )
    place = folder / MODEL.replace("/", "--")
    LlamaForCausalLM(config).save_pretrained(place)
    tokenizer.save_pretrained(place)
    return place


@pytest.fixture
async def runtime() -> AsyncIterator[SystemRuntime]:
    runtime = SystemRuntime()
    yield runtime
    runtime.close()


@pytest.fixture
async def engine(tmp_path: Path, runtime: SystemRuntime) -> AsyncIterator[Transformers]:
    made(tmp_path)
    engine = Transformers("within", tmp_path, runtime, models=(MODEL,))
    offer = await engine.probe()
    assert offer.available, offer.reason
    yield engine
    await engine.close()


async def test_a_model_is_loaded_at_the_first_question_and_answers(engine: Transformers) -> None:
    assert [engine.offer(c).models for c in (CHAT, CHAT2, COMPLETE)] == [(MODEL,)] * 3 and engine.offer().loaded == ()
    text, done, _ = await told(engine, call(max_tokens=20, temperature=0))
    assert text and done["model"] == MODEL and done["finish_reason"] in ("stop", "length")
    assert 0 < done["usage"]["completion_tokens"] <= 20 and done["usage"]["prompt_tokens"] > 10
    await engine.probe()
    assert engine.offer().loaded == (MODEL,)
    (model,) = engine.models()
    assert model.family == "llama" and model.context == 512 and model.size_bytes > 10_000


async def test_the_same_seed_gives_the_same_answer_and_another_another(engine: Transformers) -> None:
    async def said(seed: int) -> str:
        return (await told(engine, call2(max_tokens=24, temperature=1.5, top_p=0.9, seed=seed)))[0]

    first, again, different = await said(1), await said(1), await said(2)
    assert first == again != different


async def test_temperature_nought_is_what_transformers_itself_would_say(engine: Transformers, tmp_path: Path) -> None:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    text, _, _ = await told(engine, other("llm.complete", prompt="Once upon", max_tokens=24, temperature=0))
    place = tmp_path / MODEL.replace("/", "--")
    tokenizer = AutoTokenizer.from_pretrained(place)
    model = AutoModelForCausalLM.from_pretrained(place).eval()
    ids = torch.tensor([tokenizer("Once upon")["input_ids"]])
    whole = model.generate(ids, attention_mask=torch.ones_like(ids), max_new_tokens=24, do_sample=False, pad_token_id=0)
    assert text == tokenizer.decode(whole[0, ids.shape[1] :], skip_special_tokens=True)


async def test_it_goes_on_from_a_partial_answer_exactly(engine: Transformers) -> None:
    whole, _, _ = await told(engine, call(max_tokens=24, temperature=0))
    cut = next(n for n in range(8, len(whole)) if not whole[n - 1].isspace())
    rest, done, _ = await told(engine, call(said=whole[:cut], max_tokens=24 - cut, temperature=0))
    assert done["continued"] and rest and rest == whole[cut:]


async def test_a_character_of_many_tokens_comes_whole(
    tmp_path: Path, runtime: SystemRuntime, monkeypatch: pytest.MonkeyPatch
) -> None:
    from transformers import AutoTokenizer

    place = made(tmp_path, plain=False)
    tokens = AutoTokenizer.from_pretrained(place)("Größe 🫙 gut")["input_ids"]
    engine = Transformers("within", tmp_path, runtime, models=(MODEL,))
    await engine.probe()
    loaded = await engine._model(MODEL)
    told_of = iter([*tokens, *loaded.ends])

    class Scripted(module.Generation):
        def _chosen(self, logits: Any) -> Any:
            return next(told_of)

    monkeypatch.setattr(module, "Generation", Scripted)
    pieces: list[str] = []
    async with aclosing(engine.stream(call(max_tokens=100))) as chunks:
        async for chunk in chunks:
            pieces += [chunk.data["text"]] if chunk.event == "delta" else []
    assert "".join(pieces) == "Größe 🫙 gut" and "🫙" in pieces and len(pieces) > 8


async def test_a_stop_word_ends_the_answer_before_it(engine: Transformers) -> None:
    whole, _, _ = await told(engine, call(max_tokens=40, temperature=0))
    word = whole[5:8]
    text, done, _ = await told(engine, call(max_tokens=40, temperature=0, stop=[word, "never said"]))
    assert text == whole[: whole.index(word)] and done["finish_reason"] == "stop"
    assert (await told(engine, call(max_tokens=40, temperature=0, stop=["never said"])))[0] == whole


async def test_who_leaves_is_left_within_a_token(engine: Transformers, monkeypatch: pytest.MonkeyPatch) -> None:
    steps = 0
    step = module.Generation.step

    def counted(self: Any) -> str:
        nonlocal steps
        steps += 1
        return step(self)

    monkeypatch.setattr(module.Generation, "step", counted)
    async with aclosing(engine.stream(call(max_tokens=480, temperature=0))) as chunks:
        await anext(chunks)
    seen = steps
    await asyncio.sleep(0.2)
    assert steps <= seen + 1 and engine.offer().load == 0


async def test_what_does_not_fit_and_what_it_cannot_do_are_said(engine: Transformers) -> None:
    with pytest.raises(SchemaMismatch, match="too long"):
        await told(engine, call(messages=[{"role": "user", "content": "x" * 4_000}]))
    with pytest.raises(SchemaMismatch, match="takes tools"):
        await told(engine, call2(tools=[{"name": "a"}]))
    with pytest.raises(NotImplementedHere):
        await told(engine, other("embed.text", texts=["a"]))


async def test_a_damaged_model_is_an_error_and_not_the_end_of_the_node(engine: Transformers, tmp_path: Path) -> None:
    (weights,) = (tmp_path / MODEL.replace("/", "--")).glob("*.safetensors")
    weights.write_bytes(b"\xff" * 1_000)
    with pytest.raises(Unavailable, match="cannot be loaded"):
        await told(engine)
