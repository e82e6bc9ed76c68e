"""What an OpenAI-compatible server says of its models. The common list names only ids; most servers add more, each its own way."""

from __future__ import annotations

from typing import Any

import msgspec

from hearthnet_core.backends.known import COMPLETION, EMBEDDING, INSERT, TOOLS, VISION, KnownModel, guessed, tokens
from hearthnet_core.backends.state import same_model

LLAMA_CPP = "llamacpp"
VLLM = "vllm"
LM_STUDIO = "organization_owner"
"""How each names itself in `owned_by`."""
CONTINUES = frozenset({LLAMA_CPP, VLLM})


class Status(msgspec.Struct):
    value: str = ""


class Row(msgspec.Struct):
    """One model. llama.cpp: `meta`, `status`; vLLM: `max_model_len`; LM Studio: `type`, `state`, `loaded_context_length`;
    services: `context_length`, `context_window`, `architecture`, `capabilities`."""

    id: str
    owned_by: Any = None
    status: Status | None = None
    meta: Any = None
    max_model_len: Any = None
    context_length: Any = None
    context_window: Any = None
    max_context_length: Any = None
    loaded_context_length: Any = None
    architecture: Any = None
    capabilities: Any = None
    type: Any = None
    state: Any = None
    quantization: Any = None


class Listing(msgspec.Struct):
    data: list[Row]


class Generation(msgspec.Struct):
    n_ctx: Any = None


class Props(msgspec.Struct):
    """llama.cpp's `/props`: what it really runs with."""

    default_generation_settings: Generation = msgspec.field(default_factory=Generation)
    modalities: Any = None


def kind_of(rows: list[Row]) -> str:
    return next((r.owned_by for r in rows if isinstance(r.owned_by, str)), "").casefold()


def known(row: Row, kind: str, props: Props | None, *, context: int, vision: tuple[str, ...]) -> KnownModel:
    """`context` and `vision` are the household's own word, which holds over what the server says, or does not say."""
    name = shown(row.id)
    meta: dict[str, Any] = row.meta if isinstance(row.meta, dict) else {}
    told = (
        props.default_generation_settings.n_ctx if props else None,
        row.loaded_context_length,
        meta.get("n_ctx"),
        row.max_model_len,
        row.context_length,
        row.context_window,
        row.max_context_length,
        meta.get("n_ctx_train"),
    )
    loaded = row.status.value == "loaded" if row.status else row.state == "loaded" if row.state else kind in CONTINUES
    size = meta.get("size")
    return KnownModel(
        name=name,
        can=_can(row, name, props, vision),
        context=context or next((t for value in told if (t := tokens(value))), 0),
        size_bytes=size if isinstance(size, int) and size >= 0 else 0,
        parameters=_billions(meta.get("n_params")),
        quantization=row.quantization[:40] if isinstance(row.quantization, str) else "",
        loaded=loaded,
    )


def shown(model: str) -> str:
    """The name others may see: llama.cpp gives the path of its file."""
    return model.replace("\\", "/").rpartition("/")[2] if model.endswith(".gguf") else model


def _billions(count: object) -> str:
    """As Ollama writes it."""
    if not isinstance(count, int) or count <= 0:
        return ""
    return f"{count / 1e9:.1f}B" if count >= 1e9 else f"{count / 1e6:.0f}M"


def _can(row: Row, name: str, props: Props | None, vision: tuple[str, ...]) -> frozenset[str]:
    can = guessed(name)
    if row.type in ("llm", "vlm", "embeddings"):
        can = frozenset({EMBEDDING} if row.type == "embeddings" else {COMPLETION, TOOLS})
    if COMPLETION not in can:
        return can
    words = row.capabilities
    if isinstance(words, dict):
        words = [word for word, holds in words.items() if holds is True]
    told = {str(w) for w in words} if isinstance(words, list) else set[str]()
    if told & {"completion_fim", INSERT}:
        can |= {INSERT}
    inputs = row.architecture.get("input_modalities") if isinstance(row.architecture, dict) else None
    modalities = props.modalities if props and isinstance(props.modalities, dict) else None
    sees = (
        row.type == "vlm"
        or bool(told & {"vision", "multimodal"})
        or (isinstance(inputs, list) and "image" in inputs)
        or (modalities is not None and modalities.get("vision") is True)
        or any(same_model(wish, name) for wish in vision)
    )
    if sees:
        return can | {VISION}
    # It would have said so: the name alone does not count (a model may run without its eyes).
    return can - {VISION} if modalities is not None or inputs is not None or row.type == "llm" else can
