"""Everything this household can take along, in files that any program reads. Never a private key, never a token."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection, select

from hearthnet_core.errors import BadRequest
from hearthnet_core.log.tables import events
from hearthnet_core.runtime import Runtime
from hearthnet_core.services import shelf
from hearthnet_core.services.knowledge import chunks, documents
from hearthnet_core.storage.database import Database, disk_error

AT_ONCE = 500
README = """This folder was written by `hearthnet export`.

events.jsonl     every signed event this node keeps: header, signature and body in base64 (docs/protocol.md says what is in them)
documents.jsonl  every document of the library, with its passages in order, and of a picture what is kept of it (a JPEG in base64)

No private key and no access token is in here. Whoever has this folder can read it; keep it as safe as your letters.
"""


class Export:
    """Writes into a folder that does not exist yet or is empty."""

    def __init__(self, runtime: Runtime, database: Database) -> None:
        self._runtime = runtime
        self._database = database

    async def write(self, directory: Path) -> dict[str, Any]:
        """`{path, events, documents, bytes}`, all of one moment. Raises `BadRequest` for a folder in use, a sentence for a
        full disk; what was begun is taken away again."""
        await self._runtime.offload(_prepare, directory)
        written = await self._database.read(lambda connection: _write(directory, connection))
        return {"path": str(directory), **written}


def _prepare(directory: Path) -> None:
    if "\0" in str(directory) or not directory.is_absolute():
        raise BadRequest(f"{directory} is no whole path; say where from the root on, like /backup/hearthnet.")
    try:
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        if any(directory.iterdir()):
            raise BadRequest(f"{directory} is not empty; choose a new folder.")
    except FileExistsError:
        raise BadRequest(f"{directory} is a file; choose a new folder.") from None
    except OSError as error:
        raise disk_error(directory, error) from None


def _write(directory: Path, connection: Connection) -> dict[str, int]:
    begun: list[Path] = []
    try:
        counts = {"bytes": 0}
        for name, rows in (("events", _events(connection)), ("documents", _documents(connection))):
            counts[name], size = _synced(
                directory / f"{name}.jsonl", (msgspec.json.encode(r) + b"\n" for r in rows), begun
            )
            counts["bytes"] += size
        counts["bytes"] += _synced(directory / "README.txt", [README.encode()], begun)[1]
        return counts
    except BaseException as error:
        for path in begun:
            path.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise disk_error(directory, error) from None
        raise


def _synced(path: Path, pieces: Iterable[bytes], begun: list[Path]) -> tuple[int, int]:
    """(pieces, bytes), as they come: a log does not have to fit into memory."""
    count = size = 0
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        begun.append(path)
        for piece in pieces:
            file.write(piece)
            count, size = count + 1, size + len(piece)
        file.flush()
        os.fsync(file.fileno())
    return count, size


def _events(connection: Connection) -> Iterator[dict[str, Any]]:
    wanted = select(events.c.type, events.c.header, events.c.signature, events.c.body)
    for type, header, signature, body in connection.execution_options(yield_per=AT_ONCE).execute(wanted):
        yield {"type": type, "header": _text(header), "signature": _text(signature), "body": _text(body)}


def _documents(connection: Connection) -> Iterator[dict[str, Any]]:
    for row in connection.execute(select(documents)).all():
        passages = select(chunks.c.heading, chunks.c.text).where(chunks.c.cid == row.cid, chunks.c.corpus == row.corpus)
        picture = shelf.preview(connection, row.cid, row.corpus)
        yield {
            **({"picture": _text(picture)} if picture else {}),
            "cid": row.cid.hex(),
            "corpus": row.corpus,
            "title": row.title,
            "name": row.name,
            "language": row.language,
            "licence": row.licence,
            "passages": [
                {"heading": heading, "text": text}
                for heading, text in connection.execute(passages.order_by(chunks.c.id)).all()
            ],
        }


def _text(raw: bytes | None) -> str | None:
    return base64.b64encode(raw).decode() if raw is not None else None
