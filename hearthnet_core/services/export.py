"""Everything this household can take along, in files that any program reads. Never a private key, never a token."""

from __future__ import annotations

import base64
import os
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection, select

from hearthnet_core.errors import BadRequest, HearthNetError
from hearthnet_core.log.tables import events
from hearthnet_core.runtime import Runtime
from hearthnet_core.services.knowledge import chunks, documents
from hearthnet_core.storage.database import Database, disk_error

README = """This folder was written by `hearthnet export`.

events.jsonl     every signed event this node keeps: header, signature and body in base64 (docs/protocol.md says what is in them)
documents.jsonl  every document of the library, with its passages in order

No private key and no access token is in here. Whoever has this folder can read it; keep it as safe as your letters.
"""


class Export:
    """Writes into a folder that does not exist yet or is empty."""

    def __init__(self, runtime: Runtime, database: Database) -> None:
        self._runtime = runtime
        self._database = database

    async def write(self, directory: Path) -> dict[str, Any]:
        """`{path, events, documents, bytes}`. Raises `BadRequest` for a folder in use, a sentence for a full disk."""
        log = await self._database.read(_events)
        library = await self._database.read(_documents)
        size = await self._runtime.offload(_write, directory, log, library)
        return {"path": str(directory), "events": len(log), "documents": len(library), "bytes": size}


def _write(directory: Path, log: list[dict[str, Any]], library: list[dict[str, Any]]) -> int:
    if not directory.is_absolute():
        raise BadRequest(f"{directory} is no whole path; say where from the root on, like /backup/hearthnet.")
    try:
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        if any(directory.iterdir()):
            raise BadRequest(f"{directory} is not empty; choose a new folder.")
        size = 0
        for name, rows in (("events.jsonl", log), ("documents.jsonl", library)):
            content = b"".join(msgspec.json.encode(row) + b"\n" for row in rows)
            size += len(content)
            _synced(directory / name, content)
        _synced(directory / "README.txt", README.encode())
        return size + len(README)
    except OSError as error:
        raise disk_error(directory, error) from None


def _synced(path: Path, content: bytes) -> None:
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _events(connection: Connection) -> list[dict[str, Any]]:
    rows = connection.execute(select(events.c.type, events.c.header, events.c.signature, events.c.body))
    return [
        {"type": type, "header": _text(header), "signature": _text(signature), "body": _text(body)}
        for type, header, signature, body in rows
    ]


def _documents(connection: Connection) -> list[dict[str, Any]]:
    found = {}
    for row in connection.execute(select(documents)):
        found[row.cid, row.corpus] = {
            "cid": row.cid.hex(),
            "corpus": row.corpus,
            "title": row.title,
            "name": row.name,
            "language": row.language,
            "licence": row.licence,
            "passages": [],
        }
    for row in connection.execute(select(chunks).order_by(chunks.c.id)):
        document = found.get((row.cid, row.corpus))
        if document is None:
            raise HearthNetError("A passage belongs to no document; run `hearthnet doctor`.")
        document["passages"].append({"heading": row.heading, "text": row.text})
    return list(found.values())


def _text(raw: bytes | None) -> str | None:
    return base64.b64encode(raw).decode() if raw is not None else None
