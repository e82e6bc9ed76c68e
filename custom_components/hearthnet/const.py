"""Names that are shared, and the ones that may never change.

Unique ids are permanent: a dashboard or automation of somebody's home hangs on each. `N` is the NodeId of the node the
entry is for (the entry's unique id), `P` that of a peer:

    binary_sensor  N_internet  N_mesh  N_peer_P_connected
    sensor         N_connectivity  N_mode  N_peers  N_last_answered_by  N_peer_P_latency
    event          N_notices
    switch         N_emergency_mode
    conversation   the id of the config subentry
    ai_task        N_ai_task

Devices: (hearthnet, N) for the node, (hearthnet, P) for a peer, (hearthnet, subentry id) for an agent.
"""

from __future__ import annotations

import logging
from typing import Final

from homeassistant.const import Platform

DOMAIN: Final = "hearthnet"
NAME: Final = "HearthNet"
LOGGER = logging.getLogger(__package__)

API_VERSION: Final = (1, 0)
"""The newest local API this integration speaks."""
API_LOWEST: Final = (1, 0)
"""The oldest it still speaks."""
DEFAULT_PORT: Final = 7860
DEFAULT_ADDRESS: Final = "localhost:7860"

CONF_FINGERPRINT: Final = "fingerprint"
CONF_NODE_URL: Final = "node_url"
CONF_CODE: Final = "code"
CONF_ADDRESS: Final = "address"
CONF_PRIVACY: Final = "privacy"
CONF_MAX_SENTENCES: Final = "max_sentences"

SUBENTRY_CONVERSATION: Final = "conversation"
MAX_SENTENCES: Final = 3
"""What a voice may say at most."""

PRIVACY_CLASSES: Final = ("local", "home", "community", "any")
"""Narrowest first; a call may only narrow what the node is set to."""
PRIVACY_CHOICES: Final = ["home", "community"]
"""What a household is asked."""

PLATFORMS: Final = [
    Platform.AI_TASK,
    Platform.BINARY_SENSOR,
    Platform.CONVERSATION,
    Platform.EVENT,
    Platform.SENSOR,
    Platform.SWITCH,
]
