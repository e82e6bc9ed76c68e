"""Real links: TCP, TLS 1.3 only, ALPN `hearthnet/1`, the node's own certificate, no authority, no session tickets."""

from __future__ import annotations

import asyncio
import errno
import logging
import socket
import ssl
import tempfile
from collections import Counter
from pathlib import Path

from hearthnet_core.errors import BadRequest, Unavailable
from hearthnet_core.identity.certificate import der, mesh_certificate
from hearthnet_core.identity.keys import SigningKey
from hearthnet_core.net.link import Accept, Link

LOGGER = logging.getLogger(__name__)
ALPN = "hearthnet/1"
READ_BYTES = 64 * 1024
UNSENT_BYTES = 16 * 1024
CONNECT_S = 4.0
TLS_S = 5.0
MAX_PENDING = 64
MAX_PENDING_PER_ADDRESS = 8


def split_address(address: str) -> tuple[str, int]:
    """`host:port` or `[v6]:port`; raises `BadRequest`."""
    host, colon, port = address.rpartition(":")
    if not colon or not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise BadRequest(f"{address[:100]!r} is not an address like 192.168.1.5:7080.")
    return host.removeprefix("[").removesuffix("]"), int(port)


class TlsLink:
    """One TLS stream."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, certificate: bytes) -> None:
        self._reader = reader
        self._writer = writer
        self.certificate = certificate
        peer = writer.get_extra_info("peername")
        self.remote = f"{peer[0]}:{peer[1]}" if peer else "?"
        raw: socket.socket | None = writer.get_extra_info("socket")
        if raw is not None:
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if hasattr(socket, "TCP_NOTSENT_LOWAT"):
                raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT_BYTES)
        writer.transport.set_write_buffer_limits(high=UNSENT_BYTES)

    async def read(self) -> bytes:
        try:
            return await self._reader.read(READ_BYTES)
        except (OSError, ssl.SSLError) as error:
            raise Unavailable(f"The connection to {self.remote} broke: {error}.") from None

    async def write(self, data: bytes) -> None:
        try:
            self._writer.write(data)
            await self._writer.drain()
        except (OSError, ssl.SSLError) as error:
            raise Unavailable(f"The connection to {self.remote} broke: {error}.") from None

    def abort(self) -> None:
        self._writer.transport.abort()


class TlsTransport:
    """Dials and listens with the node's certificate."""

    def __init__(self, key: SigningKey) -> None:
        certificate, private = mesh_certificate(key)
        self._certificate = der(certificate)
        self._server = self._context(ssl.PROTOCOL_TLS_SERVER)
        with tempfile.TemporaryDirectory() as folder:  # ssl reads keys only from files; 0700, gone at once
            (Path(folder) / "c.pem").write_bytes(certificate)
            (Path(folder) / "k.pem").write_bytes(private)
            self._server.load_cert_chain(Path(folder) / "c.pem", Path(folder) / "k.pem")
        self._server.num_tickets = 0
        self._client = self._context(ssl.PROTOCOL_TLS_CLIENT)
        self._client.check_hostname = False
        self._client.verify_mode = ssl.CERT_NONE  # the key itself is compared, after the handshake
        self._listening: list[asyncio.Server] = []
        self._pending: Counter[str] = Counter()

    async def dial(self, address: str) -> Link:
        host, port = split_address(address)
        try:
            async with asyncio.timeout(CONNECT_S):
                reader, writer = await asyncio.open_connection(
                    host, port, ssl=self._client, server_hostname="hearthnet", ssl_handshake_timeout=CONNECT_S
                )
        except (OSError, TimeoutError, ssl.SSLError) as error:
            raise Unavailable(f"No node answers at {address}: {error or 'no reply in time'}.") from None
        tls: ssl.SSLObject = writer.get_extra_info("ssl_object")
        certificate = tls.getpeercert(binary_form=True)
        if certificate is None or tls.selected_alpn_protocol() != ALPN:
            writer.transport.abort()
            raise Unavailable(f"What answers at {address} is no HearthNet node.")
        return TlsLink(reader, writer, certificate)

    async def listen(self, host: str, port: int, accept: Accept) -> int:
        async def accepted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            # TLS begins here, not in the server, so that unfinished TLS handshakes count as pending too. It is started
            # before anything is awaited, so nothing was read yet.
            address = str((writer.get_extra_info("peername") or ("?",))[0])
            if self._pending[address] >= MAX_PENDING_PER_ADDRESS or self._pending.total() >= MAX_PENDING:
                writer.transport.abort()
                return
            self._pending[address] += 1
            try:
                if not await self._secured(writer):
                    LOGGER.info("%s was gone before TLS began", address)
                elif writer.get_extra_info("ssl_object").selected_alpn_protocol() == ALPN:
                    await accept(TlsLink(reader, writer, self._certificate))
                else:
                    writer.transport.abort()
            except (OSError, ssl.SSLError) as error:
                LOGGER.info("no TLS with %s: %s", address, error)
                writer.transport.abort()
            finally:
                self._pending[address] -= 1
                self._pending += Counter()

        try:
            server = await asyncio.start_server(accepted, host or None, port, limit=READ_BYTES)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise Unavailable(
                    f"Port {port} is taken by another program. Stop it, or set node.port to another port in config.toml."
                ) from None
            raise Unavailable(f"This node cannot listen on {host or 'any address'}:{port}: {error.strerror}.") from None
        self._listening.append(server)
        return int(server.sockets[0].getsockname()[1])

    async def _secured(self, writer: asyncio.StreamWriter) -> bool:
        """Starts TLS; false when the stream was cut meanwhile, for which asyncio has no answer (3.14: an AttributeError
        and a writer without a transport)."""
        plain = writer.transport
        try:
            await writer.start_tls(self._server, ssl_handshake_timeout=TLS_S)
        except AttributeError:
            writer._transport = plain  # type: ignore[attr-defined]
            return False
        return True

    async def aclose(self) -> None:
        """Stops listening; what is being greeted is dropped."""
        for server in self._listening:
            server.close()
            server.abort_clients()
        self._listening.clear()

    @staticmethod
    def _context(protocol: int) -> ssl.SSLContext:
        context = ssl.SSLContext(protocol)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        context.set_alpn_protocols([ALPN])
        context.options |= ssl.OP_NO_TICKET
        return context
