"""A server that follows Ollama's documented API (tags, ps, chat as lines of JSON), faults included."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from aiohttp import web

PIECES = ("Store", " water", " for", " six", " months", ".")


class OllamaServer:
    """`mode` says what the next requests meet; `requests` are the bodies that came, `gone`: a client left."""

    def __init__(self) -> None:
        self.mode = "ok"
        self.models: list[dict[str, Any]] = [_model("llama3.2:3b"), _model("nomic-embed-text:latest", "nomic-bert")]
        self.loaded: list[dict[str, Any]] = []
        self.requests: list[dict[str, Any]] = []
        self.gone = asyncio.Event()
        self.streaming = asyncio.Event()
        self.asked = asyncio.Event()

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/api/tags", self._tags)
        app.router.add_get("/api/ps", self._ps)
        app.router.add_post("/api/chat", self._chat)
        return app

    async def _tags(self, _: web.Request) -> web.StreamResponse:
        if self.mode == "tags_garbage":
            return web.Response(text="<html>", content_type="text/html")
        if self.mode == "tags_huge":
            return web.Response(body=b'{"models": [' + b" " * 3_000_000 + b"]}", content_type="application/json")
        if self.mode == "tags_503":
            return web.json_response({"error": "starting up"}, status=503)
        return web.json_response({"models": self.models})

    async def _ps(self, _: web.Request) -> web.StreamResponse:
        return web.json_response({"models": self.loaded})

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(await request.json())
        self.asked.set()
        match self.mode:
            case "404":
                return web.json_response({"error": "model 'x' not found"}, status=404)
            case "503":
                return web.json_response({"error": "server busy, please try again"}, status=503)
            case "429":
                return web.json_response({"error": "too many requests"}, status=429)
            case "hang":
                try:
                    await asyncio.sleep(60)
                finally:
                    self.gone.set()
        response = web.StreamResponse(headers={"Content-Type": "application/x-ndjson"})
        await response.prepare(request)
        try:
            await self._tell(request, response)
        except (ConnectionError, asyncio.CancelledError):
            self.gone.set()
            raise
        return response

    async def _tell(self, request: web.Request, response: web.StreamResponse) -> None:
        if self.mode == "long_line":
            await response.write(b'{"message": {"role": "assistant", "content": "')
            for _ in range(160):
                await response.write(b"x" * 65536)
            return
        if self.mode == "garbage":
            await response.write(b"{]}\n")
            return
        if self.mode == "list":
            await response.write(b"[1, 2]\n")
            return
        if self.mode == "thinking":
            await self._send(response, {"message": {"role": "assistant", "content": "", "thinking": "secret thought"}})
        for n, piece in enumerate(() if self.mode == "empty" else PIECES):
            if n == 2:
                self.streaming.set()
                if self.mode == "truncated":
                    return
                if self.mode == "cut":
                    assert request.transport is not None
                    request.transport.abort()
                    return
                if self.mode == "stall":
                    await asyncio.sleep(60)
                if self.mode == "error":
                    await response.write(b'{"error": "an error was encountered while running the model"}\n')
                    return
            await self._send(response, {"message": {"role": "assistant", "content": piece}})
        reason = "length" if self.mode == "length" else "stop"
        end = {"message": {"role": "assistant", "content": ""}, "done": True, "done_reason": reason}
        await self._send(response, {**end, "prompt_eval_count": 5, "eval_count": 6})

    @staticmethod
    async def _send(response: web.StreamResponse, part: dict[str, Any]) -> None:
        line = {"model": "llama3.2:3b", "created_at": "2026-11-24T00:00:00Z", "done": False, **part}
        await response.write(json.dumps(line).encode() + b"\n")


def _model(name: str, family: str = "llama") -> dict[str, Any]:
    return {"name": name, "model": name, "size": 2_000_000_000, "digest": "d", "details": {"family": family}}
