"""Bodies of other programs' APIs that cost more than they weigh: many of them need no token."""

from __future__ import annotations

import tracemalloc
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from hearthnet_core.api import bodies
from hearthnet_core.api.openai_messages import MAX_BODY, Request
from hearthnet_core.errors import BadRequest
from tests.core.node.living import Living, lives


@pytest.fixture
async def node(tmp_path: Path) -> AsyncIterator[Living]:
    async with lives(tmp_path, "Alice", library=False) as alice:
        yield alice


def test_a_body_of_countless_empty_values_is_refused_before_any_is_made() -> None:
    body = b'{"model":"hearthnet","messages":[],"functions":[' + b"{}," * (MAX_BODY // 3 - 30) + b"{}]}"
    tracemalloc.start()
    try:
        with pytest.raises(BadRequest, match="more values"):
            bodies.decoded(body, Request)
        assert tracemalloc.get_traced_memory()[1] < 1024 * 1024
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("kind", ["multipart/mixed; boundary=a", "multipart/form-data; boundary=a"])
@pytest.mark.parametrize("head", [b"X: y\r\n" * 100_000, b"X: " + b"y" * 100_000 + b"\r\n", b"X\r\n"])
async def test_a_form_of_nothing_but_headers_is_told_what_is_wrong(node: Living, kind: str, head: bytes) -> None:
    token = (await node.call("create_token", name="program"))["token"]
    headers = {"Authorization": f"Bearer {token}", "Content-Type": kind}
    url = f"{node.started.api}/v1/audio/transcriptions"
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.post(url, data=b"--a\r\n" + head + b"\r\nx\r\n--a--\r\n") as response,
    ):
        assert response.status == 400
        assert (await response.json())["error"]["code"] == "bad_request"
