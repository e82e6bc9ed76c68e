"""Which HTTP requests may reach this node at all: by their Host and Origin headers, before any token is looked at.

A web page on the visitor's machine can send requests to loopback, and by DNS rebinding even under a name of its own. A
rebound request still carries the page's name in `Host`, so a name that is not this machine's is refused; an address is
no name and needs no DNS.
"""

from __future__ import annotations

import ipaddress
import re
import socket

from hearthnet_core.errors import Forbidden

_HOST = re.compile(r"(\[[0-9a-fA-F:.]{1,45}\]|[^:\[\]]{1,255})(?::\d{1,5})?")


def own_names() -> frozenset[str]:
    """The names this machine answers to."""
    host = socket.gethostname().lower()
    return frozenset({"localhost", host, f"{host.partition('.')[0]}.local"})


def check_host(header: str, names: frozenset[str]) -> None:
    """Raises `Forbidden` for a Host that is neither an address nor one of our names."""
    match = _HOST.fullmatch(header)
    name = match[1].rstrip(".").lower() if match else header
    if name in names:
        return
    try:
        ipaddress.ip_address(name.removeprefix("[").removesuffix("]"))
    except ValueError:
        raise Forbidden(
            f"This node is not {name[:80]!r}; use its address, or one of its names: {', '.join(sorted(names))}."
        ) from None


def check_origin(header: str, scheme: str, host: str) -> None:
    """Raises `Forbidden` for a web page that this node did not serve itself."""
    if header.lower() != f"{scheme}://{host}".lower():
        raise Forbidden(f"Web pages of {header[:80]!r} may not use this node; use it through Home Assistant.")
