"""What is known of one engine between two probes: its models, whether it is up, how much it is doing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from hearthnet_core.backends.chat import CHAT
from hearthnet_core.capability import Offer
from hearthnet_core.errors import NotFound, Unavailable

MAX_MODELS = 64
MAX_MODEL_NAME = 200
_NOT_FOR_CHAT = ("embed", "rerank", "whisper", "bge-", "all-minilm", "tts-", "dall-e", "moderation")


class State:
    """`allowed` names the only models to use (empty: all); the first of them is the default."""

    def __init__(self, name: str, *, allowed: tuple[str, ...], slots: int, quality: float, internet: bool) -> None:
        self._name = name
        self._allowed = allowed
        self._slots = slots
        self._quality = quality
        self._internet = internet
        self._in_flight = 0
        self._models: tuple[str, ...] = ()
        self._loaded: tuple[str, ...] = ()
        self._continues = False
        self._reason = f"{name} was not asked yet what it can do."

    def up(self, models: tuple[str, ...], loaded: tuple[str, ...], *, continues: bool) -> Offer:
        """Models as the engine names them; what cannot chat and what is not allowed is left out."""
        fit = [m for m in dict.fromkeys(models) if m and len(m) <= MAX_MODEL_NAME and _chats(m)]
        if self._allowed:
            fit = [m for wish in self._allowed for m in fit if same_model(wish, m)]
        self._models = tuple(dict.fromkeys(fit))[:MAX_MODELS]
        self._loaded = tuple(m for m in self._models if m in loaded)
        self._continues = continues
        wanted = f" called {' or '.join(self._allowed)}"[:200] if self._allowed else ""
        self._reason = "" if self._models else f"{self._name} runs but has no chat model{wanted}; load one into it."
        return self.offer()

    def down(self, reason: str) -> Offer:
        self._models, self._loaded, self._reason = (), (), reason[:300]
        return self.offer()

    def offer(self) -> Offer:
        return Offer(
            capability=CHAT.name,
            version=CHAT.version,
            provider=self._name,
            models=self._models,
            loaded=self._loaded,
            quality=self._quality,
            continues=self._continues,
            internet=self._internet,
            slots=self._slots,
            load=self._in_flight / self._slots,
            available=not self._reason,
            reason=self._reason,
        )

    def pick(self, wish: str) -> str:
        """The model to use: the wished one, else a loaded one, else the first. Raises `Unavailable`, `NotFound`."""
        if self._reason:
            raise Unavailable(self._reason)
        if not wish:
            return (self._loaded or self._models)[0]
        for model in self._loaded + self._models:
            if same_model(wish, model):
                return model
        raise NotFound(f"{self._name} has no model called {wish[:60]!r}.")

    @contextmanager
    def working(self) -> Iterator[None]:
        self._in_flight += 1
        try:
            yield
        finally:
            self._in_flight -= 1


def same_model(wish: str, model: str) -> bool:
    """Equal, or the wish names the family alone: `llama3.2` fits `llama3.2:3b`, never the other way round."""
    wish, model = wish.casefold(), model.casefold()
    return wish == model or (":" not in wish and model.partition(":")[0] == wish)


def _chats(model: str) -> bool:
    name = model.casefold()
    return not any(part in name for part in _NOT_FOR_CHAT)
