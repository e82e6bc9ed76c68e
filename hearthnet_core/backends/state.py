"""What is known of one engine between two probes: its models, whether it is up, how much it is doing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from hearthnet_core.backends.chat import CHAT
from hearthnet_core.backends.chat2 import CHAT2, COMPLETE
from hearthnet_core.backends.embedding import EMBED
from hearthnet_core.backends.known import COMPLETION, EMBEDDING, VISION, KnownModel
from hearthnet_core.backends.seeing import DESCRIBE
from hearthnet_core.capability import Offer
from hearthnet_core.contract import Contract
from hearthnet_core.errors import NotFound, SchemaMismatch, Unavailable

MAX_MODELS = 64
MAX_MODEL_NAME = 200
LANGUAGE_MODEL: tuple[Contract, ...] = (CHAT, CHAT2, COMPLETE, EMBED, DESCRIBE)
"""What an engine with language models may offer."""
_NEEDS = {CHAT.name: COMPLETION, COMPLETE.name: COMPLETION, EMBED.name: EMBEDDING, DESCRIBE.name: VISION}
_KINDS = {COMPLETION: "chat model", EMBEDDING: "embedding model", VISION: "model that sees pictures"}
_WORDS = {
    COMPLETION: "text",
    "tools": "tools",
    VISION: "pictures",
    "insert": "gaps to fill",
    EMBEDDING: "texts to embed",
}


class State:
    """`allowed` names the only models to use (empty: all); the first of them is the default."""

    def __init__(self, name: str, *, allowed: tuple[str, ...], slots: int, quality: float, internet: bool) -> None:
        self._name = name
        self._allowed = allowed
        self._slots = slots
        self._quality = quality
        self._internet = internet
        self._in_flight = 0
        self._continues = False
        self._completes = False
        self._reason = f"{name} was not asked yet what it can do."
        self.models: tuple[KnownModel, ...] = ()

    def up(self, models: Iterable[KnownModel], *, continues: bool, completes: bool = True) -> Offer:
        """Models as the engine names them; what is not allowed is left out. `completes`: it offers `llm.complete`."""
        fit = {m.name: m for m in models if m.name and len(m.name) <= MAX_MODEL_NAME and m.can}
        names = [n for wish in self._allowed for n in fit if same_model(wish, n)] if self._allowed else list(fit)
        self.models = tuple(fit[n] for n in dict.fromkeys(names))[:MAX_MODELS]
        self._continues, self._completes, self._reason = continues, completes, ""
        return self.offer()

    def down(self, reason: str) -> Offer:
        self.models, self._reason = (), reason[:300]
        return self.offer()

    @property
    def reachable(self) -> bool:
        """Whether it ran at the last probe, with models or without."""
        return not self._reason

    def completes_no_more(self) -> None:
        """It showed that it has no plain completion; the next probe may say otherwise."""
        self._completes = False

    def offer(self, contract: Contract = CHAT) -> Offer:
        able = self._of(contract)
        reason = self._reason or ("" if able else self._lack(contract))
        return Offer(
            capability=contract.name,
            version=contract.version,
            provider=self._name,
            models=tuple(m.name for m in able),
            loaded=tuple(m.name for m in able if m.loaded),
            quality=self._quality,
            continues=self._continues or contract is COMPLETE,
            internet=self._internet,
            slots=self._slots,
            load=self._in_flight / self._slots,
            available=not reason,
            reason=reason,
        )

    def able(self, contract: Contract, wish: str, needs: frozenset[str]) -> tuple[KnownModel, ...]:
        """The models to use, best first: the wished one, else loaded ones, else in order. Raises `Unavailable`, `NotFound`,
        and `SchemaMismatch` when those that are there cannot do what is needed."""
        models = self._of(contract)
        if reason := self._reason or ("" if models else self._lack(contract)):
            raise Unavailable(reason)
        ordered = [m for m in models if m.loaded] + [m for m in models if not m.loaded]
        wished = [m for m in ordered if not wish or same_model(wish, m.name)]
        if not wished:
            raise NotFound(f"{self._name} has no model called {wish[:60]!r}.")
        able = tuple(m for m in wished if needs <= m.can)
        if not able:
            lacking = " and ".join(_WORDS.get(n, n) for n in sorted(needs) if any(n not in m.can for m in wished))
            who = wished[0].name if wish else f"No model of {self._name}"
            raise SchemaMismatch(f"{who} {'does not take' if wish else 'takes'} {lacking}; ask for another model.")
        return able

    @contextmanager
    def working(self) -> Iterator[None]:
        self._in_flight += 1
        try:
            yield
        finally:
            self._in_flight -= 1

    def _of(self, contract: Contract) -> tuple[KnownModel, ...]:
        if contract is COMPLETE and not self._completes:
            return ()
        return tuple(m for m in self.models if _NEEDS[contract.name] in m.can)

    def _lack(self, contract: Contract) -> str:
        if contract is COMPLETE and not self._completes:
            return f"{self._name} completes no bare text; it only chats."
        wanted = f" called {' or '.join(self._allowed)}"[:200] if self._allowed else ""
        return f"{self._name} runs but has no {_KINDS[_NEEDS[contract.name]]}{wanted}; load one into it."


def same_model(wish: str, model: str) -> bool:
    """Equal, or the wish names the family alone: `llama3.2` fits `llama3.2:3b`, never the other way round."""
    wish, model = wish.casefold(), model.casefold()
    return wish == model or (":" not in wish and model.partition(":")[0] == wish)
