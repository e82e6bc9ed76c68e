"""Copies of what neighbours share: which there are, beginning one, ending one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import msgspec

from hearthnet_core.api.method import Method, Nothing, once
from hearthnet_core.models.ids import NodeId
from hearthnet_core.services.replicas import Replicas


class SetCopy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`keep` false ends the copy and deletes what was copied."""

    node_id: Annotated[str, msgspec.Meta(max_length=100)]
    corpus: Annotated[str, msgspec.Meta(pattern="^[a-z0-9_-]{1,40}$")]
    keep: bool = True


class CopyMethods:
    """`name` of a node as people know it."""

    def __init__(self, replicas: Replicas, name: Callable[[str], str]) -> None:
        self._replicas = replicas
        self._name = name

    def rows(self) -> tuple[Method, ...]:
        return (once("copies", Nothing, self._copies), once("set_copy", SetCopy, self._set))

    async def _copies(self, _: Nothing) -> dict[str, Any]:
        return {"copies": await self._replicas.listed()}

    async def _set(self, params: SetCopy) -> dict[str, Any]:
        origin = NodeId.parse(params.node_id)
        await self._replicas.choose(origin, params.corpus, self._name(origin.text), keep=params.keep)
        return {"copies": await self._replicas.listed()}
