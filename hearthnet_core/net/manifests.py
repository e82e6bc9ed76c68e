"""`manifest/1` and `peers/1`: what nodes tell of themselves, and of where others may be reached."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping

import msgspec

from hearthnet_core.errors import BadRequest, HearthNetError, NotFound
from hearthnet_core.identity import manifest as manifests
from hearthnet_core.identity.keys import SigningKey
from hearthnet_core.identity.manifest import Manifest
from hearthnet_core.models.ids import NodeId
from hearthnet_core.models.wire import UNREADABLE
from hearthnet_core.net.connection import MeshStream
from hearthnet_core.net.known import AddressBook
from hearthnet_core.net.peer import Peer
from hearthnet_core.protocol.handshake import Proven
from hearthnet_core.signals import Signal

LOGGER = logging.getLogger(__name__)
SEND_AGAIN_S = 60.0
SEND_GAP_S = 1.0
TAKE_GAP_S = 0.25
ASK_AFTER_S = 2.0
ASK_AGAIN_S = 300.0
MAX_ANSWERS = 64
MAX_ANSWER = manifests.MAX_BYTES + 512

_answers = msgspec.msgpack.Decoder(tuple[bytes, bytes])


class Manifests:
    """`current` gives the manifest to send, its `seq` higher each time; `peers` are the connected ones."""

    def __init__(
        self,
        key: SigningKey,
        current: Callable[[], Manifest],
        peers: Mapping[NodeId, Peer],
        book: AddressBook,
        changed: Signal[Peer],
        woken: Callable[[], None],
    ) -> None:
        self._key = key
        self._current = current
        self._peers = peers
        self._book = book
        self._changed = changed
        self._woken = woken

    async def send(self, peer: Peer) -> None:
        """Tells `peer` now, at each change (at most one a second) and before the last one's lifetime is over."""
        try:
            async with await peer.connection.open("manifest/1") as stream:
                while peer.connection.closed is None:
                    peer.tell.clear()
                    manifest = self._current()
                    await stream.send(manifests.signed(manifest, self._key))
                    await asyncio.sleep(SEND_GAP_S)
                    try:
                        async with asyncio.timeout(max(0.0, min(SEND_AGAIN_S, manifest.lifetime_s / 2) - SEND_GAP_S)):
                            await peer.tell.wait()
                    except TimeoutError:
                        continue
        except HearthNetError as error:
            LOGGER.debug("no more manifests to %s: %s", peer.node_id.short, error)

    async def take(self, stream: MeshStream, payload: bytes, proven: Proven) -> None:
        """The handler of `manifest/1`."""
        while (message := await stream.receive()) is not None:
            manifest = manifests.read(message, proven.public_key)
            peer = self._peers.get(proven.node_id)
            if peer is None or peer.connection.peer is not proven:
                raise NotFound("Only members send manifests.")
            known = peer.manifest
            if known is None or (manifest.boot, manifest.seq) > (known.boot, known.seq):
                self._keep(peer, manifest, message)
            await asyncio.sleep(TAKE_GAP_S)  # whoever sends faster waits for credit

    def forget(self, peer: Peer) -> None:
        """Its connection is gone."""
        if peer.ageing is not None:
            peer.ageing.cancel()
        peer.fresh = False

    async def answer(self, stream: MeshStream, payload: bytes, proven: Proven) -> None:
        """The handler of `peers/1`."""
        others = [p for p in self._peers.values() if p.fresh and p.node_id != proven.node_id]
        for peer in others[:MAX_ANSWERS]:
            await stream.send(msgspec.msgpack.encode((peer.public_key, peer.message)))

    async def ask(self, peer: Peer) -> None:
        """Asks `peer` from time to time where others are."""
        await asyncio.sleep(ASK_AFTER_S)
        while peer.connection.closed is None:
            try:
                async with await peer.connection.open("peers/1") as stream:
                    for _ in range(MAX_ANSWERS):
                        if (message := await stream.receive()) is None:
                            break
                        self._learn(message, peer)
            except HearthNetError as error:
                LOGGER.debug("%s does not say who else is there: %s", peer.node_id.short, error)
            self._woken()
            await asyncio.sleep(ASK_AGAIN_S)

    def _keep(self, peer: Peer, manifest: Manifest, message: bytes) -> None:
        peer.manifest, peer.message, peer.fresh = manifest, message, True
        if peer.ageing is not None:
            peer.ageing.cancel()
        peer.ageing = asyncio.get_running_loop().call_later(manifest.lifetime_s, self._outlived, peer)
        self._book.told(peer.node_id, manifest.addresses, peer.connection.remote)
        self._changed.emit(peer)

    def _outlived(self, peer: Peer) -> None:
        peer.fresh = False
        self._changed.emit(peer)

    def _learn(self, message: bytes, peer: Peer) -> None:
        """A hint from the signer's own mouth, whoever passes it on."""
        if len(message) > MAX_ANSWER:
            raise BadRequest("The other node's answer is too large.")
        try:
            public_key, inner = _answers.decode(message)
        except UNREADABLE:
            raise BadRequest("The other node's answer cannot be read.") from None
        manifest = manifests.read(inner, public_key)
        self._book.told(NodeId.of(public_key), manifest.addresses, peer.connection.remote)
