"""Where nodes may be reached and when to try again. Pure: `now` and jitter are given.

Anybody on the network can hint at addresses, so only members' nodes (and what a person typed) are dialled; strangers'
hints wait in a small table of their own until the log knows them. All tables are bounded, and an address that worked is
never pushed out by hints.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from hearthnet_core.models.ids import NodeId

FIRST_RETRY_S = 0.5
LONGEST_RETRY_S = 30.0
STEADY_S = 10.0
HINT_GAP_S = 2.0
MAX_KNOWN = 512
MAX_STRANGERS = 128
MAX_ADDRESSES = 8


@dataclass
class Known:
    """`node_id` is None for an address somebody typed; `met` then says who answered there last. `good` worked last."""

    node_id: NodeId | None
    addresses: list[str] = field(default_factory=list)
    good: str = ""
    met: NodeId | None = None
    pause: float = FIRST_RETRY_S
    next_try: float = 0.0
    hinted: float = float("-inf")
    dialling: bool = False
    last_error: str = ""

    @property
    def order(self) -> list[str]:
        """Newest hint first, then the one that worked, then the rest."""
        first = self.addresses[:1]
        return list(dict.fromkeys([*first, *([self.good] if self.good else []), *self.addresses]))

    def add(self, address: str) -> bool:
        """Puts it first; false when it was first already."""
        if self.addresses[:1] == [address]:
            return False
        if address in self.addresses:
            self.addresses.remove(address)
        self.addresses.insert(0, address)
        del self.addresses[MAX_ADDRESSES:]
        return True


def plain_address(text: str, via: str) -> str | None:
    """`text` when it is `ip:port` that a peer reached at `via` may name, else None: no host name is ever looked up for
    a peer, and this machine's own loopback is named only by those who are on it."""
    host, colon, port = text.rpartition(":")
    if (
        not colon
        or len(text) > 60
        or not (port.isascii() and port.isdecimal() and len(port) <= 5 and 0 < int(port) < 65536)
    ):
        return None
    bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    try:
        ip = ipaddress.ip_address(bare)
    except ValueError:
        return None
    if (ip.version == 6) is not host.startswith("[") or "%" in bare:
        return None
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped is not None:
        return None
    if ip.is_unspecified or ip.is_multicast or ip == ipaddress.ip_address("255.255.255.255"):
        return None
    if ip.is_loopback and not _is_loopback(via):
        return None
    return text


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address.rpartition(":")[0].strip("[]")).is_loopback
    except ValueError:
        return False


class AddressBook:
    """`is_member` says whose nodes are worth dialling; `jitter(low, high)` is chance."""

    def __init__(
        self, me: NodeId, is_member: Callable[[NodeId], bool], jitter: Callable[[float, float], float]
    ) -> None:
        self._me = me
        self._is_member = is_member
        self._jitter = jitter
        self._rows: dict[str, Known] = {}
        self._strangers: dict[NodeId, str] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def rows(self) -> list[Known]:
        return list(self._rows.values())

    def of(self, node_id: NodeId) -> Known | None:
        return self._rows.get(node_id.text)

    def typed(self, address: str, now: float) -> None:
        """A person named it: always dialled."""
        self._hint(self._row(address, None), address, now)

    def hint(self, address: str, node_id: NodeId, now: float) -> None:
        """Discovery or an invite says that the node is here."""
        if node_id == self._me:
            return
        if self._is_member(node_id):
            self._hint(self._row(node_id.text, node_id), address, now)
            return
        self._strangers.pop(node_id, None)
        self._strangers[node_id] = address
        while len(self._strangers) > MAX_STRANGERS:
            del self._strangers[next(iter(self._strangers))]

    def told(self, node_id: NodeId, addresses: Iterable[str], via: str) -> None:
        """A peer (reached at `via`) says where a node may be reached. Never moves a try forward, only adds to the end."""
        if node_id == self._me or not self._is_member(node_id):
            return
        row = self._row(node_id.text, node_id)
        for text in list(addresses)[:MAX_ADDRESSES]:
            address = plain_address(text, via)
            if row is not None and address is not None and address not in row.addresses:
                if len(row.addresses) >= MAX_ADDRESSES:
                    worst = next(a for a in reversed(row.addresses) if a != row.good)
                    row.addresses.remove(worst)
                row.addresses.append(address)

    def recheck(self, now: float) -> None:
        """Membership changed: forgets who left, dials strangers who turn out to be members."""
        for key, row in list(self._rows.items()):
            row.pause, row.next_try = FIRST_RETRY_S, now
            if row.node_id is not None and not self._is_member(row.node_id):
                del self._rows[key]
                self._strangers[row.node_id] = (row.order or [""])[0]
        for node_id, address in list(self._strangers.items()):
            if self._is_member(node_id):
                del self._strangers[node_id]
                if address:
                    self.hint(address, node_id, now)

    def waiting(self, connected: Callable[[NodeId], bool]) -> list[Known]:
        """Those that are neither connected nor being dialled."""
        found = []
        for row in self._rows.values():
            node_id = row.node_id or row.met
            if not row.dialling and row.addresses and not (node_id is not None and connected(node_id)):
                found.append(row)
        return found

    def reached(self, row: Known, address: str, node_id: NodeId) -> None:
        row.good, row.met, row.last_error = address, node_id, ""
        own = self._row(node_id.text, node_id)
        if own is not None:
            own.good = address
            if address not in own.addresses:
                own.addresses.append(address)

    def failed(self, row: Known, now: float, why: str) -> None:
        """The next pause is twice as long, up to `LONGEST_RETRY_S`."""
        row.last_error = why
        row.next_try = now + row.pause * self._jitter(0.7, 1.3)
        row.pause = min(row.pause * 2, LONGEST_RETRY_S)

    def lost(self, node_id: NodeId, now: float, lasted: float, *, unwanted: bool = False) -> None:
        """A connection ended; one that held is sought again at once, one that does not hold less and less often."""
        for row in self._rows.values():
            if node_id not in (row.node_id, row.met):
                continue
            if unwanted:
                row.pause = LONGEST_RETRY_S
            elif lasted >= STEADY_S:
                row.pause = FIRST_RETRY_S
            row.next_try = now + row.pause * self._jitter(0.5, 1.0)
            row.pause = min(row.pause * 2, LONGEST_RETRY_S)

    def _row(self, key: str, node_id: NodeId | None) -> Known | None:
        row = self._rows.get(key)
        if row is None and len(self._rows) < MAX_KNOWN:
            row = self._rows[key] = Known(node_id)
        return row

    def _hint(self, row: Known | None, address: str, now: float) -> None:
        if row is None:
            return
        row.add(address)
        if now - row.hinted >= HINT_GAP_S:
            row.hinted, row.pause = now, FIRST_RETRY_S
            row.next_try = min(row.next_try, now)
