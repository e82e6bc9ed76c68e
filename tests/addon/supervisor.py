"""A Supervisor as an app sees it: `POST /discovery` with the app's token, on a real socket."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SECRET = "the-app's-own-supervisor-token"


class FakeSupervisor:
    """`messages` holds what was accepted; `busy` is how many requests it answers with 503 first, `broken` the services it
    always does so for."""

    def __init__(
        self,
        host: str = "127.0.0.1",
        port: int = 0,
        busy: int = 0,
        services: tuple[str, ...] = ("hearthnet", "wyoming"),
        broken: tuple[str, ...] = (),
    ) -> None:
        self.messages: list[dict[str, Any]] = []
        self.refused: list[int] = []
        self.busy = busy
        self.services = services
        self.broken = broken
        self.received = threading.Event()
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                status, answer = fake.answer(self.path, self.headers.get("Authorization", ""), body)
                content = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                return

        self._server = ThreadingHTTPServer((host, port), Handler)
        self.url = f"http://{host}:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    def answer(self, path: str, authorization: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        status = 200
        if authorization != f"Bearer {SECRET}":
            status = 401
        elif path != "/discovery":
            status = 404
        elif self.busy:
            self.busy -= 1
            status = 503
        elif body["service"] in self.broken:
            status = 503
        elif body["service"] not in self.services:
            status = 403
        if status != 200:
            self.refused.append(status)
            return status, {"result": "error", "message": "refused"}
        self.messages.append(body)
        self.received.set()
        return status, {"result": "ok", "data": {"uuid": "0" * 32}}

    def __enter__(self) -> FakeSupervisor:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)
