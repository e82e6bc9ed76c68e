"""Conformal coverage on exchangeable data, and silence whenever the statement would not be true."""

from __future__ import annotations

import math
import random
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hearthnet_core.services.confidence import (
    FEWEST,
    Calibration,
    Outcome,
    among,
    behind,
    calibrate,
    chosen_floor,
    coverage,
    strength,
    threshold,
)


def outcomes(chance: random.Random, n: int, shown: Callable[[float], bool]) -> list[Outcome]:
    """`shown(strength)`: whether the right passage is among those shown."""
    made = []
    for _ in range(n):
        strong = chance.random()
        made.append(Outcome(strong, chance.random() ** 2 if shown(strong) else math.inf))
    return made


def good(chance: random.Random) -> Callable[[float], bool]:
    """The stronger the result, the surer; the upper half is right in 97 of 100 questions."""
    return lambda strong: chance.random() < (0.97 if strong > 0.5 else 0.4)


def holding(**changed: float) -> Calibration:
    fields = {"floor": 0.5, "threshold": 0.3, "n": 80, "coverage": 0.905, "error": 0.03}
    return Calibration(**{**fields, **changed})  # type: ignore[arg-type]


@settings(max_examples=60)
@given(n=st.integers(9, 120), seed=st.integers(0, 2**32))
def test_the_threshold_covers_the_next_question_nine_times_in_ten(n: int, seed: int) -> None:
    chance = random.Random(seed)
    rounds = 400
    covered = 0
    for _ in range(rounds):
        drawn = [chance.random() for _ in range(n + 1)]
        covered += drawn[-1] <= threshold(drawn[:-1], 0.9)
    expected = math.ceil((n + 1) * 0.9 - 1e-9) / (n + 1)
    assert abs(covered / rounds - expected) < 5 * math.sqrt(0.09 / rounds)


@pytest.mark.parametrize("n", range(9))
def test_fewer_than_nine_questions_give_no_threshold(n: int) -> None:
    assert threshold([0.0] * n, 0.9) == math.inf


def test_nine_questions_give_the_largest_of_them() -> None:
    assert threshold([0.1 * n for n in range(9)], 0.9) == 0.8


def test_coverage_over_halves_is_near_the_level_on_exchangeable_data_and_always_the_same() -> None:
    chance = random.Random(7)
    drawn = [chance.random() for _ in range(200)]
    assert coverage(drawn) == pytest.approx(0.9, abs=0.02)
    assert coverage(drawn) == coverage(list(drawn))


def test_coverage_is_below_the_level_when_the_right_passage_is_shown_too_seldom() -> None:
    assert coverage([0.1] * 80 + [math.inf] * 20) == pytest.approx(0.8, abs=0.01)


def test_what_is_stated_is_kept_on_questions_never_seen() -> None:
    stated = 0
    for seed in range(16):
        chance = random.Random(seed)
        found = calibrate(outcomes(chance, 200, good(chance)), outcomes(chance, 600, good(chance)))
        if found is None or not found.holds:
            continue
        stated += 1
        fresh = [o for o in outcomes(chance, 20_000, good(chance)) if o.strength >= found.floor]
        kept = sum(o.behind <= found.threshold for o in fresh) / len(fresh)
        assert kept == pytest.approx(0.9, abs=4 * math.sqrt(0.09 / found.n))
    assert stated >= 8


def test_the_floor_lets_in_all_it_can_but_nothing_that_might_be_chance() -> None:
    sure = [Outcome(0.9 - n / 100, 0.1) for n in range(20)]
    doubtful = [Outcome(0.5 - n / 100, math.inf) for n in range(20)]
    assert chosen_floor(sure + doubtful) == sure[-1].strength
    assert chosen_floor(sure[:15]) is None
    assert chosen_floor(doubtful) is None


def test_questions_as_strong_as_each_other_are_let_in_together() -> None:
    sure = [Outcome(0.9, 0.1)] * 20
    assert chosen_floor([*sure, Outcome(0.4, 0.1), *([Outcome(0.4, math.inf)] * 5)]) == 0.9


def test_no_floor_no_calibration() -> None:
    assert calibrate([Outcome(0.5, math.inf)] * 30, [Outcome(0.9, 0.0)] * 100) is None


@pytest.mark.parametrize(
    "changed",
    [{"n": FEWEST - 1}, {"threshold": math.inf}, {"coverage": 0.879}, {"coverage": 0.921}],
    ids=["too few", "no threshold", "covers too little", "covers too much"],
)
def test_nothing_is_stated_when_it_does_not_hold(changed: dict[str, float]) -> None:
    assert holding().holds and not holding(**changed).holds
    assert among([1.0, 0.9], 0.9, holding(**changed)) == 0


def test_coverage_two_points_off_is_just_good_enough() -> None:
    assert holding(coverage=0.88).holds and holding(coverage=0.92).holds


def test_the_statement_is_about_what_lies_no_further_behind_than_the_threshold() -> None:
    assert among([1.0, 0.9, 0.7, 0.69], 0.5, holding()) == 3
    assert among([1.0, 0.9, 0.7, 0.69], 0.49, holding()) == 0
    assert among([], 0.9, holding()) == among([0.0], 0.9, holding()) == 0


def test_behind_is_measured_from_the_best() -> None:
    assert [behind([2.0, 1.0, 0.5], n) for n in range(3)] == [0.0, 0.5, 0.75]


def test_a_result_is_strong_by_the_words_it_holds_and_by_nearness_in_meaning() -> None:
    question = "How long can I store drinking water?"
    on_topic = strength(question, "Store drinking water for six months.", None)
    assert on_topic > strength(question, "Keep pets on a lead.", None)
    assert strength(question, "Keep pets on a lead.", 0.8) > strength(question, "Keep pets on a lead.", 0.1)
    assert strength("?!", "Keep pets on a lead.", None) == 0.0
