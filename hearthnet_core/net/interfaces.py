"""Which network interfaces are real: bridges of containers and virtual machines never, loopback only when nothing else is."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass

import ifaddr

_VIRTUAL = re.compile(r"^(docker|br-|veth|virbr|cni|podman|lxc|lxd|hassio|flannel|cali|vmnet|vboxnet)")
LOOPBACK = ("lo", "lo0")


@dataclass(frozen=True)
class Interface:
    name: str
    address: str


def real_interfaces(only: tuple[str, ...] = ()) -> list[Interface]:
    """IPv4 interfaces to use; `only` names the ones a person chose."""
    found = []
    for adapter in ifaddr.get_adapters():
        for ip in adapter.ips:
            if isinstance(ip.ip, str):
                found.append(Interface(adapter.nice_name, ip.ip))
    if only:
        return [i for i in found if i.name in only]
    real = [
        i
        for i in found
        if i.name not in LOOPBACK and not _VIRTUAL.match(i.name) and not ipaddress.ip_address(i.address).is_loopback
    ]
    return real or [i for i in found if ipaddress.ip_address(i.address).is_loopback]
