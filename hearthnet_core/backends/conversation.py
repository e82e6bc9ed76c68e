"""What is put before a chat model: one form of message for all contracts, and the two dialects engines speak."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

import msgspec

from hearthnet_core.backends.chat import LANGUAGES, ChatRequest, grounding
from hearthnet_core.backends.chat2 import Chat2Request, Message2, Tool, ToolCall
from hearthnet_core.backends.images import check_image
from hearthnet_core.backends.seeing import DescribeRequest
from hearthnet_core.errors import SchemaMismatch

GO_ON = "Go on exactly where you stopped; repeat nothing."


def as_2(request: ChatRequest) -> Chat2Request:
    """The same in the newer contract's words."""
    fields = {f: getattr(request, f) for f in request.__struct_fields__ if f != "messages"}
    return Chat2Request(messages=tuple(Message2(role=m.role, content=m.content) for m in request.messages), **fields)


def about_picture(request: DescribeRequest) -> Chat2Request:
    language = LANGUAGES.get(request.language[:2].casefold(), "")
    asked = request.question or "Describe what this picture shows."
    return Chat2Request(
        messages=(
            Message2(
                role="user",
                content=f"{asked} Answer in {language}." if language else asked,
                images=(request.image,),
            ),
        ),
        model=request.model,
        max_tokens=request.max_tokens,
    )


def checked(request: Chat2Request) -> Chat2Request:
    """Raises `SchemaMismatch` for parts where they do not belong, `BadRequest` for a picture that is none."""
    for n, message in enumerate(request.messages):
        if message.images and message.role != "user":
            raise SchemaMismatch(f"messages[{n}]: only a user's message has images.")
        if message.tool_calls and message.role != "assistant":
            raise SchemaMismatch(f"messages[{n}]: only the assistant calls tools.")
        if message.role == "tool" and not message.tool_call_id:
            raise SchemaMismatch(f"messages[{n}]: a tool's message needs the tool_call_id that it answers.")
        for image in message.images:
            check_image(image)
    if len({t.name for t in request.tools}) < len(request.tools):
        raise SchemaMismatch("tools: two of them have the same name.")
    if request.tool_choice == "required" and not request.tools:
        raise SchemaMismatch("tool_choice: required, but there are no tools.")
    return request


def shorter(request: Chat2Request) -> Chat2Request | None:
    """Without its oldest turn; None when only the last question, and what follows it, is left. Only where passages are to
    be answered from: there older turns are mere memory, elsewhere they may hold what the question is about."""
    users = [n for n, m in enumerate(request.messages) if m.role == "user"]
    if not request.passages or len(users) < 2:
        return None
    kept = tuple(m for n, m in enumerate(request.messages) if n >= users[1] or m.role == "system")
    return msgspec.structs.replace(request, messages=kept)


def conversation(request: Chat2Request, said: str, *, prefill: bool) -> list[Message2]:
    """At most one message is `system` (many templates take no more). Passages go in as marked data, never as instructions.
    `said` goes on as the beginning of the assistant's own message where the engine continues those, else as a request to
    go on after it."""
    system = [m.content for m in request.messages if m.role == "system"]
    if request.max_sentences:
        system.append(f"Use at most {request.max_sentences} sentences.")
    if request.schema is not None:
        shape = msgspec.json.encode(request.schema).decode()
        system.append(f"Answer with one JSON value that fits this JSON Schema, and nothing else: {shape}")
    if request.passages:
        system.append(grounding(request.passages, request.language))
    messages = [Message2(role="system", content="\n\n".join(system))] if system else []
    messages += [m for m in request.messages if m.role != "system"]
    if said:
        messages.append(Message2(role="assistant", content=said))
        if not prefill:
            messages.append(Message2(role="user", content=GO_ON))
    return messages


def for_ollama(messages: Sequence[Message2]) -> list[dict[str, Any]]:
    """Ollama knows a tool's answer by the tool's name, not by the call's id."""
    names = {c.id: c.name for m in messages for c in m.tool_calls}
    return [_ollama(m, names) for m in messages]


def _ollama(message: Message2, names: dict[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {"role": message.role, "content": message.content}
    if message.images:
        found["images"] = [base64.b64encode(image).decode() for image in message.images]
    if message.tool_calls:
        found["tool_calls"] = [{"function": {"name": c.name, "arguments": c.arguments}} for c in message.tool_calls]
    if message.role == "tool":
        found["tool_name"] = names.get(message.tool_call_id, message.tool_call_id)
    return found


def for_openai(messages: Sequence[Message2]) -> list[dict[str, Any]]:
    return [_openai(m) for m in messages]


def _openai(message: Message2) -> dict[str, Any]:
    content: Any = message.content
    if message.images:
        pictures = [f"data:{check_image(i)};base64,{base64.b64encode(i).decode()}" for i in message.images]
        content = [
            *([{"type": "text", "text": message.content}] if message.content else []),
            *({"type": "image_url", "image_url": {"url": url}} for url in pictures),
        ]
    found: dict[str, Any] = {"role": message.role, "content": content}
    if message.tool_calls:
        found["tool_calls"] = [_called(c) for c in message.tool_calls]
    if message.role == "tool":
        found["tool_call_id"] = message.tool_call_id
    return found


def _called(call: ToolCall) -> dict[str, Any]:
    arguments = msgspec.json.encode(call.arguments).decode()
    return {"id": call.id, "type": "function", "function": {"name": wire_name(call.name), "arguments": arguments}}


def wire_name(name: str) -> str:
    """OpenAI's own services take no dot in a tool's name."""
    return name.replace(".", "__")


def tool_rows(tools: Sequence[Tool], *, dots: bool) -> list[dict[str, Any]]:
    """The tools of a request, the same in both dialects but for the names."""
    return [
        {
            "type": "function",
            "function": {
                "name": t.name if dots else wire_name(t.name),
                "description": t.description,
                "parameters": t.parameters or {"type": "object", "properties": {}},
            },
        }
        for t in tools
    ]
