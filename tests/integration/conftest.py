"""Home Assistant as pytest-homeassistant-custom-component starts it, with a node whose sockets are real."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from homeassistant.config_entries import ConfigEntryState, ConfigSubentryData
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry

import custom_components  # noqa: F401  (ours, before Home Assistant mounts its own testing folder)
from tests.integration.fake_node import FakeNode

DOMAIN = "hearthnet"
PATIENCE_S = 20


@pytest.fixture(autouse=True)
def around(enable_custom_integrations: None, socket_enabled: None, mock_async_zeroconf: Any) -> None:
    """Our integration may load, and loopback may be used."""


@pytest.fixture(autouse=True)
async def core(hass: HomeAssistant, around: None) -> None:
    assert await async_setup_component(hass, "homeassistant", {})


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reconnecting within tenths of a second."""
    monkeypatch.setattr("custom_components.hearthnet.coordinator.FIRST_RETRY_S", 0.05)
    monkeypatch.setattr("custom_components.hearthnet.coordinator.LAST_RETRY_S", 0.2)


@pytest.fixture
def dist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A built frontend of one line a file."""
    folder = tmp_path / "dist"
    folder.mkdir()
    for name in ("hearthnet-panel.js", "hearthnet-card.js"):
        (folder / name).write_text(f"// {name}\n")
    monkeypatch.setattr("custom_components.hearthnet.panel.DIST", folder)
    return folder


@pytest.fixture
async def node(dist: Path) -> AsyncIterator[FakeNode]:
    fake = FakeNode()
    await fake.start()
    yield fake
    await fake.stop()


def certificate(path: Path) -> Path:
    """A self-signed P-256 certificate and its key in one file, as a node makes them."""
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "hearthnet")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(1)
        .not_valid_before(datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC))
        .not_valid_after(datetime.datetime(9999, 1, 1, tzinfo=datetime.UTC))
        .sign(private, hashes.SHA256())
    )
    path.write_bytes(
        made.public_bytes(Encoding.PEM) + private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    return path


@pytest.fixture
async def tls_node(dist: Path, tmp_path: Path) -> AsyncIterator[FakeNode]:
    fake = FakeNode(certificate=certificate(tmp_path / "api.pem"))
    await fake.start()
    yield fake
    await fake.stop()


def entry_for(node: FakeNode, **data: Any) -> MockConfigEntry:
    return MockConfigEntry(
        domain=DOMAIN,
        title=node.name,
        unique_id=node.node_id,
        data={"url": node.url, "token": "token-0", "fingerprint": node.fingerprint, **data},
        subentries_data=[
            ConfigSubentryData(
                subentry_type="conversation", title="HearthNet", data={"max_sentences": 3}, unique_id=None
            )
        ],
    )


async def set_up(hass: HomeAssistant, entry: MockConfigEntry) -> MockConfigEntry:
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    return entry


async def until(true: Callable[[], Any], what: str = "") -> None:
    """Wait for something that real sockets bring about."""
    try:
        async with asyncio.timeout(PATIENCE_S):
            while not true():
                await asyncio.sleep(0.01)
    except TimeoutError:
        pytest.fail(f"it never came true: {what or true}")


@pytest.fixture
async def entry(hass: HomeAssistant, node: FakeNode) -> MockConfigEntry:
    """Set up and following the node."""
    made = await set_up(hass, entry_for(node))
    assert made.state is ConfigEntryState.LOADED
    await until(lambda: node.subscribed, "subscribed")
    return made
