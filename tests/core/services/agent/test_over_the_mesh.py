"""The agent through whole nodes and their local API, with engines that speak as real ones do."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp

from tests.core.backends.conftest import serving
from tests.core.node.living import Living, lives
from tests.core.services.agent.household import PNG
from tests.core.services.test_ask import Engine, engine, neighbours


class Calling(Engine):
    """Calls `wanted` when it is asked first, and then says its pieces."""

    def __init__(self, wanted: tuple[str, dict[str, Any]]) -> None:
        super().__init__("tiny")
        self._wanted = wanted

    async def _chat(self, request: Any) -> Any:
        name, arguments = self._wanted
        body = await request.json()
        first = body["messages"][-1]["role"] != "tool"
        function = {"name": name, "arguments": json.dumps(arguments)}
        self.deltas = (
            ({"tool_calls": [{"index": 0, "id": "c1", "type": "function", "function": function}]},) if first else ()
        )
        self.pieces = () if first else ("It is", " done.")
        self.finish = "tool_calls" if first else "stop"
        return await super()._chat(request)


async def stream(node: Living, token: str, **params: Any) -> AsyncIterator[tuple[str, dict[str, Any]]]:
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/x-ndjson"}
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{node.started.api}/api/v1/ask", json=params, headers=headers) as response,
    ):
        async for line in response.content:
            message = json.loads(line)
            yield message["event"], message["data"]


async def test_what_is_edible_in_a_photo_at_alice_s_is_answered_by_bob_s_eyes(tmp_path: Path) -> None:
    photo = PNG + bytes(300_000)
    async with (
        engine("llava-tiny") as (server, bobs),
        neighbours(tmp_path, {"extractive": {"when": "never"}}, bobs) as (alice, _),
    ):
        server.pieces = ("The black", "berries.")
        done = await alice.call(
            "ask", question="What is edible in this photo?", images=[base64.b64encode(photo).decode()]
        )
    assert done["text"] == "The blackberries."
    assert (done["answered_by"]["node_name"], done["answered_by"]["home"]) == ("Bob", False)
    assert done["trace"]["capability"] == "img.describe" and done["receipts"][0]["valid"] is True
    assert base64.b64encode(photo).decode() in json.dumps(server.requests[0])


async def test_a_notice_is_posted_only_after_a_yes_by_the_client_that_asked(tmp_path: Path) -> None:
    wanted = {"title": "Water is back", "body": "Since noon."}
    server = Calling(("post_notice", wanted))
    async with serving(server.app()) as url:
        row = {"kind": "openai_compatible", "url": url, "name": "tiny"}
        async with lives(tmp_path, "Alice", extractive={"when": "never"}, engines=[row]) as alice:
            own = (alice.data / "api-token").read_text()
            other = await alice.call("create_token", name="somebody else", scope="all")
            events = []
            async for name, data in stream(alice, own, question="Tell them the water is back", agent=True):
                events.append((name, data))
                if name == "step" and data["state"] == "needs_confirmation":
                    assert data["arguments"] == wanted and data["tool"] == "post_notice"
                    assert not (await alice.call("notices"))["notices"]
                    given = {"confirm_id": data["confirm_id"], "allow": True}
                    async with aiohttp.ClientSession() as session:
                        for token, status in ((other["token"], 404), (own, 200), (own, 404)):
                            headers = {"Authorization": f"Bearer {token}"}
                            url = f"{alice.started.api}/api/v1/confirm"
                            async with session.post(url, json=given, headers=headers) as response:
                                assert response.status == status
            (notice,) = (await alice.call("notices"))["notices"]
    assert (notice["title"], notice["body"]) == ("Water is back", "Since noon.")
    done = events[-1][1]
    assert done["text"] == "It is done." and done["agent"] == "tools"
    assert [s["state"] for s in done["steps"]] == ["done"]
    names = [t["function"]["name"] for t in server.requests[0]["tools"]]
    assert names[0] == "search_library" and "set_mode" not in names


async def test_a_home_s_tools_are_never_shown_to_a_neighbour(tmp_path: Path) -> None:
    tools = [{"name": "open_door", "parameters": {"type": "object", "properties": {}}}]
    async with (
        engine() as (server, bobs),
        neighbours(tmp_path, {"extractive": {"when": "always"}}, bobs) as (alice, _),
    ):
        told = await alice.call(
            "ask", question="Store water?", agent=True, client_tools=tools, client_prompt="The code is 4711."
        )
        asked_with_tools = list(server.requests)
        free = await alice.call("ask", question="Store water?", agent=True)
    assert told["agent"] == "none" and "open_door" not in str(asked_with_tools) and "4711" not in str(asked_with_tools)
    assert (free["agent"], free["answered_by"]["node_name"], free["tainted"]) == ("tools", "Bob", True)


async def test_a_client_s_tool_is_answered_over_the_same_api(tmp_path: Path) -> None:
    server = Calling(("light_on", {"name": "Kitchen"}))
    async with serving(server.app()) as url:
        row = {"kind": "openai_compatible", "url": url, "name": "tiny"}
        async with lives(tmp_path, "Alice", extractive={"when": "never"}, engines=[row]) as alice:
            own = (alice.data / "api-token").read_text()
            tools = [{"name": "light_on", "parameters": {"type": "object", "properties": {}}}]
            states = []
            async with asyncio.timeout(30):
                async for name, data in stream(alice, own, question="Light!", agent=True, client_tools=tools):
                    if name == "tool_request":
                        assert data["arguments"] == {"name": "Kitchen"}
                        await alice.call("tool_result", id=data["id"], result={"success": ["Kitchen"]}, trusted=True)
                    elif name == "step":
                        states.append(data["state"])
    assert states == ["running", "done"]
    assert "Kitchen" in server.requests[1]["messages"][-1]["content"]
