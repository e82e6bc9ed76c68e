"""The actions. Reading and asking is for everyone; what changes the community or its mode is for administrators."""

from __future__ import annotations

from contextlib import aclosing
from typing import Any

import probatio
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.service import async_get_config_entry, async_register_admin_service

from .const import CONF_PRIVACY, DOMAIN, PRIVACY_CLASSES
from .coordinator import HearthNetCoordinator
from .errors import NodeError
from .privacy import narrowed
from .state import MODES, SEVERITIES

ENTRY = "config_entry_id"
SEARCH_S = 60
ASK_SILENCE_S = 150
"""Between two events of an answer: an engine may have to load its model first."""
JOIN_S = 120
MAX_QUESTION = 4_000
MAX_HOURS = 720
MAX_INVITE_HOURS = 168

INVALID = {
    "bad_request": "refused",
    "schema_mismatch": "refused",
    "not_found": "not_found",
    "expired": "expired",
    "forbidden": "forbidden",
    "revoked": "forbidden",
}
"""Codes that mean: this call makes no sense, however often it is tried; with the sentence of each."""
FAILED = {
    "unavailable": "unavailable",
    "partition": "unavailable",
    "timeout": "timeout",
    "rate_limited": "busy",
    "capacity_exceeded": "busy",
}


def raised(error: NodeError) -> HomeAssistantError:
    """What an action raises for the node's error."""
    known = INVALID.get(error.code)
    kind = ServiceValidationError if known else HomeAssistantError
    return kind(
        translation_domain=DOMAIN,
        translation_key=known or FAILED.get(error.code, "failed"),
        translation_placeholders={"message": error.message},
    )


def _text(longest: int) -> Any:
    return probatio.All(cv.string, str.strip, probatio.Length(min=1, max=longest))


def _schema(fields: dict[Any, Any]) -> probatio.Schema:
    return probatio.Schema({probatio.Optional(ENTRY): cv.string, **fields})


ASK = _schema(
    {
        probatio.Required("question"): _text(MAX_QUESTION),
        probatio.Optional(CONF_PRIVACY): probatio.In(PRIVACY_CLASSES),
        probatio.Optional("model"): _text(200),
        probatio.Optional("language"): _text(35),
        probatio.Optional("conversation"): _text(64),
        probatio.Optional("max_sentences"): probatio.All(probatio.Coerce(int), probatio.Range(min=1, max=50)),
    }
)
SEARCH = _schema(
    {
        probatio.Required("query"): _text(MAX_QUESTION),
        probatio.Optional("k"): probatio.All(probatio.Coerce(int), probatio.Range(min=1, max=20)),
        probatio.Optional(CONF_PRIVACY): probatio.In(PRIVACY_CLASSES),
    }
)
POST_NOTICE = _schema(
    {
        probatio.Required("title"): _text(80),
        probatio.Required("body"): _text(2_000),
        probatio.Optional("severity"): probatio.In(SEVERITIES),
        probatio.Optional("ttl_hours"): probatio.All(probatio.Coerce(int), probatio.Range(min=1, max=MAX_HOURS)),
    }
)
CREATE_INVITE = _schema(
    {
        probatio.Optional("own"): cv.boolean,
        probatio.Optional("ttl_hours"): probatio.All(probatio.Coerce(int), probatio.Range(min=1, max=MAX_INVITE_HOURS)),
    }
)
JOIN = _schema(
    {
        probatio.Required("text"): _text(1_000),
        probatio.Optional("name"): _text(64),
        probatio.Optional("own"): cv.boolean,
    }
)
SET_MODE = _schema({probatio.Required("mode"): probatio.In(MODES), probatio.Optional("reason"): _text(200)})


def _chosen(call: ServiceCall) -> tuple[HearthNetCoordinator, dict[str, Any]]:
    """The node that is meant, and the call's parameters without it."""
    entry: ConfigEntry[HearthNetCoordinator] = async_get_config_entry(call.hass, DOMAIN, call.data.get(ENTRY))
    return entry.runtime_data, {key: value for key, value in call.data.items() if key != ENTRY}


def _within_privacy(node: HearthNetCoordinator, params: dict[str, Any]) -> None:
    """Every question carries its class: the node's setting as this home knows it, or a narrower one."""
    setting = node.data.privacy
    privacy = narrowed(setting, params.get(CONF_PRIVACY))
    if privacy is None:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="privacy_wider",
            translation_placeholders={"wanted": params[CONF_PRIVACY], "setting": setting},
        )
    params[CONF_PRIVACY] = privacy


async def _ask(call: ServiceCall) -> ServiceResponse:
    node, params = _chosen(call)
    _within_privacy(node, params)
    params.setdefault("language", call.hass.config.language)
    try:
        async with aclosing(node.client.stream("ask", params, silence_s=ASK_SILENCE_S)) as events:
            async for event in events:
                if event.name == "done":
                    return event.data
    except NodeError as error:
        raise raised(error) from error
    return None


async def _search(call: ServiceCall) -> ServiceResponse:
    node, params = _chosen(call)
    _within_privacy(node, params)
    return await _call(node, "search", params, SEARCH_S)


async def _post_notice(call: ServiceCall) -> ServiceResponse:
    node, params = _chosen(call)
    return await _call(node, "post_notice", params)


async def _create_invite(call: ServiceCall) -> ServiceResponse:
    node, params = _chosen(call)
    return await _call(node, "create_invite", params)


async def _join(call: ServiceCall) -> ServiceResponse:
    node, params = _chosen(call)
    return await _call(node, "join", params, JOIN_S)


async def _set_mode(call: ServiceCall) -> ServiceResponse:
    node, params = _chosen(call)
    return await _call(node, "set_mode", params)


async def _call(
    node: HearthNetCoordinator, method: str, params: dict[str, Any], timeout_s: float = 30
) -> dict[str, Any]:
    try:
        return await node.client.call(method, params, timeout_s=timeout_s)
    except NodeError as error:
        raise raised(error) from error


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    everyone, admin = hass.services.async_register, async_register_admin_service
    everyone(DOMAIN, "ask", _ask, ASK, SupportsResponse.ONLY)
    everyone(DOMAIN, "search", _search, SEARCH, SupportsResponse.ONLY)
    everyone(DOMAIN, "post_notice", _post_notice, POST_NOTICE, SupportsResponse.OPTIONAL)
    admin(hass, DOMAIN, "create_invite", _create_invite, CREATE_INVITE, SupportsResponse.ONLY)
    admin(hass, DOMAIN, "join", _join, JOIN, SupportsResponse.OPTIONAL)
    admin(hass, DOMAIN, "set_mode", _set_mode, SET_MODE, SupportsResponse.OPTIONAL)
