"""Whether a request fits into a model's context, before it is sent: many engines cut off the beginning without a word.

The estimate is one token for each 3.5 bytes of UTF-8, 6 a message and 768 a picture. Tokenizers of today's models make 3.3 to
4.7 bytes a token of English and German prose, 2.5 to 3.2 of Chinese, and fewer of code and JSON, so it is a little more than
the truth for prose. It is only used to refuse; what it lets pass and is too long after all, the engine refuses itself.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from hearthnet_core.backends.chat2 import Message2, Tool
from hearthnet_core.backends.known import KnownModel
from hearthnet_core.errors import SchemaMismatch

BYTES_A_TOKEN = 3.5
MESSAGE_TOKENS = 6
IMAGE_TOKENS = 768
ANSWER_TOKENS = 256
"""Kept free for the answer when the request does not say how long it may be."""


def estimated(messages: Sequence[Message2], tools: Sequence[Tool] = ()) -> int:
    """Tokens of a conversation."""
    size = sum(len(m.content.encode()) for m in messages)
    size += len(msgspec.json.encode([m.tool_calls for m in messages if m.tool_calls])) + len(msgspec.json.encode(tools))
    pictures = sum(len(m.images) for m in messages)
    return int(size / BYTES_A_TOKEN) + MESSAGE_TOKENS * len(messages) + IMAGE_TOKENS * pictures


def estimated_text(text: str) -> int:
    return int(len(text.encode()) / BYTES_A_TOKEN)


def fitting(models: Sequence[KnownModel], tokens: int, max_tokens: int | None) -> KnownModel:
    """The first model that takes so much, one whose context is not known included. Raises `SchemaMismatch` that says how
    much is too much. Of the context at most half is kept for the answer: callers ask for more than any model gives."""
    for model in models:
        if not model.context or tokens <= _room(model, max_tokens):
            return model
    largest = max(models, key=lambda m: m.context)
    raise SchemaMismatch(
        f"This is too long: about {tokens:,} tokens; {largest.name} takes {largest.context:,} with its answer"
        f" ({_room(largest, max_tokens):,} for the question). Shorten it, or ask a model with a larger context."
    )


def _room(model: KnownModel, max_tokens: int | None) -> int:
    return model.context - min(max_tokens or ANSWER_TOKENS, model.context // 2)
