"""The actions, as automations and people call them."""

from __future__ import annotations

from typing import Any

import probatio
import pytest
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError, Unauthorized
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from tests.integration.conftest import DOMAIN, entry_for, set_up
from tests.integration.fake_node import FakeNode, Refused

QUESTION = "How long can I store drinking water?"


async def act(hass: HomeAssistant, service: str, context: Context | None = None, **data: Any) -> Any:
    return await hass.services.async_call(DOMAIN, service, data, blocking=True, return_response=True, context=context)


@pytest.fixture
async def plain_user(hass: HomeAssistant) -> Context:
    user = MockUser(groups=[await hass.auth.async_get_group("system-users")]).add_to_hass(hass)
    return Context(user_id=user.id)


async def test_ask_returns_the_answer_its_sources_and_who_gave_it(
    hass: HomeAssistant, node: FakeNode, entry: MockConfigEntry, plain_user: Context
) -> None:
    answer = await act(hass, "ask", plain_user, question=f"  {QUESTION} ", max_sentences=2)
    assert answer["text"] == "Store water in clean containers [1]."
    assert answer["answered_by"]["node_name"] == "Bob"
    assert answer["sources"][0]["doc_title"] == "Water"
    assert [c["node_name"] for c in answer["trace"]["candidates"]] == ["Bob", "Carol"]
    assert node.asked("ask") == [{"question": QUESTION, "max_sentences": 2, "privacy": "home", "language": "en"}]


@pytest.mark.parametrize(
    ("setting", "wanted", "sent"),
    [
        ("home", None, "home"),
        ("home", "home", "home"),
        ("home", "local", "local"),
        ("community", None, "community"),
        ("community", "home", "home"),
        ("any", "community", "community"),
    ],
)
@pytest.mark.parametrize(("action", "field"), [("ask", "question"), ("search", "query")])
async def test_a_call_may_narrow_who_sees_it(
    hass: HomeAssistant, node: FakeNode, setting: str, wanted: str | None, sent: str, action: str, field: str
) -> None:
    node.state["privacy"] = setting
    await set_up(hass, entry_for(node))
    await act(hass, action, **{field: QUESTION}, **({"privacy": wanted} if wanted else {}))
    assert [params["privacy"] for params in node.asked(action)] == [sent]


@pytest.mark.parametrize(("action", "field"), [("ask", "question"), ("search", "query")])
@pytest.mark.parametrize(
    ("setting", "wanted"), [("home", "community"), ("home", "any"), ("community", "any"), ("local", "home")]
)
async def test_a_call_may_not_widen_who_sees_it(
    hass: HomeAssistant, node: FakeNode, setting: str, wanted: str, action: str, field: str
) -> None:
    node.state["privacy"] = setting
    await set_up(hass, entry_for(node))
    with pytest.raises(ServiceValidationError) as raised:
        await act(hass, action, **{field: QUESTION}, privacy=wanted)
    assert raised.value.translation_key == "privacy_wider"
    assert node.asked(action) == []


async def test_search_notices_and_invites(hass: HomeAssistant, node: FakeNode, entry: MockConfigEntry) -> None:
    assert (await act(hass, "search", query="water", k=3))["results"][0]["doc_title"] == "Water"
    posted = await act(hass, "post_notice", title="Water", body="It is back.", severity="warning", ttl_hours=12)
    assert posted["notice"]["title"] == "Water"
    assert (await act(hass, "create_invite", own=True, ttl_hours=2))["text"] == "hearthnet:invite"
    assert (await act(hass, "join", text="hearthnet:x", name="Alice"))["community"] == {"name": "Oak Lane"}
    assert (await act(hass, "set_mode", mode="drill", reason="Saturday"))["mode"]["mode"] == "drill"
    assert node.asked("post_notice") == [
        {"title": "Water", "body": "It is back.", "severity": "warning", "ttl_hours": 12}
    ]
    assert node.asked("create_invite") == [{"own": True, "ttl_hours": 2}]
    assert node.asked("join") == [{"text": "hearthnet:x", "name": "Alice"}]
    assert node.asked("set_mode") == [{"mode": "drill", "reason": "Saturday"}]


async def test_what_changes_the_community_is_for_administrators(
    hass: HomeAssistant, node: FakeNode, entry: MockConfigEntry, plain_user: Context, hass_admin_user: MockUser
) -> None:
    for action, data in (("create_invite", {}), ("join", {"text": "x"}), ("set_mode", {"mode": "emergency"})):
        with pytest.raises(Unauthorized):
            await act(hass, action, plain_user, **data)
        assert node.asked(action) == []
        await act(hass, action, Context(user_id=hass_admin_user.id), **data)
        assert len(node.asked(action)) == 1
    await act(hass, "post_notice", plain_user, title="Hello", body="From the tablet")
    assert len(node.asked("post_notice")) == 1


@pytest.mark.parametrize(
    ("action", "data"),
    [
        ("ask", {}),
        ("ask", {"question": "   "}),
        ("ask", {"question": "x" * 4001}),
        ("ask", {"question": "x", "privacy": "everybody"}),
        ("ask", {"question": "x", "max_sentences": 0}),
        ("ask", {"question": "x", "unknown": 1}),
        ("search", {"query": "x", "k": 21}),
        ("post_notice", {"title": "x" * 81, "body": "x"}),
        ("post_notice", {"title": "x", "body": "x", "severity": "fatal"}),
        ("post_notice", {"title": "x", "body": "x", "ttl_hours": 721}),
        ("create_invite", {"ttl_hours": 169}),
        ("join", {"text": ""}),
        ("set_mode", {"mode": "panic"}),
    ],
)
async def test_what_makes_no_sense_never_reaches_the_node(
    hass: HomeAssistant, node: FakeNode, entry: MockConfigEntry, action: str, data: dict[str, Any]
) -> None:
    with pytest.raises(probatio.Invalid):
        await act(hass, action, **data)
    assert node.asked(action) == []


@pytest.mark.parametrize(
    ("code", "kind", "key"),
    [
        ("bad_request", ServiceValidationError, "refused"),
        ("expired", ServiceValidationError, "expired"),
        ("forbidden", ServiceValidationError, "forbidden"),
        ("not_found", ServiceValidationError, "not_found"),
        ("unavailable", HomeAssistantError, "unavailable"),
        ("timeout", HomeAssistantError, "timeout"),
        ("capacity_exceeded", HomeAssistantError, "busy"),
        ("something_new", HomeAssistantError, "failed"),
    ],
)
async def test_the_nodes_errors_arrive_as_home_assistants(
    hass: HomeAssistant, node: FakeNode, entry: MockConfigEntry, code: str, kind: type[Exception], key: str
) -> None:
    node.refuse["join"] = (code, "Ask Bob.")
    node.script = [Refused(400, code, "Ask Bob.")]
    for action, data in (("join", {"text": "x"}), ("ask", {"question": "x"})):
        with pytest.raises(HomeAssistantError) as raised:
            await act(hass, action, **data)
        assert type(raised.value) is kind
        assert raised.value.translation_key == key
        assert raised.value.translation_placeholders == {"message": "Ask Bob."}


async def test_while_the_node_is_away_an_action_says_so(
    hass: HomeAssistant, node: FakeNode, entry: MockConfigEntry
) -> None:
    await node.stop()
    with pytest.raises(HomeAssistantError) as raised:
        await act(hass, "ask", question="x")
    assert raised.value.translation_key == "unavailable"


async def test_without_a_node_an_action_says_so(hass: HomeAssistant) -> None:
    assert await async_setup_component(hass, DOMAIN, {})
    with pytest.raises(ServiceValidationError, match=DOMAIN):
        await act(hass, "ask", question="x")


async def test_with_two_nodes_one_must_be_named(hass: HomeAssistant, node: FakeNode, entry: MockConfigEntry) -> None:
    other = FakeNode(name="Cellar")
    await other.start()
    second = await set_up(hass, entry_for(other))
    with pytest.raises(ServiceValidationError):
        await act(hass, "ask", question="x")
    await act(hass, "ask", question="x", config_entry_id=second.entry_id)
    assert (len(node.asked("ask")), len(other.asked("ask"))) == (0, 1)
    assert "config_entry_id" not in other.asked("ask")[0]
    await hass.config_entries.async_unload(second.entry_id)
    await other.stop()
