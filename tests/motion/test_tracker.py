"""Motion that is measured ahead is the motion, to the dreams on both sides."""

import threading
from itertools import chain

import numpy as np
import pytest

from dreamvid.arrays import Size
from dreamvid.films.prepare import Prepared
from dreamvid.frame import Motion
from dreamvid.motion.flow import Moved, Numbered, measure_motion, tracked
from dreamvid.motion.scenes import Link, Scene
from dreamvid.settings import FrameValues
from dreamvid.timeline.table import Table
from tests.benchmarks.known_motion import Move, photograph, under_camera

FRAMES = under_camera(photograph("coffee"), Size(96, 64), 6, Move(pan=(2, 1))).frames
CLIP = [Numbered(n, frame) for n, frame in enumerate(FRAMES)]
SCENES = Prepared(values=Table(FrameValues(steps=1, step_size=0.1)), scenes=(Scene(0, 4), Scene(4, 6)))


def moves(*groups: list[Numbered], before: Numbered | None = None, prepared: Prepared = SCENES) -> list[Moved]:
    return [moved for _, moved in chain.from_iterable(tracked(groups, prepared.link, before))]


def same(one: Motion | None, other: Motion) -> None:
    assert one is not None
    np.testing.assert_array_equal(one.flow, other.flow)
    np.testing.assert_array_equal(one.confidence, other.confidence)


def test_each_frame_has_its_motion_to_the_dreams_on_both_sides() -> None:
    found = moves(CLIP[:1], CLIP[1:4])
    assert found[0] == (None, None)
    for n in (1, 2):
        same(found[n].since, measure_motion(FRAMES[n], FRAMES[0]))
        same(found[n].onward, measure_motion(FRAMES[n], FRAMES[3]))
    same(moves(CLIP[:1], CLIP[3:4])[1].since, measure_motion(FRAMES[3], FRAMES[0]))
    by_the_way = found[3].since  # by way of frame 2
    assert by_the_way is not None
    assert np.median(np.abs(by_the_way.flow - (6, 3))) < 0.4
    assert found[3].onward is None


def test_a_scene_begins_without_motion() -> None:
    found = moves(*([frame] for frame in CLIP))
    assert [n for n, (since, _) in enumerate(found) if since is None] == [0, 4]


def test_beside_a_flash_a_frame_stands_still() -> None:
    flash = Prepared(values=SCENES.values, scenes=(Scene(0, 6, held=(2, 3)),))  # frame 2, and the one after it
    found = moves(*([frame] for frame in CLIP), prepared=flash)
    still = [n for n, (since, _) in enumerate(found) if since is not None and not since.flow.any()]
    assert still == [2, 3]
    assert flash.link(3, 1) is Link.FLOW  # over the flash


def test_the_rest_of_a_clip_needs_the_frame_before_it() -> None:
    whole, rest = moves(CLIP[:2], CLIP[2:4])[3].since, moves(CLIP[2:4], before=CLIP[1])[1].since
    assert whole is not None
    same(rest, whole)


@pytest.mark.parametrize("count", [0, 1])
def test_short_clips(count: int) -> None:
    assert len(moves(*([frame] for frame in CLIP[:count]))) == count


def test_leaving_early_ends_the_thread() -> None:
    frames = tracked(([frame] for frame in CLIP), SCENES.link)
    next(frames)
    frames.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("motion")]
