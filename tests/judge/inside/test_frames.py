from __future__ import annotations

import os
import struct
import threading

import pytest

from greenroom.judge.inside import frames


def test_a_frame_crosses_a_pipe_whole() -> None:
    reader, writer = os.pipe()
    body = os.urandom(300_000)
    sender = threading.Thread(target=frames.write, args=(writer, {"op": "case", "n": 1}, body))
    sender.start()
    assert frames.read(reader) == ({"op": "case", "n": 1}, body)
    sender.join()
    os.close(writer)
    with pytest.raises(frames.EndOfStreamError):
        frames.read(reader)
    os.close(reader)


@pytest.mark.parametrize(("head", "body"), [(frames.MAX_HEAD + 1, 0), (2, frames.MAX_BODY + 1), (2**32 - 1, 2**32 - 1)])
def test_announced_lengths_above_the_caps_are_refused_before_anything_is_read(head: int, body: int) -> None:
    with pytest.raises(frames.FrameError):
        frames.lengths(struct.pack("!II", head, body))


@pytest.mark.parametrize("text", [b"", b"[]", b"5", b"\xff\xfe", b"{", b"[" * 100_000])
def test_a_head_that_is_not_a_mapping_is_refused(text: bytes) -> None:
    with pytest.raises(frames.FrameError):
        frames.parse_head(text)


def test_too_large_a_body_is_not_sent() -> None:
    with pytest.raises(frames.FrameError, match="too large"):
        frames.pack({}, b"x" * (frames.MAX_BODY + 1))
