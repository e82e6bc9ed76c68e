"""May this event's signers do this, as things stood in a given state?

One function, asked for an event's whole past when it comes, and again for the counting part of its past when something
it stood on became void.
"""

from __future__ import annotations

from hearthnet_core.errors import Forbidden, InvalidSignature
from hearthnet_core.identity.keys import Purpose, verify
from hearthnet_core.models.ids import MemberId, NodeId
from hearthnet_core.protocol import bodies
from hearthnet_core.protocol.bodies import ROLES
from hearthnet_core.protocol.standing import ANCHOR, Member, Row, State


def check_ground(row: Row, state: State) -> int:
    """The rank of the role it took. Raises `Forbidden` or `InvalidSignature` with the reason."""
    event, body, me = row.event, row.body, row.member
    after, community = event.header.after, state.community
    if me is None or state.node(event.author) is None:
        raise Forbidden("The event's author was no active member.")
    author = state.members[me]
    needs = 0
    match body:
        case bodies.Joined() if row.statement is not None:
            needs = ROLES.index(state.policy.invite)
            statement = row.statement
            signed = bodies.joining_bytes(community, event.author, body.invite_id, body.member)
            known = state.members.get(statement.member_id)
            _verify(row, known.owner if known is not None else statement.owner, Purpose.JOIN, signed, body.owner_sig)
            _verify(row, statement.node, Purpose.JOIN, signed, body.node_sig)
            _check_free(state, statement.node_id, statement.member_id)
        case bodies.Revoked(member=subject, cosigs=cosigs):
            if subject != me:
                needs = ANCHOR
                _check_removal(row, state, author, MemberId(subject), cosigs, "")
        case bodies.Demoted(member=subject, cosigs=cosigs, role=role):
            if subject != me:
                needs = ANCHOR
                target = state.members.get(MemberId(subject))
                if target is not None and target.role == "anchor":
                    _check_removal(row, state, author, target.id, cosigs, role)
        case bodies.Promoted(member=subject):
            needs = ANCHOR
            target = state.members.get(MemberId(subject))
            if target is None or not target.active:
                raise Forbidden("Only an active member can be promoted.")
        case bodies.PolicyUpdated():
            needs = ANCHOR
        case bodies.NodeAdded(node=node):
            signed = bodies.owner_bytes(event.type, community, me, node, after)
            _verify(row, author.owner, Purpose.OWNER, signed, body.owner_sig)
            _verify(row, node, Purpose.OWNER, signed, body.node_sig)
            _check_free(state, NodeId.of(node), me)
        case bodies.NodeRemoved(node_id=node_id):
            signed = bodies.owner_bytes(event.type, community, me, node_id, after)
            _verify(row, author.owner, Purpose.OWNER, signed, body.owner_sig)
            info = state.nodes.get(NodeId(node_id))
            if info is not None and info.member != me:
                raise Forbidden("A household removes only its own nodes.")
        case bodies.KeyRotated(member=subject, new_owner=new):
            if subject != me:
                raise Forbidden("A household rotates only its own key.")
            signed = bodies.owner_bytes(event.type, community, me, new, after)
            _verify(row, author.owner, Purpose.OWNER, signed, body.old_sig)
            _verify(row, new, Purpose.OWNER, signed, body.new_sig)
        case _:
            raise Forbidden("A community is founded once.")
    if author.rank < needs:
        raise Forbidden(f"This takes the role {ROLES[needs]}; you are {author.role}.")
    return needs


def check_subject(row: Row, before: State) -> None:
    """Who is removed must have been there. Asked only when the event comes: that its subject's admission became void
    must not undo a removal, for there may be another admission beside it."""
    match row.body:
        case bodies.Revoked(member=subject) | bodies.Demoted(member=subject):
            if MemberId(subject) not in before.members:
                raise Forbidden("This household never was a member.")
        case bodies.NodeRemoved(node_id=node_id):
            if NodeId(node_id) not in before.nodes:
                raise Forbidden("This node never belonged to the community.")


def _check_free(state: State, node: NodeId, member: MemberId) -> None:
    taken = state.nodes.get(node)
    if taken is not None and taken.member != member:
        raise Forbidden("This node belongs to another household.")


def _check_removal(row: Row, state: State, author: Member, subject: MemberId, cosigs: bodies.Cosigs, role: str) -> None:
    target = state.members.get(subject)
    if target is not None and target.active and target.role == "anchor" and author.seniority >= target.seniority:
        raise Forbidden("An anchor is removed only by one who became anchor earlier.")
    others = {a for a in state.anchors() if a != subject}
    needed = min(state.policy.revoke_cosigners, len(others))
    agreed = {author.id} & others
    signed = bodies.cosign_bytes(row.event.type, state.community, row.event.header.after, subject, role)
    for node_id, signature in cosigs:
        info = state.node(NodeId(node_id))
        if info is None or info.member not in others or info.member in agreed:
            continue
        try:
            _verify(row, info.public_key, Purpose.COSIGN, signed, signature)
        except InvalidSignature:
            continue
        agreed.add(info.member)
    if len(agreed) < needed:
        raise Forbidden(f"This takes {needed} anchors, and {len(agreed)} signed.")


def _verify(row: Row, key: bytes, purpose: Purpose, signed: bytes, signature: bytes) -> None:
    """What a row's signatures are over is fixed by the row, so an answer is remembered by key and signature."""
    good = row.verified.get(key + signature)
    if good is None:
        try:
            verify(key, purpose, signed, signature)
            good = True
        except InvalidSignature:
            good = False
        row.verified[key + signature] = good
    if not good:
        raise InvalidSignature("A signature inside the event does not verify.")
