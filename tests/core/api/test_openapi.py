"""The OpenAPI document: it is a valid one, it describes everything that is served, and real answers fit it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import aiohttp
import jsonschema
import pytest

from hearthnet_core.api.answers import ANSWERS
from hearthnet_core.api.openapi import FACADES
from hearthnet_core.node.compose import CONTRACTS
from tests.core.node.living import Living, lives

from .neighbours import facades
from .test_methods import documented

ROOT = Path(__file__).parents[3]
DOCUMENT: dict[str, Any] = json.loads((ROOT / "docs/openapi.json").read_text())
FILE = {"question": "How do I make water safe to drink?"}


def references(value: Any) -> set[str]:
    if isinstance(value, dict):
        own = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
        return own.union(*map(references, value.values()))
    if isinstance(value, list):
        return set().union(*map(references, value))
    return set()


def fits(data: Any, schema: dict[str, Any]) -> None:
    whole = {**schema, "components": DOCUMENT["components"]}
    jsonschema.Draft202012Validator(whole).validate(data)


def answer(method: str) -> dict[str, Any]:
    content = DOCUMENT["paths"][f"/api/v1/{method}"]["post"]["responses"]["200"]["content"]
    return dict(content["application/json"]["schema"])


def test_every_method_address_and_capability_is_there_and_nothing_else() -> None:
    paths = {
        (verb.upper(), path) for path, verbs in DOCUMENT["paths"].items() for verb in verbs if verb != "parameters"
    }
    own = {("POST", f"/api/v1/{name}") for name in documented()}
    pairing = {("GET", "/health"), ("POST", "/api/v1/pair"), ("POST", "/api/v1/pair/{pairing_id}")}
    assert paths == own | pairing | set(FACADES)
    assert set(DOCUMENT["x-capabilities"]) == {f"{c.name}@{c.version}" for c in CONTRACTS}


async def test_the_facades_addresses_are_the_real_ones() -> None:
    async with facades() as here:
        real = {path for facade in here.server._facades for path in facade.paths()}  # type: ignore[attr-defined]
    assert real == set(FACADES)
    text = (ROOT / "docs/api.md").read_text()
    for method, path in FACADES:
        assert f"`{method} {path}`" in text, path


def test_each_reference_leads_somewhere_and_each_schema_is_one() -> None:
    parts = ("schemas", "responses")
    known = {f"#/components/{part}/{name}" for part in parts for name in DOCUMENT["components"][part]}
    assert references(DOCUMENT) == known
    for name, schema in DOCUMENT["components"]["schemas"].items():
        jsonschema.Draft202012Validator.check_schema(schema)
        assert re.fullmatch(r"[A-Za-z0-9._-]+", name)


def test_each_operation_has_a_name_of_its_own_and_says_who_may() -> None:
    operations = [o for verbs in DOCUMENT["paths"].values() for verb, o in verbs.items() if verb != "parameters"]
    assert len({o["operationId"] for o in operations}) == len(operations)
    assert {o["operationId"] for o in operations if o.get("security") == []} == {
        "health",
        "pair",
        "finish_pairing",
        "get",
    }


def test_each_answer_that_is_described_is_of_a_method_there_is() -> None:
    assert set(ANSWERS) <= set(documented())


async def told(node: Living, method: str, **params: Any) -> dict[str, Any]:
    data = await node.call(method, **params)
    fits(params, DOCUMENT["paths"][f"/api/v1/{method}"]["post"]["requestBody"]["content"]["application/json"]["schema"])
    fits(data, answer(method))
    return data


async def test_real_answers_fit(tmp_path: Path) -> None:
    async with lives(tmp_path, "Alice") as alice, lives(tmp_path, "Bob") as bob:
        invited = await told(alice, "create_invite")
        await told(bob, "inspect_invite", text=invited["text"])
        await told(bob, "join", text=invited["text"])
        await alice.until(lambda s: any(p["connected"] and p["capabilities"] for p in s["peers"]))
        await told(alice, "set_privacy", privacy="community")
        await told(alice, "ask", **FILE)
        await told(alice, "search", query="water")
        await told(alice, "ingest", name="a.md", text="# Wells\n\nThe well is behind the mill.")
        await told(alice, "post_notice", title="The pump works", severity="warning")
        await told(alice, "notices", limit=1)
        await told(alice, "set_mode", mode="drill", reason="to see")
        await told(alice, "peers")
        traces = (await told(alice, "traces"))["traces"]
        await told(alice, "trace", id=traces[0]["id"])
        await told(alice, "doctor")
        await told(alice, "config")
        await told(alice, "pair_code")
        made = await told(alice, "create_token", name="x")
        await told(alice, "tokens")
        await told(alice, "state")
        await told(alice, "revoke_token", id=made["id"])
        await told(alice, "export", directory=str(tmp_path / "out"))
        await told(bob, "leave")
        async with aiohttp.ClientSession() as session, session.get(f"{alice.started.api}/health") as response:
            health = DOCUMENT["paths"]["/health"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
            fits(await response.json(), health)


async def test_the_document_is_what_a_node_serves_to_who_may_see_it(tmp_path: Path) -> None:
    async with lives(tmp_path, "Alice") as alice:
        url = f"{alice.started.api}/api/v1/openapi.json"
        token = (await alice.call("create_token", name="x"))["token"]
        async with aiohttp.ClientSession() as session:
            headers = {"Authorization": f"Bearer {(alice.data / 'api-token').read_text()}"}
            async with session.get(url, headers=headers) as response:
                assert await response.json() == DOCUMENT
            async with session.get(url) as response:
                assert response.status == 401
            async with session.get(url, headers={"Authorization": f"Bearer {token}"}) as response:
                assert response.status == 403


@pytest.mark.parametrize("name", ["stt.transcribe@1.0", "llm.chat@2.0"])
def test_bytes_are_described_as_base64(name: str) -> None:
    described = json.dumps(
        [DOCUMENT["components"]["schemas"][r.rpartition("/")[2]] for r in references(DOCUMENT["x-capabilities"][name])]
    )
    assert '"contentEncoding": "base64"' in described or "Message2" in described
