"""Every way into a home, each mistake on it, and the recovery."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any

import pytest
from homeassistant.config_entries import (
    SOURCE_HASSIO,
    SOURCE_IMPORT,
    SOURCE_USER,
    SOURCE_ZEROCONF,
    ConfigEntryState,
    ConfigFlowResult,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData
from homeassistant.helpers.service_info.hassio import HassioServiceInfo
from homeassistant.helpers.service_info.zeroconf import ZeroconfServiceInfo
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.integration.conftest import DOMAIN, certificate, entry_for, set_up, until
from tests.integration.fake_node import CODE, FakeNode, Refused

WRONG = "ZZZZZ-ZZZZZ"


async def begin(hass: HomeAssistant, source: str, data: Any = None) -> ConfigFlowResult:
    return await hass.config_entries.flow.async_init(DOMAIN, context={"source": source}, data=data)


async def send(hass: HomeAssistant, flow: ConfigFlowResult, **fields: Any) -> ConfigFlowResult:
    result = await hass.config_entries.flow.async_configure(flow["flow_id"], fields)
    await hass.async_block_till_done()
    return result


def typed(node: FakeNode, code: str = CODE) -> dict[str, str]:
    return {"address": f"127.0.0.1:{node.port}", "code": code}


def announced(node: FakeNode, host: str = "127.0.0.1", **changes: Any) -> ZeroconfServiceInfo:
    return ZeroconfServiceInfo(
        ip_address=ip_address(host),
        ip_addresses=[ip_address(host)],
        port=node.port,
        hostname="alice.local.",
        type="_hearthnet-api._tcp.local.",
        name="HearthNet abcd._hearthnet-api._tcp.local.",
        properties={"id": node.node_id, "name": node.name, **changes},
    )


def from_app(node: FakeNode, **changes: Any) -> HassioServiceInfo:
    config = {"host": "127.0.0.1", "port": node.port, "token": "token-0", "node_id": node.node_id, **changes}
    return HassioServiceInfo(config=config, name="HearthNet", slug="x_hearthnet", uuid="1234")


async def finish(hass: HomeAssistant, flow: ConfigFlowResult, choice: str = "home") -> MockConfigEntry:
    assert (flow["type"], flow["step_id"]) == (FlowResultType.FORM, "privacy")
    result = await send(hass, flow, privacy=choice)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    return result["result"]


@pytest.fixture
def secure(monkeypatch: pytest.MonkeyPatch) -> None:
    """127.0.0.1 stands for another machine, which must speak TLS."""
    monkeypatch.setattr("custom_components.hearthnet.address.is_loopback", lambda host: False)
    monkeypatch.setattr("custom_components.hearthnet.config_flow.is_loopback", lambda host: False)


async def test_address_and_code_set_up_a_node_with_a_voice(hass: HomeAssistant, node: FakeNode) -> None:
    flow = await begin(hass, SOURCE_USER)
    assert (flow["type"], flow["step_id"], flow["errors"]) == (FlowResultType.FORM, "user", {})
    entry = await finish(hass, await send(hass, flow, **typed(node)), "community")
    assert entry.unique_id == node.node_id
    assert entry.title == "Alice"
    assert entry.data == {"url": node.url, "token": "token-1", "fingerprint": ""}
    assert [(s.subentry_type, s.title, dict(s.data)) for s in entry.subentries.values()] == [
        ("conversation", "HearthNet", {"max_sentences": 3})
    ]
    assert node.asked("set_privacy") == [{"privacy": "community"}]
    assert entry.state is ConfigEntryState.LOADED


async def test_nobody_is_preselected_to_see_questions(hass: HomeAssistant, node: FakeNode) -> None:
    flow = await send(hass, await begin(hass, SOURCE_USER), **typed(node))
    assert flow["step_id"] == "privacy"
    (field,) = flow["data_schema"].schema
    assert field.schema == "privacy"
    assert not callable(field.default)  # no default at all
    assert field.description is None or "suggested_value" not in field.description
    assert flow["data_schema"].schema[field].config["options"] == ["home", "community"]
    with pytest.raises(InvalidData):
        await send(hass, flow)
    assert node.asked("set_privacy") == []


async def test_the_code_may_be_typed_as_people_type(hass: HomeAssistant, node: FakeNode) -> None:
    node.code = "AB0DE-FGH1K"
    flow = await send(hass, await begin(hass, SOURCE_USER), **typed(node, " abode fghlk"))
    await finish(hass, flow)


async def test_a_node_on_another_machine_is_pinned(hass: HomeAssistant, tls_node: FakeNode, secure: None) -> None:
    flow = await send(hass, await begin(hass, SOURCE_USER), **typed(tls_node))
    entry = await finish(hass, flow)
    assert entry.data["url"] == f"https://127.0.0.1:{tls_node.port}"
    assert entry.data["fingerprint"] == tls_node.fingerprint
    assert entry.state is ConfigEntryState.LOADED


async def test_a_man_in_the_middle_learns_nothing_and_gets_nowhere(
    hass: HomeAssistant, tls_node: FakeNode, secure: None
) -> None:
    """He passes on what he hears, but the proof is over the certificate the other side saw: his."""
    tls_node.believes = tls_node.fingerprint
    certificate(tls_node.certificate)  # what the client sees is another one
    await tls_node.stop()
    await tls_node.start()
    flow = await send(hass, await begin(hass, SOURCE_USER), **typed(tls_node))
    assert flow["errors"] == {"code": "wrong_code"}
    assert tls_node.tokens == {"token-0"}


@pytest.mark.parametrize(
    "address", ["", "   ", "http://", "ftp://x", "a b", "http://u:p@host", "x" * 300, "host:99999"]
)
async def test_what_is_no_address_is_said_at_the_field(hass: HomeAssistant, node: FakeNode, address: str) -> None:
    flow = await send(hass, await begin(hass, SOURCE_USER), address=address, code=CODE)
    assert flow["errors"] == {"address": "invalid_address"}
    await finish(hass, await send(hass, flow, **typed(node)))


async def test_nothing_there_then_there(hass: HomeAssistant, node: FakeNode) -> None:
    await node.stop()
    flow = await send(hass, await begin(hass, SOURCE_USER), **typed(node))
    assert flow["errors"] == {"base": "cannot_connect"}
    await node.start()
    await finish(hass, await send(hass, flow, **typed(node)))


@pytest.mark.parametrize("body", [{"service": "other"}, [], {"service": "hearthnet", "node_id": 5}])
async def test_another_program_at_the_address(hass: HomeAssistant, node: FakeNode, body: Any) -> None:
    node.health_body = body
    flow = await send(hass, await begin(hass, SOURCE_USER), **typed(node))
    assert flow["errors"] == {"base": "not_hearthnet"}
    node.health_body = None
    await finish(hass, await send(hass, flow, **typed(node)))


@pytest.mark.parametrize(
    ("api", "error"),
    [
        ({"version": "0.9", "lowest": "0.1"}, "node_too_old"),
        ({"version": "3.0", "lowest": "2.0"}, "integration_too_old"),
    ],
)
async def test_versions_are_compared_before_a_try_is_used(
    hass: HomeAssistant, node: FakeNode, api: dict[str, str], error: str
) -> None:
    node.api = api
    flow = await send(hass, await begin(hass, SOURCE_USER), **typed(node, WRONG))
    assert flow["errors"] == {"base": error}
    assert flow["description_placeholders"]["node_version"] == "0.1.0"
    assert node.tries == 5
    node.api = {"version": "1.0", "lowest": "1.0"}
    await finish(hass, await send(hass, flow, **typed(node)))


async def test_a_wrong_code_says_how_many_tries_are_left(hass: HomeAssistant, node: FakeNode) -> None:
    flow = await begin(hass, SOURCE_USER)
    for left in ("4", "3", "2", "1"):
        flow = await send(hass, flow, **typed(node, WRONG))
        assert flow["errors"] == {"code": "wrong_code"}
        assert flow["description_placeholders"]["tries"] == left
    for _ in range(2):
        flow = await send(hass, flow, **typed(node, WRONG))
        assert flow["errors"] == {"code": "too_many_tries"}
    node.tries = 5
    await finish(hass, await send(hass, flow, **typed(node)))


@pytest.mark.parametrize("code", ["short", "ABCDE-FGHJKL", "ABCDE-FGHJ!", "UUUUU-UUUUU"])
async def test_what_cannot_be_a_code_uses_no_try(hass: HomeAssistant, node: FakeNode, code: str) -> None:
    flow = await send(hass, await begin(hass, SOURCE_USER), **typed(node, code))
    assert flow["errors"] == {"code": "invalid_code"}
    assert node.tries == 5
    await finish(hass, await send(hass, flow, **typed(node)))


async def test_an_expired_code(hass: HomeAssistant, node: FakeNode) -> None:
    node.code_expired = True
    flow = await send(hass, await begin(hass, SOURCE_USER), **typed(node))
    assert flow["errors"] == {"code": "code_expired"}
    node.code_expired = False
    await finish(hass, await send(hass, flow, **typed(node)))


async def test_what_does_not_know_the_code_is_not_believed(hass: HomeAssistant, node: FakeNode) -> None:
    node.lies_about_code = True
    flow = await send(hass, await begin(hass, SOURCE_USER), **typed(node))
    assert flow["errors"] == {"base": "not_proven"}
    node.lies_about_code = False
    await finish(hass, await send(hass, flow, **typed(node)))


async def test_a_node_that_goes_away_while_pairing(hass: HomeAssistant, node: FakeNode) -> None:
    flow = await begin(hass, SOURCE_USER)
    node.when_paired = ConnectionResetError()
    flow = await send(hass, flow, **typed(node))
    assert flow["errors"] == {"base": "cannot_connect"}
    node.when_paired = None
    await finish(hass, await send(hass, flow, **typed(node)))


async def test_an_error_that_is_not_known_here_is_said_to_be_one(hass: HomeAssistant, node: FakeNode) -> None:
    node.when_paired = Refused(500, "internal_error", "The disk is full.")
    flow = await send(hass, await begin(hass, SOURCE_USER), **typed(node))
    assert flow["errors"] == {"base": "unknown"}
    node.when_paired = None
    await finish(hass, await send(hass, flow, **typed(node)))


async def test_a_node_that_pairs_as_another_than_it_said_is_not_believed(hass: HomeAssistant, node: FakeNode) -> None:
    node.pairs_as = "x" * 52
    flow = await send(hass, await begin(hass, SOURCE_USER), **typed(node))
    assert flow["errors"] == {"base": "not_proven"}
    node.pairs_as = None
    await finish(hass, await send(hass, flow, **typed(node)))


async def test_an_entry_on_this_machine_stays_there_though_the_node_proves_itself_elsewhere(
    hass: HomeAssistant, tls_node: FakeNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = entry_for(tls_node)
    entry.add_to_hass(hass)
    before = dict(entry.data)
    await tls_node.stop()
    tls_node.port = 0
    await tls_node.start()
    monkeypatch.setattr("custom_components.hearthnet.address.is_loopback", lambda host: False)
    flow = await begin(hass, SOURCE_ZEROCONF, announced(tls_node))
    assert flow["reason"] == "already_configured"
    assert dict(entry.data) == before


async def test_the_answer_to_who_may_see_must_reach_the_node(hass: HomeAssistant, node: FakeNode) -> None:
    flow = await send(hass, await begin(hass, SOURCE_USER), **typed(node))
    node.refuse["set_privacy"] = ("internal_error", "The disk is full.")
    flow = await send(hass, flow, privacy="home")
    assert (flow["step_id"], flow["errors"]) == ("privacy", {"base": "cannot_connect"})
    node.tokens.clear()
    flow = await send(hass, flow, privacy="home")
    assert flow["errors"] == {"base": "invalid_auth"}
    node.tokens.add("token-1")
    node.refuse.clear()
    await finish(hass, flow)


async def test_the_same_node_twice_uses_no_try(hass: HomeAssistant, node: FakeNode, entry: MockConfigEntry) -> None:
    flow = await send(hass, await begin(hass, SOURCE_USER), **typed(node, WRONG))
    assert (flow["type"], flow["reason"]) == (FlowResultType.ABORT, "already_configured")
    assert node.tries == 5


async def test_two_nodes_are_two_entries(hass: HomeAssistant, node: FakeNode, entry: MockConfigEntry) -> None:
    other = FakeNode(name="Cellar")
    await other.start()
    made = await finish(hass, await send(hass, await begin(hass, SOURCE_USER), **typed(other)))
    assert made.unique_id != entry.unique_id
    await hass.config_entries.async_unload(made.entry_id)
    await other.stop()


async def test_a_found_node_needs_only_its_code(hass: HomeAssistant, tls_node: FakeNode, secure: None) -> None:
    flow = await begin(hass, SOURCE_ZEROCONF, announced(tls_node))
    assert (flow["type"], flow["step_id"]) == (FlowResultType.FORM, "zeroconf_confirm")
    assert flow["description_placeholders"]["name"] == "Alice"
    assert [str(f) for f in flow["data_schema"].schema] == ["code"]
    flow = await send(hass, flow, code=WRONG)
    assert flow["errors"] == {"code": "wrong_code"}
    entry = await finish(hass, await send(hass, flow, code=CODE))
    assert entry.unique_id == tls_node.node_id
    assert entry.data["fingerprint"] == tls_node.fingerprint


async def test_three_announcements_are_one_card(hass: HomeAssistant, tls_node: FakeNode, secure: None) -> None:
    await begin(hass, SOURCE_ZEROCONF, announced(tls_node))
    again = await begin(hass, SOURCE_ZEROCONF, announced(tls_node))
    assert (again["type"], again["reason"]) == (FlowResultType.ABORT, "already_in_progress")


async def test_a_found_node_that_does_not_answer_makes_no_card(
    hass: HomeAssistant, tls_node: FakeNode, secure: None
) -> None:
    await tls_node.stop()
    flow = await begin(hass, SOURCE_ZEROCONF, announced(tls_node))
    assert (flow["type"], flow["reason"]) == (FlowResultType.ABORT, "cannot_connect")
    await tls_node.start()
    flow = await begin(hass, SOURCE_ZEROCONF, announced(tls_node, id="another"))
    assert (flow["type"], flow["reason"]) == (FlowResultType.ABORT, "not_hearthnet")
    flow = await begin(hass, SOURCE_ZEROCONF, announced(tls_node, id=None))
    assert (flow["type"], flow["reason"]) == (FlowResultType.ABORT, "not_hearthnet")


async def test_a_moved_node_is_followed_when_it_proves_that_it_is_the_same(
    hass: HomeAssistant, tls_node: FakeNode, secure: None
) -> None:
    entry = await set_up(hass, entry_for(tls_node))
    await until(lambda: tls_node.subscribed)
    await tls_node.stop()
    tls_node.port = 0
    certificate(tls_node.certificate)  # and has made a new certificate, which its key signs
    await tls_node.start()
    flow = await begin(hass, SOURCE_ZEROCONF, announced(tls_node))
    assert (flow["type"], flow["reason"]) == (FlowResultType.ABORT, "already_configured")
    await until(lambda: tls_node.subscribed, "followed to the new address")
    assert entry.data["url"] == tls_node.url
    assert entry.data["fingerprint"] == tls_node.fingerprint
    assert entry.data["token"] == "token-0"


async def test_an_announcement_alone_moves_nothing(
    hass: HomeAssistant, tls_node: FakeNode, secure: None, tmp_path: Any
) -> None:
    entry = await set_up(hass, entry_for(tls_node))
    before = dict(entry.data)
    mallory = FakeNode(name="Mallory", certificate=certificate(tmp_path / "mallory.pem"))
    mallory.node_id = tls_node.node_id  # says that it is Alice, with a key of its own
    await mallory.start()
    flow = await begin(hass, SOURCE_ZEROCONF, announced(mallory))
    assert (flow["type"], flow["reason"]) == (FlowResultType.ABORT, "already_configured")
    assert dict(entry.data) == before
    await mallory.stop()


async def test_a_node_on_this_machine_stays_there_whatever_is_announced(
    hass: HomeAssistant, node: FakeNode, entry: MockConfigEntry
) -> None:
    before = dict(entry.data)
    twin = FakeNode()
    twin.node_id = node.node_id
    await twin.start()
    flow = await begin(hass, SOURCE_ZEROCONF, announced(twin))
    assert flow["reason"] == "already_configured"
    assert dict(entry.data) == before
    await twin.stop()


async def test_the_app_needs_no_typing(hass: HomeAssistant, node: FakeNode) -> None:
    flow = await begin(hass, SOURCE_HASSIO, from_app(node))
    entry = await finish(hass, flow, "home")
    assert entry.unique_id == node.node_id
    assert entry.data["token"] == "token-0"


async def test_the_app_with_a_new_token_updates_its_entry(
    hass: HomeAssistant, node: FakeNode, entry: MockConfigEntry
) -> None:
    node.tokens.add("token-new")
    flow = await begin(hass, SOURCE_HASSIO, from_app(node, token="token-new"))
    assert (flow["type"], flow["reason"]) == (FlowResultType.ABORT, "already_configured")
    assert entry.data["token"] == "token-new"
    await hass.async_block_till_done()
    await until(lambda: len(node.asked("subscribe")) == 2, "reloaded")


async def test_the_app_mends_an_entry_whose_token_was_lost(hass: HomeAssistant, node: FakeNode) -> None:
    entry = await set_up(hass, entry_for(node, token="lost"))
    assert entry.state is ConfigEntryState.SETUP_ERROR
    await begin(hass, SOURCE_HASSIO, from_app(node))
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.LOADED


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"token": "wrong"}, "invalid_auth"),
        ({"node_id": "x" * 52}, "not_proven"),
        ({"port": "abc"}, "not_hearthnet"),
        ({"host": None}, "cannot_connect"),
        ({"port": 1}, "cannot_connect"),
    ],
)
async def test_a_wrong_announcement_of_the_app_ends(
    hass: HomeAssistant, node: FakeNode, changes: dict[str, Any], reason: str
) -> None:
    if "host" in changes:
        changes = {}
        await node.stop()
    flow = await begin(hass, SOURCE_HASSIO, from_app(node, **changes))
    assert (flow["type"], flow["reason"]) == (FlowResultType.ABORT, reason)


async def test_the_app_of_another_version_says_which_side(hass: HomeAssistant, node: FakeNode) -> None:
    node.api = {"version": "0.5", "lowest": "0.5"}
    flow = await begin(hass, SOURCE_HASSIO, from_app(node))
    assert (flow["type"], flow["reason"]) == (FlowResultType.ABORT, "node_too_old")
    assert flow["description_placeholders"]["node_version"] == "0.1.0"


async def test_over_a_network_the_app_must_be_vouched_for_by_its_key(
    hass: HomeAssistant, tls_node: FakeNode, secure: None
) -> None:
    flow = await begin(hass, SOURCE_HASSIO, from_app(tls_node))
    assert flow["step_id"] == "privacy"
    hass.config_entries.flow.async_abort(flow["flow_id"])
    tls_node.public_key = bytes(32)
    flow = await begin(hass, SOURCE_HASSIO, from_app(tls_node))
    assert (flow["type"], flow["reason"]) == (FlowResultType.ABORT, "not_proven")


async def test_an_address_in_yaml_leads_to_pairing(hass: HomeAssistant, node: FakeNode) -> None:
    assert await async_setup_component(hass, DOMAIN, {DOMAIN: {"node_url": node.url}})
    await hass.async_block_till_done()
    (flow,) = hass.config_entries.flow.async_progress()
    assert (flow["step_id"], flow["context"]["source"]) == ("user", SOURCE_IMPORT)
    entry = await finish(hass, await send(hass, flow, **typed(node)))
    assert entry.data["url"] == node.url


async def test_an_address_in_yaml_is_offered_even_while_nothing_answers(hass: HomeAssistant, node: FakeNode) -> None:
    await node.stop()
    flow = await begin(hass, SOURCE_IMPORT, {"node_url": node.url})
    assert (flow["type"], flow["step_id"], flow["errors"]) == (FlowResultType.FORM, "user", {})
    suggested = {str(f): f.description["suggested_value"] for f in flow["data_schema"].schema if f.description}
    assert suggested == {"address": node.url}
    await node.start()
    await finish(hass, await send(hass, flow, **typed(node)))


async def test_an_address_in_yaml_that_is_set_up_or_none_ends(hass: HomeAssistant, node: FakeNode) -> None:
    entry = entry_for(node, url="http://127.0.0.1:1")
    entry.add_to_hass(hass)
    for url, reason in (
        ("http://127.0.0.1:1/", "already_configured"),  # by its address, though nothing answers
        (node.url, "already_configured"),  # by its id
        ("http://", "invalid_address"),
    ):
        flow = await begin(hass, SOURCE_IMPORT, {"node_url": url})
        assert (flow["type"], flow["reason"]) == (FlowResultType.ABORT, reason)


async def test_pairing_again_replaces_the_token(hass: HomeAssistant, node: FakeNode) -> None:
    entry = await set_up(hass, entry_for(node, token="lost"))
    (flow,) = hass.config_entries.flow.async_progress()
    flow = await send(hass, flow, code=WRONG)
    assert (flow["step_id"], flow["errors"]) == ("reauth_confirm", {"code": "wrong_code"})
    flow = await send(hass, flow, code=CODE)
    assert (flow["type"], flow["reason"]) == (FlowResultType.ABORT, "reauth_successful")
    await hass.async_block_till_done()
    assert entry.data["token"] == "token-1"
    assert entry.state is ConfigEntryState.LOADED


async def test_pairing_again_while_loaded_reloads_once(
    hass: HomeAssistant, node: FakeNode, entry: MockConfigEntry
) -> None:
    flow = await entry.start_reauth_flow(hass)
    flow = await send(hass, flow, code=CODE)
    assert flow["reason"] == "reauth_successful"
    await hass.async_block_till_done()
    await until(lambda: len(node.asked("subscribe")) == 2)
    assert entry.state is ConfigEntryState.LOADED


async def test_pairing_again_with_another_node_is_refused(
    hass: HomeAssistant, node: FakeNode, entry: MockConfigEntry
) -> None:
    other = FakeNode(name="Other", port=node.port)
    flow = await entry.start_reauth_flow(hass)
    await node.stop()
    await other.start()
    flow = await send(hass, flow, code=CODE)
    assert flow["errors"] == {"base": "wrong_node"}
    assert other.tries == 5
    await other.stop()
    await node.start()
    flow = await send(hass, flow, code=CODE)
    assert flow["reason"] == "reauth_successful"


async def test_a_new_certificate_is_pinned_by_pairing_again(
    hass: HomeAssistant, tls_node: FakeNode, secure: None
) -> None:
    entry = await set_up(hass, entry_for(tls_node))
    await tls_node.stop()
    certificate(tls_node.certificate)
    await tls_node.start()
    await until(lambda: hass.config_entries.flow.async_progress())
    (flow,) = hass.config_entries.flow.async_progress()
    flow = await send(hass, flow, code=CODE)
    assert flow["reason"] == "reauth_successful"
    assert entry.data["fingerprint"] == tls_node.fingerprint
    await until(lambda: tls_node.subscribed)


async def test_a_new_address_needs_no_code_when_the_node_proves_itself(
    hass: HomeAssistant, tls_node: FakeNode, secure: None
) -> None:
    entry = await set_up(hass, entry_for(tls_node))
    await tls_node.stop()
    tls_node.port = 0
    await tls_node.start()
    flow = await entry.start_reconfigure_flow(hass)
    assert flow["step_id"] == "reconfigure"
    flow = await send(hass, flow, address="127.0.0.1:1")
    assert flow["errors"] == {"base": "cannot_connect"}
    flow = await send(hass, flow, address="http://")
    assert flow["errors"] == {"address": "invalid_address"}
    flow = await send(hass, flow, address=f"127.0.0.1:{tls_node.port}")
    assert (flow["type"], flow["reason"]) == (FlowResultType.ABORT, "reconfigure_successful")
    await hass.async_block_till_done()
    assert entry.data["url"] == tls_node.url
    assert entry.data["token"] == "token-0"
    await until(lambda: tls_node.subscribed)


async def test_a_new_address_with_a_node_that_cannot_prove_itself_needs_a_code(
    hass: HomeAssistant, tls_node: FakeNode, secure: None
) -> None:
    entry = await set_up(hass, entry_for(tls_node))
    await tls_node.stop()
    certificate(tls_node.certificate)
    tls_node.public_key = bytes(32)
    await tls_node.start()
    flow = await entry.start_reconfigure_flow(hass)
    flow = await send(hass, flow, address=f"127.0.0.1:{tls_node.port}")
    assert flow["errors"] == {"code": "code_needed"}
    flow = await send(hass, flow, address=f"127.0.0.1:{tls_node.port}", code=CODE)
    assert flow["reason"] == "reconfigure_successful"
    assert entry.data["fingerprint"] == tls_node.fingerprint
    assert entry.data["token"] == "token-1"


async def test_a_new_address_with_a_token_that_is_no_longer_good_needs_a_code(
    hass: HomeAssistant, node: FakeNode, entry: MockConfigEntry
) -> None:
    await node.stop()
    node.tokens.clear()
    node.port = 0
    await node.start()
    flow = await entry.start_reconfigure_flow(hass)
    flow = await send(hass, flow, address=f"127.0.0.1:{node.port}")
    assert flow["errors"] == {"code": "code_needed"}
    flow = await send(hass, flow, address=f"127.0.0.1:{node.port}", code=CODE)
    assert flow["reason"] == "reconfigure_successful"
    assert entry.data["url"] == node.url
    assert entry.data["token"] == "token-0"


async def test_a_new_address_where_another_node_lives_is_refused(
    hass: HomeAssistant, node: FakeNode, entry: MockConfigEntry
) -> None:
    other = FakeNode(name="Other")
    await other.start()
    flow = await entry.start_reconfigure_flow(hass)
    for fields in ({}, {"code": CODE}):
        flow = await send(hass, flow, address=f"127.0.0.1:{other.port}", **fields)
        assert flow["errors"] == {"base": "wrong_node"}
    assert other.calls == []
    await other.stop()
    flow = await send(hass, flow, address=f"127.0.0.1:{node.port}")
    assert flow["reason"] == "reconfigure_successful"


async def test_agents_are_added_and_changed(hass: HomeAssistant, node: FakeNode, entry: MockConfigEntry) -> None:
    flow = await hass.config_entries.subentries.async_init(
        (entry.entry_id, "conversation"), context={"source": SOURCE_USER}
    )
    assert (flow["type"], flow["step_id"]) == (FlowResultType.FORM, "user")
    flow = await hass.config_entries.subentries.async_configure(
        flow["flow_id"], {"name": "Grandma", "max_sentences": 1.0, "prompt": "Speak slowly."}
    )
    assert flow["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    made = next(s for s in entry.subentries.values() if s.title == "Grandma")
    assert dict(made.data) == {"max_sentences": 1, "prompt": "Speak slowly."}
    assert hass.states.get("conversation.grandma") is not None

    flow = await entry.start_subentry_reconfigure_flow(hass, made.subentry_id)
    assert flow["step_id"] == "reconfigure"
    flow = await hass.config_entries.subentries.async_configure(flow["flow_id"], {"name": "Opa", "max_sentences": 2})
    assert (flow["type"], flow["reason"]) == (FlowResultType.ABORT, "reconfigure_successful")
    await hass.async_block_till_done()
    changed = entry.subentries[made.subentry_id]
    assert (changed.title, dict(changed.data)) == ("Opa", {"max_sentences": 2})
