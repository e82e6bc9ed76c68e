"""The local API as an OpenAPI 3.1 document, made from the methods, contracts and facades that are served."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from hearthnet_core.api import (
    ollama,
    ollama_embed,
    ollama_messages,
    ollama_pull,
    openai_audio,
    openai_completions,
    openai_embeddings,
    openai_messages,
)
from hearthnet_core.api.answers import ANSWERS
from hearthnet_core.api.method import Method
from hearthnet_core.api.pairing import PairProof, PairStart
from hearthnet_core.api.state_shape import Answer
from hearthnet_core.contract import Contract
from hearthnet_core.errors import BY_CODE
from hearthnet_core.models.local_api import API_VERSION, NDJSON

REFERENCE = "#/components/schemas/{name}"
SSE = "text/event-stream"


class Versions(Answer, frozen=True, kw_only=True):
    version: str
    lowest: str


class Health(Answer, frozen=True, kw_only=True):
    service: str
    status: str
    version: str
    node_id: str
    name: str
    public_key: str
    api: Versions
    fingerprint: str
    fingerprint_signature: str
    claimed: bool


class PairStarted(Answer, frozen=True, kw_only=True):
    pairing_id: str
    nonce: str
    salt: str
    node_id: str


class Paired(Answer, frozen=True, kw_only=True):
    mac: str
    token: str
    node_id: str


class Event(Answer, frozen=True, kw_only=True):
    """One line of an answer that streams; the last is `done` or `error`."""

    event: str
    data: dict[str, Any]


class Failure(Answer, frozen=True, kw_only=True):
    """`error` is one of the codes of docs/protocol.md."""

    error: str
    message: str
    retry_after_ms: int | None = None
    alt_capabilities: tuple[str, ...] = ()
    alt_nodes: tuple[str, ...] = ()


class ForeignFailure(Answer, frozen=True, kw_only=True):
    """In the form of the API it is told in: an object for OpenAI's clients, a sentence for Ollama's."""

    error: dict[str, Any] | str


FACADES: dict[tuple[str, str], tuple[type[msgspec.Struct] | None, tuple[str, ...]]] = {
    ("GET", "/"): (None, ("text/plain",)),
    ("GET", "/v1/models"): (None, ("application/json",)),
    ("GET", "/v1/models/{model}"): (None, ("application/json",)),
    ("POST", "/v1/chat/completions"): (openai_messages.Request, ("application/json", SSE)),
    ("POST", "/v1/completions"): (openai_completions.Request, ("application/json", SSE)),
    ("POST", "/v1/embeddings"): (openai_embeddings.Request, ("application/json",)),
    ("POST", "/v1/audio/transcriptions"): (openai_audio.Recording, ("application/json", "text/plain")),
    ("POST", "/v1/audio/speech"): (openai_audio.Spoken, ("audio/wav", "audio/pcm")),
    ("GET", "/api/tags"): (None, ("application/json",)),
    ("GET", "/api/ps"): (None, ("application/json",)),
    ("GET", "/api/version"): (None, ("application/json",)),
    ("POST", "/api/show"): (ollama.Named, ("application/json",)),
    ("POST", "/api/chat"): (ollama_messages.ChatBody, (NDJSON, "application/json")),
    ("POST", "/api/generate"): (ollama_messages.GenerateBody, (NDJSON, "application/json")),
    ("POST", "/api/embed"): (ollama_embed.EmbedBody, ("application/json",)),
    ("POST", "/api/embeddings"): (ollama_embed.EmbeddingsBody, ("application/json",)),
    ("POST", "/api/pull"): (ollama_pull.PullBody, (NDJSON, "application/json")),
}
"""What each address of a facade takes, and in which forms it answers."""


def document(methods: Mapping[str, Method], contracts: Iterable[Contract]) -> dict[str, Any]:
    """The same for every node of this software."""
    known = sorted(contracts, key=lambda c: (c.name, c.version))
    shapes: dict[Any, None] = dict.fromkeys(
        (Health, PairStart, PairProof, PairStarted, Paired, Event, Failure, ForeignFailure)
    )
    shapes |= dict.fromkeys(shape for shape, _ in FACADES.values() if shape is not None)
    shapes |= dict.fromkeys(shape for c in known for shape in (c.request, c.done))
    shapes |= dict.fromkeys(shape for m in methods.values() for shape in (m.params, ANSWERS.get(m.name)) if shape)
    schemas, components = msgspec.json.schema_components(tuple(shapes), ref_template=REFERENCE)
    schema = dict(zip(shapes, schemas, strict=True))
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "HearthNet: a node's local API",
            "version": API_VERSION,
            "summary": "What docs/api.md describes, for programs. Written by script/openapi.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "http://127.0.0.1:7860"}],
        "security": [{"token": []}],
        "paths": dict(_paths(methods, schema)),
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "responses": {shape.__name__: _failed(schema[shape]) for shape in (Failure, ForeignFailure)},
            "schemas": dict(sorted(components.items())),
        },
        "x-capabilities": {
            f"{c.name}@{c.version}": {"request": schema[c.request], "done": schema[c.done], "timeout_s": c.timeout_s}
            for c in known
        },
    }


def _paths(methods: Mapping[str, Method], schema: Mapping[Any, Any]) -> Iterable[tuple[str, dict[str, Any]]]:
    yield "/health", {"get": _operation("health", None, {"application/json": schema[Health]}, public=True)}
    start, proof = schema[PairStart], schema[PairProof]
    yield (
        "/api/v1/pair",
        {"post": _operation("pair", start, {"application/json": schema[PairStarted]}, "Failure", public=True)},
    )
    finish = _operation("finish_pairing", proof, {"application/json": schema[Paired]}, "Failure", public=True)
    yield "/api/v1/pair/{pairing_id}", {"parameters": [_in_path("pairing_id")], "post": finish}
    for name in sorted(methods):
        answer = schema[ANSWERS[name]] if name in ANSWERS else {"type": "object"}
        content = {"application/json": answer, NDJSON: schema[Event]}
        if name == "subscribe":  # it never ends
            del content["application/json"]
        yield f"/api/v1/{name}", {"post": _operation(name, schema[methods[name].params], content, "Failure")}
    for (method, path), (shape, forms) in FACADES.items():
        taken = schema[shape] if shape is not None else None
        form = "multipart/form-data" if shape is openai_audio.Recording else "application/json"
        answers = {kind: {"type": "object"} if kind == "application/json" else {"type": "string"} for kind in forms}
        name = f"{method.lower()} {path}".translate(str.maketrans("/{} ", "____")).strip("_")
        one: dict[str, Any] = {}
        if "{model}" in path:
            one["parameters"] = [_in_path("model")]
        one[method.lower()] = _operation(name, taken, answers, "ForeignFailure", form=form, public=path == "/")
        yield path, one


def _operation(
    name: str,
    taken: Any,
    answers: Mapping[str, Any],
    failure: str = "",
    *,
    form: str = "application/json",
    public: bool = False,
) -> dict[str, Any]:
    made: dict[str, Any] = {"operationId": name}
    if public:
        made["security"] = []
    if taken is not None:
        made["requestBody"] = {"content": {form: {"schema": taken}}}
    told = {kind: {"schema": answer} for kind, answer in answers.items()}
    made["responses"] = {"200": {"description": "Done.", "content": told}}
    if failure:
        made["responses"]["default"] = {"$ref": f"#/components/responses/{failure}"}
    return made


def _failed(schema: Any) -> dict[str, Any]:
    """Which code comes under which status."""
    codes = sorted((error.status, code) for code, error in BY_CODE.items())
    words = ", ".join(f"{code} ({status})" for status, code in codes)
    return {"description": f"It failed: {words}.", "content": {"application/json": {"schema": schema}}}


def _in_path(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
