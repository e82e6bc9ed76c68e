"""The authority fold of docs/protocol.md written a second time: slow, with plain sets, nothing shared but the decoders.

Signatures are taken for good: what is tested here is who may do what, and what counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from hearthnet_core.models.ids import NodeId
from hearthnet_core.protocol import bodies
from hearthnet_core.protocol.event import Event

RANK = {"member": 0, "trusted": 1, "anchor": 2}
REMOVALS = (bodies.REVOKED, bodies.DEMOTED, bodies.NODE_REMOVED)
type Ids = frozenset[bytes]


@dataclass
class View:
    """member → (active, rank, seniority), node → (member, active, limit)."""

    members: dict[bytes, tuple[bool, int, tuple[Any, ...]]]
    nodes: dict[bytes, tuple[bytes, bool, int | None]]
    policy: tuple[str, int]
    name: str


class Reference:
    def __init__(self, events: dict[bytes, Event]) -> None:
        self.events = events
        self.body = {id: msgspec.msgpack.decode((e.body or b"")[16:]) for id, e in events.items()}
        self.pasts: dict[bytes, Ids] = {}
        self.gones: dict[Ids, Ids] = {}

    def kind(self, id: bytes) -> str:
        return self.events[id].type

    def past(self, id: bytes) -> Ids:
        if id not in self.pasts:
            after = self.events[id].header.after
            self.pasts[id] = frozenset(after).union(*(self.past(a) for a in after)) if after else frozenset()
        return self.pasts[id]

    def depth(self, id: bytes) -> int:
        after = self.events[id].header.after
        return 1 + max(self.depth(a) for a in after) if after else 0

    def statement(self, id: bytes) -> dict[str, bytes] | None:
        return (
            msgspec.msgpack.decode(self.body[id]["member"])
            if self.kind(id) in (bodies.CREATED, bodies.JOINED)
            else None
        )

    def admits(self, id: bytes) -> bytes | None:
        said = self.statement(id)
        return NodeId.of(said["owner"]) if said else None

    def plugs(self, id: bytes) -> tuple[bytes, bytes] | None:
        """(node, member)"""
        said = self.statement(id)
        if said:
            return NodeId.of(said["node"]), NodeId.of(said["owner"])
        if self.kind(id) == bodies.NODE_ADDED:
            return NodeId.of(self.body[id]["node"]), self.signer(id)
        return None

    def signer(self, id: bytes) -> bytes:
        """The member its author's node belonged to in the fold of its own past."""
        admitted = self.admits(id)
        if self.kind(id) == bodies.CREATED and admitted:
            return admitted
        return self.fold(self.past(id)).nodes[self.events[id].header.author][0]

    def seniority(self, id: bytes) -> tuple[Any, ...]:
        if self.kind(id) == bodies.CREATED:
            return (0, 0, b"")
        return self.fold(self.past(id)).members[self.signer(id)][2]

    def needs(self, id: bytes) -> int:
        kind, body = self.kind(id), self.body[id]
        if kind == bodies.JOINED:
            return RANK[self.fold(self.past(id)).policy[0]]
        if kind in (bodies.REVOKED, bodies.DEMOTED):
            return 0 if body["member"] == self.signer(id) else 2
        return 2 if kind in (bodies.PROMOTED, bodies.POLICY) else 0

    def fold(self, ids: Ids) -> View:
        return self.view(ids - self.gone(ids))

    def gone(self, ids: Ids) -> Ids:
        if ids not in self.gones:
            self.gones[ids] = self._gone(ids)
        return self.gones[ids]

    def _gone(self, ids: Ids) -> Ids:
        removals = sorted((i for i in ids if self.kind(i) in REMOVALS), key=self.turn)
        banned: set[bytes] = set()
        while True:
            void = set(banned)
            gone = self.cascade(ids, void)
            applied = []
            for removal in removals:
                if removal not in gone:
                    victims = {i for i in ids if self.is_victim(i, removal, ids)}
                    applied.append((removal, victims))
                    void |= victims
                    gone = self.cascade(ids, void)
            wrong = [r for r, victims in applied if victims and r in gone]
            if not wrong:
                return gone
            banned.add(wrong[0])

    def turn(self, id: bytes) -> tuple[Any, ...]:
        own = self.kind(id) != bodies.NODE_REMOVED and self.body[id]["member"] == self.signer(id)
        order = 0 if self.kind(id) == bodies.NODE_REMOVED else 1 if own else 2
        return self.seniority(id), order, self.depth(id), id

    def is_victim(self, id: bytes, removal: bytes, ids: Ids) -> bool:
        if id == removal or id in self.past(removal):
            return False
        body, kind = self.body[removal], self.kind(removal)
        renewals = [i for i in ids & self.past(id) if removal in self.past(i)]
        if kind == bodies.NODE_REMOVED:
            again = any((self.plugs(i) or (b"",))[0] == body["node_id"] for i in renewals)
            return self.events[id].header.author == body["node_id"] and not again
        if self.signer(id) != body["member"]:
            return False
        if kind == bodies.REVOKED:
            return not any(self.admits(i) == body["member"] for i in renewals)
        again = any(self.kind(i) == bodies.PROMOTED and self.body[i]["member"] == body["member"] for i in renewals)
        return self.needs(id) > RANK[body["role"]] and not again

    def cascade(self, ids: Ids, void: set[bytes]) -> Ids:
        gone = set(void)
        for id in sorted(ids, key=self.depth):
            if id not in gone and self.past(id) & gone and not self.stands(id, self.view(self.past(id) - gone)):
                gone.add(id)
        return frozenset(gone)

    def stands(self, id: bytes, view: View) -> bool:
        author, me, body, kind = self.events[id].header.author, self.signer(id), self.body[id], self.kind(id)
        if not view.nodes.get(author, (b"", False, None))[1]:
            return False
        needs = RANK[view.policy[0]] if kind == bodies.JOINED else self.needs(id)
        if view.members[me][1] < needs:
            return False
        plug = self.plugs(id)
        if plug and view.nodes.get(plug[0], (plug[1],))[0] != plug[1]:
            return False
        if kind == bodies.NODE_REMOVED:
            return view.nodes.get(body["node_id"], (me,))[0] == me
        if kind == bodies.PROMOTED:
            return view.members.get(body["member"], (False,))[0]
        if kind in (bodies.REVOKED, bodies.DEMOTED) and body["member"] != me:
            target = view.members.get(body["member"])
            if target and target[0] and target[1] == 2 and not view.members[me][2] < target[2]:
                return False
            if kind == bodies.REVOKED or (target and target[1] == 2):
                others = {m for m, (active, rank, _) in view.members.items() if active and rank == 2}
                others -= {body["member"]}
                signed = {me} | {view.nodes[n][0] for n, _ in body["cosigs"] if view.nodes.get(n, (b"", False))[1]}
                return len(signed & others) >= min(view.policy[1], len(others))
        return True

    def view(self, counting: Ids) -> View:
        order = sorted(counting, key=lambda i: (self.depth(i), i))
        ended: dict[bytes, list[bytes]] = {}
        lowered: dict[bytes, list[bytes]] = {}
        unplugged: dict[bytes, list[bytes]] = {}
        for i in order:
            if self.kind(i) == bodies.REVOKED:
                ended.setdefault(self.body[i]["member"], []).append(i)
            if self.kind(i) in (bodies.REVOKED, bodies.DEMOTED):
                lowered.setdefault(self.body[i]["member"], []).append(i)
            if self.kind(i) == bodies.NODE_REMOVED:
                unplugged.setdefault(self.body[i]["node_id"], []).append(i)

        def survives(i: bytes, against: list[bytes]) -> bool:
            return all(r == i or r in self.past(i) for r in against)

        members: dict[bytes, tuple[bool, int, tuple[Any, ...]]] = {}
        for member in {m for i in order if (m := self.admits(i))}:
            joins = [i for i in order if self.admits(i) == member]
            alive = [i for i in joins if survives(i, ended.get(member, []))]
            held = []
            for i in order if alive else []:
                grant = self.kind(i) in (bodies.PROMOTED, bodies.DEMOTED) and self.body[i]["member"] == member
                if grant and survives(i, lowered.get(member, [])):
                    held.append((RANK[self.body[i]["role"]], i))
                if self.kind(i) == bodies.CREATED and i in joins and survives(i, lowered.get(member, [])):
                    held.append((2, i))
            anchored = [i for rank, i in held if rank == 2]
            senior: tuple[Any, ...] = (1, self.depth((alive or joins)[0]), (alive or joins)[0])
            if anchored:
                senior = (0, self.depth(anchored[0]), anchored[0] if self.depth(anchored[0]) else b"")
            members[member] = (bool(alive), max((rank for rank, _ in held), default=0), senior)
        nodes: dict[bytes, tuple[bytes, bool, int | None]] = {}
        for node in {p[0] for i in order if (p := self.plugs(i))}:
            claims = [(i, p[1]) for i in order if (p := self.plugs(i)) and p[0] == node]
            member = claims[0][1]
            against = unplugged.get(node, []) + ended.get(member, [])
            alive_ = members[member][0] and any(survives(i, against) for i, m in claims if m == member)
            limit = max((self.events[r].header.lamport for r in against), default=0)
            nodes[node] = (member, alive_, None if alive_ else limit)
        invite, cosigners, name = "member", 3, ""
        for i in order:
            if self.kind(i) == bodies.CREATED:
                name = self.body[i]["name"]
            if self.kind(i) == bodies.POLICY:
                invite = self.body[i].get("invite", invite)
                cosigners = self.body[i].get("revoke_cosigners", cosigners)
                name = self.body[i].get("name", name)
        return View(members, nodes, (invite, cosigners), name)
