"""Where a clip's frame begins."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from dreamvid.arrays import Size, size_of
from dreamvid.frame import Carry, Frame, Motion
from dreamvid.motion.blend import age_of, between, carried, detail_start, mixed, mixed_start, stride
from dreamvid.motion.flow import measure_motion, no_motion
from dreamvid.motion.warp import warp
from dreamvid.settings import FrameValues
from tests.benchmarks.known_motion import Move, photograph, under_camera

KNOWN = under_camera(photograph("coffee"), Size(160, 96), 2, Move(pan=(2, 0)))
BEFORE, NOW = KNOWN.frames
DETAIL = np.random.default_rng(0).normal(0, 0.1, BEFORE.shape).astype(np.float32)
CARRY = Carry(0, BEFORE, BEFORE + DETAIL)


def frame(motion: Motion | None, blend: float = 0.9) -> Frame:
    return Frame(1, Fraction(1, 30), NOW, FrameValues(steps=1, step_size=0.01, blend=blend), motion)


def test_the_detail_moves_with_the_picture_and_the_source_stays_sharp() -> None:
    exact = Motion(KNOWN.flows[0], KNOWN.confidences[0])
    added = carried(NOW, CARRY, exact, 0.9) - NOW
    expected = 0.9 * warp(DETAIL, KNOWN.flows[0]) * KNOWN.confidences[0][..., np.newaxis]
    np.testing.assert_allclose(added[:, 4:-4], expected[:, 4:-4], atol=1e-5)
    measured = detail_start(frame(measure_motion(NOW, BEFORE)), CARRY) - NOW
    assert np.corrcoef(measured[8:-8, 8:-8].ravel(), expected[8:-8, 8:-8].ravel())[0, 1] > 0.95


def test_nothing_is_added_where_the_motion_is_not_believed() -> None:
    nowhere = Motion(KNOWN.flows[0], np.zeros(NOW.shape[:2], np.float32))
    np.testing.assert_array_equal(carried(NOW, CARRY, nowhere, 1.0), NOW)


def test_a_scene_begins_with_its_frame_alone() -> None:
    for start in (detail_start, mixed_start):
        np.testing.assert_array_equal(start(frame(None), CARRY), NOW)
        np.testing.assert_array_equal(start(frame(no_motion(size_of(NOW))), None), NOW)


def test_a_frame_that_stands_still_keeps_the_detail_where_it_is() -> None:
    begun = detail_start(frame(no_motion(size_of(NOW)), blend=0.8), CARRY)
    np.testing.assert_array_equal(begun, NOW + (CARRY.dreamed - CARRY.source) * np.float32(0.8))


def test_the_plain_mix() -> None:
    begun = mixed_start(frame(no_motion(size_of(NOW)), blend=0.5), CARRY)
    np.testing.assert_allclose(begun, (NOW + CARRY.dreamed) / 2, atol=1e-6)
    np.testing.assert_array_equal(mixed(NOW, CARRY.dreamed, 0), NOW)


def test_the_blend_is_the_frame_s_own() -> None:
    still = frame(no_motion(size_of(NOW)))
    weak = replace(still, values=replace(still.values, blend=0.0))
    np.testing.assert_array_equal(detail_start(weak, CARRY), NOW)


def test_age_grows_with_each_dream_and_begins_anew_where_nothing_is_known() -> None:
    still = no_motion(size_of(NOW))
    first = age_of(frame(None), None)
    assert (first == 1).all()
    half = replace(still, confidence=still.confidence.copy())
    half.confidence[:, :80] = 0
    age = age_of(frame(half), CARRY._replace(past=np.full_like(first, 4)))
    assert (age[:, :80] == 1).all()
    np.testing.assert_allclose(age[:, 80:], 5, atol=1e-4)


def test_young_dreams_have_longer_steps() -> None:
    lengths = stride(np.array([[1, 2, 5, 50]], np.float32), 3)[0]
    assert lengths[0] == 4
    assert (np.diff(lengths) < 0).all()
    assert lengths[-1] == pytest.approx(1, abs=1e-3)


def test_a_picture_between_two_dreams_has_the_details_of_both_where_they_are_known() -> None:
    still = no_motion(size_of(NOW))
    nowhere = replace(still, confidence=np.zeros_like(still.confidence))
    one, other = np.float32(0.1), np.float32(-0.1)
    before, after = Carry(0, NOW, NOW + one), Carry(2, NOW, NOW + other)
    for since, onward, expected in ((still, still, 0), (still, nowhere, one), (nowhere, still, other),
                                    (nowhere, nowhere, 0)):
        middle = replace(frame(since), onward=onward)
        np.testing.assert_allclose(between(middle, before, after) - NOW, expected, atol=5e-3)
