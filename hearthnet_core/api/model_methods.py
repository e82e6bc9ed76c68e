"""The models of this node's own engines: listed, fetched, deleted."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Annotated, Any

import msgspec

from hearthnet_core.api.method import Method, Nothing, once
from hearthnet_core.capability import Chunk
from hearthnet_core.services.models import Models

Model = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Engine = Annotated[str, msgspec.Meta(max_length=64)]


class OneModel(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`engine` empty: the only one that fetches models."""

    model: Model
    engine: Engine = ""


class ModelMethods:
    def __init__(self, models: Models) -> None:
        self._models = models

    def rows(self) -> tuple[Method, ...]:
        return (
            once("models", Nothing, self._listed),
            Method("pull_model", OneModel, self._pull),
            once("delete_model", OneModel, self._delete),
        )

    async def _listed(self, _: Nothing) -> dict[str, Any]:
        return {"models": self._models.listed()}

    def _pull(self, params: OneModel) -> AsyncGenerator[Chunk]:
        return self._models.pull(params.engine, params.model)

    async def _delete(self, params: OneModel) -> dict[str, Any]:
        return await self._models.delete(params.engine, params.model)
