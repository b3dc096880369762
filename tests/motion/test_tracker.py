"""Motion that is measured ahead is the motion."""

import threading

import numpy as np
import pytest
from benchmarks.known_motion import Move, photograph, under_camera

from dreamvid.arrays import Size
from dreamvid.motion.flow import measure_motion
from dreamvid.motion.tracker import Tracker

FRAMES = under_camera(photograph("coffee"), Size(96, 64), 5, Move(pan=(2, 1))).frames


def test_each_frame_has_its_motion() -> None:
    tracker = Tracker()
    for n, frame in enumerate(tracker.watch(FRAMES)):
        assert frame is FRAMES[n]
        if n:
            expected = measure_motion(frame, FRAMES[n - 1])
            np.testing.assert_array_equal(tracker.motion(n).flow, expected.flow)
            np.testing.assert_array_equal(tracker.motion(n).trust, expected.trust)


@pytest.mark.parametrize("count", [0, 1])
def test_short_clips(count: int) -> None:
    assert len(list(Tracker().watch(FRAMES[:count]))) == count


def test_leaving_early_ends_the_thread() -> None:
    frames = Tracker().watch(FRAMES)
    next(frames)
    frames.close()  # type: ignore[attr-defined]
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("motion")]
