"""A network in memory: the `Transport` seam without sockets, for tests and for the simulated world.

Links are streams, as TCP gives them: bytes arrive in order or not at all. What can go wrong is what goes wrong there:
nobody listens, nobody answers, bytes are late, one direction stands still (`hold`, and all of it arrives after `release`),
a stream is cut and loses what was under way, or only one end learns of that (half open). The certificate is the node's
real one, so the handshake above runs unchanged; there is no encryption.

Time comes from the running loop and jitter from the `Runtime`, so on a simulated loop everything follows from the seed.
"""

from __future__ import annotations

import asyncio
import functools
from collections import Counter, deque
from collections.abc import Callable
from contextvars import Context, copy_context

from hearthnet_core.errors import Unavailable
from hearthnet_core.identity.certificate import der, mesh_certificate
from hearthnet_core.identity.keys import SigningKey
from hearthnet_core.net.link import Accept, Link
from hearthnet_core.runtime import Runtime
from hearthnet_core.supervise import Supervisor

READ_BYTES = 64 * 1024
UNSENT_BYTES = 64 * 1024
CONNECT_S = 4.0
TICK_S = 1e-6
"""Loops run a timer up to their clock's resolution too early."""
FIRST_PORT = 40_000
MAX_PENDING_PER_ADDRESS = 8

type Watcher = Callable[[str, str, int], None]


@functools.lru_cache(maxsize=4096)
def certificate_of(seed: bytes) -> bytes:
    """DER of a node key's certificate; making one costs more than a whole handshake."""
    return der(mesh_certificate(SigningKey(seed))[0])


class Pipe:
    """One direction of a link."""

    def __init__(self, network: MemoryNetwork, source: str, target: str) -> None:
        self._network = network
        self._loop = asyncio.get_running_loop()
        self.source, self.target = source, target
        self._under_way: deque[tuple[float, bytes]] = deque()
        self._ready: deque[bytes] = deque()
        self._size = 0
        self._timer: asyncio.TimerHandle | None = None
        self._reader: asyncio.Future[None] | None = None
        self._writer: asyncio.Future[None] | None = None
        self._last = 0.0
        self._stands_until = 0.0
        self._error: Unavailable | None = None
        self._deaf = False

    async def read(self) -> bytes:
        while not self._ready:
            if self._error is not None:
                raise self._error
            self._reader = self._loop.create_future()
            try:
                await self._reader
            finally:
                self._reader = None
        data = self._ready.popleft()
        if self._ready and data:
            while self._ready and self._ready[0] and len(data) + len(self._ready[0]) <= READ_BYTES:
                data += self._ready.popleft()
        if not data:
            self._ready.append(data)  # the end stays the end
        self._size -= len(data)
        self._go_on()
        return data

    async def write(self, data: bytes) -> None:
        self._check()
        if self._deaf:
            self._size += len(data)
        elif data:
            self._send(data)
        while self._size > UNSENT_BYTES:
            self._writer = self._loop.create_future()
            try:
                await self._writer
            finally:
                self._writer = None
            self._check()

    def end(self) -> None:
        """Nothing follows what is under way."""
        if self._error is None and not self._deaf:
            self._send(b"")

    def fail(self, why: str, *, later: float = 0.0) -> None:
        """Loses what is under way; both ends of this direction learn of it."""
        if later:
            self._loop.call_later(later, self.fail, why)
            return
        self._lose()
        if self._error is None:
            self._error = Unavailable(why)
        self._wake()

    def vanish(self) -> None:
        """What is under way, and whatever follows, is lost, and nobody is told."""
        self._lose()
        self._deaf = True

    def stall(self, until: float) -> None:
        """Nothing arrives before `until` (loop time)."""
        self._stands_until = max(self._stands_until, until)
        self._arm()

    def resume(self) -> None:
        """A hold was lifted."""
        self._arm()

    def _send(self, data: bytes) -> None:
        self._size += len(data)
        self._last = max(self._last, self._loop.time() + self._network.delay(len(data)))
        self._under_way.append((self._last, data))
        if self._timer is None:
            self._arm()

    def _arm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._under_way and not self._network.is_held(self.source, self.target):
            at = max(self._under_way[0][0], self._stands_until, self._loop.time())
            self._timer = self._loop.call_at(at, self._arrive)

    def _arrive(self) -> None:
        self._timer = None
        now = self._loop.time() + TICK_S
        if now >= self._stands_until and not self._network.is_held(self.source, self.target):
            while self._under_way and self._under_way[0][0] <= now:
                data = self._under_way.popleft()[1]
                self._ready.append(data)
                self._network.watch(self.source, self.target, len(data))
            if self._ready and self._reader is not None and not self._reader.done():
                self._reader.set_result(None)
        self._arm()

    def _lose(self) -> None:
        self._size -= sum(len(data) for _, data in self._under_way)
        self._under_way.clear()
        self._arm()

    def _check(self) -> None:
        if self._error is not None:
            raise self._error

    def _go_on(self) -> None:
        if self._size <= UNSENT_BYTES and self._writer is not None and not self._writer.done():
            self._writer.set_result(None)

    def _wake(self) -> None:
        for waiter in (self._reader, self._writer):
            if waiter is not None and not waiter.done():
                waiter.set_result(None)


class Wire:
    """Both directions between a dialler and an acceptor, for those who break it."""

    def __init__(self, network: MemoryNetwork, dialler: str, acceptor: str, certificate: bytes) -> None:
        self._network = network
        self.ends = dialler, acceptor
        there, back = Pipe(network, dialler, acceptor), Pipe(network, acceptor, dialler)
        self.pipes = there, back
        self.dialler: Link = MemoryLink(self, back, there, certificate, acceptor)
        self.acceptor: Link = MemoryLink(self, there, back, certificate, dialler)

    def cut(self) -> None:
        """Both ends learn of it at once; bytes under way are lost."""
        for pipe in self.pipes:
            pipe.fail("The connection was cut.")
        self._network.forget(self)

    def half_open(self, aware: str) -> None:
        """Only the end at host `aware` learns of it; the other writes into nothing and hears nothing."""
        for pipe in self.pipes:
            pipe.vanish()
        (self.dialler if aware == self.ends[0] else self.acceptor).abort()

    def stall(self, seconds: float) -> None:
        """Both directions stand still, then everything arrives."""
        until = asyncio.get_running_loop().time() + seconds
        for pipe in self.pipes:
            pipe.stall(until)

    def drop(self, by: str) -> None:
        """One end goes as a process goes: what it had sent arrives, then the end; what the other sends is refused."""
        mine, theirs = self.pipes if by == self.ends[0] else self.pipes[::-1]
        mine.end()
        theirs.fail("The other side closed the connection.", later=self._network.delay(0))
        self._network.forget(self)


class MemoryLink:
    """One end of a wire."""

    def __init__(self, wire: Wire, comes: Pipe, goes: Pipe, certificate: bytes, remote: str) -> None:
        self._wire = wire
        self._comes = comes
        self._goes = goes
        self._gone = False
        self.certificate = certificate
        self.remote = f"{remote}:0"

    async def read(self) -> bytes:
        if self._gone:
            raise Unavailable("This link was dropped here.")
        data = await self._comes.read()
        if self._gone:
            raise Unavailable("This link was dropped here.")
        return data

    async def write(self, data: bytes) -> None:
        if self._gone:
            raise Unavailable("This link was dropped here.")
        await self._goes.write(data)

    def abort(self) -> None:
        if not self._gone:
            self._gone = True
            self._wire.drop(self._goes.source)
            self._goes._wake()
            self._comes._wake()


class MemoryNetwork:
    """Hosts by name, links between them. `watch` is told of everything that arrives: (from, to, bytes)."""

    def __init__(
        self,
        runtime: Runtime,
        *,
        latency_s: tuple[float, float] = (0.0, 0.0),
        bytes_per_s: float | None = None,
        watch: Watcher = lambda source, target, size: None,
    ) -> None:
        self._runtime = runtime
        self._latency_s = latency_s
        self._bytes_per_s = bytes_per_s
        self.watch = watch
        self._listening: dict[tuple[str, int], tuple[Accept, MemoryTransport, Context]] = {}
        self._next_port = FIRST_PORT
        self.held: dict[tuple[str, str], int] = {}
        self._refusing: set[str] = set()
        self.wires: dict[Wire, None] = {}

    def transport(self, host: str, key: SigningKey, supervisor: Supervisor) -> MemoryTransport:
        """A machine's door to this network."""
        return MemoryTransport(self, host, key, supervisor)

    def hold(self, source: str, target: str) -> None:
        """From now on nothing passes from `source` to `target`; the other direction is another matter. Holds count."""
        self.held[source, target] = self.held.get((source, target), 0) + 1

    def release(self, source: str, target: str) -> None:
        """What was held back arrives now, where the stream still lives."""
        left = self.held.get((source, target), 0) - 1
        if left > 0:
            self.held[source, target] = left
            return
        self.held.pop((source, target), None)
        for wire in self.wires:
            for pipe in wire.pipes:
                if (pipe.source, pipe.target) == (source, target):
                    pipe.resume()

    def is_held(self, source: str, target: str) -> bool:
        return (source, target) in self.held

    def refuse(self, host: str, yes: bool = True) -> None:
        """New links to `host` are refused, as by a full or firewalled machine."""
        (self._refusing.add if yes else self._refusing.discard)(host)

    def unplug(self, host: str, *, silently: bool = False) -> None:
        """The machine dies: nobody listens there any more, and its links end, or `silently` just hear nothing."""
        for key in [key for key in self._listening if key[0] == host]:
            del self._listening[key]
        for wire in [wire for wire in self.wires if host in wire.ends]:
            if silently:
                wire.half_open(host)
            else:
                wire.drop(host)

    def delay(self, size: int) -> float:
        sending = size / self._bytes_per_s if self._bytes_per_s else 0.0
        low, high = self._latency_s
        return sending + (self._runtime.uniform(low, high) if high > low else low)

    def forget(self, wire: Wire) -> None:
        self.wires.pop(wire, None)

    def listen(self, host: str, port: int, accept: Accept, transport: MemoryTransport) -> int:
        if port == 0:
            port = self._next_port = self._next_port + 1
        if (host, port) in self._listening:
            raise Unavailable(f"Port {port} is taken by another program. Stop it, or set node.port to another port.")
        self._listening[host, port] = accept, transport, copy_context()
        return port

    def close(self, transport: MemoryTransport) -> None:
        for key, (_, owner, _) in list(self._listening.items()):
            if owner is transport:
                del self._listening[key]

    async def connect(self, host: str, address: str) -> Link:
        target, _, port = address.rpartition(":")
        await asyncio.sleep(self.delay(0))
        if self.is_held(host, target) or self.is_held(target, host):
            await asyncio.sleep(CONNECT_S)
            raise Unavailable(f"No node answers at {address}: no reply in time.")
        found = self._listening.get((target, int(port) if port.isdecimal() else 0))
        await asyncio.sleep(self.delay(0))
        if found is None or target in self._refusing:
            raise Unavailable(f"No node answers at {address}: connection refused.")
        accept, transport, context = found
        wire = Wire(self, host, target, transport.certificate)
        self.wires[wire] = None
        context.copy().run(transport.accepted, wire.acceptor, accept)
        return wire.dialler


class MemoryTransport:
    """One machine's `Transport`. Its host's name is its address."""

    def __init__(self, network: MemoryNetwork, host: str, key: SigningKey, supervisor: Supervisor) -> None:
        self._network = network
        self._supervisor = supervisor
        self._pending: Counter[str] = Counter()
        self.host = host
        self.certificate = certificate_of(key.seed)

    async def dial(self, address: str) -> Link:
        return await self._network.connect(self.host, address)

    async def listen(self, host: str, port: int, accept: Accept) -> int:
        return self._network.listen(self.host, port, accept, self)

    async def aclose(self) -> None:
        self._network.close(self)

    def accepted(self, link: Link, accept: Accept) -> None:
        """Somebody dialled."""
        address = link.remote.rpartition(":")[0]
        if self._pending[address] >= MAX_PENDING_PER_ADDRESS:
            link.abort()
            return
        self._pending[address] += 1

        async def served() -> None:
            try:
                await accept(link)
            finally:
                self._pending[address] -= 1
                self._pending += Counter()

        self._supervisor.spawn(served(), "accepted link")
