"""Ejection and probing, on a clock of the test's own."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hearthnet_core.bus.health import EJECT_AFTER, EJECT_FIRST_S, EJECT_MOST_S, MAX_TRACKED, Health

KEY = (b"n" * 32, "ollama", "llm.chat")
EMBEDDING = (b"n" * 32, "ollama", "embed.text")


def fail(health: Health, now: float, times: int = 1) -> None:
    for _ in range(times):
        health.started(KEY)
        health.failed(KEY, now, "unavailable")


def test_three_failures_in_a_row_eject_and_two_do_not() -> None:
    health = Health()
    fail(health, 0.0, EJECT_AFTER - 1)
    assert health.excluded(KEY, 0.0) == ""
    fail(health, 0.0)
    assert "set aside" in health.excluded(KEY, EJECT_FIRST_S - 0.1)


def test_a_success_between_failures_starts_the_count_anew() -> None:
    health = Health()
    for _ in range(5):
        fail(health, 0.0, EJECT_AFTER - 1)
        health.started(KEY)
        health.succeeded(KEY, 0.1, 0.2)
    assert health.excluded(KEY, 0.0) == ""


def test_after_its_time_out_one_probe_at_a_time_is_let_through() -> None:
    health = Health()
    fail(health, 0.0, EJECT_AFTER)
    now = EJECT_FIRST_S + 0.1
    assert health.excluded(KEY, now) == ""
    health.started(KEY)
    assert "being tried again" in health.excluded(KEY, now)
    health.cancelled(KEY)
    assert health.excluded(KEY, now) == ""


def test_a_failed_probe_ejects_for_twice_as_long_up_to_a_limit() -> None:
    health, now, lasted = Health(), 0.0, []
    fail(health, now, EJECT_AFTER)
    for _ in range(8):
        until = health.of(KEY).ejected_until
        lasted.append(until - now)
        now = until
        fail(health, now)
    assert lasted[:3] == [EJECT_FIRST_S, 2 * EJECT_FIRST_S, 4 * EJECT_FIRST_S]
    assert lasted[-1] == EJECT_MOST_S


def test_a_good_probe_brings_it_back_at_once() -> None:
    health = Health()
    fail(health, 0.0, EJECT_AFTER)
    health.started(KEY)
    health.succeeded(KEY, 0.1, 0.2)
    assert health.excluded(KEY, 0.0) == "" and not health.of(KEY).ejections


def test_failures_never_make_its_times_look_better() -> None:
    health = Health()
    health.started(KEY)
    health.succeeded(KEY, 2.0, 4.0)
    fail(health, 0.0, 10)
    assert (health.of(KEY).first_s, health.of(KEY).total_s) == (2.0, 4.0)


def test_saying_full_is_no_failure_and_is_respected_for_longer_each_time() -> None:
    health, now = Health(), 0.0
    pauses = []
    for _ in range(4):
        health.started(KEY)
        health.refused(KEY, now, 1.0)
        pauses.append(health.room(KEY).busy_until - now)
        assert health.busy(KEY, now) and not health.busy(KEY, now + pauses[-1])
        now += pauses[-1]
    assert pauses == [1.0, 2.0, 4.0, 8.0]
    assert health.excluded(KEY, now) == "" and health.of(KEY).success == 1.0


def test_what_is_kept_is_bounded_and_work_under_way_is_not_forgotten() -> None:
    health = Health()
    health.started(KEY)
    for n in range(5 * MAX_TRACKED):
        health.of((n.to_bytes(32), "x", "y"))
        health.busy((n.to_bytes(32), "x", "y"), 0.0)
        health.room((n.to_bytes(32), "x", "y"))
    assert max(len(health._records), len(health._rooms)) <= MAX_TRACKED
    assert health.room(KEY).in_flight == 1


@given(
    st.lists(
        st.tuples(st.sampled_from(["succeeded", "failed", "refused", "cancelled"]), st.floats(0, 100)), max_size=60
    )
)
def test_whatever_happens_counts_stay_sane(history: list[tuple[str, float]]) -> None:
    health, now = Health(), 0.0
    for what, step in history:
        now += step
        health.started(KEY)
        if what == "succeeded":
            health.succeeded(KEY, 0.1, 0.5)
        elif what == "failed":
            health.failed(KEY, now, "unavailable")
        elif what == "refused":
            health.refused(KEY, now, step)
        else:
            health.cancelled(KEY)
        record = health.of(KEY)
        assert health.room(KEY).in_flight == 0 and not record.probing
        assert 0.0 <= record.success <= 1.0
        assert record.ejected_until <= now + EJECT_MOST_S


def test_a_broken_embedding_model_does_not_cost_the_same_engine_its_chat() -> None:
    health = Health()
    for _ in range(EJECT_AFTER):
        health.started(EMBEDDING)
        health.failed(EMBEDDING, 0.0, "unavailable")
    assert health.excluded(EMBEDDING, 1.0) and not health.excluded(KEY, 1.0)
    assert health.of(KEY).success == 1.0


def test_an_engine_has_its_slots_once_whatever_they_are_used_for() -> None:
    health = Health()
    health.started(EMBEDDING)
    health.started(KEY)
    assert health.room(KEY).in_flight == health.room(EMBEDDING).in_flight == 2
    health.refused(EMBEDDING, 0.0, 1.0)
    assert health.busy(KEY, 0.5) and health.room(KEY).in_flight == 1


def test_being_left_before_the_first_word_is_no_failure_and_no_speed() -> None:
    health = Health()
    for _ in range(3):
        health.started(KEY)
        health.succeeded(KEY, 0.2, 0.4)
    health.started(KEY)
    health.cancelled(KEY)
    health.slow(KEY, 5.0)
    assert health.of(KEY).failures_in_row == 0 and health.of(KEY).success == 1.0
    assert 0.2 < (health.of(KEY).first_s or 0) < 5.0
    before = health.of(KEY).first_s
    health.slow(KEY, 0.01)
    assert health.of(KEY).first_s == before, "being left quickly makes nobody quick"


def test_the_spread_of_the_first_word_grows_with_its_scatter() -> None:
    def spread(times: list[float]) -> float:
        health = Health()
        for first_s in times:
            health.started(KEY)
            health.succeeded(KEY, first_s, 1.0)
        return health.of(KEY).spread_s

    assert spread([0.2] * 20) < 0.01 < 0.1 < spread([0.1, 0.5] * 10)
