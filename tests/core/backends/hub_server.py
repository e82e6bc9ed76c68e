"""A server with as much of Hugging Face's hub API as a download needs: what a model consists of, and its files."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web
from aiohttp.test_utils import TestServer

SHA = "0123456789abcdef0123456789abcdef01234567"


class HubServer:
    """The large file waits for `go` in its middle; `asked`: it was asked for."""

    def __init__(self, models: dict[str, dict[str, bytes]]) -> None:
        self.models = models
        self.go = asyncio.Event()
        self.go.set()
        self.asked = asyncio.Event()

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/api/models/{owner}/{name}{rest:(/revision/[^/]+)?}", self._info)
        app.router.add_get("/api/models/{owner}/{name}/tree/{revision}", self._tree)
        app.router.add_get("/{owner}/{name}/resolve/{revision}/{file}", self._file)
        return app

    def _files(self, request: web.Request) -> dict[str, bytes]:
        found = self.models.get(f"{request.match_info['owner']}/{request.match_info['name']}")
        if found is None:
            raise web.HTTPNotFound(headers={"X-Error-Code": "RepoNotFound"}, text='{"error":"Repository not found"}')
        return found

    async def _info(self, request: web.Request) -> web.Response:
        rows = [{"rfilename": name, "size": len(data)} for name, data in self._files(request).items()]
        id = f"{request.match_info['owner']}/{request.match_info['name']}"
        return web.json_response({"id": id, "sha": SHA, "siblings": rows, "private": False, "tags": [], "downloads": 0})

    async def _tree(self, request: web.Request) -> web.Response:
        rows = [
            {"type": "file", "path": name, "size": len(data), "oid": hashlib.sha1(data).hexdigest()}
            for name, data in self._files(request).items()
        ]
        return web.json_response(rows)

    async def _file(self, request: web.Request) -> web.StreamResponse:
        data = self._files(request)[request.match_info["file"]]
        headers = {"ETag": f'"{hashlib.sha1(data).hexdigest()}"', "X-Repo-Commit": SHA, "Accept-Ranges": "bytes"}
        start = request.http_range.start or 0
        response = web.StreamResponse(status=206 if start else 200, headers=headers)
        if start:
            response.headers["Content-Range"] = f"bytes {start}-{len(data) - 1}/{len(data)}"
        response.content_length = len(data) - start
        await response.prepare(request)
        if request.method == "HEAD":
            return response
        if len(data) > 100_000:
            await response.write(data[start : start + 50_000])
            self.asked.set()
            await self.go.wait()
            start += 50_000
        await response.write(data[start:])
        return response


@asynccontextmanager
async def serve(models: dict[str, dict[str, bytes]]) -> AsyncIterator[tuple[HubServer, str]]:
    server = HubServer(models)
    async with TestServer(server.app()) as running:
        yield server, f"http://127.0.0.1:{running.port}"
