"""Vectors on the disk: Chroma (extra `vectors`), a collection for each model and corpus.

Who may not see a corpus never has its collection searched. All of this can be made again from the documents, so a folder
that is damaged, of another version or gone is left behind and a new one begun. The methods block: call them by `offload`.
"""

from __future__ import annotations

import contextlib
import errno
import importlib.util
import logging
import os
import shutil
import threading
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import blake3
import msgspec

from hearthnet_core.errors import Unavailable
from hearthnet_core.storage.room import lack

LOGGER = logging.getLogger(__name__)
FORMAT = 1
STATE = "format.json"
AT_ONCE = 2_000
HNSW = {"hnsw:space": "cosine", "hnsw:M": 16, "hnsw:construction_ef": 128, "hnsw:search_ef": 200, "hnsw:num_threads": 2}
EXTRA = "the extra `vectors` is not installed, only words are compared"


class Lost(Exception):
    """What was kept cannot be used; everything is to be made again."""


class Full(Unavailable):
    """The disk is full."""


class _State(msgspec.Struct):
    format: int
    number: int
    chroma: str


class Vectors:
    """An id is that of the chunk, a dot, and what it was embedded from in short."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._client: Any = None
        self._known: dict[str, Any] = {}
        self._lock = threading.RLock()

    @staticmethod
    def installed() -> bool:
        return importlib.util.find_spec("chromadb") is not None

    def open(self) -> bool:
        """True when something usable was there. Raises `Full` and `Lost`."""
        with self._lock, self._guarded():
            import chromadb
            from chromadb.config import Settings

            if self._client is not None:
                return True
            state = self._state()
            known = state is not None and state.format == FORMAT and state.chroma == chromadb.__version__
            number = state.number if state is not None and known else self._next(state)
            path = self._folder / f"chroma-{number}"
            there = known and (path / "chroma.sqlite3").is_file()
            if not there:
                self._begin(number, chromadb.__version__)
            os.environ.setdefault("ANONYMIZED_TELEMETRY", "False")
            self._client = chromadb.PersistentClient(str(path), settings=Settings(anonymized_telemetry=False))
            self._client.heartbeat()
            return there

    def begin_anew(self) -> None:
        """Leaves everything behind and starts with an empty folder of another name."""
        with self._lock:
            state = self._state()
            self.close()
            with self._guarded():
                import chromadb

                self._begin(self._next(state), chromadb.__version__)

    def close(self) -> None:
        with self._lock:
            client, self._client = self._client, None
            self._known = {}
            if client is not None:
                with contextlib.suppress(Exception):
                    client.close()

    def ids(self, space: str) -> dict[str, set[str]]:
        """{corpus: ids} of this model."""
        with self._lock, self._guarded():
            found: dict[str, set[str]] = {}
            for collection in self._collections():
                if collection.metadata.get("model") == space:
                    ids: set[str] = set()
                    for start in range(0, collection.count(), AT_ONCE):
                        ids.update(collection.get(limit=AT_ONCE, offset=start, include=[])["ids"])
                    found[collection.metadata["corpus"]] = ids
                    self._check(collection, ids)
            return found

    def add(self, space: str, corpus: str, rows: Sequence[tuple[str, Sequence[float]]]) -> None:
        """Raises `Full` and `Lost`."""
        with self._lock, self._guarded():
            if why := lack(self._folder):
                raise Full(f"{why} New documents are found by their words only until some space is free.")
            kept = self._client.get_or_create_collection(
                _name(space, corpus), metadata={"model": space, "corpus": corpus, **HNSW}, embedding_function=None
            )
            for start in range(0, len(rows), AT_ONCE):
                part = rows[start : start + AT_ONCE]
                kept.upsert(ids=[id for id, _ in part], embeddings=[list(vector) for _, vector in part])

    def get(self, space: str, corpus: str, ids: Sequence[str]) -> dict[str, list[float]]:
        with self._lock, self._guarded():
            if (kept := self._collection(space, corpus)) is None:
                return {}
            found = kept.get(ids=list(ids), include=["embeddings"])
            return {id: [float(x) for x in v] for id, v in zip(found["ids"], found["embeddings"], strict=True)}

    def remove(self, space: str, corpus: str, ids: Iterable[str]) -> None:
        with self._lock, self._guarded():
            if (kept := self._collection(space, corpus)) is not None:
                gone = sorted(ids)
                for start in range(0, len(gone), AT_ONCE):
                    kept.delete(ids=gone[start : start + AT_ONCE])
                if kept.count() == 0:
                    self._drop(kept)

    def keep_only(self, space: str) -> None:
        """Drops what was made with other models."""
        with self._lock, self._guarded():
            for collection in self._collections():
                if collection.metadata.get("model") != space:
                    self._drop(collection)

    def length(self, space: str) -> int:
        """How many numbers a vector of this model has; 0 while there is none."""
        with self._lock, self._guarded():
            for collection in self._collections():
                if collection.metadata.get("model") == space:
                    held = collection.get(limit=1, include=["embeddings"])["embeddings"]
                    if len(held):
                        return len(held[0])
            return 0

    def nearest(self, space: str, corpora: Iterable[str], vector: Sequence[float], k: int) -> list[tuple[str, float]]:
        """(id, cosine) of the nearest `k`, nearest first. Other corpora are not looked into."""
        with self._lock, self._guarded():
            found: list[tuple[str, float]] = []
            for corpus in corpora:
                if (kept := self._collection(space, corpus)) is None:
                    continue
                given = kept.query(query_embeddings=[list(vector)], n_results=k, include=["distances"])
                found += [
                    (id, 1 - float(distance))
                    for id, distance in zip(given["ids"][0], given["distances"][0], strict=True)
                ]
            return sorted(found, key=lambda pair: (-pair[1], pair[0]))[:k]

    def _collections(self) -> list[Any]:
        if self._client is None:
            raise Lost("not open")
        return [c for c in self._client.list_collections() if c.metadata and "corpus" in c.metadata]

    def _collection(self, space: str, corpus: str) -> Any:
        if self._client is None:
            raise Lost("not open")
        name = _name(space, corpus)
        if name not in self._known:
            self._known = {c.name: c for c in self._client.list_collections()}
        return self._known.get(name)

    def _drop(self, collection: Any) -> None:
        self._known.pop(collection.name, None)
        self._client.delete_collection(collection.name)

    def _check(self, collection: Any, ids: set[str]) -> None:
        """One vector finds itself, or the index is not that of these vectors."""
        if not ids:
            return
        one = min(ids)
        vector = collection.get(ids=[one], include=["embeddings"])["embeddings"][0]
        near = collection.query(query_embeddings=[[float(x) for x in vector]], n_results=1, include=["distances"])
        if not near["ids"][0] or float(near["distances"][0][0]) > 0.01:
            raise Lost("a vector does not find itself")

    def _next(self, state: _State | None) -> int:
        """One that no folder had: Chroma remembers paths for as long as the process lives."""
        there = [p.name.removeprefix("chroma-") for p in self._folder.glob("chroma-*")] if self._folder.is_dir() else []
        return max([state.number if state is not None else 0, *(int(n) for n in there if n.isdecimal())]) + 1

    def _begin(self, number: int, version: str) -> None:
        for old in self._folder.glob("chroma-*") if self._folder.is_dir() else ():
            shutil.rmtree(old, ignore_errors=True)
        (self._folder / f"chroma-{number}").mkdir(parents=True, exist_ok=True, mode=0o700)
        raw = msgspec.json.encode(_State(FORMAT, number, version))
        (self._folder / f"{STATE}.new").write_bytes(raw)
        (self._folder / f"{STATE}.new").replace(self._folder / STATE)

    def _state(self) -> _State | None:
        try:
            return msgspec.json.decode((self._folder / STATE).read_bytes(), type=_State)
        except (OSError, msgspec.DecodeError):
            return None

    @contextlib.contextmanager
    def _guarded(self) -> Iterator[None]:
        """Chroma raises whatever comes, a panic of its Rust part included; only two things matter here."""
        try:
            yield
        except (Lost, Full, KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:
            said = str(error)
            full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
            if full or "disk is full" in said or "No space left" in said or self._no_room():
                raise Full(
                    f"The disk that holds {self._folder} is full: new documents are found by their words only."
                    " Free some space; nothing else is to be done."
                ) from None
            raise Lost(f"{type(error).__name__}: {said[:300]}") from None

    def _no_room(self) -> bool:
        try:
            return shutil.disk_usage(self._folder.parent).free < 1024 * 1024
        except OSError:
            return False


def _name(space: str, corpus: str) -> str:
    return f"h{blake3.blake3(space.encode()).hexdigest(10)}-{blake3.blake3(corpus.encode()).hexdigest(10)}"
