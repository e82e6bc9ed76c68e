"""Models of Hugging Face inside this process, on the graphics card or the processor, where torch and transformers are
installed (the extra `transformers`). Never a default: it is configured, with the models to use.

A model is a folder under the data folder's `models/transformers`. Only weights as safetensors and architectures that
transformers itself knows are loaded: code that comes with a model is never run.
"""

from __future__ import annotations

import asyncio
import importlib.util
from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import msgspec

from hearthnet_core.backends import Progress
from hearthnet_core.backends.answering import Asked, Piece, answered
from hearthnet_core.backends.chat import CHAT, Usage
from hearthnet_core.backends.chat2 import CHAT2, COMPLETE
from hearthnet_core.backends.hub import fetched, remove, whole
from hearthnet_core.backends.known import COMPLETION, KnownModel, tokens
from hearthnet_core.backends.patience import PATIENT, Patience
from hearthnet_core.backends.state import State
from hearthnet_core.backends.torch_generation import Generation, Loaded, load
from hearthnet_core.capability import Call, Chunk, Offer
from hearthnet_core.contract import Contract
from hearthnet_core.errors import BadRequest, HearthNetError, NotImplementedHere, Unavailable
from hearthnet_core.runtime import Runtime

MAX_CONFIG = 1024 * 1024
INSTALL = "Install torch and transformers for {}: pip install 'hearthnet[transformers]'."


class _Config(msgspec.Struct):
    """Of a model's `config.json`, what matters here."""

    model_type: str = ""
    max_position_embeddings: Any = None
    auto_map: Any = None


class Transformers:
    """One model is loaded at a time, at the first question; another one takes its place. Goes on exactly from a partial
    answer. Takes no tools and no pictures: each model writes those its own way."""

    contracts: tuple[Contract, ...] = (CHAT, CHAT2, COMPLETE)

    def __init__(
        self,
        name: str,
        folder: Path,
        runtime: Runtime,
        *,
        models: tuple[str, ...],
        slots: int = 1,
        quality: float = 0.6,
        context: int = 0,
        patience: Patience = PATIENT,
    ) -> None:
        if not models:
            raise BadRequest(
                f"The engine {name} needs its models, like models = ['HuggingFaceTB/SmolLM2-360M-Instruct']."
            )
        self.name = name
        self.url = ""
        self._folder = folder
        self._runtime = runtime
        self._wanted = models
        self._context = context
        self._patience = patience
        self._state = State(name, allowed=(), slots=slots, quality=quality, internet=False)
        self._loaded: Loaded | None = None
        self._turn = asyncio.Lock()

    def offer(self, contract: Contract = CHAT) -> Offer:
        return self._state.offer(contract)

    def models(self) -> tuple[KnownModel, ...]:
        return self._state.models

    def reachable(self) -> bool:
        return importlib.util.find_spec("huggingface_hub") is not None

    async def probe(self) -> Offer:
        if any(importlib.util.find_spec(package) is None for package in ("torch", "transformers")):
            return self._state.down(INSTALL.format(self.name))
        found, reasons = [], []
        for model in self._wanted:
            try:
                found.append(await self._runtime.offload(self._known, model))
            except HearthNetError as error:
                reasons.append(error.message)
        return self._state.up(found, continues=True) if found else self._state.down(" ".join(reasons))

    async def close(self) -> None:
        self._loaded = None

    def stream(self, call: Call) -> AsyncGenerator[Chunk]:
        if not any(call.capability == c.name and c.version.serves(call.version) for c in self.contracts):
            raise NotImplementedHere(f"{self.name} only writes text.")
        return answered(self, self._state, self._patience, call)

    async def pieces(self, asked: Asked) -> AsyncGenerator[Piece]:
        """A token at a time, each on a thread: who leaves is not followed by more than one."""
        loaded = await self._model(asked.model.name)
        generation = await self._runtime.offload(Generation, loaded, asked)
        while not generation.finish:
            if text := await self._runtime.offload(generation.step):
                yield Piece(text)
        usage = Usage(generation.prompt_tokens, generation.completion_tokens)
        yield Piece(generation.rest, finish=generation.finish, usage=usage, last=True)

    async def vectors(self, model: str, texts: list[str]) -> list[list[float]]:
        raise NotImplementedHere(f"{self.name} makes no vectors; embeddings have an engine of their own.")

    def keeps(self, model: str) -> bool:
        return model in self._wanted

    async def pull(self, model: str) -> AsyncGenerator[Progress]:
        """From the model hub; what was fetched so far is kept."""
        async with aclosing(fetched(model, self._place(model), self._runtime)) as parts:
            async for part in parts:
                yield part

    async def delete(self, model: str) -> None:
        if self._loaded is not None and self._loaded.name == model:
            self._loaded = None
        await self._runtime.offload(remove, model, self._place(model))

    async def _model(self, name: str) -> Loaded:
        async with self._turn:
            if self._loaded is None or self._loaded.name != name:
                self._loaded = None  # before the next one: there may be no room for two
                try:
                    self._loaded = await self._runtime.offload(load, name, self._place(name))
                except HearthNetError:
                    raise
                except Exception as error:  # torch and transformers raise anything
                    what = " ".join(str(error).split())[:200]
                    raise Unavailable(f"{name} cannot be loaded ({type(error).__name__}: {what}).") from None
            return self._loaded

    def _place(self, model: str) -> Path:
        return self._folder / model.replace("/", "--")

    def _known(self, model: str) -> KnownModel:
        """Raises `Unavailable` with what to do."""
        place = self._place(model)
        if not whole(place):
            raise Unavailable(f"{model} is not here yet; fetch it with `hearthnet models pull {model}`.")
        try:
            with (place / "config.json").open("rb") as file:
                config = msgspec.json.decode(file.read(MAX_CONFIG), type=_Config)
            weights = list(place.glob("*.safetensors"))
            size = sum(path.stat().st_size for path in weights)
        except (OSError, msgspec.DecodeError) as error:
            raise Unavailable(f"{model} cannot be read ({error}); delete it and fetch it again.") from None
        if not weights:
            raise Unavailable(f"{model} has no weights as safetensors, the only ones that are loaded.")
        if not (place / "chat_template.jinja").exists() and not _has_template(place):
            raise Unavailable(f"{model} is no chat model; take one whose name ends with Instruct.")
        most = tokens(config.max_position_embeddings)
        return KnownModel(
            name=model,
            can=frozenset({COMPLETION}),
            context=min(c for c in (most, self._context) if c) if most or self._context else 0,
            size_bytes=size,
            family=config.model_type[:100],
            loaded=self._loaded is not None and self._loaded.name == model,
        )


def _has_template(place: Path) -> bool:
    try:
        return b'"chat_template"' in (place / "tokenizer_config.json").read_bytes()
    except OSError:
        return False
