"""The rule that keeps foreign text from acting, for everything that can be thought of."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hearthnet_core.backends.chat2 import Message2, ToolCall
from hearthnet_core.backends.fake_model import FakeModel
from hearthnet_core.services.agent.acting import ToolAnswer
from hearthnet_core.services.agent.quoting import quoted
from hearthnet_core.services.agent.taint import MAX_ARGUMENTS, Effect, Said, Verdict, addresses, foreign, frozen, judge
from tests.core.services.agent.household import Household

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)
ARGUMENTS = st.dictionaries(st.text(max_size=12), JSON, max_size=4)


@given(st.sampled_from(Effect), ARGUMENTS, st.booleans(), st.text(max_size=60))
def test_after_foreign_text_nothing_with_an_effect_goes_on_by_itself(
    effect: Effect, arguments: dict[str, Any], client_tool: bool, own_words: str
) -> None:
    verdict = judge(effect, arguments, client_tool=client_tool, tainted=True, own_words=own_words)
    assert effect is Effect.NONE or verdict is not Verdict.GO


@given(ARGUMENTS, st.booleans(), st.text(max_size=60))
def test_what_acts_in_the_household_s_name_is_always_asked(
    arguments: dict[str, Any], tainted: bool, own_words: str
) -> None:
    verdict = judge(Effect.NODE, arguments, client_tool=False, tainted=tainted, own_words=own_words)
    assert verdict is Verdict.ASK


@given(st.sampled_from([Effect.NONE, Effect.CLIENT]), ARGUMENTS)
def test_a_home_s_own_words_move_its_own_tools(effect: Effect, arguments: dict[str, Any]) -> None:
    assert judge(effect, arguments, client_tool=True, tainted=False, own_words="") is Verdict.GO


ADDRESSES = [
    "http://a.example/x",
    "https://user:pw@a.example:8123/?q=1",
    "HTTP://A.EXAMPLE",
    "//a.example/x",
    "see (ftp://a.example/file) there",
    "rtsp://192.0.2.7/live",
    "a.example/steal?x=1",
    "192.0.2.7:8080/x",
    "www.example",
    "data:text/html,x",
    "javascript:alert(1)",
    "media-source://x/y",
    "spotify:track:1 http://b.example",
]


@pytest.mark.parametrize("text", ADDRESSES)
@pytest.mark.parametrize("effect", [Effect.NONE, Effect.CLIENT])
def test_after_foreign_text_no_address_goes_to_a_client_s_tool(text: str, effect: Effect) -> None:
    for arguments in ({"url": text}, {"a": [{"b": text}]}, {text: 1}):
        assert judge(effect, arguments, client_tool=True, tainted=True, own_words="") is Verdict.REFUSE
    assert judge(effect, {"url": text}, client_tool=True, tainted=True, own_words=f"Play {text}") is not Verdict.REFUSE


@pytest.mark.parametrize("text", ["light.kitchen", "Kitchen", "20:30", "e.g. water", "1/2", "and/or", "Küche und Bad"])
def test_names_and_times_are_no_addresses(text: str) -> None:
    assert not addresses(text)


@given(ARGUMENTS)
def test_what_is_shown_is_stable_and_readable(arguments: dict[str, Any]) -> None:
    once = frozen(arguments)
    assert once is not None
    shown = msgspec.json.decode(once)
    assert frozen(shown) == once
    assert not set("\u202e\u2066\u200f\u0000\u001b") & set(str(shown))


def test_what_nobody_could_read_is_not_shown() -> None:
    deep: Any = "x"
    for _ in range(20):
        deep = [deep]
    assert (
        frozen({"a": "x" * MAX_ARGUMENTS}) is None and frozen({"a": deep}) is None and frozen({"a": object()}) is None
    )


@given(st.text(max_size=200))
def test_a_text_cannot_close_its_own_quotation(text: str) -> None:
    shown = quoted(text)
    mark = shown.splitlines()[0].removeprefix("<<<quoted ").removesuffix(">>>")
    assert mark not in text and shown.endswith(f"<<<end {mark}>>>")
    assert quoted(text + shown).count(f"<<<end {mark}>>>") == 1


@given(st.lists(st.sampled_from(["", "documents", "a picture"]), max_size=6))
def test_a_context_is_as_foreign_as_any_of_its_messages(whose: list[str]) -> None:
    context = [Said(Message2(role="user", content="x"), w) for w in whose]
    assert set(foreign(context)) == {w for w in whose if w}


def test_no_tool_of_the_node_takes_an_address() -> None:
    house = Household()
    for tool in house.tools:
        names = set(tool.described().parameters.get("properties", {}))
        assert not names & {"url", "uri", "href", "link", "address", "host", "server", "path", "file"}, tool.name
        assert tool.arguments.__struct_config__.forbid_unknown_fields, tool.name
    house.runtime.close()


TOOLS = [
    {"name": "act", "parameters": {"type": "object"}},
    {"name": "look", "parameters": {"type": "object"}, "side_effect": False},
]
CALLS = st.sampled_from(
    [
        ("search_library", {"query": "new"}),
        ("list_notices", {}),
        ("mesh_status", {}),
        ("look", {"n": 1}),
        ("look", {"n": 2}),
        ("act", {"n": 1}),
        ("act", {"n": 2}),
        ("act", {"url": "http://x.example/"}),
        ("post_notice", {"title": "a"}),
        ("post_notice", {"title": "b", "ttl_hours": 2}),
        ("set_mode", {"mode": "emergency"}),
    ]
)


@settings(max_examples=60)
@given(st.lists(CALLS, min_size=1, max_size=8), st.booleans(), st.booleans(), st.booleans())
def test_no_mixture_of_calls_acts_without_a_person(
    wanted: list[tuple[str, dict[str, Any]]], allow: bool, trusted: bool, native: bool
) -> None:
    async def lived() -> None:
        left = [ToolCall(id=str(n), name=name, arguments=given) for n, (name, given) in enumerate(wanted)]
        model = FakeModel(lambda _: left.pop(0) if left else "Done.", native=native)
        house = Household(model, documents=[("New", "What is new: nothing.")], notices=[{"title": "Hi"}])
        told = await house.ask(
            allow=allow,
            tools=["set_mode"],
            client_tools=TOOLS,
            results={name: ToolAnswer("text", trusted=trusted) for name in ("act", "look")},
        )
        asked = [(s["tool"], s["arguments"]) for s in house.confirmed]
        clean = next((n for n, s in enumerate(told.events("step")) if s["tainted"]), len(told.events("step")))
        by_itself = [s["tool"] for s in told.events("step")[:clean] if s["state"] == "running"]
        acted = [r for r in house.requested if r[0] == "act"]
        allowed = asked if allow else []
        for act in acted:
            assert act in allowed or by_itself.count("act"), wanted
        assert len(acted) <= len([a for a in allowed if a[0] == "act"]) + by_itself.count("act")
        assert len(house.board.posted) == len([a for a in allowed if a[0] == "post_notice"])
        assert (house.emergency.mode.mode == "emergency") == (("set_mode", {"mode": "emergency"}) in allowed)
        if any(s["tainted"] for s in told.events("step")):
            after = [s for s in told.events("step")[clean:] if s["state"] == "running" and s["tool"] == "act"]
            assert all((s["tool"], s["arguments"]) in allowed and "url" not in s["arguments"] for s in after)

    asyncio.run(lived())
