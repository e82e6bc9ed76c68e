"""Streams as values: credit, order, limits and what breaking the rules costs."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hearthnet_core.errors import (
    BadRequest,
    CapacityExceeded,
    Forbidden,
    HearthNetError,
    RateLimited,
    Timeout,
    Unavailable,
)
from hearthnet_core.protocol import frames, mux
from hearthnet_core.protocol.frames import Credit, Data, End, Frame, Open, Ping, RecordReader, Reset
from hearthnet_core.protocol.mux import Arrived, Broken, Mux, Opened, StreamState


def sent_by(side: Mux) -> list[Frame]:
    """One batch of output, decoded."""
    reader = RecordReader(frames.MAX_RECORD)
    reader.feed(bytes(side.output([])))
    found = []
    while (raw := reader.next()) is not None:
        found.append(frames.decode(raw))
    return found


def pair() -> tuple[Mux, Mux, StreamState, StreamState]:
    """A dialler and an acceptor with one stream between them."""
    a, b = Mux(dialled=True), Mux(dialled=False)
    mine = a.open("echo", b"hi")
    (frame,) = sent_by(a)
    opened = b.receive(frame)
    assert opened == Opened(1, "echo", b"hi")
    return a, b, mine, b.accept(opened)


def carry(source: Mux, sink: Mux) -> int:
    count = 0
    while source.has_output:
        for frame in sent_by(source):
            sink.receive(frame)
            count += 1
    return count


def test_a_sender_stops_after_its_credit_until_the_reader_takes() -> None:
    a, b, mine, theirs = pair()
    for _ in range(frames.WINDOW + 3):
        a.push(mine, True, b"x")
    assert carry(a, b) == frames.WINDOW
    assert not a.has_output
    for _ in range(frames.WINDOW):
        assert b.take(theirs) == b"x"
    carry(b, a)
    assert carry(a, b) == 3


def test_a_message_larger_than_the_window_arrives_while_its_reader_waits() -> None:
    a, b, mine, theirs = pair()
    pieces = 40
    for n in range(pieces):
        a.push(mine, n == pieces - 1, bytes([n]) * 100)
        carry(a, b)
        carry(b, a)
    assert b.take(theirs) == b"".join(bytes([n]) * 100 for n in range(pieces))


def test_control_goes_before_data_that_waits_and_streams_take_turns() -> None:
    a, _, first, _ = pair()
    second = a.open("bulk", b"")
    sent_by(a)
    for stream in (first, first, second, second):
        a.push(stream, True, b"x")
    a.ping(bytes(8))
    out = sent_by(a)
    assert isinstance(out[0], Ping)
    assert [frame.stream for frame in out[1:]] == [1, 3, 1, 3]


def test_one_batch_is_bounded_however_many_streams_have_data() -> None:
    a = Mux(dialled=True)
    streams = [a.open("bulk", b"") for _ in range(100)]
    while any(isinstance(f, Open) for f in sent_by(a)):
        pass
    for stream in streams:
        a.push(stream, True, bytes(frames.MAX_PAYLOAD))
    assert len(a.output([])) <= mux.BATCH_BYTES + frames.MAX_RECORD


def test_end_follows_the_data_before_it() -> None:
    a, _b, mine, _theirs = pair()
    a.push(mine, True, b"last words")
    a.end(mine)
    assert [type(f) for f in sent_by(a)] == [Data, End]
    with pytest.raises(BadRequest):
        a.push(mine, True, b"more")


def test_a_stream_ended_by_both_is_forgotten() -> None:
    a, b, mine, theirs = pair()
    a.end(mine)
    b.end(theirs)
    carry(a, b)
    carry(b, a)
    for _ in range(frames.MAX_STREAMS):
        a.open("echo", b"")
    with pytest.raises(CapacityExceeded):
        a.open("echo", b"")


def test_a_reset_drops_what_waits_and_comes_back_as_the_same_class() -> None:
    a, b, mine, theirs = pair()
    a.push(mine, True, b"never sent")
    a.reset(mine, Timeout("Cancelled."))
    (frame,) = sent_by(a)
    event = b.receive(frame)
    assert isinstance(event, Broken)
    assert type(event.stream.error) is Timeout and event.stream.error.message == "Cancelled."
    with pytest.raises(Timeout):
        b.push(theirs, True, b"x")


def test_a_refused_stream_is_told_why() -> None:
    a, b = Mux(dialled=True), Mux(dialled=False)
    mine = a.open("echo", b"")
    (frame,) = sent_by(a)
    opened = b.receive(frame)
    assert isinstance(opened, Opened)
    b.refuse(opened, Forbidden())
    carry(b, a)
    assert type(mine.error) is Forbidden


@pytest.mark.parametrize(
    "frame",
    [
        Open(2, "echo", b""),  # the acceptor's own numbers
        Open(1, "echo", b""),  # used
        Data(3, True, b""),  # never opened
        Data(2, True, b""),
        Data(1, False, b""),  # an empty part: endless, for nothing
        Credit(9, 1),
    ],
    ids=repr,
)
def test_breaking_the_rules_ends_the_connection(frame: Frame) -> None:
    _, b, _, _ = pair()
    with pytest.raises(BadRequest):
        b.receive(frame)


def test_more_than_the_credit_ends_the_connection() -> None:
    _, b, _, _ = pair()
    for _ in range(frames.WINDOW):
        assert isinstance(b.receive(Data(1, True, b"x")), Arrived)
    with pytest.raises(BadRequest):
        b.receive(Data(1, True, b"x"))


def test_a_message_above_a_mebibyte_ends_the_connection() -> None:
    _, b, _, _ = pair()
    with pytest.raises(BadRequest, match="too large"):
        for _ in range(70):
            b.receive(Data(1, False, bytes(frames.MAX_PAYLOAD)))


def test_data_on_its_way_to_a_stream_that_was_reset_is_ignored() -> None:
    _, b, _, theirs = pair()
    b.reset(theirs, Timeout())
    assert b.receive(Data(1, True, b"late")) is None
    assert b.receive(Credit(1, 1)) is None


def test_unread_bytes_of_a_connection_are_bounded() -> None:
    b = Mux(dialled=False)
    broken = 0
    for id in range(1, 2 * frames.MAX_STREAMS, 2):
        opened = b.receive(Open(id, "bulk", b""))
        assert isinstance(opened, Opened)
        stream = b.accept(opened)
        for _ in range(frames.WINDOW):
            if stream.error is None:
                broken += isinstance(b.receive(Data(id, True, bytes(frames.MAX_PAYLOAD))), Broken)
        assert b.buffered <= mux.MAX_BUFFERED
    assert broken
    b.fail_all(Timeout())
    assert b.buffered == 0


def test_who_asks_without_reading_the_answers_is_cut_off() -> None:
    b = Mux(dialled=False)
    with pytest.raises(RateLimited):
        for _ in range(mux.MAX_CONTROL + 1):
            b.receive(Ping(0, bytes(8)))


@settings(max_examples=200)
@given(
    st.lists(
        st.one_of(
            st.builds(Open, st.integers(1, 9), st.just("p"), st.just(b"")),
            st.builds(Data, st.integers(1, 9), st.booleans(), st.binary(max_size=5)),
            st.builds(End, st.integers(1, 9)),
            st.builds(Reset, st.integers(1, 9), st.just("timeout"), st.just("")),
            st.builds(Credit, st.integers(1, 9), st.integers(1, 1024)),
            st.tuples(st.sampled_from(["take", "push", "end", "reset"]), st.integers(1, 9)),
        ),
        max_size=60,
    )
)
def test_whatever_a_peer_sends_the_accounts_stay_right(script: list[object]) -> None:
    """A random peer against a random user of an accepting side: only HearthNet errors, buffered bytes never negative."""
    b = Mux(dialled=False)
    streams: dict[int, StreamState] = {}
    for step in script:
        try:
            if isinstance(step, tuple):
                verb, id = step
                stream = streams.get(id)
                if stream is None:
                    continue
                if verb == "take":
                    b.take(stream)
                elif verb == "push":
                    b.push(stream, True, b"x")
                elif verb == "end":
                    b.end(stream)
                else:
                    b.reset(stream, Timeout())
            else:
                event = b.receive(step)  # type: ignore[arg-type]
                if isinstance(event, Opened):
                    streams[event.stream] = b.accept(event)
        except HearthNetError:
            continue
        sent_by(b)
        assert b.buffered >= 0
    b.fail_all(Timeout())
    assert b.buffered == 0 and b.theirs == 0


def test_who_leaves_a_stream_still_gets_through_what_it_sent_and_drops_what_comes() -> None:
    a, b, mine, theirs = pair()
    b.push(theirs, True, b"answer")
    b.leave(theirs)
    carry(b, a)
    assert a.take(mine) == b"answer"
    assert mine.got_end and mine.error is None
    a.push(mine, True, b"more")
    carry(a, b)
    carry(b, a)
    assert type(mine.error) is Unavailable
    assert b.buffered == 0 and b.theirs == 0


def test_leaving_and_ending_costs_no_reset() -> None:
    a, b, mine, theirs = pair()
    a.end(mine)
    carry(a, b)
    b.leave(theirs)
    assert [type(frame) for frame in sent_by(b)] == [End]
    assert not b.has_output


def test_what_waits_unread_on_a_left_stream_is_given_back() -> None:
    a, b, mine, theirs = pair()
    a.push(mine, True, b"x" * 1000)
    a.push(mine, False, b"y" * 500)
    carry(a, b)
    assert b.buffered == 1500
    b.leave(theirs)
    assert b.buffered == 0


def test_streams_left_by_the_thousand_are_not_remembered_for_ever() -> None:
    a, b = Mux(dialled=True), Mux(dialled=False)
    for _ in range(5000):
        mine = a.open("x", b"")
        for frame in sent_by(a):
            opened = b.receive(frame)
            assert isinstance(opened, Opened)
            b.leave(b.accept(opened))
        carry(b, a)
        a.reset(mine, Timeout())
        sent_by(a)
    assert len(b._forsaken) <= mux.MAX_FORSAKEN and b.theirs == 0
