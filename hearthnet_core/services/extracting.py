"""Data out of a document: an engine fills in a JSON Schema from what the document says, part by part where it is long.

The document is quoted to the model as data. Nothing it says can cause more than a wrong value: no tool is offered, and
what comes back is held against the schema.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from typing import Annotated, Any

import blake3
import msgspec

from hearthnet_core.backends.chat2 import CHAT2, Chat2Request, Message2
from hearthnet_core.backends.documents import chunking
from hearthnet_core.backends.documents.document import Section
from hearthnet_core.backends.json_schema import misfit
from hearthnet_core.bus.bus import Bus
from hearthnet_core.capability import Call, Chunk, Privacy, collect
from hearthnet_core.community.shown import shown
from hearthnet_core.errors import BadRequest, NotFound, Unavailable
from hearthnet_core.runtime import Runtime
from hearthnet_core.services.agent.quoting import RULE, quoted
from hearthnet_core.services.catalogue import MAX_LISTED
from hearthnet_core.services.corpora import may_travel, seen_by_more
from hearthnet_core.services.extracted import Read, markdown, merged, origins, partial
from hearthnet_core.services.knowledge import IngestRequest, Knowledge

MAX_LETTERS = 1_000_000
MAX_SCHEMA = 32 * 1024
WINDOW = 24_000
"""Letters that are read at once, about 7,000 tokens; half of it, and half of that, where no engine takes so much."""
LEAST_WINDOW = 1_500
ANSWER_TOKENS = 4_096
TRIES = 2
MAX_NAME = 200

Short = Annotated[str, msgspec.Meta(max_length=200)]


class ExtractRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Either `document_id`, one of the library's, or `text`. With `corpus` the data is kept there as a document.
    `privacy` may only narrow the node's setting."""

    schema: dict[str, Any]
    document_id: Annotated[str, msgspec.Meta(pattern="^([0-9a-f]{64})?$")] = ""
    text: Annotated[str, msgspec.Meta(max_length=MAX_LETTERS)] = ""
    instructions: Annotated[str, msgspec.Meta(max_length=2_000)] = ""
    model: Short = ""
    corpus: Annotated[str, msgspec.Meta(pattern="^([a-z0-9_-]{1,40})?$")] = ""
    privacy: Privacy | None = None


class Source(msgspec.Struct, frozen=True):
    """What is read: its title, file and language, its passages, and who may see it (empty: as the question)."""

    title: str
    name: str
    language: str
    reads: list[Read]
    access: frozenset[str] = frozenset()


class Extracting:
    def __init__(self, runtime: Runtime, bus: Bus, knowledge: Knowledge, privacy: Callable[[], Privacy]) -> None:
        self._runtime = runtime
        self._bus = bus
        self._knowledge = knowledge
        self._privacy = privacy

    async def stream(self, request: ExtractRequest) -> AsyncGenerator[Chunk]:
        """Events `progress {step, done, total}` (`reading`, `extracting` by letters, `storing`), at last `done` as in
        docs/api.md. Raises `BadRequest`, `NotFound` when something that the schema requires is not in it, `Unavailable`
        when no engine can do it, else as `Bus.stream`."""
        if bool(request.document_id) == bool(request.text.strip()):
            raise BadRequest("Name a document of the library, or give a text; one of the two.")
        if len(msgspec.json.encode(request.schema)) > MAX_SCHEMA or not request.schema:
            raise BadRequest(f"The schema is empty, or longer than {MAX_SCHEMA // 1024} KiB.")
        yield _progress("reading", 0, 0)
        source = await self._source(request)
        total = sum(len(read.text) for read in source.reads)
        if total > MAX_LETTERS:
            raise BadRequest(
                f"{source.title} is longer than {MAX_LETTERS:,} letters; give the part that matters as text."
            )
        privacy = self._reach(source, request.privacy)
        if request.corpus:
            await self._may_keep(source, request.corpus)
        parts: list[tuple[Any, Sequence[Read]]] = []
        models: dict[str, None] = {}
        left, size, through = source.reads, WINDOW, 0
        while left:
            yield _progress("extracting", through, total)
            reads = _window(left, size)
            whole = len(reads) == len(source.reads)
            try:
                answer, model = await self._asked(request, source, reads, privacy, whole=whole)
            except BadRequest:
                if size <= LEAST_WINDOW or len(reads) == 1:
                    raise
                size = min(size, sum(len(read.text) for read in reads)) // 2
                continue
            parts.append((answer, reads))
            models[model] = None
            left = left[len(reads) :]
            through += sum(len(read.text) for read in reads)
        data = merged([answer for answer, _ in parts], request.schema)
        if wrong := misfit(data, request.schema):
            raise NotFound(f"{shown(source.title)} does not say all that the schema requires: {shown(wrong)}.")
        done: dict[str, Any] = {
            "data": data,
            "sources": msgspec.to_builtins(await self._runtime.offload(origins, data, parts)),
            "model": ", ".join(models),
        }
        if request.corpus:
            yield _progress("storing", total, total)
            done["stored"] = await self._kept(request, source, data, done["model"])
        yield Chunk("done", done)

    async def _source(self, request: ExtractRequest) -> Source:
        if not request.document_id:
            found = chunking.pieces([Section("", request.text)])
            return Source("The text", "text", "", [Read(piece.text) for piece in found])
        catalogue, reads, after, corpus = self._knowledge.catalogue, list[Read](), 0, ""
        while True:
            opened = await catalogue.pieces(request.document_id, corpus=corpus, chunk_id=after + 1, limit=MAX_LISTED)
            corpus = opened["corpus"]
            reads += [Read(p["text"], p["chunk_id"], p["page"]) for p in opened["pieces"]]
            if len(opened["pieces"]) < MAX_LISTED or sum(len(read.text) for read in reads) > MAX_LETTERS:
                break
            after = reads[-1].chunk_id or 0
        access = await self._knowledge.catalogue.access_of(request.document_id)
        return Source(opened["title"], opened["name"], opened["language"], reads, frozenset(access))

    def _reach(self, source: Source, wish: Privacy | None) -> Privacy:
        """How far the document may go; it is in each of its corpora for a reason, so the closest one counts."""
        privacy = self._privacy().narrowed(wish)
        for narrower in (Privacy.HOME, Privacy.LOCAL):
            if not all(may_travel(access, privacy) for access in source.access):
                privacy = privacy.narrowed(narrower)
        return privacy

    async def _may_keep(self, source: Source, corpus: str) -> None:
        """Data is as private as what it was taken from. Raises `BadRequest`."""
        target = await self._knowledge.catalogue.access_to(corpus)
        if any(seen_by_more(target, access) for access in source.access):
            raise BadRequest(
                f"{corpus} is seen by more people than {shown(source.title)}; keep the data in another collection, or"
                " say first who may see them (`set_corpus`)."
            )

    async def _asked(
        self, request: ExtractRequest, source: Source, reads: Sequence[Read], privacy: Privacy, *, whole: bool
    ) -> tuple[Any, str]:
        """(what an engine says is in this part, its model). Raises `Unavailable` when it does not fit the schema."""
        schema = request.schema if whole else partial(request.schema)
        body = Chat2Request(
            messages=(
                Message2(role="system", content=_task(request.instructions, whole=whole)),
                Message2(role="user", content=quoted("\n\n".join([source.title, *(read.text for read in reads)]))),
            ),
            question=(request.instructions or "Take out the data that the schema names.")[:4_000],
            schema=schema,
            model=request.model,
            max_tokens=ANSWER_TOKENS,
            temperature=0.0,
        )
        wrong = ""
        for _ in range(TRIES):
            call = Call(
                id=self._runtime.random_bytes(12).hex(),
                capability=CHAT2.name,
                version=CHAT2.version,
                body=msgspec.to_builtins(body),
                privacy=privacy,
                deadline=self._runtime.now() + CHAT2.timeout_s,
            )
            done = await collect(self._bus, call)
            model = shown(str(done.get("model") or done["answered_by"]["model"]))[:200]
            if done.get("finish_reason") == "length":
                raise BadRequest(f"{model} says more about this than it can say at once.")
            try:
                value = msgspec.json.decode(done.get("text", ""))
            except (msgspec.DecodeError, RecursionError):
                wrong = "it is no JSON"
            else:
                if not (wrong := misfit(value, schema)):
                    return value, model
        raise Unavailable(f"The answer of {model} does not fit the schema: {shown(wrong)}. Try another model.")

    async def _kept(self, request: ExtractRequest, source: Source, data: Any, model: str) -> str:
        """The id of the document; the same schema's older one of this source is replaced."""
        what = msgspec.json.encode([request.document_id or request.text, request.schema], order="sorted")
        heading = f"{request.schema.get('title') or 'Data'} – {source.title}"[:MAX_NAME]
        kept = await self._knowledge.ingest(
            IngestRequest(
                name=f"{source.name[:MAX_NAME]} {blake3.blake3(what).hexdigest(4)}.md",
                text=markdown(f"Taken from {source.title} ({source.name}) by {model}.", heading, data),
                corpus=request.corpus,
                title=shown(heading),
                language=source.language,
            ),
            replace=True,
        )
        return kept.document_id


def _task(instructions: str, *, whole: bool) -> str:
    part = (
        "" if whole else " It is one part of a longer document: leave out every field that this part says nothing of."
    )
    wished = f" {instructions}" if instructions.strip() else ""
    return (
        "Take data out of the document below, by the schema, as it stands there; make nothing up, and leave empty what is"
        f" not in it.{part}{wished}\n\n{RULE}"
    )


def _window(reads: Sequence[Read], size: int) -> Sequence[Read]:
    """As many passages from the beginning as fit, at least one."""
    held = 0
    for n, read in enumerate(reads):
        held += len(read.text)
        if n and held > size:
            return reads[:n]
    return reads


def _progress(step: str, done: int, total: int) -> Chunk:
    return Chunk("progress", {"step": step, "done": done, "total": total})
