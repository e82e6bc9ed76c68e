"""Home Assistant's own tools, as a question of this home offers them to its node, and their results on the way back."""

from __future__ import annotations

import json
import re
from typing import Any

import probatio
from homeassistant.components import conversation
from homeassistant.core import HomeAssistant
from homeassistant.helpers import llm
from homeassistant.helpers.json import json_dumps

from .const import LOGGER
from .wording import Words

MAX_TOOLS = 48
MAX_DESCRIPTION = 2_000
MAX_PROMPT = 40_000
MAX_RESULT = 60_000
MAX_SPOKEN = 400
"""Characters of arguments that are read aloud before a yes; what is longer cannot be confirmed by voice."""
NAME = re.compile(r"[A-Za-z0-9_.-]{1,64}")
OURS = ("post_notice", "set_mode")
"""Tools of the node that act, as people call them (`tool_…` of the translations)."""
OF_THE_HOUSE = frozenset(
    {"climate", "cover", "fan", "humidifier", "intent", "lawn_mower", "light", "llm", "lock", "vacuum"}
)
"""Integrations whose tools answer with nothing but names and states of the household's own devices, or the time."""


def apis(hass: HomeAssistant, wished: list[str] | str | None) -> list[str]:
    """Those of the wished ones that exist; an API may have gone with its integration."""
    known = {api.id for api in llm.async_get_apis(hass)}
    return [id for id in ([wished] if isinstance(wished, str) else wished or []) if id in known]


def offered(chat_log: conversation.ChatLog) -> list[dict[str, Any]]:
    """The tools of the chosen APIs for `client_tools`. One that reads within the house has no side effect; one that reaches
    out of it has, because its arguments do."""
    if (api := chat_log.llm_api) is None:
        return []
    found = []
    for tool in api.tools:
        if not NAME.fullmatch(tool.name):
            LOGGER.debug("The tool %r has a name that HearthNet cannot pass on", tool.name)
            continue
        schema = probatio.to_openapi(tool.parameters, custom_serializer=api.custom_serializer, openapi_version="3.1.0")
        found.append(
            {
                "name": tool.name,
                "description": (tool.description or "")[:MAX_DESCRIPTION],
                "parameters": json.loads(json_dumps(schema)),
                "side_effect": not tool.annotations.read_only or tool.annotations.open_world,
            }
        )
    return found[:MAX_TOOLS]


def result(chat_log: conversation.ChatLog, content: conversation.ToolResultContent) -> dict[str, Any]:
    """What a tool gave, for `tool_result`. It is trusted where nobody but the household can have written any of it."""
    text = json_dumps(content.result.data)
    return {
        "result": json.loads(text) if len(text) <= MAX_RESULT else text[:MAX_RESULT],
        "trusted": _trusted(chat_log, content.tool_name),
        "error": content.result.error,
    }


def _trusted(chat_log: conversation.ChatLog, name: str) -> bool:
    tool = next((t for t in chat_log.llm_api.tools if t.name == name), None) if chat_log.llm_api else None
    while isinstance(tool, llm.NamespacedTool):
        tool = tool.tool
    if tool is None or tool.annotations.open_world or tool.integration not in OF_THE_HOUSE:
        return False
    return isinstance(tool, llm.IntentTool) or tool.integration == "llm"


def spoken(chat_log: conversation.ChatLog, step: dict[str, Any], words: Words) -> str | None:
    """The question a person answers before a step is done: what exactly, and whose words had been read. None when it is too
    long to be heard out."""
    name = str(step.get("tool", ""))
    tool = next((t for t in chat_log.llm_api.tools if t.name == name), None) if chat_log.llm_api else None
    title = words(f"tool_{name}") if name in OURS else (tool and tool.title) or name.replace("_", " ")
    arguments = ", ".join(_said(step.get("arguments") or {}))
    if len(arguments) > MAX_SPOKEN:
        return None
    what = f"{title}: {arguments}" if arguments else title
    return words("confirm_foreign" if step.get("tainted") else "confirm_step", what=what)


def _said(value: Any, name: str = "") -> list[str]:
    if isinstance(value, dict):
        return [said for key, item in value.items() for said in _said(item, f"{name} {key}".strip())]
    if isinstance(value, list):
        return [said for item in value for said in _said(item, name)]
    return [f"{name.replace('_', ' ')} {value}".strip()]
