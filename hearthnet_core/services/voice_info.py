"""What this node's Wyoming server says of itself: always the same, whoever is in reach, so that Home Assistant's entities
never change. One program that hears, one that speaks, a voice for each language: Home Assistant tells a voice's name only."""

from __future__ import annotations

from typing import Any

from hearthnet_core.backends.wyoming_info import OURS

VERSION = "1"
"""Of what is said here, not of the node."""
LANGUAGES = (
    "ar", "bg", "bn", "bs", "ca", "cs", "cy", "da", "de", "el", "en", "es", "et", "eu", "fa", "fi", "fr", "gl", "he", "hi",
    "hr", "hu", "hy", "id", "is", "it", "ja", "ka", "kk", "ko", "lb", "lt", "lv", "mk", "ml", "mn", "ms", "ne", "nl", "no",
    "pl", "pt", "ro", "ru", "sk", "sl", "sq", "sr", "sv", "sw", "ta", "te", "th", "tr", "uk", "ur", "vi", "zh",
)  # fmt: skip
_PREFIX = "hearthnet-"


def language_of_voice(name: str) -> str:
    """The language one of our voices stands for, or empty."""
    language = name.removeprefix(_PREFIX)
    return language if name.startswith(_PREFIX) and language in LANGUAGES else ""


def _artifact(name: str, description: str, **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "attribution": {"name": "HearthNet", "url": "https://github.com/hearthnet/hearthnet"},
        "installed": True,
        "description": description,
        "version": VERSION,
        **more,
    }


INFO: dict[str, Any] = {
    "asr": [
        _artifact(
            OURS,
            "Whoever in the neighbourhood hears best",
            models=[_artifact("neighbourhood", "Whoever hears best", languages=list(LANGUAGES))],
            supports_transcript_streaming=False,
            requires_external_vad=True,
        )
    ],
    "tts": [
        _artifact(
            OURS,
            "Whoever in the neighbourhood speaks best",
            voices=[_artifact(f"{_PREFIX}{code}", "HearthNet", languages=[code]) for code in LANGUAGES],
            supports_synthesize_streaming=True,
        )
    ],
    "handle": [],
    "intent": [],
    "wake": [],
    "mic": [],
    "snd": [],
}
"""The data of `info`, as the protocol's library expects it."""
