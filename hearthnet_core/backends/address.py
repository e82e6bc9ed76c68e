"""Where an engine's address points: this machine, the local network, or the internet. Decided from the text alone."""

from __future__ import annotations

import ipaddress

import yarl

from hearthnet_core.errors import BadRequest

LOCAL_SUFFIXES = (".local", ".lan", ".home", ".home.arpa", ".internal", ".localdomain", ".localhost")
MAX_URL = 500


def engine_url(text: str) -> str:
    """The address without its trailing slash. Raises `BadRequest` unless it is plain `http(s)://host[:port][/path]`."""
    try:
        url = yarl.URL(text[:MAX_URL])
        fits = url.scheme in ("http", "https") and bool(url.host) and url.port is not None
    except ValueError:
        fits = False
    if not fits or len(text) > MAX_URL or url.user or url.password or url.query_string or url.fragment:
        raise BadRequest(
            f"{text[:80]!r} is no engine address; write it like http://127.0.0.1:11434 (keys go into the secrets file)."
        )
    return str(url).rstrip("/")


def is_internet(url: str) -> bool:
    """Whether a request there leaves the house: every public address, and every name that is not a local one."""
    host = (yarl.URL(url).host or "").casefold().rstrip(".")
    try:
        return not _near(ipaddress.ip_address(host.partition("%")[0]))
    except ValueError:
        return "." in host and not host.endswith(LOCAL_SUFFIXES)


def _near(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return address.is_loopback or address.is_link_local or address.is_private
