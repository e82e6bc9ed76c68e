"""Records and frames: what hostile bytes may and may not do."""

from __future__ import annotations

import struct

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearthnet_core.errors import BadRequest
from hearthnet_core.protocol import frames
from hearthnet_core.protocol.frames import Bye, Credit, Data, End, Frame, Open, Ping, Pong, RecordReader, Reset

STREAM = st.integers(1, frames.MAX_STREAM_ID)
FRAMES = st.one_of(
    st.builds(Open, STREAM, st.text(max_size=32), st.binary(max_size=2000)),
    st.builds(Data, STREAM, st.booleans(), st.binary(max_size=2000)),
    st.builds(End, STREAM),
    st.builds(Reset, STREAM, st.text(max_size=64), st.text(max_size=100)),
    st.builds(Credit, STREAM, st.integers(1, 1024)),
    st.builds(Ping, st.just(0), st.binary(min_size=8, max_size=8)),
    st.builds(Pong, st.just(0), st.binary(min_size=8, max_size=8)),
    st.builds(Bye, st.just(0), st.text(max_size=64), st.text(max_size=100)),
)


@given(st.lists(FRAMES, max_size=8), st.integers(1, 40))
def test_frames_survive_any_cutting_of_the_byte_stream(sent: list[Frame], step: int) -> None:
    wire = bytearray()
    for frame in sent:
        frames.encode_into(frame, wire)
    assert bytes(wire) == b"".join(frames.encode(frame) for frame in sent)
    reader, got = RecordReader(frames.MAX_RECORD), []
    for start in range(0, len(wire), step):
        reader.feed(bytes(wire[start : start + step]))
        while (raw := reader.next()) is not None:
            got.append(frames.decode(raw))
    assert got == sent


@given(st.binary(max_size=300))
def test_garbage_is_a_bad_request_or_a_frame_within_its_bounds(raw: bytes) -> None:
    try:
        frame = frames.decode(raw)
    except BadRequest:
        return
    assert len(frames.encode(frame)) <= frames.MAX_RECORD + 4


@given(st.recursive(st.none() | st.integers() | st.binary(), lambda inner: st.lists(inner, max_size=4), max_leaves=30))
def test_any_messagepack_of_another_shape_is_refused_without_another_error(value: object) -> None:
    try:
        raw = msgspec.msgpack.encode(value)
    except OverflowError:
        return
    if isinstance(value, list) and value and value[0] in (*range(8), False, True):
        return
    with pytest.raises(BadRequest):
        frames.decode(raw)


@pytest.mark.parametrize(
    "raw",
    [
        b"\x91" * 16_000,
        b"\x81" * 16_000,
        b"",
        msgspec.msgpack.encode([1, 1, True, bytes(frames.MAX_PAYLOAD + 1)]),
        msgspec.msgpack.encode([1, 1, 1, b""]),
        msgspec.msgpack.encode([1, "1", True, b""]),
        msgspec.msgpack.encode([1, 0, True, b""]),
        msgspec.msgpack.encode([1, -1, True, b""]),
        msgspec.msgpack.encode([1, 2**60, True, b""]),
        msgspec.msgpack.encode([0, 1, "x" * 33, b""]),
        msgspec.msgpack.encode([3, 1, "code", "x" * 501]),
        msgspec.msgpack.encode([4, 1, 0]),
        msgspec.msgpack.encode([4, 1, 1025]),
        msgspec.msgpack.encode([5, 0, b"short"]),
        msgspec.msgpack.encode([5, 1, bytes(8)]),
        msgspec.msgpack.encode([8, 1]),
        msgspec.msgpack.encode([2, 1]) + b"\0",
    ],
    ids=lambda raw: f"{bytes(raw[:6]).hex()}…{len(raw)}",
)
def test_a_frame_outside_its_bounds_is_refused(raw: bytes) -> None:
    with pytest.raises(BadRequest):
        frames.decode(raw)


def test_a_gigabyte_announced_is_refused_by_its_four_length_bytes() -> None:
    reader = RecordReader(frames.MAX_RECORD)
    reader.feed(struct.pack(">I", 2**30))
    with pytest.raises(BadRequest, match="1073741824"):
        reader.next()


def test_before_authentication_a_record_has_at_most_1024_bytes() -> None:
    reader = RecordReader()
    reader.feed(struct.pack(">I", 1024) + bytes(1024))
    assert reader.next() == bytes(1024)
    reader.feed(struct.pack(">I", 1025))
    with pytest.raises(BadRequest):
        reader.next()


def test_the_largest_data_frame_fits_a_record() -> None:
    raw = frames.encode(Data(frames.MAX_STREAM_ID, True, bytes(frames.MAX_PAYLOAD)))
    assert len(raw) - 4 <= frames.MAX_RECORD
