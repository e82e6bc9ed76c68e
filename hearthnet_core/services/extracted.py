"""What several readings of one document say together, and where each value stands in it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from hearthnet_core.community.shown import shown

MAX_ORIGINS = 2_000
MAX_PLACES = 3
"""Of one value."""
MAX_DEPTH = 32
LEAST = 2
"""Characters of a value that is looked for: a single digit stands everywhere."""
EMPTY: tuple[Any, ...] = (None, "", [], {})


class Read(msgspec.Struct, frozen=True):
    """A passage of what data was taken from; `chunk_id` None: it is not in the library."""

    text: str
    chunk_id: int | None = None
    page: int | None = None


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """Where the value at `path` is from. `exact`: it stands there word for word; else it was said by a model that had read
    everything from `chunk_id` to `through`."""

    path: str
    chunk_id: int | None
    page: int | None
    through: int | None
    exact: bool


def partial(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema for a part of a document: what must be somewhere in the whole need not be in each part. Entries of lists
    are still asked for whole."""
    return _partial(schema, MAX_DEPTH)


def _partial(schema: dict[str, Any], left: int) -> dict[str, Any]:
    kept = {name: value for name, value in schema.items() if name not in ("required", "minProperties", "minItems")}
    properties = kept.get("properties")
    if isinstance(properties, dict) and left:
        kept["properties"] = {
            name: _partial(inner, left - 1) if isinstance(inner, dict) else inner for name, inner in properties.items()
        }
    return kept


def merged(values: Sequence[Any], schema: Any) -> Any:
    """One value out of those of all parts, in their order: lists one after the other, each entry once and as many as the
    schema takes; objects field by field; of anything else the first that is not empty."""
    return _merged(values, schema, MAX_DEPTH)


def _merged(values: Sequence[Any], schema: Any, left: int) -> Any:
    said = [value for value in values if value not in EMPTY]
    if not said:
        return values[0] if values else None
    first = said[0]
    if isinstance(first, dict) and left:
        objects = [value for value in said if isinstance(value, dict)]
        names = dict.fromkeys(name for value in objects for name in value)
        known = schema.get("properties") if isinstance(schema, dict) else None
        shapes = known if isinstance(known, dict) else {}
        return {
            name: _merged([o[name] for o in objects if name in o], shapes.get(name, True), left - 1) for name in names
        }
    if isinstance(first, list):
        entries = [entry for value in said if isinstance(value, list) for entry in value]
        once: dict[bytes, Any] = {}
        for entry in entries:
            once.setdefault(msgspec.json.encode(entry, order="sorted"), entry)
        most = schema.get("maxItems") if isinstance(schema, dict) else None
        return list(once.values())[: most if isinstance(most, int) else None]
    return first


def origins(data: Any, parts: Sequence[tuple[Any, Sequence[Read]]]) -> list[Origin]:
    """Of each value in `data` where it stands, in the parts that said it (what was said, what had been read)."""
    found: list[Origin] = []
    texts = [[_plain(read.text) for read in reads] for _, reads in parts]
    said = [{_key(value) for _, value in leaves(answer)} for answer, _ in parts]
    for path, value in leaves(data):
        here = [n for n, values in enumerate(said) if _key(value) in values]
        sought = "" if isinstance(value, bool) else _plain(_words(value))
        exact = [
            Origin(path=path, chunk_id=read.chunk_id, page=read.page, through=read.chunk_id, exact=True)
            for n in here
            for read, text in zip(parts[n][1], texts[n], strict=True)
            if len(sought) >= LEAST and _stands(sought, text)
        ]
        if not exact and here and (reads := parts[here[0]][1]):
            first, last = reads[0], reads[-1]
            exact = [
                Origin(path=path, chunk_id=first.chunk_id, page=first.page, through=last.chunk_id, exact=False),
            ]
        found += exact[:MAX_PLACES]
        if len(found) >= MAX_ORIGINS:
            break
    return found[:MAX_ORIGINS]


def leaves(value: Any, path: str = "$") -> Iterator[tuple[str, Any]]:
    """(path, value) of everything that is neither object nor list, nor empty."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from leaves(inner, f"{path}.{shown(str(name))[:60]}")
    elif isinstance(value, list):
        for n, inner in enumerate(value):
            yield from leaves(inner, f"{path}[{n}]")
    elif value is not None and value != "":
        yield path, value


def markdown(title: str, heading: str, data: Any) -> str:
    """The data as a document of its own: each value in words, so that it is found, and all of it as JSON."""
    rows = "\n".join(f"- {path.removeprefix('$.')}: {shown(_words(value))}" for path, value in leaves(data))
    body = msgspec.json.format(msgspec.json.encode(data), indent=2).decode()
    return f"# {shown(heading)}\n\n{shown(title)}\n\n{rows}\n\n```json\n{body}\n```\n"


def _key(value: Any) -> bytes:
    return msgspec.json.encode(value)


def _words(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _stands(sought: str, text: str) -> bool:
    """As a word of its own: 12 does not stand in 1200."""
    return sought in text and re.search(rf"(?<!\w){re.escape(sought)}(?!\w)", text) is not None


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
