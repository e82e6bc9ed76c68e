"""A server that follows OpenAI's API (models, chat completions and completions as server-sent events, embeddings), faults
included, and what llama.cpp and LM Studio tell besides."""

from __future__ import annotations

import asyncio
import hashlib
import json
from typing import Any

from aiohttp import web

PIECES = ("Store", " water", " for", " six", " months", ".")


class OpenAIServer:
    """`mode` says what the next requests meet; `requests` are the bodies that came, `gone`: a client left. `deltas` are what
    comes after the text; `props` and `studio` what llama.cpp and LM Studio tell, None: there is no such page."""

    def __init__(self) -> None:
        self.mode = "ok"
        self.models: list[dict[str, Any]] = [{"id": "tiny", "object": "model", "owned_by": "llamacpp"}]
        self.pieces: tuple[str, ...] = PIECES
        self.deltas: tuple[dict[str, Any], ...] = ()
        self.finish = "stop"
        self.props: dict[str, Any] | None = None
        self.studio: list[dict[str, Any]] | None = None
        self.key = ""
        self.requests: list[dict[str, Any]] = []
        self.gone = asyncio.Event()
        self.streaming = asyncio.Event()
        self.asked = asyncio.Event()

    def app(self) -> web.Application:
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_get("/v1/models", self._models)
        app.router.add_get("/props", self._props)
        app.router.add_get("/api/v0/models", self._studio)
        app.router.add_post("/v1/chat/completions", self._chat)
        app.router.add_post("/v1/completions", self._chat)
        app.router.add_post("/v1/embeddings", self._embeddings)
        return app

    def _refusal(self, request: web.Request) -> web.Response | None:
        if self.key and request.headers.get("Authorization") != f"Bearer {self.key}":
            return web.json_response({"error": {"message": "Incorrect API key provided: sk-abc"}}, status=401)
        return None

    async def _models(self, request: web.Request) -> web.StreamResponse:
        if refused := self._refusal(request):
            return refused
        if self.mode == "models_html":
            return web.Response(text="<html>hello</html>", content_type="text/html")
        if self.mode == "models_hang":
            await asyncio.sleep(60)
        return web.json_response({"object": "list", "data": self.models})

    async def _props(self, _: web.Request) -> web.StreamResponse:
        return web.Response(status=404) if self.props is None else web.json_response(self.props)

    async def _studio(self, _: web.Request) -> web.StreamResponse:
        return web.Response(status=404) if self.studio is None else web.json_response({"data": self.studio})

    async def _embeddings(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(body := await request.json())
        if self.mode == "429":
            return web.json_response({"error": {"message": "slow down"}}, status=429, headers={"Retry-After": "7"})
        if self.mode == "hang":
            await asyncio.sleep(60)
        rows = [{"object": "embedding", "index": n, "embedding": vector(t)} for n, t in enumerate(body["input"])]
        if self.mode == "nonsense":
            rows = rows[1:]
        return web.json_response({"object": "list", "data": rows[::-1], "model": body["model"]})

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        if refused := self._refusal(request):
            return refused
        self.requests.append(await request.json())
        self.asked.set()
        match self.mode:
            case "503":
                return web.json_response({"error": {"message": "Loading model", "code": 503}}, status=503)
            case "429":
                return web.json_response({"error": {"message": "slow down"}}, status=429, headers={"Retry-After": "7"})
            case "400":
                return web.json_response({"error": {"message": "context too long"}}, status=400)
            case "404":
                return web.json_response({"error": {"message": "no such model"}}, status=404)
            case "html":
                return web.Response(text="<html><h1>502 Bad Gateway</h1></html>", status=502, content_type="text/html")
            case "only_chat" if request.path == "/v1/completions":
                return web.json_response({"error": {"message": "unknown endpoint"}}, status=404)
            case "redirect":
                raise web.HTTPTemporaryRedirect("http://example.invalid/v1/chat/completions")
            case "hang":
                try:
                    await asyncio.sleep(60)
                finally:
                    self.gone.set()
            case "whole":
                return web.json_response({"choices": [{"message": {"content": "no stream"}}]})
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        try:
            await self._tell(request, response)
        except (ConnectionError, asyncio.CancelledError):
            self.gone.set()
            raise
        return response

    async def _tell(self, request: web.Request, response: web.StreamResponse) -> None:
        if self.mode == "long_line":
            await response.write(b'data: {"choices":[{"delta":{"content":"')
            for _ in range(160):
                await response.write(b"x" * 65536)
            return
        if self.mode == "garbage":
            await response.write(b"data: {]}\n\n")
            return
        if self.mode == "deep":
            await response.write(b'data: {"choices":' + b"[" * 100_000 + b"\n\n")
            return
        if self.mode == "endless":
            while True:
                await self._send(response, {"delta": {"content": "x" * 4096}})
        if self.mode == "half_character":
            await response.write(b'data: {"choices":[{"delta":{"content":"water\xc3"}}]}\n\n')
        if self.mode == "thinking":
            await self._send(response, {"delta": {"reasoning_content": "secret thought"}})
        if self.mode == "inline_thinking":
            for piece in ("<thi", "nk>secret", " thought</th", "ink>\n\n"):
                await self._send(response, {"delta": {"content": piece}})
        await response.write(b": comment\n\n")
        await self._send(response, {"delta": {"role": "assistant", "content": None}})
        pieces = () if self.mode == "empty" else self.pieces
        for n, piece in enumerate(pieces):
            if n == 2:
                self.streaming.set()
                if self.mode == "truncated":
                    return
                if self.mode == "cut":
                    assert request.transport is not None
                    request.transport.abort()
                    return
                if self.mode == "stall":
                    while True:
                        await asyncio.sleep(0.02)
                        await response.write(b": still here\n\n")
                if self.mode == "error":
                    await response.write(b'data: {"error": {"message": "out of memory", "code": 500}}\n\n')
                    return
            whole = request.path.endswith("/chat/completions")
            await self._send(response, {"delta": {"content": piece}} if whole else {"text": piece})
        for delta in self.deltas:
            await self._send(response, {"delta": delta})
        await self._send(response, {"delta": {}, "finish_reason": "length" if self.mode == "length" else self.finish})
        if self.mode == "no_tail":
            await asyncio.sleep(60)
        usage = {"prompt_tokens": 5, "completion_tokens": 6, "total_tokens": 11}
        await response.write(b"data: " + json.dumps({"choices": [], "usage": usage}).encode() + b"\n\n")
        await response.write(b"data: [DONE]\n\n")

    @staticmethod
    async def _send(response: web.StreamResponse, choice: dict[str, Any]) -> None:
        event = {"object": "chat.completion.chunk", "choices": [{"index": 0, "finish_reason": None, **choice}]}
        await response.write(b"data: " + json.dumps(event).encode() + b"\r\n\r\n")


def vector(text: str) -> list[float]:
    return [byte / 10 + 1 for byte in hashlib.sha256(text.encode()).digest()[:8]]
