"""Keys on disk: made once, private, for one node at a time."""

from __future__ import annotations

from pathlib import Path

import pytest

from hearthnet_core.errors import HearthNetError, Unavailable
from hearthnet_core.identity.store import IdentityStore
from hearthnet_core.runtime import SystemRuntime

RUNTIME = SystemRuntime(1)


def test_a_node_stays_itself_and_each_start_counts(tmp_path: Path) -> None:
    first = IdentityStore(tmp_path, RUNTIME)
    ids = first.node.node_id, first.owner.member_id
    first.close()
    second = IdentityStore(tmp_path, RUNTIME)
    assert (second.node.node_id, second.owner.member_id) == ids
    assert second.boot == first.boot + 1
    assert {p.stat().st_mode & 0o777 for p in (tmp_path / "identity").iterdir()} == {0o600}
    second.close()


def test_a_second_node_on_the_same_data_is_refused(tmp_path: Path) -> None:
    first = IdentityStore(tmp_path, RUNTIME)
    with pytest.raises(Unavailable, match="already running"):
        IdentityStore(tmp_path, RUNTIME)
    first.close()


@pytest.mark.parametrize("content", [b"", b"short", b"!!!not base64!!!" * 3])
def test_a_damaged_key_is_named_and_never_replaced(tmp_path: Path, content: bytes) -> None:
    IdentityStore(tmp_path, RUNTIME).close()
    path = tmp_path / "identity/node.key"
    path.write_bytes(content)
    with pytest.raises(HearthNetError, match=r"node\.key is damaged"):
        IdentityStore(tmp_path, RUNTIME)
    assert path.read_bytes() == content
