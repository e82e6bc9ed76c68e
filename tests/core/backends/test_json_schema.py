"""What fits a JSON Schema is what the reference implementation says fits, and no schema costs more than a moment."""

from __future__ import annotations

import time
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hearthnet_core.backends.json_schema import check_json, misfit
from hearthnet_core.errors import Unavailable

SCHEMAS: list[Any] = [
    {"type": "object", "properties": {"a": {"type": "integer"}, "b": {"type": ["string", "null"]}}, "required": ["a"]},
    {"type": "object", "properties": {"a": {"type": "number"}}, "additionalProperties": False},
    {"type": "object", "additionalProperties": {"type": "integer", "minimum": 1}},
    {"type": "array", "items": {"type": "integer"}, "minItems": 1, "maxItems": 2},
    {"type": "array", "prefixItems": [{"type": "string"}, {"type": "integer"}], "items": False},
    {"type": "array", "uniqueItems": True},
    {"enum": ["a", 1, None]},
    {"const": True},
    {"anyOf": [{"type": "integer", "minimum": 2}, {"type": "string", "maxLength": 1}]},
    {"oneOf": [{"type": "integer"}, {"type": "number", "multipleOf": 2}]},
    {"allOf": [{"type": "object"}, {"required": ["b"]}], "minProperties": 2},
    {"not": {"type": "null"}},
    {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 3},
    {
        "$defs": {"n": {"type": "object", "properties": {"next": {"$ref": "#/$defs/n"}, "a": {"type": "integer"}}}},
        "$ref": "#/$defs/n",
    },
    True,
    False,
]
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 4)
    | st.floats(-3, 3).map(lambda f: round(f, 1))
    | st.sampled_from(["", "a", "ab"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b", "next"]), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize("schema", SCHEMAS, ids=str)
@settings(max_examples=50)
@given(value=VALUES)
def test_it_agrees_with_the_reference(schema: Any, value: Any) -> None:
    fits = jsonschema.Draft202012Validator(schema).is_valid(value)
    assert (misfit(value, schema) == "") is fits


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ('{"a": {"b": [1, "x"]}}', r"\$\.a\.b\[1\] is no integer"),
        ('{"a": {}}', r"\$\.a has no 'b'"),
        ("Sure! {}", "its answer is none"),
        ("[" * 100_000, "its answer is none"),
    ],
)
def test_where_it_does_not_fit_is_said(text: str, part: str) -> None:
    inner = {"type": "object", "properties": {"b": {"type": "array", "items": {"type": "integer"}}}, "required": ["b"]}
    with pytest.raises(Unavailable, match=part):
        check_json("tiny", text, {"type": "object", "properties": {"a": inner}})


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"$ref": "#"}, 1),
        ({"$ref": "http://example.org/schema"}, 1),
        ({"$ref": "#/$defs/none"}, 1),
        ({"anyOf": [{"anyOf": [{"$ref": "#"}] * 20}] * 20}, 1),
        ({"items": {"type": "string"}}, list(range(200_000))),
        ({"multipleOf": 1e-300}, 10**300),
        ({"type": "what"}, 1),
    ],
    ids=str,
)
def test_a_schema_made_to_hurt_is_a_misfit_within_a_moment(schema: dict[str, Any], value: Any) -> None:
    began = time.process_time()
    assert misfit(value, schema)
    assert time.process_time() - began < 0.5


@pytest.mark.parametrize(
    "schema", [{"type": 7}, {"required": "a"}, {"enum": 1}, {"properties": []}, {"minimum": "x"}, {"pattern": "("}]
)
def test_a_schema_that_is_none_ends_in_no_crash(schema: dict[str, Any]) -> None:
    assert isinstance(misfit({"a": 1}, schema), str) and isinstance(misfit("x", schema), str)
