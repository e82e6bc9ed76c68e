"""A node's local API with real sockets, TLS and cryptography, written from docs/api.md and sharing no code with the node.

What it knows is in `state`; what was asked of it is in `calls`. `refuse` makes a method fail, `script` an `ask` say anything.
"""

from __future__ import annotations

import asyncio
import base64
import copy
import hashlib
import hmac
import json
import secrets
import ssl
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import WSCloseCode, WSMsgType, web
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

CODE = "ABCDE-FGHJK"
BOB, CAROL = "b" * 52, "c" * 52
NOW = 1790000000.0


def b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def peer(node_id: str, name: str, **changes: Any) -> dict[str, Any]:
    return {
        "node_id": node_id,
        "short": f"{node_id[:4]}-{node_id[4:8]}",
        "name": name,
        "member_id": node_id,
        "member_name": name,
        "role": "member",
        "home": False,
        "connected": True,
        "latency_ms": 3.5,
        "address": "192.0.2.7:7080",
        "version": "0.1.0",
        "since": NOW,
        "capabilities": [],
        **changes,
    }


def candidate(name: str, score: float, excluded: str = "") -> dict[str, Any]:
    return {
        "node_id": name.lower(),
        "node_name": name,
        "provider": "ollama",
        "model": "llama",
        "score": score,
        "allowed": not excluded,
        "excluded": excluded,
        "terms": [],
    }


TRACE = {
    "id": "t1",
    "capability": "llm.chat",
    "started": NOW,
    "duration_ms": 12.0,
    "privacy": "community",
    "candidates": [candidate("Bob", 0.81), candidate("Carol", 0.0, "quarantined for 20 s")],
    "attempts": [],
    "hops": [],
}
SOURCE = {
    "rank": 1,
    "score": 0.9,
    "text": "Store water in clean, sealed containers.",
    "doc_title": "Water",
    "doc_cid": "x",
    "chunk_id": "1",
    "node_id": BOB,
    "node_name": "Bob",
    "corpus": "emergency",
    "language": "en",
    "licence": "CC0",
}


def done(text: str) -> dict[str, Any]:
    return {
        "text": text,
        "sources": [SOURCE],
        "answered_by": {"node_id": BOB, "node_name": "Bob", "provider": "ollama", "model": "llama", "home": False},
        "trace": TRACE,
        "receipts": [],
        "grounded": True,
    }


def answer(*pieces: str) -> list[tuple[str, dict[str, Any]]]:
    """The events of a whole answer that streams these pieces."""
    return [
        ("progress", {"step": "searching"}),
        ("sources", {"sources": [SOURCE], "searched": []}),
        ("route", {"trace_id": "t1", "candidates": TRACE["candidates"]}),
        (
            "attempt",
            {"n": 1, "node_id": BOB, "node_name": "Bob", "provider": "ollama", "model": "llama", "continues": False},
        ),
        *(("delta", {"text": piece}) for piece in pieces),
        ("done", done("".join(pieces))),
    ]


class Refused(Exception):
    def __init__(self, status: int, code: str, message: str) -> None:
        self.status, self.body = status, {"error": code, "message": message}


@dataclass
class Call:
    method: str
    params: dict[str, Any]
    cancelled: bool = False


@dataclass
class Pending:
    proven: bytes
    key: bytes


@dataclass
class FakeNode:
    """`start` gives it a port of 127.0.0.1; `stop` frees it; a second `start` takes the same one again."""

    name: str = "Alice"
    version: str = "0.1.0"
    api: dict[str, str] = field(default_factory=lambda: {"version": "1.0", "lowest": "1.0"})
    certificate: Path | None = None
    script: list[Any] = field(default_factory=lambda: answer("Store water ", "in clean containers [1]."))
    model_says: list[str] = field(default_factory=lambda: ["A cat", " on a wall."])
    calls: list[Call] = field(default_factory=list)
    refuse: dict[str, tuple[str, str]] = field(default_factory=dict)
    tokens: set[str] = field(default_factory=lambda: {"token-0"})
    code: str = CODE
    tries: int = 5
    code_expired: bool = False
    lies_about_code: bool = False
    believes: str | None = None
    """The fingerprint it takes for its own, when somebody stands between."""
    when_paired: Refused | ConnectionResetError | None = None
    """What happens to the next pairing instead."""
    pairs_as: str | None = None
    port: int = 0

    def __post_init__(self) -> None:
        self.key = Ed25519PrivateKey.generate()
        self.public_key = self.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.node_id = base64.b32encode(hashlib.sha256(self.public_key).digest()).decode().rstrip("=").lower()
        self.state = self.first_state()
        self.traces = {"t1": TRACE}
        self.health_body: Any = None
        self._sockets: set[web.WebSocketResponse] = set()
        self._subscribers: list[asyncio.Queue[tuple[str, dict[str, Any]]]] = []
        self._pending: dict[str, Pending] = {}
        self._runner: web.AppRunner | None = None

    def first_state(self) -> dict[str, Any]:
        return {
            "node": {
                "id": self.node_id,
                "short": "abcd",
                "name": self.name,
                "version": self.version,
                "address": "192.0.2.5:7080",
                "started": NOW,
                "warnings": [],
            },
            "member": {"id": "m", "short": "m", "name": "Alice", "role": "anchor"},
            "community": {"id": "e", "short": "e", "name": "Elm Street", "members": 2, "alone": False, "readmit": []},
            "privacy": "home",
            "privacy_chosen": True,
            "connectivity": {"state": "online", "cause": "none", "since": NOW, "internet": True, "mesh": True},
            "mode": {"mode": "normal", "since": NOW, "by": "", "reason": ""},
            "peers": [peer(BOB, "Bob")],
            "capabilities": [],
            "last_answer": None,
            "library": {"documents": 16, "chunks": 240},
            "notices": [],
            "engines": [],
            "next_step": "none",
        }

    @property
    def url(self) -> str:
        return f"{'https' if self.certificate else 'http'}://127.0.0.1:{self.port}"

    @property
    def fingerprint(self) -> str:
        if self.certificate is None:
            return ""
        return hashlib.sha256(
            ssl.PEM_cert_to_DER_cert(self.certificate.read_text().split("-----BEGIN PR")[0])
        ).hexdigest()

    async def start(self) -> None:
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_get("/health", self._health)
        app.router.add_post("/api/v1/pair", self._pair)
        app.router.add_post("/api/v1/pair/{id}", self._prove)
        app.router.add_get("/api/v1/ws", self._socket)
        app.router.add_post("/api/v1/{method}", self._post)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        context = None
        if self.certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(self.certificate)
        site = web.TCPSite(self._runner, "127.0.0.1", self.port, ssl_context=context)
        await site.start()
        assert site._server is not None
        self.port = site._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        await self.drop()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def drop(self) -> None:
        """Cut every connection, without a word."""
        for socket in list(self._sockets):
            await socket.close(code=WSCloseCode.GOING_AWAY)

    def push(self, **changes: Any) -> None:
        """Change the state and tell everybody."""
        for key, value in changes.items():
            self.state[key] = {**(self.state[key] or {}), **value} if isinstance(value, dict) else value
        self.tell("state", copy.deepcopy(self.state))

    def tell(self, event: str, data: dict[str, Any]) -> None:
        for queue in self._subscribers:
            queue.put_nowait((event, data))

    def asked(self, method: str) -> list[dict[str, Any]]:
        return [call.params for call in self.calls if call.method == method]

    @property
    def subscribed(self) -> bool:
        return bool(self._subscribers)

    async def _health(self, request: web.Request) -> web.Response:
        if self.health_body is not None:
            return web.json_response(self.health_body)
        fingerprint = self.fingerprint
        signature = self.key.sign(b"hearthnet/1 manifest\0" + fingerprint.encode()) if fingerprint else b""
        return web.json_response(
            {
                "service": "hearthnet",
                "status": "ok",
                "version": self.version,
                "node_id": self.node_id,
                "name": self.name,
                "api": self.api,
                "fingerprint": fingerprint,
                "fingerprint_signature": b64(signature),
                "public_key": b64(self.public_key),
                "claimed": False,
            }
        )

    async def _pair(self, request: web.Request) -> web.Response:
        body = await request.json()
        if isinstance(self.when_paired, Refused):
            return self._error(self.when_paired)
        if self.when_paired is not None and request.transport is not None:
            request.transport.abort()
        if self.code_expired:
            return self._error(Refused(410, "expired", "No pairing code is valid at the moment."))
        if not self.tries:
            return self._error(Refused(429, "rate_limited", "The pairing code was entered wrongly too often."))
        theirs, nonce, salt = base64.b64decode(body["nonce"]), secrets.token_bytes(16), secrets.token_bytes(16)
        assert len(theirs) == 16 and body["client"] == "home_assistant"
        plain = self.code.replace("-", "").encode()
        key = hashlib.scrypt(plain, salt=salt, n=2**14, r=8, p=1, dklen=32)
        pairing_id = secrets.token_hex(16)
        self._pending[pairing_id] = Pending((self.believes or self.fingerprint).encode() + theirs + nonce, key)
        return web.json_response(
            {"pairing_id": pairing_id, "nonce": b64(nonce), "salt": b64(salt), "node_id": self.node_id}
        )

    async def _prove(self, request: web.Request) -> web.Response:
        pending = self._pending.pop(request.match_info["id"], None)
        if pending is None:
            return self._error(Refused(404, "not_found", "This pairing is over."))
        mac = base64.b64decode((await request.json())["mac"])
        right = hmac.compare_digest(mac, hmac.digest(pending.key, b"client" + pending.proven, "sha256"))
        if not right and not self.lies_about_code:
            self.tries -= 1
            left = (
                f"The code is wrong; {self.tries} tries left."
                if self.tries
                else "The code is wrong and has no try left."
            )
            return self._error(Refused(401, "unauthorized", left))
        key = secrets.token_bytes(32) if self.lies_about_code else pending.key
        token = f"token-{len(self.tokens)}"
        self.tokens.add(token)
        return web.json_response(
            {
                "mac": b64(hmac.digest(key, b"node" + pending.proven, "sha256")),
                "token": token,
                "node_id": self.pairs_as or self.node_id,
            }
        )

    async def _post(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get("Authorization", "").removeprefix("Bearer ") not in self.tokens:
            return self._error(Refused(401, "token_invalid", "The access token is not valid."))
        raw = await request.read()
        if request.content_type == "application/octet-stream":
            params = {**request.query, "data": raw}
        else:
            params = json.loads(raw)
        call = Call(request.match_info["method"], params)
        self.calls.append(call)
        if "application/x-ndjson" in request.headers.get("Accept", ""):
            return await self._told(request, call)
        try:
            async for event, data in self._run(call):
                if event == "done":
                    return web.json_response(data)
        except Refused as refused:
            return self._error(refused)
        raise AssertionError("a method has an end")

    async def _told(self, request: web.Request, call: Call) -> web.StreamResponse:
        """An event a line."""
        response = web.StreamResponse(headers={"Content-Type": "application/x-ndjson"})
        await response.prepare(request)
        try:
            async for event, data in self._run(call):
                await response.write(json.dumps({"event": event, "data": data}).encode() + b"\n")
        except Refused as refused:
            await response.write(json.dumps({"event": "error", "data": refused.body}).encode() + b"\n")
        await response.write_eof()
        return response

    async def _socket(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        first = await socket.receive_json()
        if first.get("token") not in self.tokens:
            await socket.send_json(
                {"type": "refused", "error": "token_invalid", "message": "The access token is not valid."}
            )
            await socket.close()
            return socket
        await socket.send_json({"type": "ready", "api": self.api, "node_id": self.node_id, "version": self.version})
        self._sockets.add(socket)
        running: dict[int, tuple[Call, asyncio.Task[None]]] = {}
        try:
            async for message in socket:
                if message.type is not WSMsgType.TEXT:
                    break
                body = json.loads(message.data)
                if body["method"] == "cancel":
                    call, task = running.pop(body["id"], (None, None))
                    if call is not None and task is not None and not task.done():
                        call.cancelled = True
                        task.cancel()
                    continue
                call = Call(body["method"], body["params"])
                self.calls.append(call)
                running[body["id"]] = call, asyncio.create_task(self._serve(socket, body["id"], call))
        finally:
            self._sockets.discard(socket)
            for _, task in running.values():
                task.cancel()
            await asyncio.gather(*(task for _, task in running.values()), return_exceptions=True)
        return socket

    async def _serve(self, socket: web.WebSocketResponse, call_id: int, call: Call) -> None:
        try:
            async for event, data in self._run(call):
                await socket.send_json({"id": call_id, "event": event, "data": data})
        except Refused as refused:
            await socket.send_json({"id": call_id, "event": "error", "data": refused.body})
        except ConnectionError:
            return

    async def _run(self, call: Call) -> AsyncIterator[tuple[str, dict[str, Any]]]:
        if call.method in self.refuse:
            raise Refused(400, *self.refuse[call.method])
        match call.method:
            case "subscribe":
                queue: asyncio.Queue[tuple[str, dict[str, Any]]] = asyncio.Queue()
                self._subscribers.append(queue)
                try:
                    yield "state", copy.deepcopy(self.state)
                    while True:
                        yield await queue.get()
                finally:
                    self._subscribers.remove(queue)
            case "ask":
                for step in self.script:
                    if isinstance(step, Refused):
                        raise step
                    if isinstance(step, asyncio.Event):
                        await step.wait()
                    elif isinstance(step, Callable):
                        await step()
                    else:
                        yield step
            case "ingest_file":
                yield "progress", {"step": "reading", "done": 0, "total": 1}
                document = {
                    "document_id": "d1",
                    "title": call.params["name"],
                    "chunks": 3,
                    "pages": 1,
                    "duplicate": False,
                }
                yield "done", {"documents": [document], "failed": [], "unreadable_pages": 0}
            case "pull_model":
                yield "progress", {"status": "pulling", "completed": 1, "total": 2}
                yield "done", {}
            case "call" if call.params["capability"] == "tts.synthesize":
                yield "audio", {"pcm": b64(b"\0\0" * 800), "rate": 16_000}
                yield "done", {"rate": 16_000, "seconds": 0.05, "voice": "anna"}
            case "call" if call.params["capability"] == "llm.chat":
                for piece in self.model_says:
                    yield "delta", {"text": piece}
                yield "done", {"finish_reason": "stop", "model": "llama"}
            case "call" if call.params["capability"] == "stt.transcribe":
                yield "done", {"text": f"{len(base64.b64decode(call.params['body']['audio']))} bytes"}
            case "state":
                yield "done", copy.deepcopy(self.state)
            case "set_privacy":
                self.push(privacy=call.params["privacy"], privacy_chosen=True)
                yield "done", {"privacy": call.params["privacy"], "privacy_chosen": True}
            case "set_mode":
                mode = {
                    "mode": call.params["mode"],
                    "since": NOW,
                    "by": "home_assistant",
                    "reason": call.params.get("reason", ""),
                }
                self.push(mode=mode)
                yield "done", {"mode": mode}
            case "trace":
                if call.params["id"] not in self.traces:
                    raise Refused(404, "not_found", "There is no such trace.")
                yield "done", {"trace": self.traces[call.params["id"]]}
            case "search":
                yield "done", {"results": [SOURCE], "method": "bm25", "searched": []}
            case "post_notice":
                notice = {
                    "id": "n1",
                    "author_name": "Alice",
                    "at": NOW,
                    "expires": NOW + 60,
                    "late": False,
                    "severity": "info",
                }
                notice |= call.params
                self.tell("notice", {"notice": notice})
                yield "done", {"notice": notice}
            case "create_invite":
                yield (
                    "done",
                    {
                        "invite_id": "i",
                        "text": "hearthnet:invite",
                        "qr_svg": "<svg/>",
                        "expires": NOW,
                        "community": {},
                        "addresses": [],
                    },
                )
            case "join":
                yield "progress", {"step": "asking"}
                yield "done", {"community": {"name": "Oak Lane"}, "member_id": "m"}
            case "peers":
                yield "done", {"peers": self.state["peers"]}
            case _:
                yield "done", {}

    def _error(self, refused: Refused) -> web.Response:
        return web.json_response(refused.body, status=refused.status)
