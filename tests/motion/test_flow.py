"""Measured motion, against motion that is known."""

import numpy as np
import pytest

from dreamvid.arrays import Size
from dreamvid.motion.flow import confidence_of, consistent, inside, measure_motion, motion_edges
from tests.benchmarks.known_motion import Move, one_over_another, photograph, under_camera

SIZE = Size(240, 160)


@pytest.mark.parametrize("move", [
    Move(pan=(3.4, -1.7)), Move(zoom=1.015), Move(turn=0.6), Move(1.01, (-2.0, 1.0), 0.4)])
def test_the_flow_is_the_cameras(move: Move) -> None:
    known = under_camera(photograph("coffee"), SIZE, 2, move)
    motion = measure_motion(known.frames[1], known.frames[0])
    flow, confidence = motion.flow, motion.confidence
    off = np.linalg.norm(flow - known.flows[0], axis=-1)
    assert flow.dtype == confidence.dtype == np.float32
    assert np.median(off) < 0.15
    assert np.mean(off[confidence > 0.5] < 1) > 0.97
    assert np.mean(confidence[known.confidences[0] > 0.5]) > 0.85


def test_the_same_frames_give_the_same_flow() -> None:
    known = under_camera(photograph("astronaut"), SIZE, 2, Move(pan=(2, 1)))
    one, other = (measure_motion(known.frames[1], known.frames[0]) for _ in range(2))
    np.testing.assert_array_equal(one.flow, other.flow)
    np.testing.assert_array_equal(one.confidence, other.confidence)


def test_what_comes_from_behind_is_not_believed() -> None:
    speed = 8
    back = under_camera(photograph("coffee"), SIZE, 2, Move())
    known = one_over_another(back, photograph("chelsea"), (speed, 0))
    confidence = measure_motion(known.frames[1], known.frames[0]).confidence
    # The front is a disc, in the middle in frame 1, and so much further left in frame 0.
    rows, columns = np.mgrid[: SIZE.height, : SIZE.width]
    height, middle, radius = rows - SIZE.height / 2, SIZE.width / 2, SIZE.height * 0.3
    was, now = np.hypot(height, columns - middle + speed), np.hypot(height, columns - middle)
    uncovered = (was < radius - 2) & (now > radius)
    assert uncovered.sum() > 200
    assert confidence[uncovered].mean() < 0.5
    assert confidence[known.confidences[0] > 0.5].mean() > 0.8


def test_what_comes_from_outside_is_not_believed() -> None:
    flow = np.zeros((8, 10, 2), np.float32)
    flow[..., 0] = 3
    assert inside(flow)[:, :7].all()
    assert not inside(flow)[:, 7:].any()
    assert confidence_of(flow, -flow)[:, -1].max() < 0.1


def test_flows_that_do_not_lead_back_are_not_consistent() -> None:
    flow = np.full((8, 8, 2), 2, np.float32)
    assert consistent(flow, -flow).all()
    assert not consistent(flow, flow).any()


def test_a_step_of_the_flow_is_an_edge_and_a_slow_zoom_is_none() -> None:
    flow = np.zeros((10, 10, 2), np.float32)
    flow[:, 5:, 0] = 2
    assert motion_edges(flow)[:, 4:6].all()
    assert not motion_edges(flow)[:, :4].any()
    zoom = np.stack(np.meshgrid(np.arange(40), np.arange(40)), axis=-1).astype(np.float32) * 0.02
    assert not motion_edges(zoom).any()


@pytest.mark.parametrize("shape", [(16, 16), (16, 300), (12, 40), (300, 17)])
def test_small_and_narrow_frames(shape: tuple[int, int]) -> None:
    frame = np.random.default_rng(0).random((*shape, 3), np.float32)
    motion = measure_motion(frame, frame)
    flow, confidence = motion.flow, motion.confidence
    assert flow.shape == (*shape, 2)
    assert confidence.shape == shape
    assert np.abs(flow).max() < 0.5
