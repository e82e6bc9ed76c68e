"""Setting up: found or typed, paired with a code somebody reads out, and one question that nobody answers for the household."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, override

import probatio
from homeassistant.config_entries import (
    ConfigEntry,
    ConfigEntryState,
    ConfigFlow,
    ConfigFlowResult,
    ConfigSubentryData,
    ConfigSubentryFlow,
)
from homeassistant.const import CONF_HOST, CONF_PORT, CONF_TOKEN, CONF_URL
from homeassistant.core import callback
from homeassistant.helpers.selector import TextSelector, TextSelectorConfig, TextSelectorType
from homeassistant.helpers.service_info.hassio import HassioServiceInfo
from homeassistant.helpers.service_info.zeroconf import ZeroconfServiceInfo
from yarl import URL

from .address import is_loopback, node_url
from .agent_flow import DEFAULT_AGENT, AgentSubentryFlow
from .const import (
    API_VERSION,
    CONF_ADDRESS,
    CONF_CODE,
    CONF_FINGERPRINT,
    CONF_NODE_URL,
    CONF_PRIVACY,
    DEFAULT_ADDRESS,
    DOMAIN,
    LOGGER,
    NAME,
    SUBENTRY_CONVERSATION,
)
from .errors import CannotConnect, NodeError, NotHearthNet, VersionMismatch
from .pairing import CODE, Health, call_once, health, pair, plain_code, see_certificate, tries_left
from .privacy import privacy_schema
from .session import node_session

CODE_FIELD = TextSelector(TextSelectorConfig(type=TextSelectorType.TEXT, autocomplete="one-time-code"))
CODE_SCHEMA = probatio.Schema({probatio.Required(CONF_CODE): CODE_FIELD})
USER_SCHEMA = probatio.Schema(
    {probatio.Required(CONF_ADDRESS): TextSelector(), probatio.Required(CONF_CODE): CODE_FIELD}
)
RECONFIGURE_SCHEMA = probatio.Schema(
    {probatio.Required(CONF_ADDRESS): TextSelector(), probatio.Optional(CONF_CODE): CODE_FIELD}
)
REFUSED = {"expired": "code_expired", "not_found": "code_expired", "rate_limited": "too_many_tries"}


class HearthNetConfigFlow(ConfigFlow, domain=DOMAIN):
    """`data` holds how to reach the node: url, token, and the fingerprint of its certificate off this machine."""

    VERSION = 1
    MINOR_VERSION = 1

    def __init__(self) -> None:
        self._url = URL()
        self._fingerprint = ""
        self._health: Health | None = None
        self._token = ""
        self._placeholders: dict[str, str] = {"tries": "", "node_version": "", "api_version": ""}

    @classmethod
    @callback
    @override
    def async_get_supported_subentry_types(cls, config_entry: ConfigEntry) -> dict[str, type[ConfigSubentryFlow]]:
        return {SUBENTRY_CONVERSATION: AgentSubentryFlow}

    @override
    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        errors: dict[str, str] = {}
        if user_input is not None and await self._meet_at(user_input[CONF_ADDRESS], errors):
            await self.async_set_unique_id(self._met.node_id, raise_on_progress=False)
            self._abort_if_unique_id_configured()
            if await self._pair(user_input[CONF_CODE], errors):
                return await self.async_step_privacy()
        suggested = user_input or {CONF_ADDRESS: str(self._url) if self._url else DEFAULT_ADDRESS}
        return self.async_show_form(
            step_id="user",
            data_schema=self.add_suggested_values_to_schema(USER_SCHEMA, suggested),
            errors=errors,
            description_placeholders=self._placeholders,
        )

    async def async_step_import(self, import_data: dict[str, Any]) -> ConfigFlowResult:
        """`hearthnet: node_url:` in configuration.yaml: the address is given, the code is still read by a person."""
        try:
            self._url = node_url(import_data[CONF_NODE_URL])
        except ValueError:
            LOGGER.error("hearthnet: node_url in configuration.yaml is no address: %s", import_data[CONF_NODE_URL])
            return self.async_abort(reason="invalid_address")
        self._async_abort_entries_match({CONF_URL: str(self._url)})
        if await self._meet({}):
            await self.async_set_unique_id(self._met.node_id)
            self._abort_if_unique_id_configured()
        self.context["title_placeholders"] = {"name": str(self._url.host)}
        return await self.async_step_user()

    @override
    async def async_step_zeroconf(self, discovery_info: ZeroconfServiceInfo) -> ConfigFlowResult:
        node_id = discovery_info.properties.get("id")
        if not isinstance(node_id, str) or not discovery_info.port:
            return self.async_abort(reason="not_hearthnet")
        host = f"[{discovery_info.host}]" if ":" in discovery_info.host else discovery_info.host
        self._url = node_url(f"{host}:{discovery_info.port}")
        entry = await self.async_set_unique_id(node_id)
        errors: dict[str, str] = {}
        met = await self._meet(errors)
        if entry is not None and met and entry.data.get(CONF_FINGERPRINT) and self._is(entry):
            # An announcement proves nothing; the certificate at the new address, or the node's signature over it, does.
            self._update(entry, {CONF_URL: str(self._url), CONF_FINGERPRINT: self._fingerprint})
        self._abort_if_unique_id_configured()
        if not met:
            return self.async_abort(reason=errors["base"], description_placeholders=self._placeholders)
        if self._met.node_id != node_id:
            return self.async_abort(reason="not_hearthnet")
        self.context["title_placeholders"] = {"name": self._met.name or NAME}
        return await self.async_step_zeroconf_confirm()

    async def async_step_zeroconf_confirm(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        errors: dict[str, str] = {}
        if user_input is not None and await self._meet(errors) and await self._pair(user_input[CONF_CODE], errors):
            return await self.async_step_privacy()
        self._placeholders |= {"name": self._met.name or NAME, "address": str(self._url.host)}
        return self.async_show_form(
            step_id="zeroconf_confirm",
            data_schema=CODE_SCHEMA,
            errors=errors,
            description_placeholders=self._placeholders,
        )

    async def async_step_hassio(self, discovery_info: HassioServiceInfo) -> ConfigFlowResult:
        """The app on this machine: Supervisor vouches for it and brings the token, so nothing is typed."""
        config = discovery_info.config
        errors: dict[str, str] = {}
        try:
            self._url = node_url(f"{config[CONF_HOST]}:{int(config[CONF_PORT])}")
            node_id, self._token = str(config["node_id"]), str(config[CONF_TOKEN])
        except KeyError, TypeError, ValueError:
            return self.async_abort(reason="not_hearthnet")
        entry = await self.async_set_unique_id(node_id)
        if not await self._meet(errors):
            return self.async_abort(reason=errors["base"], description_placeholders=self._placeholders)
        if self._met.node_id != node_id or (self._fingerprint and not self._met.vouches_for(self._fingerprint)):
            return self.async_abort(reason="not_proven")
        if not await self._call("state", {}, errors):
            return self.async_abort(reason=errors["base"])
        if entry is not None:
            self._update(entry, self._data())
        self._abort_if_unique_id_configured()
        self.context["title_placeholders"] = {"name": self._met.name or discovery_info.name}
        return await self.async_step_privacy()

    async def async_step_privacy(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Asked once, nothing preselected."""
        errors: dict[str, str] = {}
        if user_input is not None and await self._call("set_privacy", {"privacy": user_input[CONF_PRIVACY]}, errors):
            return self.async_create_entry(
                title=self._met.name or NAME,
                data=self._data(),
                subentries=[
                    ConfigSubentryData(
                        subentry_type=SUBENTRY_CONVERSATION, title=NAME, data=DEFAULT_AGENT, unique_id=None
                    )
                ],
            )
        return self.async_show_form(
            step_id="privacy",
            data_schema=probatio.Schema(privacy_schema()),
            errors=errors,
            description_placeholders={"name": self._met.name or NAME},
        )

    async def async_step_reauth(self, entry_data: Mapping[str, Any]) -> ConfigFlowResult:
        self._url = URL(entry_data[CONF_URL])
        return await self.async_step_reauth_confirm()

    async def async_step_reauth_confirm(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        entry = self._get_reauth_entry()
        errors: dict[str, str] = {}
        if user_input is not None and await self._meet(errors) and await self._pair_again(entry, user_input, errors):
            return self._update_and_abort(entry)
        self._placeholders |= {"name": entry.title, "address": str(self._url.host)}
        return self.async_show_form(
            step_id="reauth_confirm",
            data_schema=CODE_SCHEMA,
            errors=errors,
            description_placeholders=self._placeholders,
        )

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """The node moved. If what answers there can prove that it is the same one, the token stays and no code is needed."""
        entry = self._get_reconfigure_entry()
        errors: dict[str, str] = {}
        if user_input is not None and await self._meet_at(user_input[CONF_ADDRESS], errors):
            if user_input.get(CONF_CODE):
                if await self._pair_again(entry, user_input, errors):
                    return self._update_and_abort(entry)
            elif self._met.node_id != entry.unique_id:
                errors["base"] = "wrong_node"
            elif self._fingerprint and not self._is(entry):
                errors[CONF_CODE] = "code_needed"
            else:
                self._token = entry.data[CONF_TOKEN]
                if await self._call("state", {}, errors):
                    return self._update_and_abort(entry)
                if errors["base"] == "invalid_auth":
                    errors = {CONF_CODE: "code_needed"}
        self._placeholders |= {"name": entry.title}
        return self.async_show_form(
            step_id="reconfigure",
            data_schema=self.add_suggested_values_to_schema(
                RECONFIGURE_SCHEMA, user_input or {CONF_ADDRESS: entry.data[CONF_URL]}
            ),
            errors=errors,
            description_placeholders=self._placeholders,
        )

    @property
    def _met(self) -> Health:
        assert self._health is not None
        return self._health

    async def _meet_at(self, typed: str, errors: dict[str, str]) -> bool:
        try:
            self._url = node_url(typed)
        except ValueError:
            errors[CONF_ADDRESS] = "invalid_address"
            return False
        return await self._meet(errors)

    async def _meet(self, errors: dict[str, str]) -> bool:
        """Who answers at the address, and whether its version fits."""
        try:
            self._fingerprint = await see_certificate(self._url)
            self._health = await health(node_session(self.hass), self._url, self._fingerprint)
            self._health.require_fit()
        except VersionMismatch as error:
            errors["base"] = f"{error.update}_too_old"
            self._placeholders |= {
                "node_version": error.node_version,
                "api_version": ".".join(map(str, API_VERSION)),
            }
        except NotHearthNet:
            errors["base"] = "not_hearthnet"
        except NodeError as error:
            LOGGER.debug("Cannot connect: %s", error.message)
            errors["base"] = "cannot_connect"
        return not errors

    async def _pair(self, code: str, errors: dict[str, str]) -> bool:
        if not CODE.fullmatch(plain_code(code)):
            errors[CONF_CODE] = "invalid_code"
            return False
        try:
            paired = await pair(node_session(self.hass), self._url, self._fingerprint, code)
        except CannotConnect:
            errors["base"] = "cannot_connect"
        except NodeError as error:
            LOGGER.debug("Pairing refused: %s", error.message)
            if error.code == "unauthorized" and (tries := tries_left(error)):
                errors[CONF_CODE] = "wrong_code"
                self._placeholders["tries"] = str(tries)
            elif error.code == "unauthorized":
                errors[CONF_CODE] = "too_many_tries"
            elif error.code == "invalid_signature":
                errors["base"] = "not_proven"
            elif error.code in REFUSED:
                errors[CONF_CODE] = REFUSED[error.code]
            else:
                errors["base"] = "unknown"
        else:
            if paired.node_id == self._met.node_id:
                self._token = paired.token
            else:
                errors["base"] = "not_proven"
        return not errors

    async def _pair_again(self, entry: ConfigEntry, user_input: dict[str, Any], errors: dict[str, str]) -> bool:
        if self._met.node_id != entry.unique_id:
            errors["base"] = "wrong_node"
            return False
        return await self._pair(user_input[CONF_CODE], errors)

    async def _call(self, method: str, params: dict[str, Any], errors: dict[str, str]) -> bool:
        session = node_session(self.hass)
        try:
            await call_once(session, self._url, self._fingerprint, self._token, method, params)
        except NodeError as error:
            LOGGER.debug("%s failed: %s", method, error.message)
            errors["base"] = "invalid_auth" if error.refuses_token else "cannot_connect"
        return not errors

    def _is(self, entry: ConfigEntry) -> bool:
        """Whether what was met is the entry's node, by its certificate."""
        same = self._met.node_id == entry.unique_id
        known = self._fingerprint == entry.data.get(CONF_FINGERPRINT)
        return same and (known or self._met.vouches_for(self._fingerprint))

    def _data(self) -> dict[str, str]:
        return {CONF_URL: str(self._url), CONF_TOKEN: self._token, CONF_FINGERPRINT: self._fingerprint}

    @callback
    def _update(self, entry: ConfigEntry, data: dict[str, str]) -> None:
        """A loaded entry reloads by its listener; one that waits to try again is told that it may."""
        if is_loopback(URL(entry.data[CONF_URL]).host or "") and CONF_TOKEN not in data:
            return
        self.hass.config_entries.async_update_entry(entry, data={**entry.data, **data})
        if entry.state is ConfigEntryState.SETUP_ERROR:
            self.hass.config_entries.async_schedule_reload(entry.entry_id)

    @callback
    def _update_and_abort(self, entry: ConfigEntry) -> ConfigFlowResult:
        data = self._data()
        reload = data.items() <= entry.data.items() or not entry.update_listeners
        result = self.async_update_and_abort(entry, data_updates=data)
        if reload:
            self.hass.config_entries.async_schedule_reload(entry.entry_id)
        return result
