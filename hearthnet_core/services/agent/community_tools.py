"""Tools over the neighbourhood: what works, what is on the board, and, once a person has confirmed it, writing on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal

import msgspec

from hearthnet_core.bus.registry import Registry
from hearthnet_core.community.shown import shown
from hearthnet_core.services.agent.taint import Effect
from hearthnet_core.services.agent.tool import AgentTool, Desk, Outcome
from hearthnet_core.services.community import MAX_NOTICE, MAX_NOTICE_HOURS, MAX_TITLE, CommunityService
from hearthnet_core.services.emergency import Emergency, SetMode

NEIGHBOURS = "neighbours"
BY = "agent"
MAX_PEERS = 30


class NoArguments(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pass


class ListArguments(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    limit: Annotated[int, msgspec.Meta(ge=1, le=20)] = 10


class PostArguments(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    title: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_TITLE)]
    body: Annotated[str, msgspec.Meta(max_length=MAX_NOTICE)] = ""
    severity: Literal["info", "warning", "urgent"] = "info"
    ttl_hours: Annotated[int, msgspec.Meta(ge=1, le=MAX_NOTICE_HOURS)] = 168


class ModeArguments(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    mode: Literal["normal", "emergency", "drill"]
    reason: Annotated[str, msgspec.Meta(max_length=200)] = ""


class CommunityTools:
    """`name` is this node's."""

    def __init__(
        self, registry: Registry, community: CommunityService, emergency: Emergency, name: Callable[[], str]
    ) -> None:
        self._registry = registry
        self._community = community
        self._emergency = emergency
        self._name = name

    def rows(self) -> tuple[AgentTool, ...]:
        return (
            AgentTool(
                name="mesh_status",
                description="Tell whether the internet works, which neighbours are in reach and what they can do.",
                arguments=NoArguments,
                run=self._status,
            ),
            AgentTool(
                name="list_notices",
                description="Read the newest notices on the neighbourhood's board.",
                arguments=ListArguments,
                run=self._listed,
            ),
            AgentTool(
                name="post_notice",
                description="Write a notice to the neighbourhood's board, in the household's name. A person is asked first.",
                arguments=PostArguments,
                run=self._posted,
                effect=Effect.NODE,
            ),
            AgentTool(
                name="set_mode",
                description="Set the house to normal, emergency or drill mode. A person is asked first.",
                arguments=ModeArguments,
                run=self._set_mode,
                effect=Effect.NODE,
                restricted=True,
            ),
        )

    async def _status(self, _: NoArguments, desk: Desk) -> Outcome:
        peers = [
            {"name": p.name, "own": p.home, "can": sorted({shown(o.capability) for o in p.offers if o.available})}
            for p in list(self._registry.peers.values())[:MAX_PEERS]
        ]
        status: dict[str, Any] = {
            "this_node": self._name(),
            "connectivity": self._emergency.described(bool(peers)),
            "mode": self._emergency.mode.mode,
            "neighbours": peers,
            "can": sorted({o.capability for o in self._registry.offers() if o.available}),
        }
        count = f"{len(peers)} in reach"
        return Outcome(text=msgspec.json.encode(status).decode(), summary=count, foreign=NEIGHBOURS if peers else "")

    async def _listed(self, given: ListArguments, desk: Desk) -> Outcome:
        notices = (await self._community.notices(given.limit))["notices"]
        if not notices:
            return Outcome(text="There are no notices.", summary="no notices")
        lines = [f"{n['severity']}, from {n['author_name']}: {n['title']}\n{n['body']}".strip() for n in notices]
        return Outcome(text="\n\n".join(lines), summary=f"{len(notices)} notices", foreign=NEIGHBOURS)

    async def _posted(self, given: PostArguments, desk: Desk) -> Outcome:
        await self._community.post_notice(given.title, given.body, given.severity, given.ttl_hours)
        return Outcome(text="The notice is on the board.", summary="posted")

    async def _set_mode(self, given: ModeArguments, desk: Desk) -> Outcome:
        mode = await self._emergency.set_mode(SetMode(mode=given.mode, by=BY, reason=given.reason))
        return Outcome(text=f"The mode is now {mode.mode}.", summary=mode.mode)
