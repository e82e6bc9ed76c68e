#!/usr/bin/env python3
"""Tells Supervisor, once the node answers, how Home Assistant reaches it: its loopback address and a token of its own; and,
where it is on, the node's voice server for Home Assistant's Wyoming integration.

The token is paired like any client's, with the code that only this machine may ask for, and kept beside the node's data so
that each start announces the same one. It goes to Supervisor and nowhere else.
"""

from __future__ import annotations

import argparse
import asyncio
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

from hearthnet_core.backends.wyoming_info import OURS, Info
from hearthnet_core.backends.wyoming_wire import Event, Wire
from hearthnet_core.errors import BadRequest
from hearthnet_core.models.local_api import NONCE_BYTES, TOKEN_FILE, pairing_key, pairing_mac, plain_code

SERVICE = "hearthnet"
VOICE = "wyoming"
HOST = "127.0.0.1"
DEFAULT_PORT = 7860
DEFAULT_VOICE = 10780
KEPT = "announced.json"
WAIT_S = 900
POLL_S = 0.5
ANSWER_S = 30
VOICE_S = 5
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


def option(options: Path, group: str, key: str, default: int) -> int:
    """A number, or a switch as 0 or 1, of the app's options."""
    try:
        return int(json.loads(options.read_bytes())[group][key])
    except (OSError, ValueError, KeyError, TypeError):
        return default


async def described(port: int) -> Info:
    """What the Wyoming service on that port says of itself. Raises `OSError` (`TimeoutError` is one), `BadRequest`."""
    async with asyncio.timeout(VOICE_S):
        wire = Wire(*await asyncio.open_connection(HOST, port))
        try:
            await wire.send(Event("describe"), VOICE_S)
            event = await wire.next(VOICE_S)
            return Info() if event is None else event.read(Info)
        finally:
            await wire.close(at_once=True)


def spoken_with(port: int) -> str:
    """The address of the node's own voice server. Raises `Failed` where it does not answer, or another program does."""
    try:
        ours = any(program.name == OURS for program in asyncio.run(described(port)).asr)
    except (OSError, BadRequest):
        ours = False
    if not ours:
        raise Failed(
            f"It does not listen on port {port}: another program may have it. Choose another `voice.port` in the options."
        )
    return f"tcp://{HOST}:{port}"


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


def announce(supervisor: str, secret: str, service: str, config: dict[str, Any], pause: float = 1.0) -> None:
    """Supervisor may be busy at the machine's start: tried again, each time after twice the pause."""
    for left in reversed(range(TRIES)):
        try:
            ask(f"{supervisor}/discovery", {"service": service, "config": config}, secret)
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


def node_told(node: Node, data: Path, supervisor: str, secret: str) -> bool:
    """Waits until the node answers. False, with the reason in the log, when Home Assistant could not be told."""
    try:
        health = node.wait(WAIT_S)
        config = {"host": HOST, "port": node.port, "token": token(node, data / KEPT), "node_id": health["node_id"]}
        announce(supervisor, secret, SERVICE, config)
    except (Failed, OSError, KeyError, ValueError) as error:
        print(f"Home Assistant was not told of this node. {error}", file=sys.stderr)
        print(by_hand(node), file=sys.stderr)
        return False
    print(f"Home Assistant was told of this node at {HOST}:{node.port}.")
    return True


def voice_told(port: int, supervisor: str, secret: str) -> bool:
    """False, with the reason in the log, when Home Assistant could not be told. An older Supervisor may refuse it."""
    uri = ""
    try:
        uri = spoken_with(port)
        announce(supervisor, secret, VOICE, {"uri": uri})
    except Failed as error:
        print(f"Home Assistant was not told of the voice server. {error}", file=sys.stderr)
        if uri:
            print(f"Add the Wyoming integration by hand: host {HOST}, port {port}.", file=sys.stderr)
        return False
    print(f"Home Assistant was told of the voice server at {uri}.")
    return True


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
    node = Node(option(given.options, "api", "port", DEFAULT_PORT), given.data)
    done = node_told(node, given.data, given.supervisor, secret)
    if node.found and option(given.options, "voice", "enabled", 1):  # it listens before the API does
        done &= voice_told(option(given.options, "voice", "port", DEFAULT_VOICE), given.supervisor, secret)
    return 0 if done else 1


if __name__ == "__main__":
    sys.exit(main())
