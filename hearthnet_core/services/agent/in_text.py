"""Tools for models that know none: a call is a fenced block of JSON in the text, and nothing else is one."""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from hearthnet_core.backends.chat import Message
from hearthnet_core.backends.chat2 import Message2, Tool, ToolCall

MAX_CALL = 16 * 1024
"""Characters of a block that is read as a call."""
FENCE = "```"
_BLOCK = re.compile(r"```[ \t]*[a-zA-Z_]{0,12}[ \t]*\n?(.*?)(?:```|\Z)", re.S)
_NAMES, _ARGUMENTS = ("tool", "name"), ("arguments", "parameters", "args")
HOW = (
    "You have tools. To use one, answer with nothing but one block like this, and stop:\n"
    '```json\n{{"tool": "{example}", "arguments": {{}}}}\n```\n'
    "Its result comes in the next message. Never write such a block for anything else. When you know enough, answer in"
    " plain words without a block. Tools, each with the JSON Schema of its arguments:\n{tools}"
)
REPAIR = (
    "That block was no call that can be read: {why}. Send the one block again, correctly, or answer in plain words without a"
    " block."
)


class Unreadable(msgspec.Struct, frozen=True):
    """Meant as a call and none."""

    why: str


def protocol(tools: Iterable[Tool]) -> str:
    """What a model is told of them."""
    rows = [f"- {t.name}: {t.description} {msgspec.json.encode(t.parameters).decode()}" for t in tools]
    example = rows[0][2:].partition(":")[0] if rows else "tool"
    return HOW.format(example=example, tools="\n".join(rows))


def free(text: str) -> int:
    """How many characters of an unfinished answer are surely prose and may be shown."""
    if text.lstrip()[:1] in ("", "{"):
        return 0
    fence = text.find(FENCE)
    return fence if fence >= 0 else len(text) - (len(text) - len(text.rstrip("`")))


def read(text: str, id: str) -> ToolCall | Unreadable | None:
    """The first call in a finished answer; None when it holds none."""
    block = _BLOCK.search(text)
    inside = block[1] if block else text
    if not inside.strip().startswith("{"):
        return None
    if not any(f'"{name}"' in inside for name in _NAMES):
        return None
    if len(inside) > MAX_CALL:
        return Unreadable(f"it is longer than {MAX_CALL} characters")
    try:
        found = msgspec.json.decode(_whole(inside))
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        return Unreadable(f"it is no JSON ({error})"[:200])
    if not isinstance(found, dict):
        return Unreadable("it is no object")
    name = next((found[key] for key in _NAMES if isinstance(found.get(key), str)), "")
    arguments: object = next((found[key] for key in _ARGUMENTS if key in found), {})
    try:
        return msgspec.convert({"id": id, "name": name, "arguments": arguments}, ToolCall)
    except msgspec.ValidationError as error:
        return Unreadable(f"it needs tool and arguments ({error})"[:200])


def plain(messages: Iterable[Message2], how: str) -> list[Message]:
    """The conversation for a model that knows no tools: its own calls as it wrote them, results as said by the user."""
    said: list[Message] = []
    for message in messages:
        match message.role:
            case "system":
                said.append(Message("system", "\n\n".join(filter(None, (message.content, how)))))
            case "tool":
                said.append(Message("user", f"Result of the tool:\n{message.content}"))
            case "assistant":
                calls = [f"{FENCE}json\n{_written(call)}\n{FENCE}" for call in message.tool_calls]
                said.append(Message("assistant", "\n\n".join(filter(None, (message.content, *calls)))))
            case _:
                said.append(Message("user", message.content))
    return said


def _written(call: ToolCall) -> str:
    return msgspec.json.encode({"tool": call.name, "arguments": call.arguments}).decode()


def _whole(text: str) -> str:
    """Up to the brace that closes the first: small models go on talking after it."""
    depth, quoted, escaped = 0, False, False
    for n, character in enumerate(text := text.strip()):
        if quoted:
            if escaped:
                escaped = False
            elif character == "\\":
                escaped = True
            elif character == '"':
                quoted = False
        elif character == '"':
            quoted = True
        elif character == "{":
            depth += 1
        elif character == "}":
            depth -= 1
            if not depth:
                return text[: n + 1]
    return text
