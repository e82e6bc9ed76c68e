"""AI tasks: what an automation wants to have thought about, with pictures and an answer of the shape it names."""

from __future__ import annotations

import base64
from contextlib import aclosing
from pathlib import Path
from typing import Any, override

import probatio
from homeassistant.components import conversation
from homeassistant.components.ai_task import AITaskEntity, AITaskEntityFeature, GenDataTask, GenDataTaskResult
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import llm
from homeassistant.helpers.entity import EntityDescription
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util.json import JSON_DECODE_EXCEPTIONS, json_loads

from .const import DOMAIN
from .coordinator import HearthNetConfigEntry
from .entity import NodeEntity
from .errors import NodeError
from .services import ASK_SILENCE_S, raised

PARALLEL_UPDATES = 0
MAX_PICTURES = 4
MAX_PICTURES_BYTES = 8 * 1024 * 1024
TASKS = EntityDescription(key="ai_task", translation_key="ai_task")


async def async_setup_entry(
    hass: HomeAssistant, entry: HearthNetConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    async_add_entities([Tasks(entry.runtime_data, TASKS)])


class Tasks(NodeEntity, AITaskEntity):
    """Whoever in reach can do it best, within the node's privacy; pictures go to who sees."""

    _attr_supported_features = AITaskEntityFeature.GENERATE_DATA | AITaskEntityFeature.SUPPORT_ATTACHMENTS

    @override
    async def _async_generate_data(self, task: GenDataTask, chat_log: conversation.ChatLog) -> GenDataTaskResult:
        pictures = await self.hass.async_add_executor_job(_pictures, [a.path for a in task.attachments or ()])
        body: dict[str, Any] = {"messages": [*_said(chat_log), {"role": "user", "content": task.instructions}]}
        if pictures:
            body["messages"][-1]["images"] = pictures
        if task.structure is not None:
            body["schema"] = probatio.to_openapi(
                task.structure, custom_serializer=llm.selector_serializer, openapi_version="3.1.0"
            )
        text = await self._answer(body)
        chat_log.async_add_assistant_content_without_tools(
            conversation.AssistantContent(agent_id=self.entity_id, content=text)
        )
        if task.structure is None:
            return GenDataTaskResult(conversation_id=chat_log.conversation_id, data=text)
        try:
            data = json_loads(text)
        except JSON_DECODE_EXCEPTIONS as error:
            raise HomeAssistantError(translation_domain=DOMAIN, translation_key="no_structure") from error
        return GenDataTaskResult(conversation_id=chat_log.conversation_id, data=data)

    async def _answer(self, body: dict[str, Any]) -> str:
        node = self.coordinator
        params = {"capability": "llm.chat", "version": "2.0", "body": body, "privacy": node.data.privacy}
        text = ""
        try:
            async with aclosing(node.client.stream("call", params, silence_s=ASK_SILENCE_S)) as events:
                async for event in events:
                    if event.name == "delta":
                        text += str(event.data.get("text", ""))
                    elif event.name == "done":
                        return str(event.data.get("text") or text)
        except NodeError as error:
            raise raised(error) from error
        return text


def _said(chat_log: conversation.ChatLog) -> list[dict[str, Any]]:
    """What stands before the task: the instructions of Home Assistant."""
    return [
        {"role": "system", "content": part.content}
        for part in chat_log.content
        if isinstance(part, conversation.SystemContent) and part.content
    ]


def _pictures(paths: list[Path]) -> list[str]:
    """Base64 of each file. Raises a sentence for too many or too large ones; what they hold is for the node to check."""
    raw = [path.read_bytes() for path in paths[: MAX_PICTURES + 1]]
    if len(raw) > MAX_PICTURES or sum(map(len, raw)) > MAX_PICTURES_BYTES:
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="too_many_pictures",
            translation_placeholders={"count": str(MAX_PICTURES), "size": str(MAX_PICTURES_BYTES // 1024**2)},
        )
    return [base64.b64encode(one).decode() for one in raw]
