"""Every method of a whole node: the table in docs/api.md and the software say the same, field by field."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hearthnet_core import api
from hearthnet_core.api.method import Method
from hearthnet_core.api.methods import Methods
from hearthnet_core.bus.registry import Registry
from hearthnet_core.bus.remote import Stream
from hearthnet_core.bus.serve import CallServer
from hearthnet_core.capability import Offer
from hearthnet_core.models.ids import NodeId
from tests.core.node.living import Living, lives

TEXT = (Path(__file__).parents[3] / "docs" / "api.md").read_text()
BOUND = re.compile(r"≤ ([\d,]+)")


def table() -> dict[str, Method]:
    """What the server serves; the rows do not need what they act on before they are called."""

    class Anything:
        def __getattr__(self, name: str) -> Any:
            return Anything()

    def made(kind: type[Any], **given: Any) -> Any:
        names = [n for n in inspect.signature(kind.__init__).parameters if n != "self" and n not in given]
        return kind(**{name: Anything() for name in names}, **given)

    more: list[Method] = []
    for module in pkgutil.iter_modules(api.__path__):
        if module.name.endswith("_methods"):
            found = vars(importlib.import_module(f"{api.__name__}.{module.name}"))
            kinds = [k for n, k in found.items() if n.endswith("Methods") and k.__module__.endswith(module.name)]
            more += [row for kind in kinds for row in made(kind).rows()]
    table: dict[str, Method] = made(Methods, more=tuple(more)).table()
    return table


def documented() -> dict[str, dict[str, str]]:
    """method → parameter (with `?` when it may be left out) → what is written after it."""
    section = TEXT.partition("| method | parameters | `done` data |\n|---|---|---|\n")[2].partition("\n\n")[0]
    found: dict[str, dict[str, str]] = {}
    for line in section.splitlines():
        names, parameters = (cell.strip() for cell in line.strip("|").split(" | ")[:2])
        parameters = parameters.partition("; events")[0]
        lists = parameters.split(" / ") if " / " in names else [parameters]
        for name, own in zip(re.findall(r"`(\w+)`", names), lists, strict=True):
            parts = re.split(r", (?=`)", own) if own != "–" else []
            found[name] = {m[1]: m[2] for part in parts if (m := re.match(r"`(\w+\??)`(.*)", part))}
    return found


def test_the_document_lists_exactly_the_methods_that_are_served() -> None:
    assert set(documented()) == set(table())


def test_each_method_takes_exactly_the_parameters_that_are_documented() -> None:
    written = documented()
    for name, method in table().items():
        fields = msgspec.structs.fields(method.params)
        assert set(written[name]) == {f.encode_name + ("" if f.required else "?") for f in fields}, name


def test_each_default_that_is_documented_is_the_real_one() -> None:
    for name, method in table().items():
        for field in msgspec.structs.fields(method.params):
            said = re.match(r' \("?(\w+)"?[,)]', documented()[name].get(f"{field.name}?", ""))
            if said and said[1] not in ("id", "cursor", "a", "found", "who", "of"):
                assert str(field.default) == said[1], (name, field.name)


def test_every_method_refuses_a_field_it_does_not_know() -> None:
    for name, method in table().items():
        assert method.params.__struct_config__.forbid_unknown_fields, name
        assert method.params.__struct_config__.frozen, name


@pytest.fixture
async def alice(tmp_path: Path) -> AsyncIterator[Living]:
    async with lives(tmp_path, "Alice", extractive={"when": "never"}) as made:
        yield made


async def refused(node: Living, method: str, params: dict[str, Any]) -> str:
    with pytest.raises(AssertionError, match="bad_request: ") as caught:
        await node.call(method, **params)
    return str(caught.value)


async def test_an_unknown_field_is_named(alice: Living) -> None:
    for method in table():
        if method == "subscribe":
            continue
        assert "typo" in await refused(alice, method, {"typo": 1}) or documented()[method], method


LONG = "x" * 100_000


@pytest.mark.parametrize(
    ("method", "params", "field"),
    [
        ("ask", {}, "question"),
        ("ask", {"question": ""}, "question"),
        ("ask", {"question": "x" * 4_001}, "question"),
        ("ask", {"question": "x", "privacy": "world"}, "privacy"),
        ("ask", {"question": "x", "language": "x" * 21}, "language"),
        ("ask", {"question": "x", "model": "x" * 201}, "model"),
        ("ask", {"question": "x", "conversation": "x" * 201}, "conversation"),
        ("ask", {"question": "x", "history": [{"role": "user", "content": "x"}] * 21}, "history"),
        ("ask", {"question": "x", "history": [{"role": "system", "content": "x"}]}, "history"),
        ("ask", {"question": "x", "history": [{"role": "user", "content": "x", "more": 1}]}, "history"),
        ("ask", {"question": "x", "max_sentences": 0}, "max_sentences"),
        ("ask", {"question": "x", "max_sentences": 51}, "max_sentences"),
        ("ask", {"question": "x", "system": "x" * 8_001}, "system"),
        ("ask", {"question": "x", "images": ["no base64!"]}, "images"),
        ("ask", {"question": "x", "images": ["aGVsbG8gd29ybGQ="] * 5}, "images"),
        ("ask", {"question": "x", "client_tools": [{"name": "no name"}]}, "client_tools"),
        ("ask", {"question": "x", "client_tools": [{"name": "x", "url": "x"}]}, "url"),
        ("ask", {"question": "x", "client_prompt": "x" * 40_001}, "client_prompt"),
        ("confirm", {"confirm_id": "x"}, "allow"),
        ("confirm", {"confirm_id": "", "allow": True}, "confirm_id"),
        ("tool_result", {"id": "x"}, "result"),
        ("search", {}, "query"),
        ("search", {"query": "x" * 4_001}, "query"),
        ("search", {"query": "x", "k": 0}, "k"),
        ("search", {"query": "x", "k": 21}, "k"),
        ("search", {"query": "x", "k": True}, "k"),
        ("search", {"query": "x", "corpora": ["x"] * 17}, "corpora"),
        ("search", {"query": "x", "corpora": ["x" * 41]}, "corpora"),
        ("ingest", {"name": "x"}, "text"),
        ("ingest", {"name": "x", "text": "x", "corpus": "../etc"}, "corpus"),
        ("ingest", {"name": "x", "text": "x", "coprus": "shared"}, "coprus"),
        ("notices", {"limit": 0}, "limit"),
        ("notices", {"limit": 101}, "limit"),
        ("notices", {"before": "yesterday"}, "no page"),
        ("post_notice", {"title": ""}, "title"),
        ("post_notice", {"title": "x" * 81}, "title"),
        ("post_notice", {"title": "x", "body": "x" * 2_001}, "text"),
        ("post_notice", {"title": "x", "severity": "huge"}, "info, warning or urgent"),
        ("post_notice", {"title": "x", "ttl_hours": 0}, "720"),
        ("post_notice", {"title": "x", "ttl_hours": 721}, "720"),
        ("create_invite", {"ttl_hours": 169}, "168"),
        ("create_invite", {"ttl_hours": 0}, "hour"),
        ("inspect_invite", {"text": "HN1:NOTHING"}, "invite"),
        ("join", {"text": "HN1:NOTHING"}, "invite"),
        ("set_privacy", {}, "privacy"),
        ("set_privacy", {"privacy": "world"}, "privacy"),
        ("call", {"body": {}}, "capability"),
        ("call", {"capability": "llm.chat", "version": "one"}, "version"),
        ("call", {"capability": "llm.chat", "timeout_s": 0}, "timeout_s"),
        ("call", {"capability": "llm.chat", "timeout_s": 601}, "timeout_s"),
        ("traces", {"limit": 101}, "limit"),
        ("trace", {}, "id"),
        ("revoke_token", {}, "id"),
        ("export", {"directory": ""}, "directory"),
    ],
)
async def test_a_parameter_out_of_bounds_is_refused_by_name(
    alice: Living, method: str, params: dict[str, Any], field: str
) -> None:
    assert field in await refused(alice, method, params)


async def test_a_call_names_the_field_that_does_not_fit_the_capability(alice: Living) -> None:
    with pytest.raises(AssertionError, match=r"schema_mismatch: .*messages"):
        await alice.call("call", capability="llm.chat", body={"messages": 7})
    with pytest.raises(AssertionError, match=r"not_implemented: .*no.such.thing"):
        await alice.call("call", capability="no.such.thing", body={})
    done = await alice.call("call", capability="rag.query", body={"query": "water", "k": 2})
    assert len(done["chunks"]) == 2


async def test_ingest_tells_progress_and_knows_the_same_document_again(alice: Living) -> None:
    first = await alice.call("ingest", name="pump.md", text="# The pump\n\nIt works.", title="Our pump", language="en")
    assert first["title"] == "Our pump" and first["chunks"] == 1 and first["duplicate"] is False
    again = await alice.call("ingest", name="other.md", text="# The pump\n\nIt works.")
    assert again["duplicate"] is True and again["document_id"] == first["document_id"]


async def test_a_document_never_goes_to_a_neighbour_who_claims_to_take_them(tmp_path: Path) -> None:
    """Mallory offers `rag.ingest` for everybody."""
    told, handle = Registry.public_offers, CallServer.handle
    arrived: list[bytes] = []

    def greedy(self: Registry) -> tuple[Offer, ...]:
        return (*told(self), Offer(capability="rag.ingest", provider="library", quality=1.0, slots=64))

    async def heard(self: CallServer, stream: Stream, payload: bytes, caller: NodeId) -> None:
        arrived.append(payload)
        await handle(self, stream, payload, caller)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Registry, "public_offers", greedy)
        patch.setattr(CallServer, "handle", heard)
        async with lives(tmp_path, "Alice") as alice, lives(tmp_path, "Mallory") as mallory:
            await mallory.call("join", text=(await alice.call("create_invite"))["text"])
            await alice.call("set_privacy", privacy="community")
            offered = "rag.ingest"
            shipped = (await alice.call("state"))["library"]["documents"]
            await alice.until(
                lambda s: any(c["capability"] == offered for p in s["peers"] for c in p["capabilities"]),
            )
            for n in range(5):
                await alice.call("ingest", name=f"{n}.md", text=f"# Diary {n}\n\nThe blue door {n}.")
            assert (await alice.call("state"))["library"]["documents"] == shipped + 5
            assert (await mallory.call("state"))["library"]["documents"] == shipped and arrived == []


async def test_a_trace_that_is_gone_is_not_found(alice: Living) -> None:
    with pytest.raises(AssertionError, match=r"not_found: .*last 100"):
        await alice.call("trace", id="nothing")


async def test_the_configuration_is_shown_with_where_it_came_from(alice: Living) -> None:
    shown = await alice.call("config")
    assert set(shown) == {"config", "sources", "path"} and shown["path"].endswith("config.toml")
    assert shown["config"]["node"]["name"] == "Alice" and shown["sources"]["node.name"] == "file"
    assert shown["sources"]["log_level"] == "default"


async def test_a_client_that_paired_is_listed_and_revoking_an_unknown_one_is_not_found(alice: Living) -> None:
    assert (await alice.call("tokens"))["tokens"] == []
    with pytest.raises(AssertionError, match=r"not_found: .*token list"):
        await alice.call("revoke_token", id="nobody")
    code = await alice.call("pair_code")
    assert set(code) == {"code", "expires", "address"} and re.fullmatch(r"[0-9A-Z]{5}-[0-9A-Z]{5}", code["code"])
    assert code["address"] == alice.started.api


async def test_the_privacy_class_holds_over_a_restart(tmp_path: Path) -> None:
    async with lives(tmp_path, "Alice") as alice:
        assert await alice.call("set_privacy", privacy="community") == {"privacy": "community", "privacy_chosen": True}
    async with lives(tmp_path, "Alice") as alice:
        state = await alice.call("state")
        assert (state["privacy"], state["privacy_chosen"]) == ("community", True)


async def test_a_database_url_is_refused_at_the_start_instead_of_ignored(tmp_path: Path) -> None:
    with pytest.raises(Exception, match="database_url"):
        async with lives(tmp_path, "Alice", database_url="postgresql://me:secret@host/db"):
            raise AssertionError("it started")


async def test_doctor_compares_versions_and_replication_with_connected_neighbours(tmp_path: Path) -> None:
    async with lives(tmp_path, "Alice") as alice, lives(tmp_path, "Bob") as bob:
        await bob.call("join", text=(await alice.call("create_invite"))["text"])
        await alice.until(lambda s: any(p["connected"] and p["capabilities"] for p in s["peers"]))
        checks = {c["name"]: c for c in (await alice.call("doctor"))["checks"]}
        assert checks["sync"]["status"] == "ok" and "1 nodes" in checks["sync"]["message"]
        assert checks["version"]["status"] == "ok"
        (peer,) = (await alice.call("peers"))["peers"]
        assert re.fullmatch(r"\d+\.\d+\.\d+.*", peer["version"])
