"""AI tasks of Home Assistant, as automations give them."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
from homeassistant.components import ai_task, conversation
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.integration.fake_node import FakeNode

STRUCTURE = {
    "animal": {"selector": {"text": {}}, "description": "What is there", "required": True},
    "count": {"selector": {"number": {"min": 0, "max": 9}}},
}


def entity(hass: HomeAssistant, node: FakeNode) -> str:
    found = er.async_get(hass).async_get_entity_id("ai_task", "hearthnet", f"{node.node_id}_ai_task")
    assert found is not None
    return found


async def generate(hass: HomeAssistant, node: FakeNode, **more: Any) -> Any:
    data = {"task_name": "look", "entity_id": entity(hass, node), "instructions": "What is there?", **more}
    return await hass.services.async_call("ai_task", "generate_data", data, blocking=True, return_response=True)


async def test_a_task_is_answered_within_the_nodes_privacy(
    hass: HomeAssistant, node: FakeNode, entry: MockConfigEntry
) -> None:
    assert (await generate(hass, node))["data"] == "A cat on a wall."
    (call,) = node.asked("call")
    assert (call["capability"], call["version"], call["privacy"]) == ("llm.chat", "2.0", "home")
    assert call["body"]["messages"][-1] == {"role": "user", "content": "What is there?"}
    assert "schema" not in call["body"]


async def test_a_structure_goes_as_a_schema_and_comes_back_as_data(
    hass: HomeAssistant, node: FakeNode, entry: MockConfigEntry
) -> None:
    node.model_says = ['{"animal": "cat",', ' "count": 2}']
    answer = await generate(hass, node, structure=STRUCTURE)
    assert answer["data"] == {"animal": "cat", "count": 2}
    schema = node.asked("call")[0]["body"]["schema"]
    assert schema["required"] == ["animal"]
    assert schema["properties"]["animal"]["type"] == "string"


async def test_an_answer_of_another_shape_is_a_failure_with_a_sentence(
    hass: HomeAssistant, node: FakeNode, entry: MockConfigEntry
) -> None:
    with pytest.raises(HomeAssistantError, match="shape"):
        await generate(hass, node, structure=STRUCTURE)


async def task_with(hass: HomeAssistant, node: FakeNode, paths: list[Path], monkeypatch: pytest.MonkeyPatch) -> Any:
    attachments = [
        conversation.Attachment(media_content_id=f"media-source://x/{n}", mime_type="image/jpeg", path=path)
        for n, path in enumerate(paths)
    ]

    async def resolved(*_: Any, **__: Any) -> list[conversation.Attachment]:
        return attachments

    monkeypatch.setattr("homeassistant.components.ai_task.task._resolve_attachments", resolved)
    given = [{"media_content_id": "media-source://x/0", "media_content_type": "image/jpeg"}]
    return await ai_task.async_generate_data(
        hass, task_name="look", entity_id=entity(hass, node), instructions="What is edible here?", attachments=given
    )


async def test_pictures_go_along_as_they_are(
    hass: HomeAssistant, node: FakeNode, entry: MockConfigEntry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(b"\xff\xd8\xff photo")
    await task_with(hass, node, [photo], monkeypatch)
    assert node.asked("call")[0]["body"]["messages"][-1]["images"] == [base64.b64encode(photo.read_bytes()).decode()]


async def test_too_many_pictures_are_refused_before_anything_is_sent(
    hass: HomeAssistant, node: FakeNode, entry: MockConfigEntry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(b"\xff\xd8\xff photo")
    with pytest.raises(HomeAssistantError, match="At most 4 pictures"):
        await task_with(hass, node, [photo] * 5, monkeypatch)
    assert node.asked("call") == []


async def test_a_node_that_cannot_says_why(hass: HomeAssistant, node: FakeNode, entry: MockConfigEntry) -> None:
    node.refuse["call"] = ("unavailable", "No node in reach offers llm.chat; connect an engine or a neighbour.")
    with pytest.raises(HomeAssistantError, match="No node in reach"):
        await generate(hass, node)
