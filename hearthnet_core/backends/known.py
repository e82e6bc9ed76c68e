"""One model of an engine: what it is, and what it can do in Ollama's words for it."""

from __future__ import annotations

import re

import msgspec

COMPLETION = "completion"
TOOLS = "tools"
VISION = "vision"
THINKING = "thinking"
INSERT = "insert"
EMBEDDING = "embedding"
MAX_CONTEXT = 16_777_216

_NEITHER = re.compile(r"rerank|whisper|tts-|dall-e|moderation|stable-diffusion|flux")
_EMBEDS = re.compile(r"embed|bge-|minilm|nomic-bert|(^|[/_-])(e5|gte)-")
_SEES = re.compile(
    r"vision|llava|moondream|pixtral|internvl|smolvlm|minicpm-?[ov]([^a-z]|$)|[-_.\d]vl([^a-z]|$)|gpt-4o|gpt-4\.1|gpt-5|claude|gemini"
)


class KnownModel(msgspec.Struct, frozen=True, kw_only=True):
    """`context` in tokens, what goes in and comes out together; 0: not known. `parameters` as the engine writes it ("3.2B")."""

    name: str
    can: frozenset[str]
    context: int = 0
    size_bytes: int = 0
    family: str = ""
    parameters: str = ""
    quantization: str = ""
    loaded: bool = False


def guessed(name: str, family: str = "") -> frozenset[str]:
    """From its name alone, for engines that do not say. That it takes tools is assumed: one that does not refuses them."""
    low = name.casefold()
    if _NEITHER.search(low):
        return frozenset()
    if _EMBEDS.search(low) or "bert" in family.casefold():
        return frozenset({EMBEDDING})
    return frozenset({COMPLETION, TOOLS, VISION} if _SEES.search(low) else {COMPLETION, TOOLS})


def tokens(value: object) -> int:
    """A context length as an engine tells it; 0 for what is none."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value <= MAX_CONTEXT else 0
