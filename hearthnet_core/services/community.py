"""Notices, invites, joining and leaving, in the shapes of docs/api.md."""

from __future__ import annotations

import asyncio
import io
import math
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any, Protocol, get_args

import segno

from hearthnet_core.capability import Chunk
from hearthnet_core.community import joining
from hearthnet_core.community.invites import HOUR_S, Invites
from hearthnet_core.community.membership import Membership
from hearthnet_core.community.shown import shown
from hearthnet_core.errors import BadRequest, Forbidden, HearthNetError, RateLimited, Unavailable
from hearthnet_core.identity.keys import SigningKey
from hearthnet_core.log.event_log import EventLog
from hearthnet_core.log.queries import MAX_PAGE
from hearthnet_core.models.ids import EventId, NodeId
from hearthnet_core.protocol import bodies, invite
from hearthnet_core.protocol.bodies import DAY_MS, Notice, Severity
from hearthnet_core.protocol.event import Event, unpack_body
from hearthnet_core.protocol.handshake import Proven
from hearthnet_core.protocol.invite import Invite
from hearthnet_core.runtime import Runtime
from hearthnet_core.signals import Signal

DAY_S = DAY_MS // 1000
MAX_TITLE = 80
MAX_NOTICE = 2_000
MAX_NOTICE_HOURS = 720
SPREAD_S = 1.0
"""How long a household that leaves stays connected, for its neighbours to hear of it."""


class Guest(Protocol):
    """A connection to a node of another community."""

    @property
    def peer(self) -> Proven: ...
    async def open(self, protocol: str, payload: bytes = b"") -> joining.Stream: ...
    def close(self, code: str, message: str) -> None: ...


type Dial = Callable[[str, NodeId], Awaitable[Guest]]


class CommunityService:
    """`posted`: each notice that comes to count, ours or not, as JSON. `dial(address, expected)` connects as a guest;
    `addresses` gives where neighbours reach this node; `switched` is called when another community is the current one.
    """

    def __init__(
        self,
        runtime: Runtime,
        log: EventLog,
        membership: Membership,
        invites: Invites,
        *,
        node: SigningKey,
        owner: SigningKey,
        dial: Dial,
        addresses: Callable[[], tuple[str, ...]],
        switched: Callable[[], None],
    ) -> None:
        self._runtime = runtime
        self._log = log
        self._membership = membership
        self._invites = invites
        self._node = node
        self._owner = owner
        self._dial = dial
        self._addresses = addresses
        self._switched = switched
        self._switching = False
        self.posted: Signal[dict[str, Any]] = Signal()
        log.committed.connect(self._committed)

    def described(self) -> dict[str, Any]:
        """`community` of the state."""
        state = self._membership.state
        return {
            "id": state.community.text,
            "short": state.community.short,
            "name": shown(state.name),
            "members": sum(m.active for m in state.members.values()),
            "alone": self._membership.alone,
            "readmit": [m.text for m in state.readmit],
        }

    async def notices(self, limit: int = 50, before: str | None = None) -> dict[str, Any]:
        """Newest first, without expired ones; `next` is the `before` of the page after this one."""
        limit = max(1, min(limit, MAX_PAGE - 1))
        at = _position(before) if before else None
        board, today = self._membership.state.board, self._today()
        found: list[dict[str, Any]] = []
        while True:
            page = await self._log.events(board, bodies.NOTICE, limit=limit + 1, before=at)
            for stored in page:
                if len(found) == limit:
                    return {"notices": found, "next": _cursor(at)}
                at = stored.position
                if (stored.event.header.expires or 0) >= today:
                    found.append(self._shown(stored.event, stored.late))
            if len(page) <= limit:
                return {"notices": found, "next": None}

    async def post_notice(
        self, title: str, body: str = "", severity: str = "info", ttl_hours: float = 168
    ) -> dict[str, Any]:
        """Writes a notice to the community's board; it is kept to the end of the day on which it expires."""
        title, body = title.strip(), body.strip()
        if not 1 <= len(title) <= MAX_TITLE or not shown(title):
            raise BadRequest(f"A notice's title has 1 to {MAX_TITLE} characters; this one has {len(title)}.")
        if len(body) > MAX_NOTICE:
            raise BadRequest(f"A notice's text has at most {MAX_NOTICE} characters; this one has {len(body)}.")
        if severity not in get_args(Severity):
            raise BadRequest(f"A notice is info, warning or urgent, not {severity[:40]!r}.")
        if not 0 < ttl_hours <= MAX_NOTICE_HOURS:
            raise BadRequest(f"A notice stays for at most {MAX_NOTICE_HOURS} hours.")
        expires = int(max(0.0, self._runtime.wall()) + ttl_hours * HOUR_S) // DAY_S
        made = await self._log.append(
            bodies.NOTICE,
            self._membership.state.board,
            Notice(title=title, body=body, severity=severity),  # type: ignore[arg-type]
            expires=expires,
        )
        return {"notice": self._shown(made, late=False)}

    async def create_invite(self, own: bool = False, ttl_hours: float = 24) -> dict[str, Any]:
        """A new invite, as text and as a code to scan. It names as many of this node's addresses as fit."""
        if not math.isfinite(ttl_hours):
            raise BadRequest("An invite lasts a number of hours.")
        addresses = _fitting(self._addresses())
        made = await self._invites.create(own, ttl_hours * HOUR_S, addresses)
        text = made.encode()
        return {
            "invite_id": made.id.hex(),
            "text": text,
            "qr_svg": await self._runtime.offload(qr_svg, text),
            "expires": float(made.expires),
            "community": self.described(),
            "addresses": list(addresses),
        }

    async def inspect_invite(self, text: str) -> dict[str, Any]:
        """What an invite says, before anything is done with it. `words` are compared by voice."""
        found = invite.decode(text)
        return {
            "community_id": found.community.text,
            "community_short": found.community.short,
            "node_id": found.node.text,
            "node_short": found.node.short,
            "addresses": list(found.addresses),
            "expires": float(found.expires),
            "words": found.words,
            "own": found.own,
        }

    async def join(self, text: str, name: str = "", own: bool = False) -> AsyncGenerator[Chunk]:
        """Steps `connecting`, `joining`, `switching`, then `done`. `name` is the household's, by default as it was.
        `own`: the person knows that this node becomes one of the inviting household, which then reads what is its own.

        Nothing changes here before the other side has let this node in and its whole history holds.
        """
        found = invite.decode(text)
        self._check_joinable(found, own)
        if self._switching:
            raise RateLimited("This node is joining or leaving right now; wait for that to end.", retry_after_ms=2_000)
        self._switching = True
        try:
            yield Chunk("progress", {"step": "connecting"})
            connection = await self._connect(found)
            try:
                yield Chunk("progress", {"step": "joining"})
                history = await joining.join(
                    await connection.open(joining.PROTOCOL),
                    connection.peer,
                    found,
                    node=self._node,
                    owner=self._owner,
                    name=name.strip() or self._membership.member.name,
                    node_name=self._membership.me.name,
                    runtime=self._runtime,
                )
            finally:
                connection.close("unavailable", "Joining has ended.")
            yield Chunk("progress", {"step": "switching"})
            await self._membership.enter(history)
            self._switched()
        finally:
            self._switching = False
        yield Chunk("done", {"community": self.described(), "member_id": self._membership.member.id.text})

    async def leave(self) -> dict[str, Any]:
        """Leaves the community; afterwards this node is in a new one of its own. What was known stays readable."""
        if self._switching:
            raise RateLimited("This node is joining or leaving right now; wait for that to end.", retry_after_ms=2_000)
        self._switching = True
        try:
            await self._membership.leave(lambda: asyncio.sleep(SPREAD_S))
            self._switched()
        finally:
            self._switching = False
        return {"community": self.described()}

    def _check_joinable(self, found: Invite, own: bool) -> None:
        if found.own and not own:
            raise Forbidden(
                "This invite would make this node a part of the household that made it: that household's nodes could then"
                " read this home's own documents and questions. If the household is yours, join with `hearthnet join"
                " --own`; if it is a neighbour's, ask for another invite."
            )
        if own and not found.own:
            raise BadRequest("This invite is for a household, not for one more node of yours; join without `own`.")
        if found.node == self._membership.me.id:
            raise BadRequest("This node made that invite itself; give it to a neighbour.")
        if not found.addresses:
            raise BadRequest("This invite names no address; make a new one while the other node is in a network.")

    async def _connect(self, found: Invite) -> Guest:
        failed: list[HearthNetError] = []
        for address in found.addresses:
            try:
                return await self._dial(address, found.node)
            except HearthNetError as error:
                failed.append(error)
        telling = [e for e in failed if not isinstance(e, Unavailable)]
        if telling:
            raise telling[0]
        raise Unavailable(
            f"The node that made the invite does not answer at {', '.join(found.addresses)}. Is it running, and are"
            f" both in the same network? ({failed[-1].message})"
        )

    def _committed(self, events: tuple[Event, ...]) -> None:
        state, today = self._membership.state, self._today()
        for event in events:
            current = event.type == bodies.NOTICE and event.scope == state.board
            author = state.nodes.get(event.author)
            if current and author is not None and (event.header.expires or 0) >= today:
                self.posted.emit(self._shown(event, late=author.limit is not None))

    def _shown(self, event: Event, late: bool) -> dict[str, Any]:
        """`Notice` of docs/api.md."""
        assert event.body is not None and event.header.expires is not None  # or it would not have been admitted
        body, state = unpack_body(event.body, Notice), self._membership.state
        author = state.nodes.get(event.author)
        member = state.members.get(author.member) if author is not None else None
        return {
            "id": event.id.text,
            "title": shown(body.title),
            "body": shown(body.body, lines=True),
            "severity": body.severity,
            "author_node": event.author.text,
            "author_name": shown(member.name) if member is not None else event.author.short,
            "member_id": member.id.text if member is not None else "",
            "at": event.header.wall / 1000,
            "expires": float((event.header.expires + 1) * DAY_S),
            "late": late,
        }

    def _today(self) -> int:
        return int(self._runtime.wall()) // DAY_S


def qr_svg(text: str) -> str:
    """Black on white, scalable, nothing but shapes: safe to put into a page."""
    out = io.BytesIO()
    code = segno.make(text.upper(), error="m", micro=False, boost_error=False)
    code.save(out, kind="svg", xmldecl=False, nl=False, omitsize=True, dark="#000", light="#fff", border=4)
    return out.getvalue().decode()


def _fitting(addresses: tuple[str, ...]) -> tuple[str, ...]:
    """The first addresses that an invite has room for."""
    kept: tuple[str, ...] = ()
    blank = {"community": bytes(32), "node": bytes(32), "secret": bytes(invite.SECRET_BYTES), "expires": 0}
    for address in addresses:
        try:
            Invite(**blank, addresses=(*kept, address)).encode()  # type: ignore[arg-type]
        except BadRequest:
            continue
        kept = (*kept, address)
    return kept


def _cursor(position: tuple[int, bytes] | None) -> str | None:
    return f"{position[0]}-{EventId(position[1]).text}" if position is not None else None


def _position(cursor: str) -> tuple[int, bytes]:
    lamport, _, id = cursor.partition("-")
    if not (lamport.isascii() and lamport.isdigit()) or len(lamport) > 16:
        raise BadRequest("This is no page of notices; ask again without `before`.")
    return int(lamport), bytes(EventId.parse(id))
