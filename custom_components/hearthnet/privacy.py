"""Who may see questions: asked once, with nothing preselected; a single call may only narrow it."""

from __future__ import annotations

from typing import Any

import probatio
from homeassistant.helpers.selector import SelectSelector, SelectSelectorConfig, SelectSelectorMode

from .const import CONF_PRIVACY, PRIVACY_CHOICES, PRIVACY_CLASSES


def privacy_schema() -> dict[Any, Any]:
    """No default and no suggestion: a person decides."""
    return {
        probatio.Required(CONF_PRIVACY): SelectSelector(
            SelectSelectorConfig(options=PRIVACY_CHOICES, mode=SelectSelectorMode.LIST, translation_key="privacy")
        )
    }


def narrowed(setting: str, wanted: str | None) -> str | None:
    """The class a call is sent with; None when `wanted` would widen the node's setting."""
    if wanted is None or wanted == setting:
        return setting
    try:
        return wanted if PRIVACY_CLASSES.index(wanted) < PRIVACY_CLASSES.index(setting) else None
    except ValueError:
        return None
