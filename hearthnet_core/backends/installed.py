"""The adapters of this node: what is configured, and what is found on this machine. A new one is a file and a row here."""

from __future__ import annotations

from collections.abc import Callable

from hearthnet_core.backends import Adapter
from hearthnet_core.config.schema import Config
from hearthnet_core.runtime import Runtime


def adapters(config: Config, secret: Callable[[str], str], runtime: Runtime) -> list[Adapter]:
    """Raises `BadRequest` for one that is set up wrong."""
    found: list[Adapter] = []
    return found
