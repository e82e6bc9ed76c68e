"""What the data folder and the machine show to anybody who looks, whether or not a node runs. Blocking."""

from __future__ import annotations

import base64
import os
import shutil
from pathlib import Path

import msgspec

from hearthnet_core.config import load
from hearthnet_core.errors import HearthNetError
from hearthnet_core.identity.keys import SEED_BYTES

PRIVATE = ("identity/node.key", "identity/owner.key", "identity/api.pem", "api-token", "secrets.json", "settings.json")
KEYS = ("identity/node.key", "identity/owner.key")


class Machine(msgspec.Struct, frozen=True, kw_only=True):
    """Problems are sentences, empty when there is none. `exposed`: private files that others may read."""

    data: str
    key_problem: str = ""
    config_problem: str = ""
    write_problem: str = ""
    exposed: tuple[str, ...] = ()
    disk_free: int = 0
    disk_total: int = 0
    wall: float = 0.0


def look(data: Path, wall: float) -> Machine:
    """Never raises: what cannot be seen is a problem of its own."""
    free, total = 0, 0
    try:
        usage = shutil.disk_usage(data)
        free, total = usage.free, usage.total
    except OSError:
        pass
    return Machine(
        data=str(data),
        key_problem=_keys(data),
        config_problem=_config(data),
        write_problem=_writable(data),
        exposed=tuple(name for name in PRIVATE if _open_to_others(data / name)),
        disk_free=free,
        disk_total=total,
        wall=wall,
    )


def _keys(data: Path) -> str:
    for name in KEYS:
        try:
            if len(base64.b64decode((data / name).read_bytes(), validate=True)) != SEED_BYTES:
                return f"{data / name} is damaged."
        except FileNotFoundError:
            return f"{data / name} is missing."
        except OSError as error:
            return f"{data / name} cannot be read: {error.strerror}."
        except ValueError:
            return f"{data / name} is damaged."
    return ""


def _config(data: Path) -> str:
    try:
        load(data, {})
    except HearthNetError as error:
        return error.message
    return ""


def _writable(data: Path) -> str:
    probe = data / ".doctor"
    try:
        descriptor = os.open(probe, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            os.write(descriptor, b"doctor")
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
            probe.unlink()
    except OSError as error:
        return f"{data} cannot be written: {error.strerror}."
    return ""


def _open_to_others(path: Path) -> bool:
    try:
        return bool(path.stat().st_mode & 0o077)
    except OSError:
        return False
