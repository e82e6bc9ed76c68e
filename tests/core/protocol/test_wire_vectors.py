"""`vectors/wire.json`: bytes that cross the wire besides events, hello and invites. They are permanent.

To write them for the first time: `python -m tests.core.protocol.test_wire_vectors`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec

from hearthnet_core.bus.remote import CallHeader
from hearthnet_core.bus.serve import CallServer
from hearthnet_core.capability import Offer, Version
from hearthnet_core.community import joining
from hearthnet_core.identity import manifest
from hearthnet_core.identity.keys import SigningKey
from hearthnet_core.identity.manifest import Manifest
from hearthnet_core.log.ledger import EMPTY, linked
from hearthnet_core.models.local_api import pairing_key, pairing_mac, plain_code
from hearthnet_core.protocol import bodies, frames, making
from hearthnet_core.protocol.frames import Bye, Credit, Data, End, Open, Ping, Pong, Reset
from hearthnet_core.protocol.invite import proof
from hearthnet_core.protocol.lthash import LtHash
from hearthnet_core.sync import messages
from hearthnet_core.sync.messages import (
    Batch,
    Bucket,
    Buckets,
    Compare,
    Events,
    Have,
    Hello,
    Lost,
    Mark,
    Need,
    Push,
    Reconcile,
    Since,
    Summary,
    Want,
)
from hearthnet_core.sync.repair import keyed

from .forging import House, World, ids

VECTOR = Path(__file__).parent / "vectors" / "wire.json"
WORLD = World()
A, F = House("a"), House("founder")
SCOPE, C, DIGEST, PREFIX = b"s" * 16, b"c" * 16, b"d" * 32, b"p" * 12
FRAMES = (
    Open(1, "call/1", b"header"),
    Data(1, False, b"part"),
    Data(2**53, True, b""),
    End(1),
    Reset(2, "forbidden", "No."),
    Credit(2, 8),
    Ping(0, b"12345678"),
    Pong(0, b"12345678"),
    Bye(0, "cloned", "Another live node uses your identity; stop one of the two."),
)
QUESTIONS = (
    Hello(DIGEST, (), 20_780),
    Since(SCOPE, 5, C, 1024),
    Compare(SCOPE, 20_778, C),
    Reconcile(SCOPE, None, b"a"),
    Reconcile(SCOPE, 20_790, b"a"),
    Need(SCOPE, 20_790, (PREFIX,)),
    Want(SCOPE, (PREFIX,)),
)
ANSWERS = (
    Hello(DIGEST, (Summary(SCOPE, 7, C, DIGEST),), 20_780),
    Batch(SCOPE, 6, (WORLD.founding.wire, (b"h", b"s", None)), 7, C, False),
    Lost(SCOPE),
    Buckets(SCOPE, C, 7, C, (Bucket(None, DIGEST), Bucket(20_790, DIGEST))),
    Reconcile(SCOPE, None, b"a"),
    Events(SCOPE, (WORLD.founding.wire,), True),
    Push(SCOPE, WORLD.founding.wire),
    Have(SCOPE, (PREFIX,)),
    Mark(SCOPE, 7, C),
)
NODE = SigningKey(b"\x07" * 32)
MANIFEST = Manifest(
    node=bytes(NODE.node_id),
    boot=3,
    seq=9,
    name="Alice",
    software="hearthnet/0.1.0",
    addresses=("192.168.1.5:7080", "[fe80::1]:7080"),
    offers=(Offer(capability="llm.chat", version=Version(1, 0), provider="ollama", models=("llama3.2:3b",), slots=2),),
)
HEADER = CallHeader(id="0011", capability="llm.chat", version="1.0", privacy="home", timeout_ms=30_000, hops=3)
CODE, SALT, MARK, NONCES = "ABCDE-FGHJK", b"\x01" * 16, "5" * 64, (b"\x02" * 16, b"\x03" * 16)


def joined() -> dict[str, str]:
    statement = bodies.pack_statement(A.statement())
    secret, invite_id = b"\x04" * 16, b"\x05" * 8
    owner_sig, node_sig = making.join_proofs(A.owner, A.node(), WORLD.community, F.node().node_id, invite_id, statement)
    mac = proof(secret, b"server hello", b"client hello", statement)
    request = joining.Request(invite_id=invite_id, mac=mac, statement=statement, owner_sig=owner_sig, node_sig=node_sig)
    terms = joining.Terms(member=bytes(F.id), after=ids(WORLD.founding))
    consent = joining.Consent(node_sig=making.node_proof(A.node(), WORLD.community, F.id, terms.after))
    parts = {"request": request, "terms": terms, "consent": consent}
    found = {name: msgspec.msgpack.encode(part).hex() for name, part in parts.items()}
    return {"secret": secret.hex(), "community": WORLD.community.hex(), **found}


def removed() -> dict[str, str]:
    """Signatures inside bodies that `events.json` has none of."""
    after = ids(WORLD.founding)
    demoted = making.cosign(F.node(), bodies.DEMOTED, WORLD.community, after, A.id, "trusted")
    rotated = making.key_rotated(F.owner, A.owner, WORLD.community, F.id, after)
    return {
        "after": after[0].hex(),
        "cosign": demoted[1].hex(),
        "old_sig": rotated.old_sig.hex(),
        "new_sig": rotated.new_sig.hex(),
    }


def made() -> dict[str, Any]:
    three = [bytes([n]) * 32 for n in (1, 2, 3)]
    chain = [C]
    for id in three:
        chain.append(linked(chain[-1], id))
    sum = LtHash()
    sum.add_many(three)
    key = pairing_key(plain_code(CODE), SALT)
    return {
        "frames": [frames.encode(frame).hex() for frame in FRAMES],
        "sync_questions": [messages.encode(question).hex() for question in QUESTIONS],
        "sync_answers": [messages.encode(answer).hex() for answer in ANSWERS],
        "arrival_chain": [link.hex() for link in chain],
        "fingerprint": {"empty": EMPTY.hex(), "of_three": sum.digest(3).hex()},
        "keyed_id": keyed(C, SCOPE, three[0]).hex(),
        "manifest": {"seed": NODE.seed.hex(), "message": manifest.signed(MANIFEST, NODE).hex()},
        "call_header": msgspec.msgpack.encode(HEADER).hex(),
        "join": joined(),
        "inside_bodies": removed(),
        "pairing": {
            "code": CODE,
            "key": key.hex(),
            **{side: pairing_mac(key, side, MARK, *NONCES).hex() for side in ("client", "node")},
            "client_without_tls": pairing_mac(key, "client", "", *NONCES).hex(),
        },
    }


def test_what_is_made_is_what_the_vectors_say() -> None:
    assert made() == json.loads(VECTOR.read_text())


def test_what_the_vectors_say_is_read_as_it_was_meant() -> None:
    vectors = json.loads(VECTOR.read_text())
    for frame, text in zip(FRAMES, vectors["frames"], strict=True):
        raw = bytes.fromhex(text)
        assert frames.decode(raw[4:]) == frame and int.from_bytes(raw[:4]) == len(raw) - 4
    for question, text in zip(QUESTIONS, vectors["sync_questions"], strict=True):
        assert messages.question(bytes.fromhex(text)) == question
    for answer, text in zip(ANSWERS, vectors["sync_answers"], strict=True):
        assert messages.answer(bytes.fromhex(text)) == answer
    key = SigningKey(bytes.fromhex(vectors["manifest"]["seed"]))
    assert manifest.read(bytes.fromhex(vectors["manifest"]["message"]), key.public_key) == MANIFEST
    assert CallServer._header(bytes.fromhex(vectors["call_header"])) == HEADER
    request = joining._read(bytes.fromhex(vectors["join"]["request"]), joining.Request)
    assert bodies.read_statement(request.statement) == A.statement()
    assert joining._read(bytes.fromhex(vectors["join"]["terms"]), joining.Terms).after == ids(WORLD.founding)
    assert len(joining._read(bytes.fromhex(vectors["join"]["consent"]), joining.Consent).node_sig) == 64


if __name__ == "__main__":
    VECTOR.write_text(json.dumps(made(), indent=1) + "\n")
