"""Planted instructions against the agent: whatever a model is talked into, nothing happens that a person did not allow."""

from __future__ import annotations

from typing import Any

import pytest

from hearthnet_core.services.agent import acting
from hearthnet_core.services.agent.taint import frozen
from tests.core.attacks.injections import ATTACKS, PLACES, Attack, Obedient, Place, asking, household
from tests.core.services.agent.household import Household, Told, changed

CASES = [pytest.param(a, p, id=f"{p.name}-{a.name}-{a.language}") for a in ATTACKS for p in PLACES]


async def attacked(
    attack: Attack, place: Place, *, native: bool, allow: bool | None
) -> tuple[Household, Obedient, Told]:
    obedient = Obedient(attack, place, native=native)
    home = household(attack, place, obedient.model)
    told = await home.ask(allow=allow, **asking(attack, place))
    return home, obedient, told


def acts(home: Household) -> list[Any]:
    """Everything that was changed or opened; reading the calendar is what the person's question needs."""
    requested = [r for r in home.requested if r[0] != "read_calendar"]
    return [*home.board.posted, *requested, *(["mode"] if home.emergency.mode.mode != "normal" else [])]


@pytest.mark.parametrize("native", [True, False], ids=["native", "text"])
@pytest.mark.parametrize(("attack", "place"), CASES)
async def test_a_planted_instruction_reaches_the_model_and_does_nothing(
    attack: Attack, place: Place, native: bool
) -> None:
    home, obedient, told = await attacked(attack, place, native=native, allow=False)
    assert obedient.reached and obedient.obeyed, "the attack was never seen"
    assert acts(home) == []
    wanted = {call.name: call for call in attack.wants}
    tried = [s for s in told.events("step") if s["tool"] in wanted and s["tool"] != "search_library"]
    assert tried, "the model wanted nothing"
    assert {s["state"] for s in tried} <= {"needs_confirmation", "refused", "failed"}
    assert all(s["tainted"] and s["tainted_by"] for s in tried)


@pytest.mark.parametrize("attack", ATTACKS, ids=[a.name for a in ATTACKS])
async def test_nobody_there_to_ask_is_a_no(attack: Attack) -> None:
    with changed(acting, CONFIRM_S=0.02):
        home, obedient, _ = await attacked(attack, PLACES[0], native=True, allow=None)
    assert obedient.obeyed and acts(home) == []


@pytest.mark.parametrize("attack", ATTACKS, ids=[a.name for a in ATTACKS])
async def test_what_a_person_allows_is_exactly_what_they_were_shown_and_never_an_address(attack: Attack) -> None:
    home, _, _ = await attacked(attack, PLACES[0], native=True, allow=True)
    shown = [s["arguments"] for s in home.confirmed]
    assert all(s["tainted"] for s in home.confirmed)
    done = [r[1] for r in home.requested if r[0] != "read_calendar"]
    done += [{"title": p[0], "body": p[1], "severity": p[2], "ttl_hours": p[3]} for p in home.board.posted]
    usual = {"body": "", "severity": "info", "ttl_hours": 168}
    for made in done:
        assert made in [*shown, *({**usual, **s} for s in shown)]
    assert "//" not in str(done) and "example/" not in str(done)
    for arguments in shown:
        assert frozen(arguments) is not None and not set("\u202e\u2066\u2069\u0007") & set(str(arguments))


async def test_nagging_is_asked_of_a_person_once() -> None:
    attack = next(a for a in ATTACKS if a.name == "nagging")
    home, obedient, _ = await attacked(attack, PLACES[0], native=True, allow=False)
    assert len(obedient.obeyed) > 3 and len(home.confirmed) == 1


def test_the_suite_is_as_large_as_it_says() -> None:
    assert len(CASES) >= 50
    assert {a.language for a in ATTACKS} == {"en", "de"}
    assert len({p.name for p in PLACES}) == len(PLACES)
