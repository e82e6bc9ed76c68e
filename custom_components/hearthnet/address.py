"""Where a node is: what a person types, made into the one address it can mean."""

from __future__ import annotations

import ipaddress

from yarl import URL

from .const import DEFAULT_PORT

MAX_ADDRESS = 255


def node_url(typed: str) -> URL:
    """`192.168.1.5`, `host:7860` or a whole URL → the node's base URL; `ValueError` when it is none.

    The node speaks plain HTTP on its own machine and TLS anywhere else, so the scheme follows from the host; a token
    never crosses a network in the clear, whatever was typed.
    """
    typed = typed.strip()
    if not typed or len(typed) > MAX_ADDRESS:
        raise ValueError("no address")
    try:
        bare = ipaddress.IPv6Address(typed)
    except ValueError:
        url = URL(typed if "://" in typed else f"http://{typed}")
    else:
        url = URL.build(scheme="http", host=str(bare))
    if (
        url.scheme not in ("http", "https")
        or not url.host
        or url.user
        or url.password
        or any(c.isspace() for c in typed)
    ):
        raise ValueError("no address")
    port = url.explicit_port or DEFAULT_PORT
    secure = url.scheme == "https" or not is_loopback(url.host)
    return URL.build(scheme="https" if secure else "http", host=url.host, port=port)


def is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
