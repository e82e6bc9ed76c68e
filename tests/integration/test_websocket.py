"""What panel and card use, by administrators and by a wall tablet that is none."""

from __future__ import annotations

import asyncio
import base64
import json
from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.integration.conftest import DOMAIN, entry_for, set_up, until
from tests.integration.fake_node import FakeNode, Refused, answer

EVERYONE = (
    *("search", "notices", "post_notice", "traces", "trace", "peers"),
    *("corpora", "documents", "document", "find_pictures", "models", "feedback", "confirm"),
)
ADMINS = (
    *("create_invite", "inspect_invite", "join", "leave", "set_mode", "set_privacy", "doctor"),
    *("set_corpus", "delete_document", "delete_model"),
)
PARAMS = {
    "trace": {"id": "t1"},
    "post_notice": {"title": "x", "body": "y"},
    "set_privacy": {"privacy": "home"},
    "set_mode": {"mode": "drill"},
    "find_pictures": {"query": "a red bicycle", "k": 12},
}


@pytest.fixture
async def admin(hass: HomeAssistant, hass_ws_client: Any, entry: MockConfigEntry) -> Any:
    return await hass_ws_client(hass)


@pytest.fixture
async def tablet(
    hass: HomeAssistant, hass_ws_client: Any, entry: MockConfigEntry, hass_read_only_access_token: str
) -> Any:
    return await hass_ws_client(hass, hass_read_only_access_token)


async def ask_ws(client: Any, **message: Any) -> dict[str, Any]:
    await client.send_json_auto_id(message)
    return await client.receive_json()


async def test_nodes_are_listed_for_everybody(
    hass: HomeAssistant, node: FakeNode, entry: MockConfigEntry, tablet: Any
) -> None:
    answered = await ask_ws(tablet, type="hearthnet/nodes")
    assert answered["result"] == [
        {"entry_id": entry.entry_id, "title": "Alice", "node_id": node.node_id, "loaded": True}
    ]


async def test_a_subscription_begins_with_the_state_and_hears_each_change(
    hass: HomeAssistant, node: FakeNode, entry: MockConfigEntry, admin: Any
) -> None:
    assert (await ask_ws(admin, type="hearthnet/subscribe"))["success"] is True
    first = (await admin.receive_json())["event"]
    assert (first["kind"], first["entry_id"], first["online"], first["admin"]) == ("state", entry.entry_id, True, True)
    assert first["state"] == node.state
    assert len(first["bundle"]) == 12
    node.push(mode={"mode": "emergency"})
    assert (await admin.receive_json())["event"]["state"]["mode"]["mode"] == "emergency"


async def test_a_tablet_is_told_that_it_is_no_administrator(tablet: Any) -> None:
    await ask_ws(tablet, type="hearthnet/subscribe")
    assert (await tablet.receive_json())["event"]["admin"] is False


async def test_an_outage_shows_the_last_state_and_ends_by_itself(
    hass: HomeAssistant, node: FakeNode, entry: MockConfigEntry, tablet: Any
) -> None:
    await ask_ws(tablet, type="hearthnet/subscribe", entry_id=entry.entry_id)
    await tablet.receive_json()
    await node.stop()
    lost = (await tablet.receive_json())["event"]
    assert lost["online"] is False
    assert lost["state"] == node.state
    assert "does not answer" in lost["error"]
    await node.start()
    assert (await tablet.receive_json())["event"]["online"] is True


async def test_a_page_open_over_a_reload_goes_on(
    hass: HomeAssistant, node: FakeNode, entry: MockConfigEntry, tablet: Any
) -> None:
    await ask_ws(tablet, type="hearthnet/subscribe")
    await tablet.receive_json()
    await hass.config_entries.async_reload(entry.entry_id)
    events = []
    while not events or not events[-1]["online"]:
        events.append((await tablet.receive_json())["event"])
    assert all(event["state"] == node.state for event in events)
    await until(lambda: node.subscribed)
    node.push(mode={"mode": "drill"})
    while events[-1]["state"]["mode"]["mode"] != "drill":
        events.append((await tablet.receive_json())["event"])


async def test_a_page_opened_while_the_node_is_down_waits_for_it(
    hass: HomeAssistant, node: FakeNode, hass_ws_client: Any
) -> None:
    await node.stop()
    entry = await set_up(hass, entry_for(node))
    client = await hass_ws_client(hass)
    await ask_ws(client, type="hearthnet/subscribe")
    first = (await client.receive_json())["event"]
    assert (first["online"], first["state"]) == (False, None)
    assert first["error"]
    await node.start()
    await hass.config_entries.async_reload(entry.entry_id)
    event = first
    while not event["online"]:
        event = (await client.receive_json())["event"]
    assert event["state"]["node"]["name"] == "Alice"


async def test_unsubscribing_leaves_nothing_behind(
    hass: HomeAssistant, node: FakeNode, entry: MockConfigEntry, admin: Any
) -> None:
    listeners = len(entry.runtime_data._listeners)
    subscribed = await ask_ws(admin, type="hearthnet/subscribe")
    await admin.receive_json()
    assert len(entry.runtime_data._listeners) == listeners + 1
    await ask_ws(admin, type="unsubscribe_events", subscription=subscribed["id"])
    assert len(entry.runtime_data._listeners) == listeners
    assert entry._on_state_change == []


async def test_a_question_streams_to_a_tablet(
    hass: HomeAssistant, node: FakeNode, entry: MockConfigEntry, tablet: Any
) -> None:
    history = [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": "Hello."}]
    asked = await ask_ws(
        tablet, type="hearthnet/ask", question="How?", language="en", conversation="c", history=history
    )
    assert asked["success"] is True
    events = []
    while not events or events[-1]["event"] != "done":
        events.append((await tablet.receive_json())["event"])
    assert [event["event"] for event in events] == [name for name, _ in node.script]
    assert events[-1]["data"]["text"] == "Store water in clean containers [1]."
    assert node.asked("ask") == [
        {"question": "How?", "language": "en", "conversation": "c", "history": history, "privacy": "home"}
    ]


async def test_a_question_that_fails_ends_with_an_error(
    hass: HomeAssistant, node: FakeNode, entry: MockConfigEntry, tablet: Any
) -> None:
    node.script = [("progress", {"step": "searching"}), Refused(503, "unavailable", "Nobody is there.")]
    await ask_ws(tablet, type="hearthnet/ask", question="How?")
    await tablet.receive_json()
    assert (await tablet.receive_json())["event"] == {
        "event": "error",
        "data": {"error": "unavailable", "message": "Nobody is there."},
    }
    await node.stop()
    await ask_ws(tablet, type="hearthnet/ask", question="How?")
    assert (await tablet.receive_json())["event"]["data"]["error"] == "unavailable"


async def test_unsubscribing_cancels_the_question(
    hass: HomeAssistant, node: FakeNode, entry: MockConfigEntry, tablet: Any
) -> None:
    node.script = [*answer("First. ")[:-1], asyncio.Event()]
    asked = await ask_ws(tablet, type="hearthnet/ask", question="Long story?")
    await tablet.receive_json()
    await tablet.send_json_auto_id({"type": "unsubscribe_events", "subscription": asked["id"]})
    await until(lambda: any(call.cancelled for call in node.calls if call.method == "ask"))
    assert entry.runtime_data.client.connected is True


async def test_many_questions_share_the_connection(
    hass: HomeAssistant, node: FakeNode, entry: MockConfigEntry, admin: Any
) -> None:
    go = asyncio.Event()
    node.script = [go, *answer("Yes.")]
    for number in range(5):
        await admin.send_json_auto_id({"type": "hearthnet/ask", "question": f"Question {number}?"})
    await until(lambda: len(node.asked("ask")) == 5)
    go.set()
    ends = 0
    while ends < 5:
        message = await admin.receive_json()
        ends += message["type"] == "event" and message["event"]["event"] == "done"
    assert len(node.asked("subscribe")) == 1


@pytest.mark.parametrize(
    "message",
    [
        {"question": ""},
        {"question": "x" * 4001},
        {},
        {"question": "x", "history": [{"role": "system", "content": ""}]},
        {"question": "x", "privacy": "any"},
    ],
)
async def test_a_question_out_of_bounds_is_refused(node: FakeNode, tablet: Any, message: dict[str, Any]) -> None:
    assert (await ask_ws(tablet, type="hearthnet/ask", **message))["error"]["code"] == "invalid_format"
    assert node.asked("ask") == []


@pytest.mark.parametrize("method", EVERYONE)
async def test_everyone_may(node: FakeNode, tablet: Any, method: str) -> None:
    answered = await ask_ws(tablet, type="hearthnet/request", method=method, params=PARAMS.get(method, {}))
    assert answered["success"] is True
    assert node.asked(method) == [PARAMS.get(method, {})]


@pytest.mark.parametrize("method", ADMINS)
async def test_only_administrators_may(
    node: FakeNode, admin: Any, method: str, hass: HomeAssistant, hass_ws_client: Any, hass_read_only_access_token: str
) -> None:
    tablet = await hass_ws_client(hass, hass_read_only_access_token)
    refused = await ask_ws(tablet, type="hearthnet/request", method=method, params=PARAMS.get(method, {}))
    assert refused["error"]["code"] == "unauthorized"
    assert node.asked(method) == []
    assert (await ask_ws(admin, type="hearthnet/request", method=method, params=PARAMS.get(method, {})))[
        "success"
    ] is True
    assert len(node.asked(method)) == 1


@pytest.mark.parametrize(
    "method",
    [
        *("ask", "config", "tokens", "revoke_token", "export", "pair_code", "call", "state", "subscribe", ""),
        *("extract", "ingest_file"),
    ],
)
async def test_everything_else_stays_between_the_integration_and_the_node(
    node: FakeNode, admin: Any, method: str
) -> None:
    before = len(node.calls)
    assert (await ask_ws(admin, type="hearthnet/request", method=method))["error"]["code"] == "bad_request"
    assert len(node.calls) == before


async def events_of(client: Any, **message: Any) -> list[dict[str, Any]]:
    """The events of a subscription until its end."""
    assert (await ask_ws(client, **message))["success"] is True
    events = []
    while not events or events[-1]["event"] not in ("done", "error"):
        events.append((await client.receive_json())["event"])
    return events


async def test_a_tablet_may_have_speech_made_within_the_nodes_privacy(node: FakeNode, tablet: Any) -> None:
    params = {"capability": "tts.synthesize", "body": {"text": "Hello"}, "privacy": "any"}
    events = await events_of(tablet, type="hearthnet/stream", method="call", params=params)
    assert [event["event"] for event in events] == ["audio", "done"]
    assert node.asked("call")[0] == {**params, "privacy": "home"}


async def test_a_tablet_may_have_a_text_spoken_and_its_speech_heard(node: FakeNode, tablet: Any) -> None:
    for method, params in (("speak", {"text": "Hello"}), ("transcribe", {"audio": "AAA=", "rate": 16_000})):
        events = await events_of(tablet, type="hearthnet/stream", method=method, params=params)
        assert events[-1]["event"] == "done"
        assert node.asked(method) == [params]


async def test_what_is_too_large_for_a_message_reaches_the_node_all_the_same(node: FakeNode, tablet: Any) -> None:
    audio = base64.b64encode(bytes(1_500_000)).decode()
    params = {"capability": "stt.transcribe", "body": {"audio": audio}}
    (done,) = await events_of(tablet, type="hearthnet/stream", method="call", params=params)
    assert done["data"]["text"] == "1500000 bytes"


async def test_models_are_pulled_by_administrators_with_progress(node: FakeNode, admin: Any, tablet: Any) -> None:
    wanted = {"type": "hearthnet/stream", "method": "pull_model", "params": {"model": "llama3.2:1b"}}
    assert (await ask_ws(tablet, **wanted))["error"]["code"] == "unauthorized"
    assert node.asked("pull_model") == []
    assert [event["event"] for event in await events_of(admin, **wanted)] == ["progress", "done"]


EXTRACT = {"document_id": "d" * 64, "schema": {"type": "object", "properties": {"Total": {"type": "number"}}}}


async def test_a_tablet_may_have_data_taken_out_of_a_document_within_the_nodes_privacy(
    node: FakeNode, tablet: Any
) -> None:
    params = {**EXTRACT, "privacy": "any"}
    (done,) = await events_of(tablet, type="hearthnet/stream", method="extract", params=params)
    assert done["event"] == "done"
    assert node.asked("extract") == [{**params, "privacy": "home"}]


@pytest.mark.parametrize("corpus", ["household", "", None])
async def test_only_administrators_keep_the_data_as_a_document(
    hass: HomeAssistant, node: FakeNode, admin: Any, hass_ws_client: Any, hass_read_only_access_token: str, corpus: Any
) -> None:
    tablet = await hass_ws_client(hass, hass_read_only_access_token)
    wanted = {"type": "hearthnet/stream", "method": "extract", "params": {**EXTRACT, "corpus": corpus}}
    assert (await ask_ws(tablet, **wanted))["error"]["code"] == "unauthorized"
    assert node.asked("extract") == []
    assert (await events_of(admin, **wanted))[-1]["event"] == "done"
    assert node.asked("extract") == [{**EXTRACT, "corpus": corpus, "privacy": "home"}]


async def test_data_that_cannot_be_taken_out_says_why(node: FakeNode, tablet: Any) -> None:
    node.refuse["extract"] = ("unavailable", "Nobody in reach answers by a schema.")
    (error,) = await events_of(tablet, type="hearthnet/stream", method="extract", params=EXTRACT)
    assert error == {
        "event": "error",
        "data": {"error": "unavailable", "message": "Nobody in reach answers by a schema."},
    }


async def test_a_model_that_reads_a_long_part_is_waited_for(
    node: FakeNode, entry: MockConfigEntry, tablet: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float | None] = []
    stream = entry.runtime_data.client.stream

    def seen(method: str, params: dict[str, Any], *, silence_s: float | None = None) -> Any:
        waits.append(silence_s)
        return stream(method, params, silence_s=silence_s)

    monkeypatch.setattr(entry.runtime_data.client, "stream", seen)
    await events_of(tablet, type="hearthnet/stream", method="extract", params=EXTRACT)
    await events_of(tablet, type="hearthnet/stream", method="speak", params={"text": "Hello"})
    assert waits == [300, 150]


@pytest.mark.parametrize(
    ("method", "params"),
    [("call", {"capability": "llm.chat"}), ("call", {"capability": "rag.ingest"}), ("call", {}), ("export", {})],
)
async def test_nothing_else_streams_to_a_page(node: FakeNode, admin: Any, method: str, params: dict[str, Any]) -> None:
    refused = await ask_ws(admin, type="hearthnet/stream", method=method, params=params)
    assert refused["error"]["code"] == "bad_request"
    assert node.asked(method) == []


async def test_an_upload_passes_through_as_it_comes(
    hass: HomeAssistant, node: FakeNode, entry: MockConfigEntry, hass_client: Any
) -> None:
    client = await hass_client()
    scan = bytes(range(256)) * 20_000
    answered = await client.post("/api/hearthnet/upload?name=scan.pdf&corpus=household", data=scan)
    lines = [json.loads(line) for line in (await answered.text()).splitlines()]
    assert [line["event"] for line in lines] == ["progress", "done"]
    assert lines[-1]["data"]["documents"][0]["title"] == "scan.pdf"
    assert node.asked("ingest_file") == [{"name": "scan.pdf", "corpus": "household", "data": scan}]


async def test_an_upload_the_node_refuses_says_why(
    hass: HomeAssistant, node: FakeNode, entry: MockConfigEntry, hass_client: Any
) -> None:
    node.refuse["ingest_file"] = ("bad_request", "The file is encrypted.")
    answered = await (await hass_client()).post("/api/hearthnet/upload?name=x.pdf", data=b"x")
    assert json.loads(await answered.text()) == {
        "event": "error",
        "data": {"error": "bad_request", "message": "The file is encrypted."},
    }


async def test_only_administrators_upload(
    hass: HomeAssistant, node: FakeNode, entry: MockConfigEntry, hass_client: Any, hass_read_only_access_token: str
) -> None:
    client = await hass_client(hass_read_only_access_token)
    assert (await client.post("/api/hearthnet/upload?name=x.md", data=b"x")).status == 403
    assert node.asked("ingest_file") == []


async def test_without_a_node_an_upload_is_refused_before_it_is_read(
    hass: HomeAssistant, node: FakeNode, entry: MockConfigEntry, hass_client: Any
) -> None:
    await hass.config_entries.async_unload(entry.entry_id)
    assert (await (await hass_client()).post("/api/hearthnet/upload?name=x.md", data=b"x")).status == 404


async def test_a_changed_privacy_holds_for_the_very_next_question(node: FakeNode, admin: Any) -> None:
    node.push = lambda **changes: node.state.update(changes)  # the news of it is still on its way
    await ask_ws(admin, type="hearthnet/request", method="set_privacy", params={"privacy": "community"})
    await ask_ws(admin, type="hearthnet/ask", question="Who sees this?")
    await until(lambda: node.asked("ask"))
    assert node.asked("ask")[0]["privacy"] == "community"


async def test_the_nodes_refusal_comes_through(node: FakeNode, tablet: Any) -> None:
    node.refuse["post_notice"] = ("rate_limited", "Too many notices today.")
    refused = await ask_ws(tablet, type="hearthnet/request", method="post_notice", params={"title": "x", "body": "y"})
    assert refused["error"] == {"code": "rate_limited", "message": "Too many notices today."}


async def test_an_entry_that_is_not_there(tablet: Any) -> None:
    for command in (
        {"type": "hearthnet/subscribe"},
        {"type": "hearthnet/ask", "question": "x"},
        {"type": "hearthnet/stream", "method": "call", "params": {"capability": "stt.transcribe"}},
        {"type": "hearthnet/request", "method": "peers"},
    ):
        assert (await ask_ws(tablet, entry_id="none", **command))["error"]["code"] == "not_found"


async def test_commands_need_no_other_domain(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    assert {name for name in hass.data["websocket_api"] if name.startswith(f"{DOMAIN}/")} == {
        "hearthnet/nodes",
        "hearthnet/subscribe",
        "hearthnet/ask",
        "hearthnet/request",
        "hearthnet/stream",
    }
