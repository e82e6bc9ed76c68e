"""What OpenAI-compatible servers tell of their models, each its own way, and what follows from it."""

from __future__ import annotations

from typing import Any

import pytest

from hearthnet_core.backends.chat import CHAT
from hearthnet_core.backends.chat2 import COMPLETE
from hearthnet_core.backends.embedding import EMBED
from hearthnet_core.backends.openai_compatible import OpenAICompatible
from hearthnet_core.backends.seeing import DESCRIBE
from hearthnet_core.errors import SchemaMismatch

from .conftest import call, call2, other, told
from .openai_server import OpenAIServer

type Server = tuple[OpenAIServer, str]
META = {"n_ctx_train": 131_072, "n_params": 3_212_749_888, "size": 2_019_373_184}


async def probed(server: Server, **options: Any) -> OpenAICompatible:
    engine = OpenAICompatible("e", server[1], **options)
    await engine.probe()
    return engine


async def test_llama_cpp_tells_what_it_runs_with_and_whether_it_sees(openai: Server) -> None:
    server, _ = openai
    server.models = [{"id": "/models/gemma-3.gguf", "owned_by": "llamacpp", "meta": META}]
    server.props = {"default_generation_settings": {"n_ctx": 4096}, "modalities": {"vision": True, "audio": False}}
    engine = await probed(openai)
    (model,) = engine.models()
    assert model.context == 4096 and model.size_bytes == 2_019_373_184 and model.parameters == "3.2B" and model.loaded
    assert engine.offer(DESCRIBE).models == ("gemma-3.gguf",)
    server.props["modalities"]["vision"] = False
    await engine.probe()
    assert not engine.offer(DESCRIBE).available
    await engine.close()


async def test_a_vision_model_without_its_eyes_is_not_believed_to_see(openai: Server) -> None:
    server, _ = openai
    server.models = [{"id": "qwen2.5-vl.gguf", "owned_by": "llamacpp", "meta": META}]
    server.props = {"default_generation_settings": {"n_ctx": 4096}, "modalities": {"vision": False}}
    engine = await probed(openai)
    assert not engine.offer(DESCRIBE).available
    await engine.close()


@pytest.mark.parametrize(
    ("row", "context"),
    [
        ({"owned_by": "llamacpp", "meta": META}, 131_072),
        ({"owned_by": "vllm", "max_model_len": 16_384}, 16_384),
        ({"context_length": 32_768}, 32_768),
        ({"context_window": 8_192}, 8_192),
        ({"max_context_length": 4_096}, 4_096),
        ({}, 0),
        ({"max_model_len": -1}, 0),
        ({"max_model_len": True}, 0),
        ({"max_model_len": "many", "meta": [1]}, 0),
    ],
)
async def test_a_models_context_is_found_where_its_server_tells_it(
    openai: Server, row: dict[str, Any], context: int
) -> None:
    openai[0].models = [{"id": "tiny", **row}]
    engine = await probed(openai)
    assert engine.models()[0].context == context
    await engine.close()


async def test_what_the_household_says_of_a_model_holds(openai: Server) -> None:
    openai[0].models = [{"id": "openbmb/MiniX:4", "owned_by": "vllm", "max_model_len": 16_384}]
    engine = await probed(openai, context=2_048, vision=("openbmb/minix",))
    assert engine.models()[0].context == 2_048 and engine.offer(DESCRIBE).available
    await engine.close()


async def test_too_long_a_question_is_not_sent(openai: Server) -> None:
    openai[0].models = [{"id": "tiny", "max_model_len": 1_024}]
    engine = await probed(openai)
    long = [{"role": "user", "content": "x" * 7_000}]
    for asked in (call(messages=long), call2(messages=long), other("llm.complete", prompt="x" * 7_000)):
        with pytest.raises(SchemaMismatch, match=r"about 2,0\d\d tokens; tiny takes 1,024"):
            await told(engine, asked)
    assert openai[0].requests == []
    await engine.close()


@pytest.mark.parametrize("asking", [call, call2])
async def test_of_a_long_conversation_about_passages_the_oldest_turns_stay_behind(openai: Server, asking: Any) -> None:
    openai[0].models = [{"id": "tiny", "max_model_len": 1_024}]
    engine = await probed(openai)
    turns = [{"role": role, "content": f"{n} " + "x" * 600} for n in range(6) for role in ("user", "assistant")]
    messages = [{"role": "system", "content": "Be kind."}, *turns, {"role": "user", "content": "And now?"}]
    passages = [{"text": "Keep water cool."}]
    await told(engine, asking(messages=messages, passages=passages))
    sent = openai[0].requests[0]["messages"]
    assert sent[0]["content"].startswith("Be kind.") and "Keep water cool." in sent[0]["content"]
    assert [m["role"] for m in sent[1:]] == ["user", "assistant", "user"] and sent[-1]["content"] == "And now?"
    assert sent[1]["content"].startswith("5 "), "the newest turn before it"
    with pytest.raises(SchemaMismatch, match="too long"):
        await told(engine, asking(messages=messages))
    with pytest.raises(SchemaMismatch, match="too long"):
        await told(engine, asking(messages=messages, passages=[{"text": "y" * 7_000}]))
    await engine.close()


async def test_what_the_answer_has_said_already_counts_too(openai: Server) -> None:
    openai[0].models = [{"id": "tiny", "owned_by": "vllm", "max_model_len": 1_024}]
    engine = await probed(openai)
    with pytest.raises(SchemaMismatch, match="too long"):
        await told(engine, call(said="x" * 7_000))
    await engine.close()


async def test_lm_studio_is_asked_for_what_only_it_tells(openai: Server) -> None:
    server, _ = openai
    server.models = [{"id": "a", "owned_by": "organization_owner"}, {"id": "b", "owned_by": "organization_owner"}]
    server.studio = [
        {
            "id": "gemma-4",
            "type": "vlm",
            "state": "loaded",
            "max_context_length": 131_072,
            "loaded_context_length": 4_096,
        },
        {
            "id": "qwen-vl-text",
            "type": "llm",
            "state": "not-loaded",
            "quantization": "Q4_K_M",
            "max_context_length": 32_768,
        },
        {"id": "nomic", "type": "embeddings", "state": "not-loaded"},
    ]
    engine = await probed(openai)
    assert engine.offer(CHAT).models == ("gemma-4", "qwen-vl-text") and engine.offer(CHAT).loaded == ("gemma-4",)
    assert engine.offer(DESCRIBE).models == ("gemma-4",) and engine.offer(EMBED).models == ("nomic",)
    assert [m.context for m in engine.models()] == [4_096, 32_768, 0]
    server.studio = None
    await engine.probe()
    assert engine.offer(CHAT).models == ("a", "b")
    await engine.close()


@pytest.mark.parametrize(
    ("row", "sees"),
    [
        ({"architecture": {"input_modalities": ["text", "image"]}}, True),
        ({"architecture": {"input_modalities": ["text"]}, "id": "gpt-4o"}, False),
        ({"capabilities": {"vision": True}}, True),
        ({"capabilities": ["completion", "multimodal"]}, True),
        ({"id": "Qwen2.5-VL-7B"}, True),
        ({"id": "MiniCPM-V-4_5"}, True),
        ({"id": "Qwen3-8B"}, False),
    ],
)
async def test_whether_a_model_sees_is_told_or_stands_in_its_name(
    openai: Server, row: dict[str, Any], sees: bool
) -> None:
    openai[0].models = [{"id": "tiny", **row}]
    engine = await probed(openai)
    assert engine.offer(DESCRIBE).available is sees and engine.offer(CHAT).available
    await engine.close()


async def test_models_that_neither_chat_nor_embed_are_not_offered(openai: Server) -> None:
    openai[0].models = [{"id": n} for n in ("whisper-1", "dall-e-3", "bge-reranker-v2", "tts-1", "bge-m3", "e5-small")]
    engine = await probed(openai)
    assert not engine.offer(CHAT).available and engine.offer(EMBED).models == ("bge-m3", "e5-small")
    await engine.close()


async def test_bare_completion_is_not_expected_of_services_on_the_internet(
    openai: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hearthnet_core.backends.openai_compatible.is_internet", lambda _: True)
    engine = await probed(openai)
    assert engine.offer(COMPLETE).available, "llama.cpp wherever it runs"
    openai[0].models = [{"id": "gpt-9"}]
    await engine.probe()
    assert not engine.offer(COMPLETE).available and engine.offer(CHAT).available
    await engine.close()


async def test_a_new_key_is_used_at_once(openai: Server) -> None:
    server, _ = openai
    keys, server.key = ["old"], "old"
    engine = await probed(openai, key=lambda: keys[0])
    server.key = "new"
    assert not (await engine.probe()).available
    keys[0] = "new"
    assert (await engine.probe()).available
    assert (await told(engine))[0] == "Store water for six months."
    await engine.close()


@pytest.mark.parametrize("think", [True, False])
async def test_llama_cpp_and_vllm_are_told_whether_to_think(openai: Server, think: bool) -> None:
    server, _ = openai
    engine = await probed(openai)
    await told(engine, call2(think=think))
    assert server.requests[0]["chat_template_kwargs"] == {"enable_thinking": think}
    server.models = [{"id": "tiny"}]
    await engine.probe()
    await told(engine, call2(think=think))
    assert "chat_template_kwargs" not in server.requests[1]
    await engine.close()


async def test_only_a_server_that_says_it_can_is_asked_to_fill_a_gap(openai: Server) -> None:
    engine = await probed(openai)
    with pytest.raises(SchemaMismatch, match="gaps"):
        await told(engine, other("llm.complete", prompt="a", suffix="b"))
    assert openai[0].requests == []
    openai[0].models = [{"id": "codestral", "capabilities": {"completion_chat": True, "completion_fim": True}}]
    await engine.probe()
    await told(engine, other("llm.complete", prompt="a", suffix="b"))
    assert openai[0].requests[0]["suffix"] == "b"
    await engine.close()
