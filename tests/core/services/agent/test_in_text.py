"""Calls in the text of models that know no tools: what is one, what is none, and what is shown meanwhile."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearthnet_core.backends.chat2 import Message2, Tool, ToolCall
from hearthnet_core.backends.fake_model import fenced
from hearthnet_core.services.agent import in_text
from hearthnet_core.services.agent.in_text import Unreadable, free, read

CALL = ToolCall(id="1", name="search_library", arguments={"query": 'a "quoted" } word'})
BODY = msgspec.json.encode({"tool": CALL.name, "arguments": CALL.arguments}).decode()


@pytest.mark.parametrize(
    "text",
    [
        f"```json\n{BODY}\n```",
        f"```\n{BODY}\n```",
        f"``` JSON\n{BODY}```",
        f"```tool_call\n{BODY}\n```",
        f"```json\n{BODY}",
        f"Let me look.\n```json\n{BODY}\n```\nIt says …",
        BODY,
        f"  {BODY}\nThen I will tell you.",
        BODY.replace('"tool"', '"name"').replace('"arguments"', '"parameters"'),
        BODY.replace('"arguments"', '"args"'),
    ],
)
def test_models_write_a_call_in_many_ways(text: str) -> None:
    assert read(text, "1") == CALL


@pytest.mark.parametrize(
    "text",
    [
        "Store water in clean bottles.",
        "",
        "Use `search_library` for that.",
        '```json\n{"water": "cool"}\n```',
        "```python\nprint('tool')\n```",
        "I would call a tool named search_library.",
        "{curly} words",
    ],
)
def test_what_is_no_call_stays_an_answer(text: str) -> None:
    assert read(text, "1") is None


@pytest.mark.parametrize(
    "text",
    [
        '```json\n{"tool": "x", "arguments": {"a": }\n```',
        '{"tool": "x", "arguments": [1]}',
        '{"tool": 7}',
        '{"tool": "no name", "arguments": {}}',
        '{"tool": "x", "arguments": {"a": "' + "x" * in_text.MAX_CALL + '"}}',
        '{"tool": "x", "arguments": ' + '{"a":' * 3_000 + "1" + "}" * 3_000 + "}",
    ],
)
def test_what_was_meant_as_a_call_and_is_none_says_why(text: str) -> None:
    found = read(text, "1")
    assert isinstance(found, Unreadable) and found.why


@given(st.text(alphabet='`{}[]":, toolnameargs\n\\', max_size=200))
def test_no_text_breaks_the_reader(text: str) -> None:
    found = read(text, "1")
    assert found is None or isinstance(found, Unreadable | ToolCall)
    assert 0 <= free(text) <= len(text)


@given(st.text(alphabet="ab `\n", max_size=60), st.integers(1, 9))
def test_of_an_answer_with_a_call_only_the_words_before_it_are_shown(before: str, step: int) -> None:
    before = f"x{before.replace('```', '')}".rstrip("`")
    text, shown = before + fenced(CALL), 0
    for at in range(step, len(text) + step, step):
        shown = max(shown, free(text[:at]))
    assert shown <= len(before)


def test_a_call_without_words_shows_nothing() -> None:
    assert all(free(BODY[:n]) == 0 for n in range(len(BODY)))


def test_the_conversation_is_told_without_tools_and_keeps_its_order() -> None:
    messages = [
        Message2(role="system", content="Be brief."),
        Message2(role="user", content="Why?"),
        Message2(role="assistant", content="Hm.", tool_calls=(CALL,)),
        Message2(role="tool", content="Because.", tool_call_id="1"),
    ]
    how = in_text.protocol([Tool(name="search_library", description="Search.", parameters={"type": "object"})])
    system, user, assistant, result = in_text.plain(messages, how)
    assert system.content.startswith("Be brief.") and '"tool": "search_library"' in system.content
    assert user.content == "Why?" and read(assistant.content, "1") == CALL
    assert result.role == "user" and "Because." in result.content
