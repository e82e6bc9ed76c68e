"""Whether a JSON value fits a JSON Schema, as far as models are asked to: types, enums, objects, lists, numbers, lengths,
combinations and references within the schema. Schemas come from callers, so the work is bounded, and `pattern` and
`format`, which would run a caller's regular expression here, are left to the engine's own constraint."""

from __future__ import annotations

import math
from typing import Any

import msgspec

from hearthnet_core.errors import Unavailable

MAX_STEPS = 20_000
MAX_DEPTH = 32
_TYPES: dict[str, type | tuple[type, ...]] = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "null": type(None),
}


def check_json(engine: str, text: str, schema: dict[str, Any]) -> None:
    """Raises `Unavailable` that says where an answer does not fit, so that somebody else is asked."""
    try:
        value = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        raise Unavailable(f"{engine} was to answer in JSON, and its answer is none.") from None
    if wrong := misfit(value, schema):
        raise Unavailable(f"{engine} answered in JSON that does not fit the schema: {wrong}.")


def misfit(value: Any, schema: Any) -> str:
    """What is wrong first, or empty."""
    try:
        return _Check(schema).at(value, schema, "$", 0)
    except OverflowError:
        return "a number is larger than can be compared"


class _Check:
    def __init__(self, root: Any) -> None:
        self._root = root
        self._left = MAX_STEPS

    def at(self, value: Any, schema: Any, path: str, depth: int) -> str:
        self._left -= 1
        if self._left < 0 or depth > MAX_DEPTH:
            return f"{path} is too deep or too large to check"
        if schema is True or not isinstance(schema, dict):
            return f"{path} is not allowed" if schema is False else ""
        reference = schema.get("$ref")
        if isinstance(reference, str) and (wrong := self.at(value, self._found(reference), path, depth + 1)):
            return wrong
        if "enum" in schema and not any(_same(value, v) for v in _list(schema["enum"])):
            return f"{path} is none of the allowed values"
        if "const" in schema and not _same(value, schema["const"]):
            return f"{path} is not the only allowed value"
        kinds = schema.get("type")
        wanted = [kinds] if isinstance(kinds, str) else _list(kinds)
        if wanted and not any(_is(value, k) for k in wanted):
            return f"{path} is no {' or '.join(map(str, wanted))}"
        return (
            self._combined(value, schema, path, depth)
            or (self._object(value, schema, path, depth) if isinstance(value, dict) else "")
            or (self._list(value, schema, path, depth) if isinstance(value, list) else "")
            or _bounds(value, schema, path)
        )

    def _combined(self, value: Any, schema: dict[str, Any], path: str, depth: int) -> str:
        for part in _list(schema.get("allOf")):
            if wrong := self.at(value, part, path, depth + 1):
                return wrong
        choices = _list(schema.get("anyOf"))
        if choices and all(self.at(value, part, path, depth + 1) for part in choices):
            return f"{path} fits none of the choices"
        choices = _list(schema.get("oneOf"))
        if choices and sum(not self.at(value, part, path, depth + 1) for part in choices) != 1:
            return f"{path} does not fit exactly one of the choices"
        if "not" in schema and not self.at(value, schema["not"], path, depth + 1):
            return f"{path} is what it must not be"
        return ""

    def _object(self, value: dict[str, Any], schema: dict[str, Any], path: str, depth: int) -> str:
        for name in _list(schema.get("required")):
            if name not in value:
                return f"{path} has no {str(name)[:60]!r}"
        properties = schema.get("properties")
        known: dict[str, Any] = properties if isinstance(properties, dict) else {}
        more = True if "patternProperties" in schema else schema.get("additionalProperties", True)
        for name, inner in value.items():
            if wrong := self.at(inner, known.get(name, more), f"{path}.{name[:60]}", depth + 1):
                return wrong
        return _between(len(value), schema, "minProperties", "maxProperties", f"the size of {path}")

    def _list(self, value: list[Any], schema: dict[str, Any], path: str, depth: int) -> str:
        first = _list(schema.get("prefixItems"))
        for n, inner in enumerate(value):
            shape = first[n] if n < len(first) else schema.get("items", True)
            if wrong := self.at(inner, shape, f"{path}[{n}]", depth + 1):
                return wrong
        if schema.get("uniqueItems") is True and len({msgspec.json.encode(v, order="sorted") for v in value}) < len(
            value
        ):
            return f"{path} has something twice"
        return _between(len(value), schema, "minItems", "maxItems", f"the length of {path}")

    def _found(self, reference: str) -> Any:
        """Only `#` and `#/…`: nothing is ever fetched; what is not found fits nothing."""
        at = self._root
        for part in reference.removeprefix("#").split("/")[1:] if reference.startswith("#") else [""]:
            at = at.get(part.replace("~1", "/").replace("~0", "~"), False) if isinstance(at, dict) else False
        return at


def _bounds(value: Any, schema: dict[str, Any], path: str) -> str:
    if isinstance(value, str):
        return _between(len(value), schema, "minLength", "maxLength", f"the length of {path}")
    if not _is(value, "number"):
        return ""
    step = _number(schema.get("multipleOf"))
    if step and not math.isclose(value / step, round(value / step), abs_tol=1e-9):
        return f"{path} is no multiple of {step}"
    low, high = _number(schema.get("exclusiveMinimum")), _number(schema.get("exclusiveMaximum"))
    if (low is not None and value <= low) or (high is not None and value >= high):
        return f"{path} is out of bounds"
    return _between(value, schema, "minimum", "maximum", path)


def _between(value: float, schema: dict[str, Any], least: str, most: str, what: str) -> str:
    low, high = _number(schema.get(least)), _number(schema.get(most))
    outside = (low is not None and value < low) or (high is not None and value > high)
    return f"{what} is out of bounds" if outside else ""


def _number(value: Any) -> float | None:
    return value if _is(value, "number") else None


def _is(value: Any, kind: object) -> bool:
    if kind in ("integer", "number"):
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        return kind == "number" or isinstance(value, int) or value.is_integer()
    return isinstance(value, _TYPES.get(str(kind), ()))


def _same(one: Any, other: Any) -> bool:
    """Equal as JSON: `true` is not 1."""
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
