"""The Home Assistant app's own options: the engines of its container, as the node is told of them.

Each is `{enabled, url, …}`. One that runs in the container listens on a loopback port of its own; `url` replaces it.
"""

from __future__ import annotations

from typing import Any

from hearthnet_core.errors import BadRequest

OLLAMA = "http://127.0.0.1:17434"
SPEECH = {"whisper": "tcp://127.0.0.1:17300", "piper": "tcp://127.0.0.1:17200"}
ENGINES = ("ollama", *SPEECH)


def node_options(options: dict[str, Any]) -> dict[str, Any]:
    """The node's options in those of the app. Raises `BadRequest` for an engine that is no table."""
    mine = {name: options[name] for name in ENGINES if name in options}
    for name, chosen in mine.items():
        if not isinstance(chosen, dict):
            raise BadRequest(f"The app's option {name} is no table; look at its documentation.")
    rest = {name: value for name, value in options.items() if name not in ENGINES}
    if url := _address(mine.get("ollama"), OLLAMA):
        rest["engines"] = [{"kind": "ollama", "url": url, "name": "ollama"}, *rest.get("engines", ())]
    speech = [
        {"kind": "wyoming", "url": url, "name": name}
        for name, own in SPEECH.items()
        if (url := _address(mine.get(name), own))
    ]
    if speech:
        rest["speech"] = [*speech, *rest.get("speech", ())]
    return rest


def _address(chosen: dict[str, Any] | None, own: str) -> str:
    """Where the engine is, or empty when there is none."""
    return str(chosen.get("url") or own) if chosen and chosen.get("enabled") else ""
