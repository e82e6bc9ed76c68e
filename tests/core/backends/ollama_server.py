"""A server that follows Ollama's documented API (tags, show, ps, chat, generate, embed, pull, delete; answers as lines of
JSON), faults included. A model that is asked is loaded, with the context and for the time that the request or Ollama's
own settings say."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
from typing import Any

from aiohttp import web

PIECES = ("Store", " water", " for", " six", " months", ".")
DEFAULT_CONTEXT = 4096
LAYERS = (("sha256:aaaa", 1000), ("sha256:bbbb", 200))


class OllamaServer:
    """`mode` says what the next requests meet; `requests` are the bodies that came, `gone`: a client left. `pieces` and
    `calls` are what the model says and wants; `fetched` is what of each layer is on the disk, of `space` bytes; a pull waits
    for `go`."""

    def __init__(self) -> None:
        self.mode = "ok"
        self.models: list[dict[str, Any]] = [_model("llama3.2:3b"), _model("nomic-embed-text:latest", "nomic-bert")]
        self.loaded: list[dict[str, Any]] = []
        self.requests: list[dict[str, Any]] = []
        self.shown: list[str] = []
        self.keys: list[str] = []
        self.pieces: tuple[str, ...] = PIECES
        self.calls: tuple[dict[str, Any], ...] = ()
        self.fetched: dict[str, int] = {}
        self.space = 1_000_000
        self.pulls = 0
        self.go = asyncio.Event()
        self.go.set()
        self.gone = asyncio.Event()
        self.streaming = asyncio.Event()
        self.asked = asyncio.Event()

    def app(self) -> web.Application:
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_get("/api/tags", self._tags)
        app.router.add_get("/api/ps", self._ps)
        app.router.add_post("/api/show", self._show)
        app.router.add_post("/api/chat", self._chat)
        app.router.add_post("/api/generate", self._generate)
        app.router.add_post("/api/embed", self._embed)
        app.router.add_post("/api/pull", self._pull)
        app.router.add_delete("/api/delete", self._delete)
        return app

    async def _tags(self, request: web.Request) -> web.StreamResponse:
        self.keys.append(request.headers.get("Authorization", ""))
        if self.mode == "tags_garbage":
            return web.Response(text="<html>", content_type="text/html")
        if self.mode == "tags_list":
            return web.json_response({"models": ["a", "b"]})
        if self.mode == "tags_huge":
            return web.Response(body=b'{"models": [' + b" " * 3_000_000 + b"]}", content_type="application/json")
        if self.mode == "tags_503":
            return web.json_response({"error": "starting up"}, status=503)
        listed = [{k: v for k, v in m.items() if not k.startswith("_")} for m in self.models]
        return web.json_response({"models": listed})

    async def _ps(self, _: web.Request) -> web.StreamResponse:
        return web.json_response({"models": self.loaded})

    async def _show(self, request: web.Request) -> web.StreamResponse:
        name = (await request.json())["model"]
        self.shown.append(name)
        if (model := self._found(name)) is None or self.mode == "show_404":
            return web.json_response({"error": f"model '{name}' not found"}, status=404)
        arch = model["details"]["family"]
        info = {"general.architecture": arch, f"{arch}.context_length": model["_context"]}
        if model["_dimensions"]:
            info[f"{arch}.embedding_length"] = model["_dimensions"]
        told = {"details": model["details"], "model_info": info, "template": "{{ .Prompt }}"}
        if model["_parameters"]:
            told["parameters"] = model["_parameters"]
        if model["_can"] is not None:
            told["capabilities"] = model["_can"]
        return web.json_response(told)

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        return await self._answer(request, "chat")

    async def _generate(self, request: web.Request) -> web.StreamResponse:
        return await self._answer(request, "generate")

    async def _answer(self, request: web.Request, what: str) -> web.StreamResponse:
        body = await request.json()
        self.requests.append(body)
        self.asked.set()
        match self.mode:
            case "404":
                return web.json_response({"error": "model 'x' not found"}, status=404)
            case "503":
                return web.json_response({"error": "server busy, please try again"}, status=503)
            case "429":
                return web.json_response({"error": "too many requests"}, status=429)
            case "html":
                return web.Response(text="<html><h1>502 Bad Gateway</h1></html>", status=502, content_type="text/html")
            case "hang":
                try:
                    await asyncio.sleep(60)
                finally:
                    self.gone.set()
        if refused := self._refusal(body):
            return refused
        self._load(body)
        response = web.StreamResponse(headers={"Content-Type": "application/x-ndjson"})
        await response.prepare(request)
        try:
            await self._tell(request, response, what)
        except (ConnectionError, asyncio.CancelledError):
            self.gone.set()
            raise
        return response

    def _refusal(self, body: dict[str, Any]) -> web.Response | None:
        if (model := self._found(body["model"])) is None:
            return web.json_response({"error": f"model '{body['model']}' not found"}, status=404)
        can = model["_can"] or ["completion"]
        for wanted, need in (("tools", "tools"), ("think", "thinking"), ("suffix", "insert")):
            if body.get(wanted) and need not in can:
                return web.json_response({"error": f"{body['model']} does not support {need}"}, status=400)
        for message in body.get("messages", ()):
            for image in message.get("images", ()):
                base64.b64decode(image, validate=True)
                if "vision" not in can:
                    return web.json_response(
                        {"error": "this model is missing data required for image input"}, status=500
                    )
        return None

    def _load(self, body: dict[str, Any]) -> None:
        self.loaded = [m for m in self.loaded if m["model"] != body["model"]]
        if body.get("keep_alive") == 0:
            return
        context = body.get("options", {}).get("num_ctx", DEFAULT_CONTEXT)
        model = self._found(body["model"]) or {}
        self.loaded.append({**{k: v for k, v in model.items() if k[0] != "_"}, "context_length": context})

    async def _tell(self, request: web.Request, response: web.StreamResponse, what: str) -> None:
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
        if self.mode == "endless":
            while True:
                await self._send(response, what, "x" * 4096)
        if self.mode == "half_character":
            line = json.dumps(
                {"message": {"role": "assistant", "content": "wateré"}, "done": False}, ensure_ascii=False
            )
            await response.write(line.encode().replace("é".encode(), b"\xc3") + b"\n")
        if self.mode == "thinking":
            await self._send(response, what, "", thinking="secret thought")
        for n, piece in enumerate(() if self.mode == "empty" else self.pieces):
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
            await self._send(response, what, piece)
        for wanted in self.calls:
            await self._send(response, what, "", tool_calls=[{"function": wanted}])
        reason = "length" if self.mode == "length" else "stop"
        end = {"done": True, "done_reason": reason, "prompt_eval_count": 5, "eval_count": 6}
        await self._send(response, what, "", end)

    @staticmethod
    async def _send(
        response: web.StreamResponse, what: str, text: str, part: dict[str, Any] | None = None, **more: Any
    ) -> None:
        said = (
            {"message": {"role": "assistant", "content": text, **more}}
            if what == "chat"
            else {"response": text, **more}
        )
        line = {"model": "llama3.2:3b", "created_at": "2026-11-24T00:00:00Z", "done": False, **said, **(part or {})}
        await response.write(json.dumps(line).encode() + b"\n")

    async def _embed(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        self.requests.append(body)
        if (model := self._found(body["model"])) is None:
            return web.json_response({"error": f"model '{body['model']}' not found"}, status=404)
        if model["_can"] is not None and "embedding" not in model["_can"]:
            return web.json_response({"error": "this model does not support embeddings"}, status=501)
        if self.mode == "zeros":
            return web.json_response({"model": body["model"], "embeddings": [[0.0] * 8 for _ in body["input"]]})
        return web.json_response({"model": body["model"], "embeddings": [_vector(t) for t in body["input"]]})

    async def _pull(self, request: web.Request) -> web.StreamResponse:
        name = (await request.json())["model"]
        self.pulls += 1
        response = web.StreamResponse(headers={"Content-Type": "application/x-ndjson"})
        await response.prepare(request)

        async def send(**line: Any) -> None:
            await response.write(json.dumps(line).encode() + b"\n")

        try:
            await send(status="pulling manifest")
            if name.startswith("nobody/"):
                await send(error="pull model manifest: file does not exist")
                return response
            for digest, size in LAYERS:
                short = f"pulling {digest[7:19]}"
                self.fetched.setdefault(digest, 0)
                await send(status=short, digest=digest, total=size, completed=self.fetched[digest])
                while self.fetched[digest] < size:
                    self.streaming.set()
                    await self.go.wait()
                    if sum(self.fetched.values()) + 100 > self.space:
                        where = f"/usr/share/ollama/.ollama/models/blobs/{digest}-partial"
                        await send(error=f"write {where}: no space left on device")
                        return response
                    self.fetched[digest] += 100
                    await send(status=short, digest=digest, total=size, completed=self.fetched[digest])
                    if self.mode == "pull_cut":
                        assert request.transport is not None
                        request.transport.abort()
                        return response
            for status in ("verifying sha256 digest", "writing manifest"):
                await send(status=status)
            if self._found(name) is None:
                self.models.append(_model(name))
            await send(status="success")
        except (ConnectionError, asyncio.CancelledError):
            self.gone.set()
            raise
        return response

    async def _delete(self, request: web.Request) -> web.StreamResponse:
        name = (await request.json())["model"]
        if self._found(name) is None:
            return web.json_response({"error": f"model '{name}' not found"}, status=404)
        self.models = [m for m in self.models if m["model"] != name]
        self.loaded = [m for m in self.loaded if m["model"] != name]
        return web.Response()

    def _found(self, name: str) -> dict[str, Any] | None:
        wanted = name if ":" in name else f"{name}:latest"
        return next((m for m in self.models if m["model"] == wanted), None)


def _model(
    name: str,
    family: str = "llama",
    can: tuple[str, ...] | None = ("completion", "tools"),
    *,
    context: int = 131_072,
    dimensions: int = 0,
    parameters: str = "",
    **more: Any,
) -> dict[str, Any]:
    """A row of the list; what begins with `_` is only told by show. `can` None: an Ollama from before it told."""
    if "bert" in family and can is not None:
        can, context, dimensions = ("embedding",), 2048, dimensions or 768
    details = {"family": family, "parameter_size": "3.2B", "quantization_level": "Q4_K_M"}
    return {
        "name": name,
        "model": name,
        "size": 2_000_000_000,
        "digest": hashlib.sha256(name.encode()).hexdigest(),
        "details": details,
        **more,
        "_can": None if can is None else list(can),
        "_context": context,
        "_dimensions": dimensions,
        "_parameters": parameters,
    }


def _vector(text: str) -> list[float]:
    return [byte / 10 + 1 for byte in hashlib.sha256(text.encode()).digest()[:8]]
