"""The detector decides from results alone; the probes meet real sockets."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearthnet_core.errors import BadRequest
from hearthnet_core.services.connectivity import Cause, Connectivity, Detector, Outcome, Result, State
from hearthnet_core.services.probes import Probe

TARGETS = ("a", "b", "c", "d")
ROUND_S = 2.5


def rounds(detector: Detector, outcomes: list[list[Outcome]], start: float = 0.0) -> list[tuple[float, Connectivity]]:
    """What is shown after each round."""
    shown, now = [], start
    for outcome in outcomes:
        for target, one in zip(TARGETS, outcome, strict=True):
            detector.observe(Result(target, one), now)
        shown.append((now, detector.now))
        now += ROUND_S
    return shown


def all_of(outcome: Outcome, count: int) -> list[list[Outcome]]:
    return [[outcome] * 4] * count


def online() -> Detector:
    detector = Detector(TARGETS)
    detector.peers_changed(True, 0.0)
    rounds(detector, all_of(Outcome.OK, 3), -10.0)
    assert detector.now.state is State.ONLINE
    return detector


def test_a_cut_line_is_degraded_within_five_seconds_and_offline_within_fifteen() -> None:
    shown = rounds(online(), all_of(Outcome.FAILED, 7))
    degraded = next(at for at, c in shown if c.state is State.DEGRADED)
    offline = next(at for at, c in shown if c.state is State.OFFLINE)
    assert degraded <= 5.0
    assert degraded < offline <= 15.0


def test_without_neighbours_offline_is_isolated_and_with_one_again_offline() -> None:
    detector = online()
    rounds(detector, all_of(Outcome.FAILED, 7))
    assert detector.peers_changed(False, 20.0) == Connectivity(State.ISOLATED, Cause.UNKNOWN, 20.0)
    assert detector.peers_changed(True, 30.0).state is State.OFFLINE


@pytest.mark.parametrize(
    ("outcome", "state", "cause", "internet"),
    [
        (Outcome.NAME_ONLY_FAILED, State.DEGRADED, Cause.DNS, True),
        (Outcome.CAPTIVE, State.DEGRADED, Cause.CAPTIVE_PORTAL, False),
        (Outcome.NO_ROUTE, State.OFFLINE, Cause.NO_ROUTE, False),
        (Outcome.GATEWAY_GONE, State.OFFLINE, Cause.GATEWAY, False),
        (Outcome.DNS_FAILED, State.OFFLINE, Cause.DNS, False),
    ],
)
def test_the_cause_is_told_and_decides_whether_the_internet_may_be_asked(
    outcome: Outcome, state: State, cause: Cause, internet: bool
) -> None:
    detector = online()
    rounds(detector, all_of(outcome, 8))
    assert (detector.now.state, detector.now.cause, detector.now.internet) == (state, cause, internet)


def test_the_line_is_back_after_two_good_rounds_and_since_says_when() -> None:
    detector = online()
    rounds(detector, all_of(Outcome.FAILED, 8))
    shown = rounds(detector, all_of(Outcome.OK, 3), 100.0)
    assert [c.state for _, c in shown] == [State.OFFLINE, State.ONLINE, State.ONLINE]
    assert detector.now.since == 102.5


@given(st.integers(0, 2**32 - 1))
def test_a_line_that_loses_a_fifth_of_the_probes_does_not_flap_for_an_hour(seed: int) -> None:
    chance = random.Random(seed)
    detector = online()
    lossy = [
        [Outcome.FAILED if chance.random() < 0.2 else Outcome.OK for _ in TARGETS] for _ in range(int(3600 / ROUND_S))
    ]
    changes = [c.state for _, c in rounds(detector, lossy)]
    assert changes.count(State.ONLINE) >= len(changes) - 4
    assert State.OFFLINE not in changes


@given(st.lists(st.tuples(st.sampled_from([*TARGETS, "stranger"]), st.sampled_from(list(Outcome))), max_size=200))
def test_any_row_of_results_keeps_the_state_lawful(results: list[tuple[str, Outcome]]) -> None:
    detector, now = Detector(TARGETS), 0.0
    for target, outcome in results:
        now += 0.5
        shown = detector.observe(Result(target, outcome), now)
        assert shown.since <= now
        assert (shown.state is State.ONLINE) <= (shown.cause is Cause.NONE)
        assert shown.internet is not (
            shown.state in (State.OFFLINE, State.ISOLATED) or shown.cause is Cause.CAPTIVE_PORTAL
        )


@asynccontextmanager
async def answering(answer: bytes) -> AsyncIterator[int]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1000)
        writer.write(answer)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


@pytest.mark.parametrize(
    ("scheme", "answer", "outcome"),
    [
        ("tcp", b"", Outcome.OK),
        ("http", b"HTTP/1.1 204 No Content\r\n\r\n", Outcome.OK),
        ("http", b"HTTP/1.1 302 Found\r\nLocation: http://sign.in/\r\n\r\n", Outcome.CAPTIVE),
        ("http", b"gibberish", Outcome.CAPTIVE),
    ],
)
async def test_a_probe_tells_an_answer_from_a_sign_in_page(scheme: str, answer: bytes, outcome: Outcome) -> None:
    async with answering(answer) as port:
        target = f"{scheme}://localhost:{port}/"
        assert await Probe(target).once() == Result(target, outcome)


async def test_a_probe_of_a_closed_port_failed_and_of_no_name_says_dns() -> None:
    async with answering(b"") as port:
        pass
    assert (await Probe(f"tcp://localhost:{port}").once()).outcome is Outcome.FAILED
    assert (await Probe("tcp://name.invalid:443").once()).outcome is Outcome.DNS_FAILED


@pytest.mark.parametrize("target", ["", "ftp://x", "tcp://", "www.example.org"])
def test_a_target_that_is_none_is_refused_with_an_example(target: str) -> None:
    with pytest.raises(BadRequest, match="tcp://name:port"):
        Probe(target)
