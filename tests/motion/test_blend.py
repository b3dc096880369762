"""Where a clip's frame begins."""

import numpy as np
import pytest
from benchmarks.known_motion import Move, photograph, under_camera

from dreamvid.arrays import Carry, Size
from dreamvid.motion.blend import carried, clip_start, held, mixed
from dreamvid.motion.flow import Motion, measure_motion
from dreamvid.motion.scenes import Link
from dreamvid.motion.warp import warp
from dreamvid.settings import CoherenceSettings

KNOWN = under_camera(photograph("coffee"), Size(160, 96), 2, Move(pan=(2, 0)))
BEFORE, NOW = KNOWN.frames
DETAIL = np.random.default_rng(0).normal(0, 0.1, BEFORE.shape).astype(np.float32)
CARRY = Carry(BEFORE, BEFORE + DETAIL)


def start(link: Link = Link.FLOW, **values: object) -> np.ndarray:
    settings = CoherenceSettings(**values)  # type: ignore[arg-type]
    return clip_start(lambda n: link, lambda n: measure_motion(NOW, BEFORE), settings)(NOW, CARRY, 1)


def test_the_detail_moves_with_the_picture_and_the_source_stays_sharp() -> None:
    exact = Motion(KNOWN.flows[0], KNOWN.trusts[0])
    added = carried(NOW, CARRY, exact, 0.9) - NOW
    expected = 0.9 * warp(DETAIL, KNOWN.flows[0]) * KNOWN.trusts[0][..., np.newaxis]
    np.testing.assert_allclose(added[:, 4:-4], expected[:, 4:-4], atol=1e-5)
    measured = start(blend=0.9) - NOW
    assert np.corrcoef(measured[8:-8, 8:-8].ravel(), expected[8:-8, 8:-8].ravel())[0, 1] > 0.95


def test_nothing_is_added_where_the_motion_is_not_trusted() -> None:
    nowhere = Motion(KNOWN.flows[0], np.zeros(NOW.shape[:2], np.float32))
    np.testing.assert_array_equal(carried(NOW, CARRY, nowhere, 1.0), NOW)


@pytest.mark.parametrize(("link", "coherence"), [(Link.CUT, "flow"), (Link.CUT, "blend"), (Link.FLOW, "none")])
def test_a_scene_begins_with_its_frame_alone(link: Link, coherence: str) -> None:
    np.testing.assert_array_equal(start(link, coherence=coherence), NOW)
    first = clip_start(lambda n: Link.CUT, lambda n: measure_motion(NOW, BEFORE), CoherenceSettings())(NOW, None, 0)
    np.testing.assert_array_equal(first, NOW)


def test_a_flash_keeps_the_detail_where_it_is() -> None:
    np.testing.assert_allclose(start(Link.HOLD, blend=0.8) - NOW, 0.8 * DETAIL, atol=1e-6)
    np.testing.assert_array_equal(start(Link.HOLD, blend=0.8), held(NOW, CARRY, 0.8))


def test_the_plain_mix() -> None:
    np.testing.assert_allclose(start(coherence="blend", blend=0.5), (NOW + CARRY.dreamed) / 2, atol=1e-6)
    np.testing.assert_array_equal(mixed(NOW, CARRY.dreamed, 0), NOW)
