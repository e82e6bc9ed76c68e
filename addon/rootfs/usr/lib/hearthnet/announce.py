#!/usr/bin/env python3
"""Tells Supervisor, once the node answers, how Home Assistant reaches it: its loopback address and a token of its own.

The token is paired like any client's, with the code that only this machine may ask for, and kept beside the node's data so
that each start announces the same one. It goes to Supervisor and nowhere else.
"""

from __future__ import annotations

import argparse
import base64
import hmac
import json
import os
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from hearthnet_core.models.local_api import NONCE_BYTES, TOKEN_FILE, pairing_key, pairing_mac, plain_code

SERVICE = "hearthnet"
HOST = "127.0.0.1"
DEFAULT_PORT = 7860
KEPT = "announced.json"
WAIT_S = 900
POLL_S = 0.5
ANSWER_S = 30
TRIES = 6
MAX_ANSWER = 1024 * 1024


class Failed(Exception):
    """A sentence for the app's log."""


class Node:
    """The node's local API, by loopback."""

    def __init__(self, port: int, data: Path) -> None:
        self.port = port
        self.found = False
        self._data = data
        self._url = f"http://{HOST}:{port}"

    def wait(self, seconds: float) -> dict[str, Any]:
        """Its `/health`, as soon as it answers. Raises `Failed` after that many seconds, or for another program's answer."""
        until = time.monotonic() + seconds
        while True:
            try:
                health = ask(f"{self._url}/health")
                break
            except OSError:
                if time.monotonic() >= until:
                    raise Failed(f"The node did not answer on port {self.port} within {seconds:.0f} s.") from None
                time.sleep(POLL_S)
        if health.get("service") != SERVICE:
            raise Failed(f"Another program has port {self.port}; choose another one for `api.port` in the options.")
        self.found = True
        return health

    def accepts(self, token: str) -> bool:
        try:
            ask(f"{self._url}/api/v1/peers", {}, token)
        except urllib.error.HTTPError as error:
            if error.code in (401, 403):
                return False
            raise
        return True

    def code(self) -> str:
        """A pairing code as people read it. Only this machine may ask for one."""
        own = (self._data / TOKEN_FILE).read_text().strip()
        return str(ask(f"{self._url}/api/v1/pair_code", {}, own)["code"])

    def pair(self) -> str:
        """A new token for Home Assistant."""
        code = plain_code(self.code())
        nonce = os.urandom(NONCE_BYTES)
        start = {"name": "Home Assistant", "client": "home_assistant", "nonce": base64.b64encode(nonce).decode()}
        begun = ask(f"{self._url}/api/v1/pair", start)
        nonces = (nonce, base64.b64decode(begun["nonce"]))
        key = pairing_key(code, base64.b64decode(begun["salt"]))
        mac = base64.b64encode(pairing_mac(key, "client", "", *nonces)).decode()
        done = ask(f"{self._url}/api/v1/pair/{begun['pairing_id']}", {"mac": mac})
        if not hmac.compare_digest(base64.b64decode(done["mac"]), pairing_mac(key, "node", "", *nonces)):
            raise Failed(
                f"What answers on port {self.port} is not this node; choose another `api.port` in the options."
            )
        return str(done["token"])


def ask(url: str, body: dict[str, Any] | None = None, token: str = "") -> dict[str, Any]:
    """GET, or POST of a body. Raises `OSError`, of which `HTTPError` is one."""
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    request = urllib.request.Request(url, None if body is None else json.dumps(body).encode(), headers)
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with direct.open(request, timeout=ANSWER_S) as response:
        try:
            answer = json.loads(response.read(MAX_ANSWER))
        except ValueError:
            raise OSError(f"{url} answered with something that is no JSON") from None
    if not isinstance(answer, dict):
        raise OSError(f"{url} answered with something that is no object")
    return answer


def port(options: Path) -> int:
    """The API's port in the app's options."""
    try:
        return int(json.loads(options.read_bytes())["api"]["port"])
    except (OSError, ValueError, KeyError, TypeError):
        return DEFAULT_PORT


def token(node: Node, kept: Path) -> str:
    """The one announced before if the node still accepts it, else a new one, kept for the next start (0600)."""
    try:
        before = str(json.loads(kept.read_bytes())["token"])
    except (OSError, ValueError, KeyError, TypeError):
        before = ""
    if before and node.accepts(before):
        return before
    new = node.pair()
    part = kept.with_suffix(".new")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump({"token": new}, file)
        file.flush()
        os.fsync(file.fileno())
    part.replace(kept)
    return new


def announce(supervisor: str, secret: str, config: dict[str, Any], pause: float = 1.0) -> None:
    """Supervisor may be busy at the machine's start: tried again, each time after twice the pause."""
    for left in reversed(range(TRIES)):
        try:
            ask(f"{supervisor}/discovery", {"service": SERVICE, "config": config}, secret)
            return
        except urllib.error.HTTPError as error:
            if error.code < 500 or not left:
                raise Failed(f"Supervisor refused the announcement (HTTP {error.code}).") from None
        except OSError as error:
            if not left:
                raise Failed(f"Supervisor could not be reached at {supervisor}: {error}.") from None
        time.sleep(pause)
        pause *= 2


def by_hand(node: Node) -> str:
    """What a person can do instead. The code in the app's log may have been used up by the announcement itself."""
    try:
        if not node.found:
            raise OSError("no token for whoever else has the port")
        return f"Add the HearthNet integration by hand: address {HOST}:{node.port}, code {node.code()} (10 minutes)."
    except (OSError, KeyError, ValueError):
        return "Restart the app once the reason is gone."


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--options", type=Path, required=True)
    parser.add_argument("--supervisor", default="http://supervisor")
    given = parser.parse_args()
    secret = os.environ.get("SUPERVISOR_TOKEN", "")
    if not secret:
        print("Nothing is announced: this container was not started by Home Assistant's Supervisor.")
        return 0
    node = Node(port(given.options), given.data)
    try:
        health = node.wait(WAIT_S)
        config = {
            "host": HOST,
            "port": node.port,
            "token": token(node, given.data / KEPT),
            "node_id": health["node_id"],
        }
        announce(given.supervisor, secret, config)
    except (Failed, OSError, KeyError, ValueError) as error:
        print(f"Home Assistant was not told of this node. {error}", file=sys.stderr)
        print(by_hand(node), file=sys.stderr)
        return 1
    print(f"Home Assistant was told of this node at {HOST}:{node.port}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
